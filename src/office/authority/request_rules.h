// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "office/directory/types.h"

#include <string_view>
#include <vector>

/// What the law says of terms and renewals: data with the day from which it holds
/// (certs/rules.yaml).
namespace congvan::authority {

struct RequestRule {
  directory::Date from{};
  int new_days = 0;
  int renewed_days = 0;
  int renewals_most = 0;
  int renewal_opens_days = 0;   ///< before the end of the certificate
  int renewal_closes_days = 0;  ///< so many must be left
  int next_seal_days = 0;       ///< left, before an agency may get another seal as new
  int working_days = 0;         ///< from a complete request to the hand-over
};

/// In order of `from`. Malformed: not YAML, unknown keys, values out of bounds, or two of one day.
Result<std::vector<RequestRule>> readRequestRules(std::string_view yaml);

/// The one in force on `day`. RuleRefused `request_rules_missing`: none yet.
Result<RequestRule> ruleOn(const std::vector<RequestRule>& rules, directory::Date day);

}  // namespace congvan::authority
