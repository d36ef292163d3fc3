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
/// none: number and date at the top of the first page, the arrival stamp under the number,
/// signature and seal at the lower right of the last, initials in its lower margin.
std::vector<Slot> completeSlots(std::vector<Slot> given,
                                const std::vector<Step>& steps,
                                const std::vector<pades::PageSize>& pages);

/// RuleRefused `slot_off_page`: a slot is not wholly on a page of the file.
Result<> checkPlaces(const std::vector<Slot>& slots, const std::vector<pades::PageSize>& pages);

/// The fields as PDF fields. The seal locks all that are there then, but not the arrival stamp.
std::vector<pades::NewField> fieldsOf(const std::vector<Slot>& slots);

/// Of a document that was submitted: it has a slot for each field.
const Slot& slotOf(const Document& document, std::string_view field);

}  // namespace congvan::records
