// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/certificate_facts.h"

#include <algorithm>
#include <array>
#include <set>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

constexpr std::string_view kAnyPolicyOid = "2.5.29.32.0";
constexpr std::string_view kApplicationPolicies = "1.3.6.1.4.1.311.21.10";
constexpr std::size_t kSerialOctetsMax = 20;  // RFC 5280 4.1.2.2

void note(std::string& where, std::string_view what) {
  if (where.empty()) where = what;
}

// One function an extension. A reader that fails or has something left makes the certificate
// unusable; each function states only what goes beyond syntax.

void readBasicConstraints(der::Reader& value, const Extension& extension, CertificateFacts& facts) {
  auto fields = value.sequence();
  facts.ca_critical = extension.critical;
  // Certificates that encode the default FALSE, or TRUE as 01, are about: read as they mean it.
  const auto ca = fields.optional(der::kBoolean);
  if (ca && ca->size() != 1) value.fail();
  facts.ca = ca && ca->size() == 1 && ca->front() != 0;
  if (!fields.atEnd()) facts.path_length = fields.smallInteger();
  if (!fields.finish()) value.fail();
}

void readKeyUsage(der::Reader& value, const Extension&, CertificateFacts& facts) {
  const auto bits = value.expect(der::kBitString);
  if (bits.empty() || bits.size() > 3) {
    value.fail();
    return;
  }
  std::uint16_t usage = 0;
  for (unsigned bit = 0; bit < (bits.size() - 1) * 8; ++bit) {
    if (((bits[1 + bit / 8] << (bit % 8)) & 0x80) == 0) continue;
    usage = static_cast<std::uint16_t>(usage | (1U << bit));
  }
  facts.key_usage = usage;
  if (usage == 0) note(facts.breach, "keyUsage has no bit set (RFC 5280 4.2.1.3)");
}

void readExtendedKeyUsage(der::Reader& value, const Extension&, CertificateFacts& facts) {
  std::vector<std::string> purposes;
  auto list = value.sequence();
  while (!list.atEnd()) purposes.push_back(list.oid());
  if (purposes.empty() || !list.finish()) value.fail();
  facts.extended_key_usage = std::move(purposes);
}

void readSubjectKeyIdentifier(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  facts.subject_key_identifier = toBytes(value.expect(der::kOctetString));
  if (ext.critical) note(facts.breach, "subjectKeyIdentifier is critical (RFC 5280 4.2.1.2)");
}

void readAuthorityKeyIdentifier(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  AuthorityKey key;
  auto fields = value.sequence();
  if (const auto id = fields.optional(der::contextTag(0))) key.key_identifier = toBytes(*id);
  if (const auto names = fields.optional(der::contextConstructed(1))) {
    der::Reader inner(*names);
    key.issuer = readGeneralNames(inner);
    if (!inner.finish()) value.fail();
  }
  if (const auto serial = fields.optional(der::contextTag(2))) key.serial = toBytes(*serial);
  if (!fields.finish()) value.fail();
  facts.authority_key = std::move(key);
  if (ext.critical) note(facts.breach, "authorityKeyIdentifier is critical (RFC 5280 4.2.1.1)");
}

void readAlternativeNames(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  auto list = value.sequence();
  facts.alternative_names = readGeneralNames(list);
  facts.alternative_names_critical = ext.critical;
  if (!list.finish()) value.fail();
  for (const auto& name : *facts.alternative_names) {
    if (name.kind == GeneralNameKind::Dns && !isHostNameOrWildcard(name.value)) {
      note(facts.breach, "subjectAltName has a dNSName that is no host name (RFC 5280 4.2.1.6)");
    }
    if (name.kind == GeneralNameKind::Ip && name.value.size() != 4 && name.value.size() != 16) {
      note(facts.breach, "subjectAltName has an iPAddress of a wrong length");
    }
  }
}

std::vector<GeneralName> readSubtreeList(der::Reader& fields, unsigned number) {
  std::vector<GeneralName> bases;
  const auto content = fields.optional(der::contextConstructed(number));
  if (!content) return bases;
  der::Reader list(*content);
  while (!list.atEnd()) {
    auto subtree = list.sequence();
    bases.push_back(readGeneralName(subtree));
    // minimum must be 0 (then it is not encoded) and maximum absent: RFC 5280 4.2.1.10.
    if (!subtree.finish()) list.fail();
  }
  if (!list.finish() || bases.empty()) fields.fail();
  return bases;
}

void readNameConstraints(der::Reader& value, const Extension&, CertificateFacts& facts) {
  Subtrees subtrees;
  auto fields = value.sequence();
  subtrees.permitted = readSubtreeList(fields, 0);
  subtrees.excluded = readSubtreeList(fields, 1);
  const bool nothing = subtrees.permitted.empty() && subtrees.excluded.empty();
  if (!fields.finish() || nothing) value.fail();
  facts.name_constraints = std::move(subtrees);
}

void readPolicies(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  std::vector<std::string> policies;
  std::set<std::string> seen;
  auto list = value.sequence();
  while (!list.atEnd()) {
    auto information = list.sequence();
    auto policy = information.oid();
    if (!seen.insert(policy).second) list.fail();
    policies.push_back(std::move(policy));
    if (information.atEnd() && information.good()) continue;
    auto qualifiers = information.sequence();
    while (!qualifiers.atEnd()) {
      auto qualifier = qualifiers.sequence();
      const auto kind = qualifier.oid();
      qualifier.any();
      const bool known = kind == "1.3.6.1.5.5.7.2.1" || kind == "1.3.6.1.5.5.7.2.2";
      // RFC 5280 4.2.1.4: a critical extension must be understood down to its qualifiers.
      if (ext.critical && !known) {
        note(facts.defect, "critical certificatePolicies with an unknown qualifier");
      }
      if (!qualifier.finish()) qualifiers.fail();
    }
    if (!qualifiers.finish() || !information.finish()) list.fail();
  }
  if (policies.empty() || !list.finish()) value.fail();
  facts.policies = std::move(policies);
}

void readPolicyMappings(der::Reader& value, const Extension&, CertificateFacts& facts) {
  auto list = value.sequence();
  while (!list.atEnd()) {
    auto pair = list.sequence();
    PolicyMapping mapping;
    mapping.issuer_domain = pair.oid();
    mapping.subject_domain = pair.oid();
    if (!pair.finish()) list.fail();
    if (mapping.issuer_domain == kAnyPolicyOid || mapping.subject_domain == kAnyPolicyOid) {
      note(facts.defect, "policyMappings maps anyPolicy (RFC 5280 6.1.4 (a))");
    }
    facts.policy_mappings.push_back(std::move(mapping));
  }
  if (facts.policy_mappings.empty() || !list.finish()) value.fail();
}

std::optional<std::uint64_t> readSkip(der::Reader& fields, unsigned number) {
  const auto content = fields.optional(der::contextTag(number));
  if (!content) return std::nullopt;
  const auto retagged = der::element(der::kInteger, *content);
  der::Reader inner(retagged);
  const auto skip = inner.smallInteger();
  if (!inner.finish()) fields.fail();
  return skip;
}

void readPolicyConstraints(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  auto fields = value.sequence();
  facts.require_explicit_policy = readSkip(fields, 0);
  facts.inhibit_policy_mapping = readSkip(fields, 1);
  const bool nothing = !facts.require_explicit_policy && !facts.inhibit_policy_mapping;
  if (!fields.finish() || nothing) value.fail();
  if (!ext.critical)
    note(facts.policy_breach, "policyConstraints is not critical (RFC 5280 4.2.1.11)");
}

void readInhibitAnyPolicy(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  facts.inhibit_any_policy = value.smallInteger();
  if (!ext.critical)
    note(facts.policy_breach, "inhibitAnyPolicy is not critical (RFC 5280 4.2.1.14)");
}

DistributionPoint readPoint(der::Reader& list, const Name& certificate_issuer) {
  DistributionPoint point;
  auto fields = list.sequence();
  const auto name = fields.optional(der::contextConstructed(0));
  if (const auto reasons = fields.optional(der::contextTag(1))) {
    point.reasons = readReasons(*reasons);
    if (!point.reasons) list.fail();
  }
  if (const auto issuer = fields.optional(der::contextConstructed(2))) {
    der::Reader inner(*issuer);
    point.crl_issuer = readGeneralNames(inner);
    if (!inner.finish()) list.fail();
  }
  if (name) {
    const bool other =
        point.crl_issuer.size() == 1 && point.crl_issuer.front().kind == GeneralNameKind::Directory;
    der::Reader inner(*name);
    point.names =
        readPointName(inner, other ? point.crl_issuer.front().directory : certificate_issuer);
    if (!inner.finish()) list.fail();
  }
  const bool nothing = !name && point.crl_issuer.empty();
  if (!fields.finish() || nothing) list.fail();
  return point;
}

void readCrlPoints(der::Reader& value, const Extension&, CertificateFacts& facts) {
  std::vector<DistributionPoint> points;
  auto list = value.sequence();
  while (!list.atEnd()) points.push_back(readPoint(list, facts.issuer));
  if (points.empty() || !list.finish()) value.fail();
  facts.crl_points = std::move(points);
}

/// authorityInfoAccess and subjectInfoAccess.
void readInfoAccess(der::Reader& value, const Extension& ext, CertificateFacts& facts) {
  auto list = value.sequence();
  bool any = false;
  while (!list.atEnd()) {
    auto description = list.sequence();
    description.oid();
    readGeneralName(description);
    if (!description.finish()) list.fail();
    any = true;
  }
  if (!any || !list.finish()) value.fail();
  if (ext.critical) note(facts.breach, "information access extension is critical (RFC 5280 4.2.2)");
}

void readIssuerAlternativeNames(der::Reader& value, const Extension&, CertificateFacts&) {
  auto list = value.sequence();
  readGeneralNames(list);
  if (!list.finish()) value.fail();
}

void passOver(der::Reader& value, const Extension&, CertificateFacts&) {
  value.any();
}

struct ExtensionReader {
  std::string_view oid;
  std::string_view name;
  void (*read)(der::Reader&, const Extension&, CertificateFacts&);
};

constexpr auto kExtensionReaders = std::to_array<ExtensionReader>({
    {"2.5.29.14", "subjectKeyIdentifier", &readSubjectKeyIdentifier},
    {"2.5.29.15", "keyUsage", &readKeyUsage},
    {"2.5.29.16", "privateKeyUsagePeriod", &passOver},
    {"2.5.29.17", "subjectAltName", &readAlternativeNames},
    {"2.5.29.18", "issuerAltName", &readIssuerAlternativeNames},
    {"2.5.29.19", "basicConstraints", &readBasicConstraints},
    {"2.5.29.30", "nameConstraints", &readNameConstraints},
    {"2.5.29.31", "cRLDistributionPoints", &readCrlPoints},
    {"2.5.29.32", "certificatePolicies", &readPolicies},
    {"2.5.29.33", "policyMappings", &readPolicyMappings},
    {"2.5.29.35", "authorityKeyIdentifier", &readAuthorityKeyIdentifier},
    {"2.5.29.36", "policyConstraints", &readPolicyConstraints},
    {"2.5.29.37", "extKeyUsage", &readExtendedKeyUsage},
    {"2.5.29.54", "inhibitAnyPolicy", &readInhibitAnyPolicy},
    {"1.3.6.1.5.5.7.1.1", "authorityInfoAccess", &readInfoAccess},
    {"1.3.6.1.5.5.7.1.11", "subjectInfoAccess", &readInfoAccess},
    {"1.3.6.1.5.5.7.48.1.5", "ocspNoCheck", &passOver},
});

void readOneExtension(const Certificate& certificate,
                      const Extension& extension,
                      CertificateFacts& facts) {
  const auto known = std::ranges::find(kExtensionReaders, extension.oid, &ExtensionReader::oid);
  if (known == kExtensionReaders.end()) {
    // Microsoft's application policies say again what extKeyUsage says; alone they are unknown.
    const bool repeats =
        extension.oid == kApplicationPolicies && certificate.extension("2.5.29.37") != nullptr;
    if (extension.critical && !repeats) {
      note(facts.defect, "unknown critical extension " + extension.oid);
    }
    return;
  }
  der::Reader value(extension.value);
  known->read(value, extension, facts);
  if (!value.finish()) note(facts.defect, std::string(known->name) + " cannot be read");
}

void readAllExtensions(const Certificate& certificate, CertificateFacts& facts) {
  std::set<std::string_view> seen;
  for (const auto& extension : certificate.extensions()) {
    if (!seen.insert(extension.oid).second) {
      note(facts.defect, "extension " + extension.oid + " stands twice (RFC 5280 4.2)");
      continue;
    }
    readOneExtension(certificate, extension, facts);
  }
}

/// The parts of TBSCertificate that `Certificate` does not keep, and the rules on them.
void readBody(const Certificate& certificate, CertificateFacts& facts) {
  der::Reader outer(certificate.tbsDer());
  auto tbs = outer.sequence();
  if (const auto version = tbs.optional(der::contextConstructed(0))) {
    der::Reader inner(*version);
    facts.version = static_cast<int>(std::min<std::uint64_t>(inner.smallInteger(), 100)) + 1;
    if (!inner.finish()) facts.version = 0;
  }
  const auto serial = tbs.integer();
  const auto algorithm = tbs.expectWhole(der::kSequence);
  tbs.expectWhole(der::kSequence);
  auto validity = tbs.sequence();
  if (!tbs.good()) note(facts.breach, "the body is not strict DER");
  validity.time();
  validity.time();
  if (!validity.finish()) note(facts.breach, "a time is not in the form of RFC 5280 4.1.2.5");
  if (asText(algorithm) != asText(certificate.signatureAlgorithmDer())) {
    note(facts.defect, "the two signature algorithm fields differ (RFC 5280 4.1.1.2)");
  }
  if (facts.version < 1 || facts.version > 3) note(facts.defect, "unknown version");
  if (facts.version < 3 && !certificate.extensions().empty()) {
    note(facts.defect, "extensions need version 3 (RFC 5280 4.1.2.1)");
  }
  // Negative ones break the same rule, but NIST's PKITS wants them read (4.4.14).
  if (serial.size() == 1 && serial[0] == 0) {
    note(facts.breach, "serial number zero (RFC 5280 4.1.2.2)");
  }
  if (serial.size() > kSerialOctetsMax) {
    note(facts.breach, "serial number over 20 octets (RFC 5280 4.1.2.2)");
  }
}

Name readWholeName(BytesView der_bytes, CertificateFacts& facts, std::string_view which) {
  der::Reader reader(der_bytes);
  auto name = readName(reader);
  if (!reader.finish()) note(facts.defect, std::string(which) + " is not a distinguished name");
  return name;
}

std::string readAlgorithmOid(BytesView algorithm) {
  der::Reader reader(algorithm);
  return reader.sequence().oid();
}

void readKey(const Certificate& certificate, CertificateFacts& facts) {
  const auto key = certificate.publicKey();
  if (key.handle() == nullptr) {
    note(facts.key_defect, "the public key cannot be read");
    return;
  }
  facts.key_family = key.family();
  facts.key_bits = key.bits();
  switch (facts.key_family) {
    case crypto::KeyFamily::Rsa:
      // Moduli of odd sizes come from faulty generators (CA/Browser Forum 6.1.5).
      if (facts.key_bits % 8 != 0) facts.key_defect = "RSA modulus is not of whole octets";
      break;
    case crypto::KeyFamily::Ec:
      if (key.curve().empty()) facts.key_defect = "elliptic curve is not a named one";
      if (facts.key_bits < 224) facts.key_defect = "elliptic curve under 224 bits";
      break;
    case crypto::KeyFamily::Ed25519:
    case crypto::KeyFamily::Ed448:
      break;
    case crypto::KeyFamily::Dsa:
      facts.key_defect = "DSA keys are not accepted";
      break;
    case crypto::KeyFamily::Other:
      facts.key_defect = "public key of an unknown kind";
      break;
  }
}

/// Rules that bind several extensions together.
void checkTogether(CertificateFacts& facts) {
  const bool ca = facts.ca.value_or(false);
  if (!ca && facts.hasUsage(KeyUsage::KeyCertSign)) {
    note(facts.breach, "keyCertSign without cA (RFC 5280 4.2.1.9)");
  }
  if (!ca && facts.name_constraints) {
    note(facts.breach, "nameConstraints in a certificate that is not a CA (RFC 5280 4.2.1.10)");
  }
  if (ca && facts.subject.empty()) note(facts.breach, "a CA without a subject (RFC 5280 4.1.2.6)");
  if (facts.issuer.empty()) note(facts.breach, "no issuer name (RFC 5280 4.1.2.4)");
  if (facts.subject.empty() && !(facts.alternative_names && facts.alternative_names_critical)) {
    note(facts.breach, "neither a subject nor a critical subjectAltName (RFC 5280 4.2.1.6)");
  }
}

}  // namespace

std::vector<GeneralName> readPointName(der::Reader& reader, const Name& base) {
  const auto choice = reader.any();
  if (choice.tag == der::contextConstructed(0)) {
    der::Reader names(choice.content);
    auto list = readGeneralNames(names);
    if (!names.finish()) reader.fail();
    return list;
  }
  const auto relative = readRelativeName(choice.content);
  if (choice.tag != der::contextConstructed(1) || !relative) {
    reader.fail();
    return {};
  }
  GeneralName name{GeneralNameKind::Directory, {}, base};
  name.directory.rdns.push_back(*relative);
  name.value = name.directory.key();
  return {name};
}

std::optional<ReasonMask> readReasons(BytesView content) {
  if (content.size() < 2 || content.size() > 3) return std::nullopt;
  ReasonMask mask = 0;
  for (unsigned bit = 0; bit < (content.size() - 1) * 8; ++bit) {
    if (((content[1 + bit / 8] << (bit % 8)) & 0x80) == 0) continue;
    mask = static_cast<ReasonMask>(mask | (1U << bit));
  }
  return static_cast<ReasonMask>(mask & kEveryReason);
}

CertificateFacts readFacts(const Certificate& certificate) {
  CertificateFacts facts;
  facts.issuer = readWholeName(certificate.issuerDer(), facts, "issuer");
  facts.subject = readWholeName(certificate.subjectDer(), facts, "subject");
  facts.issuer_key = facts.issuer.key();
  facts.subject_key = facts.subject.key();
  facts.self_issued = facts.issuer == facts.subject;
  const auto algorithm = crypto::parseAlgorithm(certificate.signatureAlgorithmDer());
  if (algorithm) facts.algorithm = *algorithm;
  facts.algorithm_oid = readAlgorithmOid(certificate.signatureAlgorithmDer());
  readBody(certificate, facts);
  readAllExtensions(certificate, facts);
  readKey(certificate, facts);
  checkTogether(facts);
  return facts;
}

}  // namespace congvan::pki
