// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/records/types.h"
#include "trust/formats/pades/prepare_fields.h"

#include <vector>

/// Which fields a route needs and where they go.
namespace congvan::records {

inline constexpr std::string_view kNumberField = "so";
inline constexpr std::string_view kDateField = "ngay";
inline constexpr std::string_view kSignatureField = "ky-chinh";
inline constexpr std::string_view kFormCheckField = "the-thuc";
inline constexpr std::string_view kSealField = "con-dau";
/// Dấu “đến”: left open for the recipient, each in their own copy.
inline constexpr std::string_view kArrivalField = "dau-den";
/// `ky-nhay-1`, …
std::string initialField(std::size_t ordinal);

/// RuleRefused `slot_unknown`: no route has such a field; `slot_twice`.
Result<> checkSlots(const std::vector<Slot>& given);

/// The slots given that this route needs, and a default place for every field of `steps` that has
/// none: number and date at the top of the first page, signature and seal at the lower right of the
/// last, initials in its lower margin. The arrival stamp goes under the number, in a letter (which
/// has its abstract there) under the date; where that is off the page or over another slot, the
/// document gets none.
std::vector<Slot> completeSlots(std::vector<Slot> given,
                                const std::vector<Step>& steps,
                                std::string_view type,
                                const std::vector<pades::PageSize>& pages);

/// RuleRefused `slot_off_page`: a slot is not wholly on a page of the file; `slot_size_wrong`: the
/// arrival stamp is larger than the decree has it; `slot_overlaps`: it lies over another slot. It
/// is open to everybody who holds the sealed file, so that it must not be able to hide what was
/// signed.
Result<> checkPlaces(const std::vector<Slot>& slots, const std::vector<pades::PageSize>& pages);

/// The fields as PDF fields. The seal locks all that are there then, but not the arrival stamp.
std::vector<pades::NewField> fieldsOf(const std::vector<Slot>& slots);

/// Of a document that was submitted: it has a slot for each field.
const Slot& slotOf(const Document& document, std::string_view field);

}  // namespace congvan::records
