// SPDX-License-Identifier: Apache-2.0
#include "office/directory/working_days.h"

#include "base/json_fields.h"
#include "base/settings.h"

#include <nlohmann/json.hpp>

namespace congvan::directory {
namespace {

std::set<Date> daysField(Fields& fields, std::string_view name) {
  constexpr std::size_t kDaysMost = 4000;
  constexpr std::size_t kDateLength = 10;
  std::set<Date> days;
  for (const auto& text : fields.texts(name, kDaysMost, kDateLength)) {
    const auto day = parseDate(text);
    if (!day) fields.refuse(name, "not_a_date");
    if (day) days.insert(*day);
  }
  return days;
}

}  // namespace

bool WorkingDays::isWorking(Date day) const {
  if (worked_.contains(day)) return true;
  const std::chrono::weekday weekday{std::chrono::sys_days(day)};
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday && !off_.contains(day);
}

Date WorkingDays::after(Date day, int count) const {
  auto at = std::chrono::sys_days(day);
  for (int left = count; left > 0;) {
    at += std::chrono::days{1};
    if (isWorking(Date(at))) --left;
  }
  return Date(at);
}

Result<WorkingDays> readWorkingDays(std::string_view yaml) {
  const auto document = parseYaml(yaml);
  if (!document) return document.error();
  if (!document->is_object()) return Error{Code::Malformed, "working_days_malformed"};
  Fields fields(*document);
  auto off = daysField(fields, "off");
  auto worked = daysField(fields, "worked");
  const auto done = fields.finish();
  if (!done) return done.error();
  return WorkingDays(std::move(off), std::move(worked));
}

}  // namespace congvan::directory
