// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace congvan {
namespace {

// Seconds by `date -u -d TEXT +%s`.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 9> kSameAsDate{{
    {"1970-01-01T00:00:00Z", 0},
    {"2026-11-22T02:13:05Z", 1795313585},
    {"2026-11-22T09:13:05+07:00", 1795313585},
    {"2026-11-21T21:13:05-05:00", 1795313585},
    {"2026-11-22T07:43:05+05:30", 1795313585},
    {"2026-11-22t02:13:05z", 1795313585},
    {"2024-02-29T23:59:59Z", 1709251199},
    {"1969-12-31T23:59:59Z", -1},
    {"9999-12-31T23:59:59Z", 253402300799},
}};

TEST(Time, IsReadAsTheSystemsDateReadsIt) {
  for (const auto& [text, seconds] : kSameAsDate) {
    const auto read = parseTime(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(toMicros(*read), seconds * 1'000'000) << text;
  }
}

TEST(Time, KeepsMicrosecondsAndDropsWhatIsFiner) {
  EXPECT_EQ(toMicros(*parseTime("1970-01-01T00:00:00.5Z")), 500'000);
  EXPECT_EQ(toMicros(*parseTime("1970-01-01T00:00:00.000001Z")), 1);
  EXPECT_EQ(toMicros(*parseTime("1970-01-01T00:00:00.0000019999999999999999999999Z")), 1);
}

TEST(Time, ReadsALeapSecondAsTheFollowingSecond) {
  EXPECT_EQ(*parseTime("2016-12-31T23:59:60Z"), *parseTime("2017-01-01T00:00:00Z"));
  EXPECT_FALSE(parseTime("2016-12-31T23:59:61Z"));
}

TEST(Time, ReadsADateAloneAsMidnightUtc) {
  EXPECT_EQ(*parseTime("2026-11-22"), *parseTime("2026-11-22T00:00:00Z"));
}

TEST(Time, RefusesWhatIsNotRfc3339) {
  for (const std::string_view bad : {"",
                                     "now",
                                     "2026-11-22T",
                                     "2026-11-22T02:13",
                                     "2026-11-22T02:13:05",
                                     "2026-11-22T02:13:05ZZ",
                                     "2026-11-22T02:13:05Z ",
                                     " 2026-11-22T02:13:05Z",
                                     "2026-11-22T02:13:05.Z",
                                     "2026-11-22T02:13:05,5Z",
                                     "2026-11-22T02:13:05+0700",
                                     "2026-11-22T02:13:05+07",
                                     "2026-11-22T02:13:05+24:00",
                                     "2026-11-22T02:13:05+07:60",
                                     "2026-11-22T02:13:05 07:00",
                                     "2026/11/22T02:13:05Z",
                                     "26-11-22T02:13:05Z",
                                     "2026-1-2T02:13:05Z",
                                     "+2026-11-22T02:13:05Z",
                                     "1795313585"}) {
    const auto read = parseTime(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, Code::Malformed);
    EXPECT_EQ(read.error().reason, "time_malformed");
  }
}

TEST(Time, RefusesTimesThatDoNotExist) {
  for (const std::string_view bad : {"2026-02-29T00:00:00Z",
                                     "2100-02-29T00:00:00Z",
                                     "2026-04-31T00:00:00Z",
                                     "2026-00-10T00:00:00Z",
                                     "2026-13-10T00:00:00Z",
                                     "2026-10-00T00:00:00Z",
                                     "2026-11-22T24:00:00Z",
                                     "2026-11-22T23:60:00Z",
                                     "2026-02-30"}) {
    EXPECT_FALSE(parseTime(bad)) << bad;
  }
  EXPECT_TRUE(parseTime("2000-02-29T00:00:00Z"));
}

TEST(Time, QuotesOnlyTheStartOfAWrongText) {
  const auto read = parseTime(std::string(1000, 'x'));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().params.at(0).value.size(), 64U);
}

TEST(Time, IsWrittenInUtcAndInVietnam) {
  const auto instant = *parseTime("2026-11-22T02:13:05Z");
  EXPECT_EQ(formatUtc(instant), "2026-11-22T02:13:05Z");
  EXPECT_EQ(formatVietnam(instant), "2026-11-22T09:13:05+07:00");
}

TEST(Time, IsWrittenWithMicrosecondsOnlyWhenThereAreAny) {
  EXPECT_EQ(formatUtc(fromMicros(1)), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(formatUtc(fromMicros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(*parseTime(formatVietnam(fromMicros(1'795'313'585'000'100))),
            fromMicros(1'795'313'585'000'100));
}

TEST(Time, CountsSecondsDownwards) {
  EXPECT_EQ(toUnix(fromMicros(1'999'999)), 1);
  EXPECT_EQ(toUnix(fromMicros(-1)), -1);
  EXPECT_EQ(fromUnix(-1), fromMicros(-1'000'000));
}

TEST(VietnamDate, ChangesAtSeventeenHoursUtc) {
  EXPECT_EQ(formatDate(vietnamDate(*parseTime("2026-12-31T16:59:59.999999Z"))), "2026-12-31");
  EXPECT_EQ(formatDate(vietnamDate(*parseTime("2026-12-31T17:00:00Z"))), "2027-01-01");
}

TEST(VietnamDate, KnowsNoDaylightSaving) {
  for (const std::string_view season : {"2026-01-15", "2026-04-15", "2026-07-15", "2026-10-15"}) {
    const auto noon = *parseTime(std::string(season) + "T12:00:00Z");
    EXPECT_EQ(formatVietnam(noon), std::string(season) + "T19:00:00+07:00");
  }
}

TEST(Date, ReadsBackWhatItWrites) {
  for (const std::string_view text : {"0001-01-01", "1970-01-01", "2024-02-29", "9999-12-31"}) {
    const auto read = parseDate(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(formatDate(*read), text);
  }
}

TEST(Date, RefusesOtherFormsAndDaysThatDoNotExist) {
  for (const std::string_view bad :
       {"", "2026-11-22T00:00:00Z", "22/11/2026", "2026-11-31", "2025-02-29", "2026-1-01"}) {
    EXPECT_FALSE(parseDate(bad)) << bad;
  }
}

}  // namespace
}  // namespace congvan
