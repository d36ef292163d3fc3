// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/pdf_date.h"

#include <algorithm>
#include <charconv>

namespace congvan::pades {
namespace {

/// Takes up to `digits` digits off the front; `missing` when there are none left.
std::optional<int> takeNumber(std::string_view& text, std::size_t digits, int missing) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return missing;
  const auto part = text.substr(0, digits);
  int value = 0;
  const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), value);
  if (failure != std::errc{} || end != part.data() + part.size() || part.size() != digits) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return value;
}

std::optional<std::chrono::minutes> takeZone(std::string_view text) {
  if (text.empty() || text.front() == 'Z') return std::chrono::minutes{0};
  const int sign = text.front() == '-' ? -1 : 1;
  if (text.front() != '+' && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = takeNumber(text, 2, 0);
  if (!text.empty() && text.front() == '\'') text.remove_prefix(1);
  const auto minutes = takeNumber(text, 2, 0);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

}  // namespace

std::optional<Instant> parsePdfDate(std::string_view text) {
  if (text.substr(0, 2) == "D:") text.remove_prefix(2);
  const auto year = takeNumber(text, 4, -1);
  const auto month = takeNumber(text, 2, 1);
  const auto day = takeNumber(text, 2, 1);
  const auto hour = takeNumber(text, 2, 0);
  const auto minute = takeNumber(text, 2, 0);
  const auto second = takeNumber(text, 2, 0);
  if (!year || *year < 0 || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto zone = takeZone(text);
  const auto date = std::chrono::year{*year} / std::chrono::month{static_cast<unsigned>(*month)} /
                    std::chrono::day{static_cast<unsigned>(*day)};
  if (!zone || !date.ok()) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} - *zone;
}

}  // namespace congvan::pades
