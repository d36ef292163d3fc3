// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/page_tree.h"

#include "trust/pdf/values.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace congvan::pdf {
namespace {

constexpr int kTreeDepth = 64;
constexpr UserRectangle kLetter{0, 0, 612, 792};  // what readers assume without a /MediaBox

Error badTree() {
  return {Code::Malformed, "pdf_damaged", {}, "page tree"};
}

bool isNode(QPDFObjectHandle object) {
  return valueAt(object, "/Kids").isArray();
}

bool isLeaf(QPDFObjectHandle object) {
  return object.isDictionary() && !isNode(object);
}

std::size_t countOf(QPDFObjectHandle node) {
  auto count = valueAt(node, "/Count");
  if (!count.isInteger() || count.getIntValue() < 0) return 0;
  return static_cast<std::size_t>(count.getIntValue());
}

/// One step down: the kid that holds page `index`, and `index` made relative to it.
QPDFObjectHandle kidWith(QPDFObjectHandle node, std::size_t& index) {
  auto kids = node.getKey("/Kids");
  const auto size = static_cast<std::size_t>(kids.getArrayNItems());
  if (countOf(node) == size && index < size) {  // as many pages as kids: a flat list
    auto kid = kids.getArrayItem(static_cast<int>(index));
    if (isLeaf(kid)) {
      index = 0;
      return kid;
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    auto kid = kids.getArrayItem(static_cast<int>(i));
    const auto pages = isLeaf(kid) ? 1 : countOf(kid);
    if (index < pages) return kid;
    index -= pages;
  }
  return QPDFObjectHandle::newNull();
}

UserRectangle rectangleOf(QPDFObjectHandle array, const UserRectangle& otherwise) {
  if (!array.isRectangle()) return otherwise;
  const auto box = array.getArrayAsRectangle();
  return {std::min(box.llx, box.urx),
          std::min(box.lly, box.ury),
          std::max(box.llx, box.urx),
          std::max(box.lly, box.ury)};
}

}  // namespace

QPDFObjectHandle inheritedHolder(QPDFObjectHandle page, const std::string& key) {
  for (int depth = 0; depth < kTreeDepth && page.isDictionary(); ++depth) {
    if (!page.getKey(key).isNull()) return page;
    page = page.getKey("/Parent");
  }
  return QPDFObjectHandle::newNull();
}

QPDFObjectHandle inheritedKey(QPDFObjectHandle page, const std::string& key) {
  return valueAt(inheritedHolder(std::move(page), key), key);
}

Result<QPDFObjectHandle> findPage(QPDF& pdf, std::size_t index) {
  auto node = valueAt(pdf.getRoot(), "/Pages");
  for (int depth = 0; depth < kTreeDepth && isNode(node); ++depth) {
    node = kidWith(node, index);
    if (node.isNull()) return Error{Code::NotFound, "page_missing"};
    if (isLeaf(node)) {
      if (!node.isIndirect()) return badTree();
      return node;
    }
  }
  return badTree();
}

Result<std::vector<QPDFObjectHandle>> allPages(QPDF& pdf, std::size_t most) {
  std::vector<QPDFObjectHandle> pages;
  std::vector<QPDFObjectHandle> waiting{valueAt(pdf.getRoot(), "/Pages")};
  std::set<QPDFObjGen> seen;
  while (!waiting.empty()) {
    auto node = waiting.back();
    waiting.pop_back();
    if (!node.isDictionary() || (node.isIndirect() && !seen.insert(node.getObjGen()).second)) {
      return badTree();
    }
    if (isLeaf(node)) {
      if (pages.size() == most) return Error{Code::TooLarge, "too_many_pages"};
      pages.push_back(node);
      continue;
    }
    auto kids = node.getKey("/Kids");
    for (auto i = kids.getArrayNItems(); i-- > 0;) waiting.push_back(kids.getArrayItem(i));
  }
  return pages;
}

PageGeometry geometryOf(QPDFObjectHandle page) {
  const auto media = rectangleOf(inheritedKey(page, "/MediaBox"), kLetter);
  const auto crop = rectangleOf(inheritedKey(page, "/CropBox"), media);
  UserRectangle box{std::max(media.left, crop.left),
                    std::max(media.bottom, crop.bottom),
                    std::min(media.right, crop.right),
                    std::min(media.top, crop.top)};
  if (box.left >= box.right || box.bottom >= box.top) box = media;

  PageGeometry geometry{box.left, box.bottom, box.right - box.left, box.top - box.bottom};
  auto rotate = inheritedKey(page, "/Rotate");
  if (rotate.isInteger()) {
    const auto quarter = ((rotate.getIntValue() / 90) % 4 + 4) % 4;
    geometry.rotate = static_cast<int>(quarter) * 90;
  }
  auto unit = valueAt(page, "/UserUnit");
  if (unit.isNumber() && unit.getNumericValue() > 0) geometry.user_unit = unit.getNumericValue();
  return geometry;
}

ShownSize shownSize(const PageGeometry& page) {
  const auto width = page.width * page.user_unit;
  const auto height = page.height * page.user_unit;
  return page.sideways() ? ShownSize{height, width} : ShownSize{width, height};
}

bool isEmpty(const UserRectangle& place) {
  return place.left >= place.right || place.bottom >= place.top;
}

UserRectangle widgetRectangle(QPDFObjectHandle widget) {
  auto array = valueAt(widget, "/Rect");
  if (!array.isRectangle()) return {};
  const auto box = array.getArrayAsRectangle();
  return {std::min(box.llx, box.urx),
          std::min(box.lly, box.ury),
          std::max(box.llx, box.urx),
          std::max(box.lly, box.ury)};
}

UserRectangle toUserSpace(const PageGeometry& page, const ShownRectangle& shown) {
  const auto left = shown.left / page.user_unit;
  const auto bottom = shown.bottom / page.user_unit;
  const auto right = left + shown.width / page.user_unit;
  const auto top = bottom + shown.height / page.user_unit;
  const auto at = [&page](double x1, double y1, double x2, double y2) {
    return UserRectangle{page.left + x1, page.bottom + y1, page.left + x2, page.bottom + y2};
  };
  switch (page.rotate) {
    case 90:
      return at(page.width - top, left, page.width - bottom, right);
    case 180:
      return at(page.width - right, page.height - top, page.width - left, page.height - bottom);
    case 270:
      return at(bottom, page.height - right, top, page.height - left);
    default:
      return at(left, bottom, right, top);
  }
}

}  // namespace congvan::pdf
