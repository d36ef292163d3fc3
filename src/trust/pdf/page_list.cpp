// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/page_list.h"

#include "trust/pdf/values.h"

#include <stdexcept>

namespace congvan::pdf {
namespace {

constexpr std::size_t kPagesMost = 200'000;
constexpr std::size_t kTreeDepthMost = 64;
constexpr std::size_t kNoParent = SIZE_MAX;

}  // namespace

PageList::PageList(QPDF& document) {
  visit(valueAt(document.getRoot(), "/Pages"), kNoParent, 0);
}

void PageList::visit(QPDFObjectHandle node, std::size_t parent, std::size_t depth) {
  if (!node.isDictionary()) return;
  if (depth > kTreeDepthMost || ids_.size() + nodes_.size() > kPagesMost) {
    throw std::runtime_error("page tree too deep or too large");
  }
  auto kids = node.getKey("/Kids");
  if (!kids.isArray()) {
    numbers_.emplace(node.getObjGen(), ids_.size() + 1);
    ids_.push_back(node.getObjGen());
    pages_.push_back(node);
    page_parents_.push_back(parent);
    return;
  }
  const auto place = nodes_.size();
  nodes_.push_back(node);
  node_parents_.push_back(parent);
  if (node.isIndirect()) node_ids_.insert(node.getObjGen());
  const auto pages_before = ids_.size();
  for (int i = 0; i < kids.getArrayNItems(); ++i) visit(kids.getArrayItem(i), place, depth + 1);
  auto count = node.getKey("/Count");
  const auto below = static_cast<long long>(ids_.size() - pages_before);
  if (!count.isInteger() || count.getIntValue() != below) miscounted_.push_back(node.getObjGen());
}

QPDFObjectHandle PageList::holder(std::size_t index, const std::string& key) const {
  auto at = pages_.at(index);
  auto parent = page_parents_.at(index);
  while (valueAt(at, key).isNull()) {
    if (parent == kNoParent) return QPDFObjectHandle::newNull();
    at = nodes_.at(parent);
    parent = node_parents_.at(parent);
  }
  return at;
}

std::string PageList::label(QPDFObjGen page) const {
  const auto found = numbers_.find(page);
  if (found == numbers_.end()) return "a page that is not shown";
  return "page " + std::to_string(found->second);
}

std::optional<QPDFObjGen> PageList::pageWithAnnotations(QPDFObjGen array) const {
  if (arrays_.empty()) {
    for (auto page : pages_) {
      auto annotations = page.getKey("/Annots");
      if (annotations.isIndirect()) arrays_.emplace(annotations.getObjGen(), page.getObjGen());
    }
  }
  const auto found = arrays_.find(array);
  if (found == arrays_.end()) return std::nullopt;
  return found->second;
}

}  // namespace congvan::pdf
