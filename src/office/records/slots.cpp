// SPDX-License-Identifier: Apache-2.0
#include "office/records/slots.h"

#include "office/records/numbering.h"

#include <algorithm>
#include <stdexcept>

namespace congvan::records {
namespace {

// Points. The seal is drawn in its real size: 36 mm across (NĐ 30/2020 annex I).
constexpr double kSealSide = 102;
constexpr double kSignatureWidth = 190;
constexpr double kSignatureHeight = 80;
constexpr double kInitialWidth = 64;
constexpr double kInitialHeight = 24;
constexpr double kTextHeight = 18;
constexpr double kTopOfLine = 98;  // of the number and the date, from the top of the first page
// The arrival stamp in its real size: 50 mm by 35 mm (NĐ 30/2020 annex IV).
constexpr double kArrivalWidth = 142;
constexpr double kArrivalHeight = 100;
constexpr double kArrivalTolerance = 2;
constexpr double kArrivalGap = 4;        // below the line of number and date
constexpr double kArrivalFromEdge = 14;  // of the paper

class DefaultPlaces {
 public:
  explicit DefaultPlaces(const std::vector<pades::PageSize>& pages)
      : first_(pages.front()),
        last_(pages.back()),
        last_page_(static_cast<int>(pages.size()) - 1) {}

  Slot number() const { return onOpenLine(kNumberField, 154, 110); }
  Slot date() const { return onOpenLine(kDateField, 367, 185); }
  /// In the room under number and notation, where clerks set it by custom; a letter has its
  /// abstract there and is free under the date. It is wider than the margin, so it begins near the
  /// edge of the paper.
  Slot arrival(const std::vector<Slot>& placed, bool letter) const {
    const auto above = *std::ranges::find(placed, letter ? kDateField : kNumberField, &Slot::field);
    const auto left = letter ? first_.width - kArrivalWidth - kArrivalFromEdge : kArrivalFromEdge;
    return {std::string(kArrivalField),
            above.page,
            left,
            above.bottom - kArrivalGap - kArrivalHeight,
            kArrivalWidth,
            kArrivalHeight};
  }
  Slot signature() const {
    return {std::string(kSignatureField),
            last_page_,
            signatureLeft(),
            70,
            kSignatureWidth,
            kSignatureHeight};
  }
  /// Over the left third of the person's mark.
  Slot seal() const {
    return {std::string(kSealField),
            last_page_,
            signatureLeft() - kSealSide * 2 / 3,
            62,
            kSealSide,
            kSealSide};
  }
  Slot margin(const std::string& field, std::size_t ordinal) const {
    return {field,
            last_page_,
            57 + static_cast<double>(ordinal) * (kInitialWidth + 4),
            24,
            kInitialWidth,
            kInitialHeight};
  }

 private:
  /// The line under the two heads, with `Số:` at the left and the place at the right, as it lies on
  /// an A4 page with margins of 20 mm above and 30 mm at the left (NĐ 30/2020, annex I); narrower
  /// on narrower pages.
  Slot onOpenLine(std::string_view field, double left, double width) const {
    constexpr double kA4Width = 595.28;
    const auto scale = first_.width / kA4Width;
    return {std::string(field),
            0,
            left * scale,
            first_.height - kTopOfLine - kTextHeight,
            width * scale,
            kTextHeight};
  }
  double signatureLeft() const { return std::max(120.0, last_.width - kSignatureWidth - 60); }
  pades::PageSize first_;
  pades::PageSize last_;
  int last_page_;
};

bool isText(std::string_view field) {
  return field == kNumberField || field == kDateField || field == kArrivalField;
}

/// In every document, whatever its route.
bool isFixed(std::string_view field) {
  return isText(field) || field == kSealField;
}

bool isOnPage(const Slot& slot, const std::vector<pades::PageSize>& pages) {
  if (slot.page < 0 || static_cast<std::size_t>(slot.page) >= pages.size()) return false;
  const auto& page = pages[static_cast<std::size_t>(slot.page)];
  return slot.left >= 0 && slot.bottom >= 0 && slot.left + slot.width <= page.width &&
         slot.bottom + slot.height <= page.height;
}

bool overlap(const Slot& one, const Slot& other) {
  return one.page == other.page && one.left < other.left + other.width &&
         other.left < one.left + one.width && one.bottom < other.bottom + other.height &&
         other.bottom < one.bottom + one.height;
}

/// The first other slot that `slot` lies over; nullptr: none.
const Slot* findOverlapped(const Slot& slot, const std::vector<Slot>& slots) {
  const auto found = std::ranges::find_if(
      slots, [&](const Slot& other) { return other.field != slot.field && overlap(slot, other); });
  return found == slots.end() ? nullptr : &*found;
}

bool isNeeded(const Slot& slot, const std::vector<Step>& steps) {
  return isFixed(slot.field) || std::ranges::find(steps, slot.field, &Step::field) != steps.end();
}

}  // namespace

std::string initialField(std::size_t ordinal) {
  return "ky-nhay-" + std::to_string(ordinal);
}

Result<> checkSlots(const std::vector<Slot>& given) {
  std::vector<std::string_view> seen;
  for (const auto& slot : given) {
    const bool known = isFixed(slot.field) || slot.field == kFormCheckField ||
                       slot.field == kSignatureField || slot.field.starts_with("ky-nhay-");
    if (!known) return Error{Code::RuleRefused, "slot_unknown", {{"slot", slot.field}}};
    if (std::ranges::find(seen, slot.field) != seen.end()) {
      return Error{Code::RuleRefused, "slot_twice", {{"slot", slot.field}}};
    }
    seen.push_back(slot.field);
  }
  return kDone;
}

std::vector<Slot> completeSlots(std::vector<Slot> given,
                                const std::vector<Step>& steps,
                                std::string_view type,
                                const std::vector<pades::PageSize>& pages) {
  const DefaultPlaces places(pages);
  std::erase_if(given, [&](const Slot& slot) { return !isNeeded(slot, steps); });
  const auto addMissing = [&](const Slot& slot) {
    if (std::ranges::find(given, slot.field, &Slot::field) == given.end()) given.push_back(slot);
  };
  addMissing(places.number());
  addMissing(places.date());
  std::size_t in_margin = 0;
  for (const auto& step : steps) {
    if (step.kind == StepKind::Sign) {
      addMissing(places.signature());
    } else {
      addMissing(places.margin(step.field, in_margin++));
    }
  }
  addMissing(places.seal());
  const auto arrival = places.arrival(given, type == kLetterType);
  if (isOnPage(arrival, pages) && findOverlapped(arrival, given) == nullptr) addMissing(arrival);
  return given;
}

Result<> checkPlaces(const std::vector<Slot>& slots, const std::vector<pades::PageSize>& pages) {
  for (const auto& slot : slots) {
    if (isOnPage(slot, pages)) continue;
    return Error{Code::RuleRefused, "slot_off_page", {{"slot", slot.field}}};
  }
  const auto arrival = std::ranges::find(slots, kArrivalField, &Slot::field);
  if (arrival == slots.end()) return kDone;
  if (arrival->width > kArrivalWidth + kArrivalTolerance ||
      arrival->height > kArrivalHeight + kArrivalTolerance) {
    return Error{Code::RuleRefused, "slot_size_wrong", {{"slot", arrival->field}}};
  }
  if (const auto* other = findOverlapped(*arrival, slots)) {
    return Error{
        Code::RuleRefused, "slot_overlaps", {{"slot", arrival->field}, {"other", other->field}}};
  }
  return kDone;
}

std::vector<pades::NewField> fieldsOf(const std::vector<Slot>& slots) {
  std::vector<pades::NewField> fields;
  for (const auto& slot : slots) {
    pades::NewField field{
        .name = slot.field,
        .role = isText(slot.field) ? pades::FieldRole::Text : pades::FieldRole::Signature,
        .place = pades::Place{static_cast<std::size_t>(slot.page),
                              {slot.left, slot.bottom, slot.width, slot.height}}};
    if (slot.field == kSealField) field.locking = pades::Locking::Present;
    field.stays_open = field.several_lines = slot.field == kArrivalField;
    fields.push_back(std::move(field));
  }
  return fields;
}

const Slot& slotOf(const Document& document, std::string_view field) {
  const auto found = std::ranges::find(document.slots, field, &Slot::field);
  if (found == document.slots.end()) throw std::logic_error("a route field without a slot");
  return *found;
}

}  // namespace congvan::records
