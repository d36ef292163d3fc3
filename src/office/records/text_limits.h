// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/text.h"

#include <optional>
#include <string>
#include <string_view>

/// Lengths in characters (NĐ 30/2020 annex VI part II where it says one), checked here because not
/// every caller comes over HTTP.
namespace congvan::records {

inline constexpr std::size_t kSubjectLongest = 500;
inline constexpr std::size_t kReasonLongest = 2000;
inline constexpr std::size_t kOpinionLongest = 2000;

/// In NFC and without spaces at the ends; nullopt: empty, too long, not UTF-8 or with control
/// characters.
inline std::optional<std::string> textWithin(std::string_view text, std::size_t longest) {
  const auto normal = toNfc(trim(text));
  if (!normal || normal->empty() || countCharacters(*normal) > longest) return std::nullopt;
  if (hasControlCharacters(*normal)) return std::nullopt;
  return *normal;
}

}  // namespace congvan::records
