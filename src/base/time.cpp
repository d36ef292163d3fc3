// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace congvan {
namespace {

namespace chrono = std::chrono;

std::string formatAt(Instant instant, chrono::hours offset, std::string_view zone) {
  const auto local = instant + offset;
  const auto day = chrono::floor<chrono::days>(local);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{local - day};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                          static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()),
                          time.hours().count(),
                          time.minutes().count(),
                          time.seconds().count());
  if (time.subseconds().count() != 0) text += fmt::format(".{:06}", time.subseconds().count());
  return text.append(zone);
}

/// Takes digits and punctuation from the front of a text; remembers the first failure.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    if (rest_.size() < digits) return fail();
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  void literal(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
      fail();
      return;
    }
    rest_.remove_prefix(1);
  }
  Duration fraction() {
    if (rest_.empty() || rest_.front() != '.') return Duration{0};
    rest_.remove_prefix(1);
    std::int64_t micros = 0;
    std::int64_t unit = 100'000;
    std::size_t digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      micros += unit * (rest_.front() - '0');
      unit /= 10;
      ++digits;
      rest_.remove_prefix(1);
    }
    if (digits == 0) fail();
    return Duration{micros};
  }
  chrono::minutes offset() {
    if (rest_ == "Z" || rest_ == "z") {
      rest_ = {};
      return chrono::minutes{0};
    }
    const bool west = !rest_.empty() && rest_.front() == '-';
    literal("+-");
    const auto hours = number(2);
    literal(":");
    const auto minutes = number(2);
    if (hours > 23 || minutes > 59) fail();
    return chrono::minutes{(west ? -1 : 1) * (hours * 60 + minutes)};
  }
  bool atEnd() const { return rest_.empty(); }
  bool good() const { return good_; }

 private:
  int fail() {
    good_ = false;
    return 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

chrono::year_month_day readDate(TimeReader& reader) {
  const auto year = reader.number(4);
  reader.literal("-");
  const auto month = reader.number(2);
  reader.literal("-");
  const auto day = reader.number(2);
  return chrono::year_month_day{chrono::year{year},
                                chrono::month{static_cast<unsigned>(month)},
                                chrono::day{static_cast<unsigned>(day)}};
}

Error badTime(std::string_view text) {
  return Error{Code::Malformed, "time_malformed", {{"value", std::string(text.substr(0, 64))}}};
}

}  // namespace

std::string formatUtc(Instant instant) {
  return formatAt(instant, chrono::hours{0}, "Z");
}

std::string formatVietnam(Instant instant) {
  return formatAt(instant, kVietnamOffset, "+07:00");
}

Result<Instant> parseTime(std::string_view text) {
  TimeReader reader(text);
  const auto date = readDate(reader);
  if (!reader.good() || !date.ok()) return badTime(text);
  if (reader.atEnd()) return Instant{chrono::sys_days{date}};

  reader.literal("Tt ");
  const auto hour = reader.number(2);
  reader.literal(":");
  const auto minute = reader.number(2);
  reader.literal(":");
  const auto second = reader.number(2);
  const auto fraction = reader.fraction();
  const auto offset = reader.offset();
  // A leap second (60) is read as the following second, as POSIX time has it.
  if (!reader.good() || !reader.atEnd() || hour > 23 || minute > 59 || second > 60) {
    return badTime(text);
  }
  return Instant{chrono::sys_days{date}} + chrono::hours{hour} + chrono::minutes{minute} +
         chrono::seconds{second} + fraction - offset;
}

chrono::year_month_day vietnamDate(Instant instant) {
  return chrono::year_month_day{chrono::floor<chrono::days>(instant + kVietnamOffset)};
}

std::string formatDate(chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Result<chrono::year_month_day> parseDate(std::string_view text) {
  TimeReader reader(text);
  const auto date = readDate(reader);
  if (!reader.good() || !reader.atEnd() || !date.ok()) return badTime(text);
  return date;
}

}  // namespace congvan
