// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>

/// Time is UTC with microseconds everywhere; it is shown in the Vietnam zone, UTC+07:00 without
/// daylight saving (QĐ 28/2018/QĐ-TTg Đ14.4). "Same day" and "next working morning" are
/// computed in that zone.
namespace congvan {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

inline constexpr std::chrono::hours kVietnamOffset{7};

/// A port: business code never asks the machine for the time by itself.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

/// `2026-11-22T02:13:05Z`; microseconds are printed only when they are not zero.
std::string formatUtc(Instant instant);
/// `2026-11-22T09:13:05+07:00`
std::string formatVietnam(Instant instant);

/// Reads RFC 3339 with any offset, `Z` included; a date alone is midnight UTC.
/// Malformed: anything else, or a date that does not exist.
Result<Instant> parseTime(std::string_view text);

/// The calendar date at `instant` in Vietnam.
std::chrono::year_month_day vietnamDate(Instant instant);
/// `2026-11-22`
std::string formatDate(std::chrono::year_month_day date);
/// Malformed: not `YYYY-MM-DD`, or no such day.
Result<std::chrono::year_month_day> parseDate(std::string_view text);

/// Microseconds since 1970 as kept in the database, and back.
inline std::int64_t toMicros(Instant instant) {
  return instant.time_since_epoch().count();
}
inline Instant fromMicros(std::int64_t micros) {
  return Instant{Duration{micros}};
}
inline Instant fromUnix(std::int64_t seconds) {
  return Instant{std::chrono::seconds{seconds}};
}
inline std::int64_t toUnix(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

}  // namespace congvan
