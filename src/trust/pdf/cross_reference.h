// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <optional>

/// Cross-reference sections as far as revisions and strictness need them (ISO 32000-2, 7.5.4 and
/// 7.5.8). QPDF reads what they say; this refuses those that another reader could read otherwise.
/// Internal to trust/pdf.
namespace congvan::pdf {

struct CrossReferenceSection {
  std::size_t at = 0;
  std::size_t past = 0;  ///< somewhere after its table and before its startxref
  std::optional<std::size_t> prev;
};

/// nullopt: no section stands there, or none that all readers understand alike: a number is listed
/// twice, a table and its /XRefStm disagree, an entry has not its 20 bytes, a key stands twice.
std::optional<CrossReferenceSection> sectionAt(BytesView file, std::size_t at);

}  // namespace congvan::pdf
