// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

/// Vietnamese text: kept in Unicode NFC (TCVN 6909), counted in characters, searched without marks.
namespace congvan {

/// The same text in NFC. Malformed: not UTF-8.
Result<std::string> toNfc(std::string_view text);

bool isUtf8(std::string_view text);

/// Code points in valid UTF-8: what the law's field lengths count.
std::size_t countCharacters(std::string_view utf8);

/// Without spaces (ASCII and U+00A0) at both ends.
std::string_view trim(std::string_view utf8);

/// C0, DEL and C1 controls and the bidirectional overrides, save tab and line feed.
bool hasControlCharacters(std::string_view utf8);

/// For searching: lower case, tone and vowel marks removed, đ to d, everything that is neither
/// letter nor digit turned to one space, none at the ends. `Quyết định số 05` gives
/// `quyet dinh so 05`. Text that is not UTF-8 gives an empty result.
std::string foldForSearch(std::string_view text);

/// Neighbouring pairs of folded syllables: `quyet_dinh dinh_so so_05`; one alone stands by itself.
std::vector<std::string> syllableBigrams(std::string_view folded);

}  // namespace congvan
