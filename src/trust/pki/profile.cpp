// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/profile.h"

#include "base/json_fields.h"
#include "base/settings.h"
#include "trust/pki/alternative_names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace congvan::pki {
namespace {

constexpr std::array<std::pair<std::string_view, KeyUsage>, 9> kKeyUsages{{
    {"digitalSignature", KeyUsage::DigitalSignature},
    {"nonRepudiation", KeyUsage::NonRepudiation},
    {"keyEncipherment", KeyUsage::KeyEncipherment},
    {"dataEncipherment", KeyUsage::DataEncipherment},
    {"keyAgreement", KeyUsage::KeyAgreement},
    {"keyCertSign", KeyUsage::KeyCertSign},
    {"cRLSign", KeyUsage::CrlSign},
    {"encipherOnly", KeyUsage::EncipherOnly},
    {"decipherOnly", KeyUsage::DecipherOnly},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPurposes{{
    {"serverAuth", "1.3.6.1.5.5.7.3.1"},
    {"clientAuth", "1.3.6.1.5.5.7.3.2"},
    {"emailProtection", "1.3.6.1.5.5.7.3.4"},
    {"timeStamping", kEkuTimeStamping},
    {"OCSPSigning", kEkuOcspSigning},
    {"documentSigning", kEkuDocumentSigning},
}};

constexpr std::array<std::string_view, 6> kKeyNames{
    "P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096"};

constexpr std::size_t kListMax = 16;
constexpr std::size_t kWordMax = 128;
constexpr std::size_t kHostMax = 254;

bool isDotted(std::string_view text) {
  const bool plain =
      std::ranges::all_of(text, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return plain && text.size() >= 3 && text.size() <= 64 && text[0] <= '2' && text[1] == '.' &&
         text.back() != '.' && text.find("..") == std::string_view::npos;
}

Use readUse(Fields& fields, std::string_view name, Use when_absent) {
  const auto text = fields.optionalText(name, kWordMax);
  if (!text) return when_absent;
  if (*text == "required") return Use::Required;
  if (*text == "optional") return Use::Optional;
  if (*text != "forbidden") fields.refuse(name, "not_one_of");
  return Use::Forbidden;
}

SubjectRule readSubjectRule(Fields& fields) {
  SubjectRule rule;
  rule.attribute = fields.text("attribute", kWordMax);
  const auto* kind = attributeKind(rule.attribute);
  if (kind == nullptr) fields.refuse("attribute", "not_one_of");
  const auto bound = static_cast<std::int64_t>(kind == nullptr ? 1 : kind->characters_max);
  rule.use = readUse(fields, "use", Use::Required);
  rule.longest =
      static_cast<std::size_t>(fields.optionalInteger("longest", 1, bound).value_or(bound));
  rule.fixed = fields.optionalText("fixed", rule.longest);
  rule.most = static_cast<std::size_t>(fields.optionalInteger("most", 1, 8).value_or(1));
  rule.forms = fields.texts("forms", kListMax, kWordMax);
  return rule;
}

std::vector<KeyUsage> readKeyUsage(Fields& fields) {
  std::vector<KeyUsage> usages;
  for (const auto& name : fields.texts("key_usage", kListMax, kWordMax)) {
    const auto usage = keyUsageNamed(name);
    if (!usage) fields.refuse("key_usage", "not_one_of");
    if (usage) usages.push_back(*usage);
  }
  return usages;
}

std::vector<std::string> readOids(Fields& fields, std::string_view key) {
  std::vector<std::string> oids;
  for (const auto& name : fields.texts(key, kListMax, kWordMax)) {
    const auto oid = purposeOid(name);
    if (!oid) fields.refuse(key, "not_one_of");
    if (oid) oids.push_back(*oid);
  }
  return oids;
}

void readExtendedKeyUsage(Fields& fields, Profile& profile) {
  profile.extended_key_usage = readOids(fields, "extended_key_usage");
  profile.extended_key_usage_critical = fields.boolean("extended_key_usage_critical", false);
}

void readAuthority(Fields& fields, Profile& profile) {
  const auto* authority = fields.object("authority");
  if (authority == nullptr) return;
  Fields inner(*authority, "authority.");
  profile.ca = true;
  profile.self_signed = inner.boolean("self_signed", false);
  const auto length = inner.optionalInteger("path_length", 0, 8);
  if (length) profile.path_length = static_cast<int>(*length);
  fields.adopt(inner);
}

void readAddresses(Fields& fields, Profile& profile) {
  const auto* addresses = fields.object("addresses");
  if (addresses == nullptr) return;
  Fields inner(*addresses, "addresses.");
  profile.crl = inner.texts("crl", kListMax, 512);
  profile.ca_issuers = inner.texts("ca_issuers", kListMax, 512);
  profile.ocsp = inner.texts("ocsp", kListMax, 512);
  fields.adopt(inner);
}

NameLists readNameLists(Fields& fields, std::string_view key) {
  const auto* lists = fields.object(key);
  if (lists == nullptr) return {};
  Fields inner(*lists, "name_constraints." + std::string(key) + ".");
  NameLists read{inner.texts("dns", kListMax, kHostMax),
                 inner.texts("email", kListMax, kHostMax),
                 inner.texts("ip", kListMax, kWordMax)};
  fields.adopt(inner);
  return read;
}

void readNameConstraints(Fields& fields, Profile& profile) {
  const auto* constraints = fields.object("name_constraints");
  if (constraints == nullptr) return;
  Fields inner(*constraints, "name_constraints.");
  profile.permitted_names = readNameLists(inner, "permitted");
  profile.excluded_names = readNameLists(inner, "excluded");
  if (profile.permitted_names.empty() && profile.excluded_names.empty()) {
    inner.refuse("permitted", "missing");  // RFC 5280 4.2.1.10: never an empty sequence
  }
  fields.adopt(inner);
}

bool has(const Profile& profile, KeyUsage usage) {
  return std::ranges::find(profile.key_usage, usage) != profile.key_usage.end();
}

bool has(const Profile& profile, std::string_view purpose) {
  return std::ranges::find(profile.extended_key_usage, purpose) != profile.extended_key_usage.end();
}

/// The first contradiction between the parts, or nothing.
std::string_view contradiction(const Profile& profile) {
  const bool signs_certificates = has(profile, KeyUsage::KeyCertSign);
  const bool stamps = has(profile, kEkuTimeStamping);
  if (profile.key_usage.empty()) return "key_usage is empty";
  if (profile.keys.empty()) return "keys is empty";
  if (profile.subject.empty()) return "subject is empty";
  if (profile.ca != signs_certificates)
    return "authority and keyCertSign go together (RFC 5280 4.2.1.9)";
  if (!profile.ca && has(profile, KeyUsage::CrlSign)) return "cRLSign without authority";
  const bool constrains = !profile.permitted_names.empty() || !profile.excluded_names.empty();
  if (constrains && (!profile.ca || profile.self_signed)) {
    return "name_constraints only for an authority below another (RFC 5280 4.2.1.10, 6.1)";
  }
  for (const auto* names : {&profile.permitted_names, &profile.excluded_names}) {
    if (!areSubtrees(*names)) return "a name constraint is no host, mailbox or network";
  }
  if (profile.ca && profile.validity_days > kCaDaysMax)
    return "an authority beyond twenty years (NĐ 68/2024 Điều 9)";
  if (!profile.ca && profile.validity_days > kSubscriberDaysMax) {
    return "a subscriber beyond five years (NĐ 68/2024 Điều 9)";
  }
  if (stamps && (profile.extended_key_usage.size() != 1 || !profile.extended_key_usage_critical)) {
    return "timeStamping must stand alone and critical (RFC 3161 2.3)";
  }
  if (profile.ocsp_no_check && !has(profile, kEkuOcspSigning))
    return "ocsp_no_check without OCSPSigning";
  if (profile.extended_key_usage.empty() && profile.extended_key_usage_critical) {
    return "extended_key_usage_critical without a purpose";
  }
  if (has(profile, "1.3.6.1.5.5.7.3.1") != (profile.dns != Use::Forbidden)) {
    return "serverAuth and dns go together";
  }
  const auto divides = [](const std::string& pattern) {
    return pattern.find("{issuer}") != std::string::npos;
  };
  if (!std::ranges::all_of(profile.crl, divides)) {
    return "a crl address without {issuer}: an authority's list may be divided";
  }
  const bool finds_revocation = !profile.crl.empty() || !profile.ocsp.empty();
  if (!profile.self_signed && !profile.ocsp_no_check && !finds_revocation) {
    return "no crl and no ocsp address: nobody could learn of a revocation";
  }
  if (!profile.self_signed && profile.ca_issuers.empty()) return "ca_issuers is empty";
  return {};
}

std::string_view subjectContradiction(const Profile& profile) {
  std::vector<std::string_view> seen;
  for (const auto& rule : profile.subject) {
    if (std::ranges::find(seen, rule.attribute) != seen.end())
      return "a subject attribute stands twice; use most";
    seen.push_back(rule.attribute);
    if (rule.fixed && rule.use != Use::Required) return "a fixed attribute is required";
    if (rule.use == Use::Forbidden) return "a forbidden attribute is left out of subject";
    if ((rule.attribute == "C" || rule.attribute == "CN") && rule.most != 1)
      return "C and CN stand once";
  }
  const auto common_name = std::ranges::find(profile.subject, "CN", &SubjectRule::attribute);
  if (common_name == profile.subject.end()) return "subject without CN";
  return {};
}

std::string_view patternContradiction(const Profile& profile) {
  for (const auto* patterns : {&profile.crl, &profile.ca_issuers, &profile.ocsp}) {
    for (const auto& pattern : *patterns) {
      // Plain HTTP: a client that needs TLS to check a TLS certificate would go round in circles
      // (RFC 5280 8).
      if (!pattern.starts_with("{base}/") && !pattern.starts_with("http://")) {
        return "an address begins with {base}/ or http://";
      }
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> purposeOid(std::string_view name) {
  for (const auto& [known, oid] : kPurposes) {
    if (known == name) return std::string(oid);
  }
  if (isDotted(name)) return std::string(name);
  return std::nullopt;
}

std::optional<KeyUsage> keyUsageNamed(std::string_view name) {
  for (const auto& [known, usage] : kKeyUsages) {
    if (known == name) return usage;
  }
  return std::nullopt;
}

std::string_view keyUsageName(KeyUsage usage) {
  return kKeyUsages.at(static_cast<std::size_t>(usage)).first;
}

Result<Profile> readProfile(std::string_view yaml) {
  const auto json = parseYaml(yaml, {.bytes = 64U << 10U, .depth = 6});
  if (!json) return json.error();
  Fields fields(*json);
  Profile profile;
  profile.name = fields.text("name", kWordMax);
  profile.title_vi = fields.text("title_vi", kWordMax);
  profile.title_en = fields.text("title_en", kWordMax);
  profile.validity_days = static_cast<int>(fields.integer("validity_days", 1, kCaDaysMax));
  readAuthority(fields, profile);
  profile.keys = fields.texts("keys", kListMax, kWordMax);
  for (const auto& key : profile.keys) {
    if (std::ranges::find(kKeyNames, key) == kKeyNames.end()) fields.refuse("keys", "not_one_of");
  }
  std::size_t line = 0;
  for (const auto* object : fields.objects("subject", kListMax)) {
    Fields rule(*object, "subject[" + std::to_string(line++) + "].");
    profile.subject.push_back(readSubjectRule(rule));
    fields.adopt(rule);
  }
  profile.key_usage = readKeyUsage(fields);
  readExtendedKeyUsage(fields, profile);
  profile.policies = readOids(fields, "policies");
  profile.email = readUse(fields, "email", Use::Forbidden);
  profile.dns = readUse(fields, "dns", Use::Forbidden);
  readAddresses(fields, profile);
  profile.ocsp_no_check = fields.boolean("ocsp_no_check", false);
  readNameConstraints(fields, profile);
  const auto finished = fields.finish();
  if (!finished) return finished.error();

  for (const auto why :
       {contradiction(profile), subjectContradiction(profile), patternContradiction(profile)}) {
    if (!why.empty())
      return Error{Code::Malformed, "profile_contradiction", {{"why", std::string(why)}}};
  }
  return profile;
}

}  // namespace congvan::pki
