// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/signature_place.h"

#include "trust/pdf/values.h"

#include <algorithm>
#include <cmath>

namespace congvan::pdf {
namespace {

/// Larger than any mark that a maker of the corpora draws, smaller than a paragraph of a page.
constexpr double kCoveredMost = 0.25;
/// In a field that stood there when the earlier signature was made: forms for small pages have
/// large ones.
constexpr double kPreparedMost = 0.5;
constexpr double kOverlapLeast = 1.0;  // points: frames that touch do not hide anything
constexpr std::size_t kComparedMost = 20'000'000;

struct Size {
  double width = 0;
  double height = 0;
};

Size common(const UserRectangle& one, const UserRectangle& other) {
  return {std::min(one.right, other.right) - std::max(one.left, other.left),
          std::min(one.top, other.top) - std::max(one.bottom, other.bottom)};
}

bool covers(double share, QPDFObjectHandle page, QPDFObjectHandle widget) {
  const auto shown = geometryOf(page);
  const auto [width, height] =
      common(widgetRectangle(widget),
             {shown.left, shown.bottom, shown.left + shown.width, shown.bottom + shown.height});
  return width > 0 && height > 0 && width * height > share * shown.width * shown.height;
}

bool isWidget(QPDFObjectHandle annotation) {
  auto subtype = valueAt(annotation, "/Subtype");
  return subtype.isNull() || subtype.isNameAndEquals("/Widget");
}

}  // namespace

std::string placeInWords(const UserRectangle& place) {
  const auto whole = [](double points) { return std::to_string(std::llround(points)); };
  return whole(place.right - place.left) + " x " + whole(place.top - place.bottom) + " at " +
         whole(place.left) + ", " + whole(place.bottom);
}

const std::vector<SignaturePlaces::Placed>& SignaturePlaces::widgetsOf(QPDFObjectHandle page) {
  const auto [known, fresh] = widgets_.try_emplace(page.getObjGen());
  if (!fresh) return known->second;
  auto annotations = valueAt(page, "/Annots");
  for (const auto& item : listOf(annotations)) {
    if (!isWidget(item)) continue;
    const auto place = widgetRectangle(item);
    if (!isEmpty(place)) known->second.push_back({QPDFObjectHandle(item).getObjGen(), place});
  }
  return known->second;
}

bool SignaturePlaces::meetsAnother(QPDFObjectHandle page, QPDFObjectHandle widget) {
  const auto place = widgetRectangle(widget);
  if (isEmpty(place)) return false;
  const auto& others = widgetsOf(page);
  compared_ += others.size();
  if (compared_ > kComparedMost) return true;
  return std::any_of(others.begin(), others.end(), [&](const auto& other) {
    const auto [width, height] = common(place, other.place);
    return other.widget != widget.getObjGen() && width > kOverlapLeast && height > kOverlapLeast;
  });
}

std::optional<Change> SignaturePlaces::added(QPDFObjectHandle page, QPDFObjectHandle widget) {
  if (!isWidget(widget) || widget.hasKey("/A") || widget.hasKey("/AA")) {
    return Change{ChangeKind::AnnotationAdded, "more than a signature", {}};
  }
  if (covers(kCoveredMost, page, widget))
    return Change{ChangeKind::AnnotationAdded, "covers much", {}};
  if (meetsAnother(page, widget)) {
    return Change{ChangeKind::AnnotationAdded, "covers another field", {}};
  }
  const auto place = widgetRectangle(widget);
  if (!drawsSomething(widget) || isEmpty(place)) return std::nullopt;
  return Change{ChangeKind::SignatureDrawn, "new mark, " + placeInWords(place), {}};
}

std::optional<Change> SignaturePlaces::filledIn(QPDFObjectHandle page,
                                                QPDFObjectHandle widget,
                                                bool signature) {
  if (signature && !drawsSomething(widget)) return std::nullopt;
  if (!covers(kPreparedMost, page, widget)) return std::nullopt;
  return Change{ChangeKind::AnnotationAdded, "covers much", {}};
}

}  // namespace congvan::pdf
