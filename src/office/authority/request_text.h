// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/text.h"
#include "office/directory/types.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// What the files about requests share and nobody else needs.
namespace congvan::authority {

inline constexpr std::size_t kReasonLongest = 2000;
inline constexpr std::size_t kWordLongest = 100;       ///< numbers of documents, kinds of devices
inline constexpr std::size_t kDeviceNameLongest = 64;  ///< a common name (RFC 5280 A.1)

/// Over the managing body, one of them sees its requests.
inline constexpr std::array kRequestReaders{
    directory::Role::CertificateOfficer, directory::Role::Auditor, directory::Role::Clerk};

/// In NFC and trimmed; nullopt: empty, too long, not UTF-8 or with control characters.
inline std::optional<std::string> textOf(std::string_view text, std::size_t longest) {
  const auto normal = toNfc(trim(text));
  if (!normal || normal->empty() || countCharacters(*normal) > longest) return std::nullopt;
  if (hasControlCharacters(*normal)) return std::nullopt;
  return *normal;
}

/// The same of one line, which may be empty: what stands in names and numbers.
inline std::optional<std::string> lineOrEmpty(std::string_view text, std::size_t longest) {
  if (trim(text).empty()) return std::string();
  auto line = textOf(text, longest);
  if (line && line->find_first_of("\n\t") != std::string::npos) return std::nullopt;
  return line;
}

}  // namespace congvan::authority
