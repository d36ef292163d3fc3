// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/policy_file.h"

#include "base/json_fields.h"
#include "base/settings.h"

#include <nlohmann/json.hpp>

namespace congvan::validation {

std::optional<pki::RevocationMode> revocationByName(std::string_view name) {
  if (name == "require") return pki::RevocationMode::Require;
  if (name == "try") return pki::RevocationMode::Try;
  if (name == "off") return pki::RevocationMode::Off;
  return std::nullopt;
}

std::optional<Checks> checksByName(std::string_view name) {
  if (name == "full") return Checks::Full;
  if (name == "integrity") return Checks::Integrity;
  return std::nullopt;
}

Result<Policy> parsePolicy(std::string_view yaml) {
  const auto document = parseYaml(yaml);
  if (!document) return document.error();
  if (!document->is_object()) return Error{Code::Malformed, "policy_malformed"};

  Policy policy;
  Fields fields(*document);
  if (const auto text = fields.optionalText("checks", 32)) {
    const auto checks = checksByName(*text);
    if (!checks) fields.refuse("checks", "unknown");
    policy.checks = checks.value_or(policy.checks);
  }
  // YAML 1.1 readers would take a bare `off` for false; here it is text.
  if (const auto text = fields.optionalText("revocation", 32)) {
    const auto mode = revocationByName(*text);
    if (!mode) fields.refuse("revocation", "unknown");
    policy.revocation = mode.value_or(policy.revocation);
  }
  const auto bits = fields.optionalInteger("rsa_bits_min", 1024, 16384);
  policy.rsa_bits_min = static_cast<int>(bits.value_or(policy.rsa_bits_min));
  policy.allow_form_filling = fields.boolean("allow_form_filling", policy.allow_form_filling);
  policy.allow_annotations = fields.boolean("allow_annotations", policy.allow_annotations);
  policy.require_non_repudiation =
      fields.boolean("require_non_repudiation", policy.require_non_repudiation);
  const auto done = fields.finish();
  if (!done) return done.error();
  return policy;
}

}  // namespace congvan::validation
