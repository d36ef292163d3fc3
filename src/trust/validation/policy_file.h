// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/validation/verdict.h"

#include <string_view>

namespace congvan::validation {

/// Reads a policy in YAML (`certs/policies/*.yaml`); what it leaves out keeps the strict default.
/// Malformed: not YAML, an unknown key, a value out of range (`field` names it).
Result<Policy> parsePolicy(std::string_view yaml);

/// `require`, `try`, `off`; nullopt otherwise. And `full`, `integrity`.
std::optional<pki::RevocationMode> revocationByName(std::string_view name);
std::optional<Checks> checksByName(std::string_view name);

}  // namespace congvan::validation
