// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_rules.h"

#include "base/json_fields.h"
#include "base/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace congvan::authority {
namespace {

RequestRule ruleFrom(Fields& fields) {
  constexpr int kDaysMost = 1827;  // five years, as pki::kSubscriberDaysMax
  const auto days = [&](std::string_view name, int least) {
    return static_cast<int>(fields.integer(name, least, kDaysMost));
  };
  RequestRule rule;
  const auto from = parseDate(fields.text("from", 10));
  if (!from) fields.refuse("from", "not_a_date");
  if (from) rule.from = *from;
  rule.new_days = days("new_days", 1);
  rule.renewed_days = days("renewed_days", 1);
  rule.renewals_most = static_cast<int>(fields.integer("renewals_most", 0, 100));
  rule.renewal_opens_days = days("renewal_opens_days", 0);
  rule.renewal_closes_days = days("renewal_closes_days", 0);
  rule.next_seal_days = days("next_seal_days", 0);
  rule.working_days = static_cast<int>(fields.integer("working_days", 1, 100));
  if (rule.renewal_opens_days < rule.renewal_closes_days) {
    fields.refuse("renewal_closes_days", "out_of_range");
  }
  return rule;
}

}  // namespace

Result<std::vector<RequestRule>> readRequestRules(std::string_view yaml) {
  constexpr std::size_t kRulesMost = 200;
  const auto document = parseYaml(yaml);
  if (!document) return document.error();
  if (!document->is_object()) return Error{Code::Malformed, "request_rules_malformed"};
  Fields fields(*document);
  std::vector<RequestRule> rules;
  for (const auto* object : fields.objects("requests", kRulesMost)) {
    Fields one(*object, "requests.");
    rules.push_back(ruleFrom(one));
    const auto whole = one.finish();
    if (!whole) return whole.error();
  }
  const auto done = fields.finish();
  if (!done) return done.error();
  std::ranges::sort(rules, {}, &RequestRule::from);
  if (std::ranges::adjacent_find(rules, {}, &RequestRule::from) != rules.end()) {
    return Error{Code::Malformed, "request_rules_malformed"};
  }
  return rules;
}

Result<RequestRule> ruleOn(const std::vector<RequestRule>& rules, directory::Date day) {
  const auto later = std::ranges::upper_bound(rules, day, {}, &RequestRule::from);
  if (later == rules.begin()) return Error{Code::RuleRefused, "request_rules_missing"};
  return *std::prev(later);
}

}  // namespace congvan::authority
