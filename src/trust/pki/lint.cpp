// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/lint.h"

#include "base/text.h"
#include "trust/crypto/der.h"
#include "trust/crypto/public_key.h"
#include "trust/pki/alternative_names.h"
#include "trust/pki/profile.h"
#include "trust/pki/subject.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace congvan::pki {

namespace der = crypto::der;

namespace {

struct LintExtension {
  bool critical = false;
  BytesView value;
};

struct Tbs {
  BytesView version, serial, algorithm, issuer, validity, subject, spki;
  bool unique_identifiers = false;
  bool has_extensions = false;
  std::vector<std::pair<std::string, LintExtension>> extensions;

  const LintExtension* extension(std::string_view oid) const {
    const auto found =
        std::ranges::find_if(extensions, [oid](const auto& entry) { return entry.first == oid; });
    return found == extensions.end() ? nullptr : &found->second;
  }
};

class Findings {
 public:
  void error(std::string rule, std::string section, std::string detail) {
    all_.push_back({LintSeverity::Error, std::move(rule), std::move(section), std::move(detail)});
  }
  void warning(std::string rule, std::string section, std::string detail) {
    all_.push_back({LintSeverity::Warning, std::move(rule), std::move(section), std::move(detail)});
  }
  void notice(std::string rule, std::string section, std::string detail) {
    all_.push_back({LintSeverity::Notice, std::move(rule), std::move(section), std::move(detail)});
  }
  std::vector<LintFinding> take() { return std::move(all_); }

 private:
  std::vector<LintFinding> all_;
};

bool readLintExtensions(der::Reader& fields, Tbs& tbs) {
  auto wrapper = fields.nested(der::contextConstructed(3));
  auto list = wrapper.sequence();
  while (!list.atEnd()) {
    auto extension = list.sequence();
    const auto oid = extension.oid();
    LintExtension entry;
    if (extension.peek() == der::kBoolean) entry.critical = extension.boolean();
    entry.value = extension.expect(der::kOctetString);
    if (!extension.finish()) return false;
    tbs.extensions.emplace_back(oid, entry);
  }
  return list.finish() && wrapper.finish();
}

std::optional<Tbs> readTbs(BytesView bytes) {
  Tbs tbs;
  der::Reader outer(bytes);
  auto fields = outer.sequence();
  tbs.version = fields.optional(der::contextConstructed(0)).value_or(BytesView());
  tbs.serial = fields.expect(der::kInteger);
  tbs.algorithm = fields.expectWhole(der::kSequence);
  tbs.issuer = fields.expectWhole(der::kSequence);
  tbs.validity = fields.expect(der::kSequence);
  tbs.subject = fields.expectWhole(der::kSequence);
  tbs.spki = fields.expectWhole(der::kSequence);
  const bool issuer_id = fields.optional(der::contextTag(1)).has_value();
  tbs.unique_identifiers = fields.optional(der::contextTag(2)).has_value() || issuer_id;
  tbs.has_extensions = !fields.atEnd();
  if (tbs.has_extensions && !readLintExtensions(fields, tbs)) return std::nullopt;
  if (!fields.finish() || !outer.finish()) return std::nullopt;
  return tbs;
}

void lintHead(const Tbs& tbs, Findings& findings) {
  if (!std::ranges::equal(tbs.version, std::array<std::uint8_t, 3>{2, 1, 2})) {
    findings.error("version_3", "RFC 5280 4.1.2.1", "a certificate with extensions is version 3");
  }
  const auto& octets = tbs.serial;
  const bool zero = std::ranges::all_of(octets, [](auto octet) { return octet == 0; });
  if (octets.empty() || zero || (octets[0] & 0x80U) != 0) {
    findings.error(
        "serial_positive", "RFC 5280 4.1.2.2", "the serial number is a positive integer");
  } else if (octets.size() > 20) {
    findings.error("serial_length", "RFC 5280 4.1.2.2", "the serial number is at most 20 octets");
  } else if (octets.size() < 8) {
    findings.error("serial_unpredictable",
                   "ETSI EN 319 411-1 6.6.1",
                   "fewer than 64 bits cannot be unpredictable");
  }
  if (octets.size() > 1 && octets[0] == 0 && (octets[1] & 0x80U) == 0) {
    findings.error("serial_encoding", "X.690 8.3.2", "the integer is not in shortest form");
  }
  if (tbs.unique_identifiers) {
    findings.error(
        "unique_identifiers", "RFC 5280 4.1.2.8", "unique identifiers must not be generated");
  }
  const auto algorithm = crypto::parseAlgorithm(tbs.algorithm);
  if (!algorithm) {
    findings.error(
        "signature_algorithm", "RFC 5280 4.1.2.3", "the signature algorithm is not known");
  } else if (algorithm->digest == crypto::DigestAlgorithm::Md5 ||
             algorithm->digest == crypto::DigestAlgorithm::Sha1) {
    findings.error("signature_digest", "ETSI TS 119 312 5", "MD5 and SHA-1 are broken");
  }
}

std::optional<Instant> lintTime(der::Reader& validity, const char* which, Findings& findings) {
  const auto tag = validity.peek();
  const auto instant = validity.time();
  if (!validity.good()) {
    findings.error("validity_encoding",
                   "RFC 5280 4.1.2.5",
                   std::string(which) + " is not a time with seconds in UTC");
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
  if ((static_cast<int>(date.year()) >= 2050) != (tag == der::kGeneralizedTime)) {
    findings.error("validity_encoding",
                   "RFC 5280 4.1.2.5",
                   std::string(which) + ": UTCTime through 2049, then GeneralizedTime");
  }
  return instant;
}

void lintValidity(const Tbs& tbs, Findings& findings) {
  der::Reader validity(tbs.validity);
  const auto from = lintTime(validity, "notBefore", findings);
  const auto until = from ? lintTime(validity, "notAfter", findings) : std::nullopt;
  if (until && !validity.finish())
    findings.error("validity_encoding", "RFC 5280 4.1.2.5", "two times and no more");
  if (until && *until < *from)
    findings.error("validity_order", "RFC 5280 4.1.2.5", "notAfter is before notBefore");
}

void lintAttribute(const std::string& oid, const der::Element& value, Findings& findings) {
  const auto text = asText(value.content);
  const bool utf8 = value.tag == der::kUtf8String;
  const bool printable = value.tag == der::kPrintableString;
  const auto* kind = attributeKindByOid(oid);
  if (!utf8 && !printable) {
    findings.error(
        "name_string_type", "RFC 5280 4.1.2.4", oid + " is neither UTF8String nor PrintableString");
    return;
  }
  if (text.empty() || trim(text) != text) {
    findings.error("name_value_blank", "X.520 6", oid + " is empty or has spaces at an end");
  }
  if (printable && !isPrintableString(text)) {
    findings.error(
        "name_string_type", "X.680 41.4", oid + " holds a character PrintableString lacks");
  }
  if (utf8 && !isUtf8(text)) {
    findings.error("name_utf8", "RFC 5280 4.1.2.4", oid + " is not UTF-8");
    return;
  }
  const auto normal = toNfc(text);
  if (normal && *normal != text)
    findings.warning("name_nfc", "RFC 5280 7.1", oid + " is not in Unicode NFC");
  if (kind == nullptr) {
    findings.notice(
        "name_attribute_known", "RFC 5280 4.1.2.4", oid + " is an attribute few readers show");
    return;
  }
  if (countCharacters(text) > kind->characters_max) {
    findings.error("name_value_length",
                   "RFC 5280 A.1",
                   std::string(kind->name) + " is longer than its upper bound");
  }
  if (kind->printable_only && !printable) {
    findings.error(
        "name_string_type", "RFC 5280 A.1", std::string(kind->name) + " is a PrintableString");
  }
  if (kind->name == "C" && text.size() != 2) {
    findings.error("country_code", "RFC 5280 A.1", "countryName has two letters");
  }
}

void lintName(BytesView name, const char* which, Findings& findings) {
  der::Reader outer(name);
  auto relative_names = outer.sequence();
  std::map<std::string, int> seen;
  while (!relative_names.atEnd()) {
    auto set = relative_names.nested(der::kSet);
    auto pair = set.sequence();
    const auto oid = pair.oid();
    const auto value = pair.any();
    if (!pair.finish() || !set.finish()) {
      findings.error("name_readable",
                     "RFC 5280 4.1.2.4",
                     std::string(which) + " has a relative name of other than one attribute");
      return;
    }
    ++seen[oid];
    lintAttribute(oid, value, findings);
  }
  if (seen.empty()) {
    findings.error("name_empty", "RFC 5280 4.1.2.4", std::string(which) + " is empty");
    return;
  }
  for (const auto* required : {"C", "CN"}) {
    const auto count = seen[std::string(attributeKind(required)->oid)];
    if (count > 1)
      findings.error("name_repeated",
                     "ETSI EN 319 412-2 4.2.4",
                     std::string(which) + " has " + required + " twice");
    if (count == 0)
      findings.warning(
          "name_minimum", "ETSI EN 319 412-2 4.2.4", std::string(which) + " has no " + required);
  }
}

/// RSA: modulus a multiple of eight bits, exponent odd and above 65536.
void lintRsa(BytesView spki, const crypto::PublicKey& key, Findings& findings) {
  if (key.bits() < 2048) findings.error("rsa_size", "ETSI TS 119 312 6.2.2", "RSA below 2048 bits");
  if (key.bits() % 8 != 0)
    findings.error("rsa_size", "CA/B BR 6.1.5", "the modulus is not whole octets");
  der::Reader outer(spki);
  auto fields = outer.sequence();
  fields.expect(der::kSequence);
  const auto bits = fields.expect(der::kBitString);
  der::Reader inner(bits.empty() ? bits : bits.subspan(1));
  auto numbers = inner.sequence();
  numbers.integer();
  const auto exponent = numbers.integer();
  const bool small = exponent.size() < 3 || (exponent.size() == 3 && exponent[0] == 0);
  if (exponent.empty() || small || (exponent.back() & 1U) == 0) {
    findings.error("rsa_exponent", "CA/B BR 6.1.6", "the public exponent is even or below 65537");
  }
}

void lintKey(const Tbs& tbs, Findings& findings) {
  const auto key = crypto::PublicKey::parse(tbs.spki);
  if (!key) {
    findings.error("key_readable",
                   "RFC 5280 4.1.2.7",
                   "the public key cannot be read, or is not a point of its curve");
  } else if (key->family() == crypto::KeyFamily::Rsa) {
    lintRsa(tbs.spki, *key, findings);
  } else if (key->family() == crypto::KeyFamily::Ec) {
    const auto curve = key->curve();
    if (curve != "P-256" && curve != "P-384" && curve != "P-521") {
      findings.error(
          "curve", "ETSI TS 119 312 6.2.3", "not one of the named curves P-256, P-384, P-521");
    }
  } else if (key->family() != crypto::KeyFamily::Ed25519 &&
             key->family() != crypto::KeyFamily::Ed448) {
    findings.error("key_kind", "ETSI TS 119 312 6.2", "not a kind of key in use for signatures");
  }
}

struct Meaning {
  bool ca = false;
  bool path_length = false;
  std::uint32_t key_usage = 0;
  bool has_key_usage = false;
  std::vector<std::string> purposes;

  bool may(KeyUsage usage) const { return ((key_usage >> static_cast<unsigned>(usage)) & 1U) != 0; }
  bool hasPurpose(std::string_view oid) const {
    return std::ranges::find(purposes, oid) != purposes.end();
  }
};

Meaning readMeaning(const Tbs& tbs, Findings& findings) {
  Meaning meaning;
  if (const auto* constraints = tbs.extension("2.5.29.19")) {
    der::Reader outer(constraints->value);
    auto fields = outer.sequence();
    if (fields.peek() == der::kBoolean) meaning.ca = fields.boolean();
    if (fields.peek() == der::kInteger) {
      meaning.path_length = true;
      fields.smallInteger();
    }
    if (!fields.finish() || !outer.finish())
      findings.error("basic_constraints", "RFC 5280 4.2.1.9", "unreadable");
  }
  if (const auto* usage = tbs.extension("2.5.29.15")) {
    meaning.has_key_usage = true;
    der::Reader reader(usage->value);
    const auto bits = reader.expect(der::kBitString);
    for (unsigned bit = 0; bit < 9 && bits.size() > 1 + bit / 8; ++bit) {
      if (((bits[1 + bit / 8] << (bit % 8)) & 0x80) != 0) meaning.key_usage |= 1U << bit;
    }
    if (!reader.finish() || meaning.key_usage == 0) {
      findings.error("key_usage", "RFC 5280 4.2.1.3", "unreadable, or no bit is set");
    }
  }
  if (const auto* purposes = tbs.extension("2.5.29.37")) {
    der::Reader outer(purposes->value);
    auto list = outer.sequence();
    while (!list.atEnd()) meaning.purposes.push_back(list.oid());
    if (!list.finish() || !outer.finish() || meaning.purposes.empty()) {
      findings.error("extended_key_usage", "RFC 5280 4.2.1.12", "unreadable or empty");
    }
  }
  return meaning;
}

void lintAuthority(const Tbs& tbs, const Meaning& meaning, Findings& findings) {
  const auto* constraints = tbs.extension("2.5.29.19");
  if (meaning.ca && !constraints->critical) {
    findings.error("basic_constraints_critical",
                   "RFC 5280 4.2.1.9",
                   "an authority's basicConstraints are critical");
  }
  if (meaning.path_length && !(meaning.ca && meaning.may(KeyUsage::KeyCertSign))) {
    findings.error(
        "path_length", "RFC 5280 4.2.1.9", "pathLenConstraint only with cA and keyCertSign");
  }
  if (meaning.may(KeyUsage::KeyCertSign) != meaning.ca) {
    findings.error("key_cert_sign", "RFC 5280 4.2.1.3", "keyCertSign and cA go together");
  }
  if (tbs.extension("2.5.29.30") != nullptr && !meaning.ca) {
    findings.error("name_constraints",
                   "RFC 5280 4.2.1.10",
                   "name constraints only in an authority's certificate");
  }
}

void lintUsage(const Tbs& tbs, const Meaning& meaning, Findings& findings) {
  const auto* usage = tbs.extension("2.5.29.15");
  if (usage == nullptr) {
    findings.error("key_usage", "ETSI EN 319 412-2 4.3.2", "keyUsage is absent");
  } else if (!usage->critical) {
    findings.warning("key_usage_critical", "RFC 5280 4.2.1.3", "keyUsage should be critical");
  }
  const bool encrypts = meaning.may(KeyUsage::KeyEncipherment) ||
                        meaning.may(KeyUsage::DataEncipherment) ||
                        meaning.may(KeyUsage::KeyAgreement);
  if (meaning.may(KeyUsage::NonRepudiation) && encrypts) {
    findings.warning("key_usage_mixed",
                     "ETSI EN 319 412-2 4.3.2",
                     "one key both for signatures and for encryption");
  }
  const auto* purposes = tbs.extension("2.5.29.37");
  if (meaning.hasPurpose(kEkuTimeStamping) &&
      (!purposes->critical || meaning.purposes.size() != 1)) {
    findings.error(
        "time_stamping_alone", "RFC 3161 2.3", "timeStamping is the only purpose, and critical");
  }
  if (meaning.hasPurpose("2.5.29.37.0")) {
    findings.error("any_purpose", "ETSI EN 319 412-2 4.3.10", "anyExtendedKeyUsage says nothing");
  }
  if (tbs.extension("1.3.6.1.5.5.7.48.1.5") != nullptr && !meaning.hasPurpose(kEkuOcspSigning)) {
    findings.error(
        "ocsp_no_check", "RFC 6960 4.2.2.2.1", "nocheck belongs to a responder's certificate");
  }
}

/// The URIs of GeneralNames; any other kind is a finding of the caller's rule.
void lintUri(const der::Element& name,
             const std::string& rule,
             const std::string& section,
             Findings& findings) {
  const auto text = asText(name.content);
  if (name.tag != der::contextTag(6) ||
      !(text.starts_with("http://") || text.starts_with("https://") ||
        text.starts_with("ldap://"))) {
    findings.error(rule, section, "not a URI that can be fetched");
  } else if (!text.starts_with("http://")) {
    findings.warning(rule + "_http",
                     "RFC 5280 8",
                     "plain http lets a client check a TLS certificate without another");
  }
}

void lintAddresses(const Tbs& tbs, bool self_issued, Findings& findings) {
  const auto* points = tbs.extension("2.5.29.31");
  const auto* access = tbs.extension("1.3.6.1.5.5.7.1.1");
  const bool checked = !self_issued && tbs.extension("1.3.6.1.5.5.7.48.1.5") == nullptr;
  if (points != nullptr) {
    der::Reader outer(points->value);
    auto list = outer.sequence();
    while (!list.atEnd()) {
      auto point = list.sequence();
      auto name = point.nested(der::contextConstructed(0));
      auto full = name.nested(der::contextConstructed(0));
      while (!full.atEnd()) lintUri(full.any(), "crl_address", "RFC 5280 4.2.1.13", findings);
      if (!full.finish())
        findings.error(
            "crl_address", "RFC 5280 4.2.1.13", "a distribution point without a full name");
    }
    if (!list.finish()) findings.error("crl_address", "RFC 5280 4.2.1.13", "unreadable");
  }
  bool issuers = false;
  bool responder = false;
  if (access != nullptr) {
    if (access->critical)
      findings.error("access_critical", "RFC 5280 4.2.2.1", "authorityInfoAccess is not critical");
    der::Reader outer(access->value);
    auto list = outer.sequence();
    while (!list.atEnd()) {
      auto description = list.sequence();
      const auto method = description.oid();
      issuers = issuers || method == "1.3.6.1.5.5.7.48.2";
      responder = responder || method == "1.3.6.1.5.5.7.48.1";
      lintUri(description.any(), "access_address", "RFC 5280 4.2.2.1", findings);
    }
    if (!list.finish()) findings.error("access_address", "RFC 5280 4.2.2.1", "unreadable");
  }
  if (!self_issued && !issuers)
    findings.warning(
        "ca_issuers", "ETSI EN 319 412-2 4.4.1", "no address of the issuer's certificate");
  if (checked && points == nullptr && !responder) {
    findings.error(
        "revocation_address", "ETSI EN 319 412-2 4.3.11", "neither a CRL nor an OCSP address");
  }
}

void lintKeyIdentifiers(const Tbs& tbs,
                        const Meaning& meaning,
                        bool self_issued,
                        Findings& findings) {
  const auto* subject = tbs.extension("2.5.29.14");
  const auto* authority = tbs.extension("2.5.29.35");
  if (subject == nullptr) {
    const bool must = meaning.ca;
    if (must)
      findings.error(
          "subject_key_identifier", "RFC 5280 4.2.1.2", "an authority has a subjectKeyIdentifier");
    if (!must)
      findings.warning(
          "subject_key_identifier", "RFC 5280 4.2.1.2", "subjectKeyIdentifier is absent");
  } else {
    der::Reader value(subject->value);
    const auto octets = value.expect(der::kOctetString);
    if (!value.finish() || octets.empty())
      findings.error("subject_key_identifier", "RFC 5280 4.2.1.2", "unreadable or empty");
  }
  if (authority == nullptr && !self_issued) {
    findings.error(
        "authority_key_identifier", "RFC 5280 4.2.1.1", "authorityKeyIdentifier is absent");
  }
  if (authority != nullptr) {
    der::Reader outer(authority->value);
    auto fields = outer.sequence();
    if (fields.optional(der::contextTag(0)).value_or(BytesView()).empty()) {
      findings.error("authority_key_identifier", "RFC 5280 4.2.1.1", "without keyIdentifier");
    }
  }
  for (const auto* extension : {subject, authority}) {
    if (extension != nullptr && extension->critical) {
      findings.error(
          "key_identifier_critical", "RFC 5280 4.2.1.1", "key identifiers are not critical");
    }
  }
}

void lintAlternativeNames(const Tbs& tbs, Findings& findings) {
  const auto* extension = tbs.extension("2.5.29.17");
  if (extension == nullptr) return;
  der::Reader outer(extension->value);
  auto names = outer.sequence();
  if (names.atEnd()) findings.error("alternative_names", "RFC 5280 4.2.1.6", "empty");
  while (!names.atEnd()) {
    const auto name = names.any();
    const auto text = asText(name.content);
    if (name.tag == der::contextTag(1) && !isIssuableMailbox(text)) {
      findings.error("email_form", "RFC 5280 4.2.1.6", "an rfc822Name that is no mailbox");
    }
    if (name.tag == der::contextTag(2) && !isIssuableHost(text)) {
      findings.error("dns_form", "RFC 5280 4.2.1.6", "a dNSName that is no host name");
    }
    if (name.tag == der::contextTag(7) && text.size() != 4 && text.size() != 16) {
      findings.error(
          "address_form", "RFC 5280 4.2.1.6", "an iPAddress of other than 4 or 16 octets");
    }
  }
  if (!names.finish() || !outer.finish())
    findings.error("alternative_names", "RFC 5280 4.2.1.6", "unreadable");
}

void lintPolicies(const Tbs& tbs, const Meaning& meaning, Findings& findings) {
  const auto* extension = tbs.extension("2.5.29.32");
  if (extension == nullptr) {
    if (!meaning.ca)
      findings.notice("policies", "ETSI EN 319 412-2 4.3.3", "names no certificate policy");
    return;
  }
  der::Reader outer(extension->value);
  auto list = outer.sequence();
  std::set<std::string> seen;
  while (!list.atEnd()) {
    auto information = list.sequence();
    const auto oid = information.oid();
    if (!seen.insert(oid).second)
      findings.error("policies_repeated", "RFC 5280 4.2.1.4", oid + " stands twice");
  }
  if (seen.empty() || !list.finish())
    findings.error("policies", "RFC 5280 4.2.1.4", "unreadable or empty");
}

void lintExtensionList(const Tbs& tbs, Findings& findings) {
  constexpr std::array<std::string_view, 14> kKnown{"2.5.29.14",
                                                    "2.5.29.15",
                                                    "2.5.29.17",
                                                    "2.5.29.18",
                                                    "2.5.29.19",
                                                    "2.5.29.30",
                                                    "2.5.29.31",
                                                    "2.5.29.32",
                                                    "2.5.29.35",
                                                    "2.5.29.36",
                                                    "2.5.29.37",
                                                    "2.5.29.54",
                                                    "1.3.6.1.5.5.7.1.1",
                                                    "1.3.6.1.5.5.7.48.1.5"};
  std::set<std::string> seen;
  for (const auto& [oid, extension] : tbs.extensions) {
    if (!seen.insert(oid).second)
      findings.error("extension_repeated", "RFC 5280 4.2", oid + " stands twice");
    const bool known = std::ranges::find(kKnown, oid) != kKnown.end();
    if (!known && extension.critical)
      findings.error("extension_unknown", "RFC 5280 4.2", oid + " is critical and not known here");
  }
  if (!tbs.has_extensions) findings.error("extensions", "RFC 5280 4.2", "no extensions");
}

}  // namespace

std::vector<LintFinding> lintTbs(BytesView bytes) {
  Findings findings;
  const auto tbs = readTbs(bytes);
  if (!tbs) {
    findings.error("tbs_readable", "RFC 5280 4.1", "not a TBSCertificate in DER");
    return findings.take();
  }
  lintHead(*tbs, findings);
  lintName(tbs->issuer, "issuer", findings);
  lintValidity(*tbs, findings);
  lintName(tbs->subject, "subject", findings);
  lintKey(*tbs, findings);
  lintExtensionList(*tbs, findings);
  const auto meaning = readMeaning(*tbs, findings);
  const bool self_issued = std::ranges::equal(tbs->issuer, tbs->subject);
  lintAuthority(*tbs, meaning, findings);
  lintUsage(*tbs, meaning, findings);
  lintKeyIdentifiers(*tbs, meaning, self_issued, findings);
  lintAlternativeNames(*tbs, findings);
  lintPolicies(*tbs, meaning, findings);
  lintAddresses(*tbs, self_issued, findings);
  return findings.take();
}

}  // namespace congvan::pki
