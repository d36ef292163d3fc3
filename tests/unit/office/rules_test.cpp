// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_rules.h"
#include "office/directory/working_days.h"

#include <gtest/gtest.h>

#include <fstream>

namespace congvan {
namespace {

std::string certsFile(const std::string& name) {
  std::ifstream file(std::string(CONGVAN_SOURCE_DIR) + "/certs/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

directory::Date day(std::string_view text) {
  return *parseDate(text);
}

TEST(WorkingDays, LeaveOutWeekendsAndHolidays) {
  const auto days = directory::readWorkingDays(certsFile("working-days.yaml"));
  ASSERT_TRUE(days);
  EXPECT_EQ(days->after(day("2026-11-20"), 1), day("2026-11-23")) << "Friday, then Monday";
  EXPECT_EQ(days->after(day("2026-11-22"), 3), day("2026-11-25")) << "entered on a Sunday";
  EXPECT_EQ(days->after(day("2026-02-13"), 3), day("2026-02-25")) << "Tết lies between";
  EXPECT_EQ(days->after(day("2026-04-29"), 1), day("2026-05-04"));
}

TEST(WorkingDays, CountASaturdayWorkedInExchange) {
  const auto days = directory::readWorkingDays(certsFile("working-days.yaml"));
  ASSERT_TRUE(days);
  EXPECT_TRUE(days->isWorking(day("2024-05-04")));
  EXPECT_FALSE(days->isWorking(day("2024-04-29")));
  EXPECT_EQ(days->after(day("2024-05-03"), 1), day("2024-05-04"));
}

TEST(WorkingDays, RefuseWhatIsNoCalendar) {
  for (const auto* text : {"off: [2026-02-30]", "holidays: []", "[]", "off: {"}) {
    EXPECT_FALSE(directory::readWorkingDays(text)) << text;
  }
}

TEST(RequestRules, HoldFromTheirDayOn) {
  const auto rules = authority::readRequestRules(certsFile("rules.yaml"));
  ASSERT_TRUE(rules);
  EXPECT_FALSE(authority::ruleOn(*rules, day("2024-08-14")));
  const auto first = authority::ruleOn(*rules, day("2024-08-15"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->new_days, 1826);
  EXPECT_EQ(first->renewed_days, 1095);
  EXPECT_EQ(first->working_days, 3);
}

TEST(RequestRules, RefuseTwoOfOneDayAndImpossibleOnes) {
  const auto text = certsFile("rules.yaml");
  const auto entry = text.substr(text.find("  - from:"));
  EXPECT_FALSE(authority::readRequestRules(text + entry));
  const auto with = [&](std::string_view what, std::string_view instead) {
    auto changed = text;
    changed.replace(changed.find(what), what.size(), instead);
    return authority::readRequestRules(changed);
  };
  EXPECT_TRUE(with("new_days: 1826", "new_days: 1827"));
  EXPECT_FALSE(with("new_days: 1826", "new_days: 1828")) << "beyond five years";
  EXPECT_FALSE(with("renewal_closes_days: 60", "renewal_closes_days: 181"));
  EXPECT_FALSE(with("working_days: 3", "working_days: 0"));
  EXPECT_FALSE(with("working_days: 3", "working_day: 3"));
}

}  // namespace
}  // namespace congvan
