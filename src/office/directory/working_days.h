// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "office/directory/types.h"

#include <set>
#include <string_view>

namespace congvan::directory {

/// Which days offices work: Monday to Friday, but for the days off of each year and the Saturdays
/// worked in exchange. Data (certs/working-days.yaml), since every year's swaps are decided anew.
class WorkingDays {
 public:
  WorkingDays(std::set<Date> off, std::set<Date> worked)
      : off_(std::move(off)), worked_(std::move(worked)) {}

  bool isWorking(Date day) const;
  /// The `count`th working day after `day`, which does not count itself (BLDS 2015 Đ147).
  Date after(Date day, int count) const;

 private:
  std::set<Date> off_;
  std::set<Date> worked_;
};

/// Malformed: not YAML, an unknown key, or no day.
Result<WorkingDays> readWorkingDays(std::string_view yaml);

}  // namespace congvan::directory
