// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

#include <string>
#include <string_view>
#include <vector>

/// How numbers, notations and dates are written (NĐ 30/2020 Đ7, annex I and III).
namespace congvan::records {

/// Công văn, whose notation names no type.
inline constexpr std::string_view kLetterType = "CV";

struct DocumentType {
  std::string_view letters;  ///< annex III, or `kLetterType`
  std::string_view name;     ///< `Chỉ thị`
};

/// The administrative types of Đ7 but thư công, which takes no number. Letters are case-sensitive:
/// ĐA is not DA.
const std::vector<DocumentType>& documentTypes();
/// nullptr: no such letters.
const DocumentType* documentType(std::string_view letters);

/// `05` under ten, else as it is.
std::string numberText(std::int64_t number);
/// `CT-UBND`; of a công văn `UBND-SNV`: the agency and who drafted it, which may be empty.
std::string notation(std::string_view type_letters,
                     std::string_view agency_letters,
                     std::string_view drafter_letters);
/// `05/CT-UBND`
std::string codeText(std::int64_t number, std::string_view notation);
/// `05-CT-UBND.pdf` of `05/CT-UBND`: a name that every system takes, in UTF-8. Of letters, digits,
/// `.`, `-` and `_` only, but for what is not ASCII.
std::string fileNameOf(std::string_view code);
/// `ngày 05 tháng 01 năm 2020`: zeros before days under ten and before months 1 and 2 only.
std::string dateText(std::chrono::year_month_day date);

}  // namespace congvan::records
