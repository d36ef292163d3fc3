// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <utf8proc.h>

#include <array>
#include <vector>

namespace congvan {
namespace {

const utf8proc_uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());  // NOLINT: char may alias
}

/// Not by utf8proc_map: passwords pass here, and its memory cannot be wiped from outside.
Result<std::string> mapped(std::string_view text, int options) {
  const auto decompose = [&](utf8proc_int32_t* out, utf8proc_ssize_t room) {
    return utf8proc_decompose(raw(text),
                              static_cast<utf8proc_ssize_t>(text.size()),
                              out,
                              room,
                              static_cast<utf8proc_option_t>(options));
  };
  const auto room = decompose(nullptr, 0);
  if (room < 0) return Error{Code::Malformed, "text_not_utf8"};
  // One more, for the NUL behind what is composed in place.
  std::vector<utf8proc_int32_t> points(static_cast<std::size_t>(room) + 1);
  const auto count = decompose(points.data(), room);
  const auto size =
      utf8proc_reencode(points.data(), count, static_cast<utf8proc_option_t>(options));
  if (size < 0) return Error{Code::Malformed, "text_not_utf8"};
  return std::string(reinterpret_cast<const char*>(points.data()),  // NOLINT: the bytes are there
                     static_cast<std::size_t>(size));
}

/// Calls `visit(code point)` for each; false when the text is not UTF-8.
template <typename Visit>
bool eachCharacter(std::string_view text, Visit visit) {
  const auto* at = raw(text);
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t character = 0;
    const auto used = utf8proc_iterate(at, left, &character);
    if (used <= 0) return false;
    visit(character);
    at += used;
    left -= used;
  }
  return true;
}

bool isLetterOrDigit(utf8proc_int32_t character) {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

void appendCharacter(std::string& to, utf8proc_int32_t character) {
  std::array<utf8proc_uint8_t, 4> buffer{};
  const auto size = utf8proc_encode_char(character, buffer.data());
  to.append(reinterpret_cast<const char*>(buffer.data()),
            static_cast<std::size_t>(size));  // NOLINT
}

bool isBidirectionalOverride(utf8proc_int32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

Result<std::string> toNfc(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

bool isUtf8(std::string_view text) {
  return eachCharacter(text, [](utf8proc_int32_t) {});
}

std::size_t countCharacters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

std::string_view trim(std::string_view utf8) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (;;) {
    if (!utf8.empty() && std::string_view(" \t\r\n").find(utf8.front()) != std::string_view::npos) {
      utf8.remove_prefix(1);
    } else if (utf8.starts_with(kNoBreakSpace)) {
      utf8.remove_prefix(kNoBreakSpace.size());
    } else {
      break;
    }
  }
  for (;;) {
    if (!utf8.empty() && std::string_view(" \t\r\n").find(utf8.back()) != std::string_view::npos) {
      utf8.remove_suffix(1);
    } else if (utf8.ends_with(kNoBreakSpace)) {
      utf8.remove_suffix(kNoBreakSpace.size());
    } else {
      return utf8;
    }
  }
}

bool hasControlCharacters(std::string_view utf8) {
  bool found = false;
  eachCharacter(utf8, [&](utf8proc_int32_t c) {
    const bool control = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F);
    if (control || isBidirectionalOverride(c)) found = true;
  });
  return found;
}

std::string foldForSearch(std::string_view text) {
  const auto stripped =
      mapped(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
  if (!stripped) return {};
  std::string folded;
  eachCharacter(*stripped, [&](utf8proc_int32_t c) {
    constexpr utf8proc_int32_t kDWithStroke =
        0x0111;  // đ is a letter of its own, not d with a mark
    if (c == kDWithStroke) c = 'd';
    if (isLetterOrDigit(c)) {
      appendCharacter(folded, c);
    } else if (!folded.empty() && folded.back() != ' ') {
      folded.push_back(' ');
    }
  });
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

std::vector<std::string> syllableBigrams(std::string_view folded) {
  std::vector<std::string> bigrams;
  std::string_view before;
  while (!folded.empty()) {
    const auto end = folded.find(' ');
    const auto syllable = folded.substr(0, end);
    folded.remove_prefix(end == std::string_view::npos ? folded.size() : end + 1);
    if (!before.empty()) bigrams.push_back(std::string(before) + "_" + std::string(syllable));
    before = syllable;
  }
  if (bigrams.empty() && !before.empty()) bigrams.emplace_back(before);
  return bigrams;
}

}  // namespace congvan
