// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/build.h"

#include "base/text.h"
#include "trust/crypto/der.h"
#include "trust/pki/alternative_names.h"
#include "trust/pki/lint.h"
#include "trust/pki/name_constraints.h"

#include <algorithm>
#include <span>

namespace congvan::pki {

namespace der = crypto::der;

namespace {

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kKeyIdentifierBytes = 20;

Error refused(std::string reason, std::string_view name, std::string value) {
  return Error{Code::RuleRefused, std::move(reason), {{std::string(name), std::move(value)}}};
}

Result<std::string> attributeValue(const SubjectRule& rule, const std::string& given) {
  auto normal = toNfc(given);
  if (!normal || hasControlCharacters(*normal) ||
      normal->find_first_of("\t\n") != std::string::npos) {
    return refused("subject_attribute_text", "attribute", rule.attribute);
  }
  std::string value(trim(*normal));
  const auto* kind = attributeKind(rule.attribute);
  if (value.empty() || (kind->printable_only && !isPrintableString(value))) {
    return refused("subject_attribute_text", "attribute", rule.attribute);
  }
  if (countCharacters(value) > std::min(rule.longest, kind->characters_max)) {
    return refused("subject_attribute_too_long", "attribute", rule.attribute);
  }
  const auto begins = [&value](const std::string& form) {
    return value.starts_with(form) && value.size() > form.size();
  };
  const bool in_form = rule.forms.empty() || std::ranges::any_of(rule.forms, begins);
  if (!in_form || (rule.fixed && *rule.fixed != value)) {
    return refused("subject_attribute_form", "attribute", rule.attribute);
  }
  return value;
}

/// The request's attributes in the profile's order, checked.
Result<std::vector<SubjectAttribute>> orderedSubject(const Profile& profile,
                                                     const std::vector<SubjectAttribute>& given) {
  std::vector<SubjectAttribute> ordered;
  for (const auto& attribute : given) {
    const auto rule = std::ranges::find(profile.subject, attribute.name, &SubjectRule::attribute);
    if (rule == profile.subject.end()) {
      return refused("subject_attribute_not_allowed", "attribute", attribute.name);
    }
  }
  for (const auto& rule : profile.subject) {
    std::size_t count = 0;
    for (const auto& attribute : given) {
      if (attribute.name != rule.attribute) continue;
      auto value = attributeValue(rule, attribute.value);
      if (!value) return value.error();
      ordered.push_back({rule.attribute, std::move(*value)});
      ++count;
    }
    if (count == 0 && rule.fixed) {
      ordered.push_back({rule.attribute, *rule.fixed});
    } else if (count == 0 && rule.use == Use::Required) {
      return refused("subject_attribute_missing", "attribute", rule.attribute);
    }
    if (count > rule.most)
      return refused("subject_attribute_repeated", "attribute", rule.attribute);
  }
  return ordered;
}

/// DER.
Result<Bytes> subjectName(const Profile& profile, const CertificateRequest& request) {
  if (request.subject_name.empty()) {
    const auto subject = orderedSubject(profile, request.subject);
    if (!subject) return subject.error();
    return encodeName(*subject);
  }
  const bool allowed = profile.ca && !profile.self_signed && request.subject.empty();
  if (!allowed) return Error{Code::RuleRefused, "subject_name_not_allowed"};
  return request.subject_name;
}

struct Validity {
  Instant from;
  Instant until;
};

Result<Validity> chosenValidity(const Profile& profile,
                                const CertificateRequest& request,
                                const std::optional<IssuerIdentity>& issuer) {
  const Instant from = std::chrono::floor<std::chrono::seconds>(request.not_before);
  // Both ends are inside (RFC 5280 4.1.2.5), so the last second is one before the full days.
  const Instant longest = from + std::chrono::days(profile.validity_days) - std::chrono::seconds(1);
  Instant until = request.not_after
                      ? Instant(std::chrono::floor<std::chrono::seconds>(*request.not_after))
                      : longest;
  if (until > longest || until < from) return Error{Code::RuleRefused, "validity_beyond_profile"};
  if (!issuer) return Validity{from, until};
  if (!request.not_after) until = std::min(until, issuer->not_after);
  if (from < issuer->not_before || until > issuer->not_after || until < from) {
    return Error{Code::RuleRefused, "validity_outside_issuer"};
  }
  return Validity{from, until};
}

bool isShortName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// A URI without anything that would have to be escaped or that a reader could take apart
/// otherwise.
bool isPlainUri(std::string_view text) {
  const auto from = text.starts_with("https://") ? 8U : 7U;
  return text.size() > from && text.size() <= 1024 && (text.starts_with("http://") || from == 8U) &&
         std::ranges::all_of(text, [](char c) {
           return c > ' ' && c < 0x7F &&
                  std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
         });
}

Result<std::string> addressOf(std::string pattern, const Addresses& addresses) {
  const std::pair<std::string_view, const std::string&> places[] = {{"{base}", addresses.base},
                                                                    {"{issuer}", addresses.issuer}};
  for (const auto& [placeholder, value] : places) {
    for (auto at = pattern.find(placeholder); at != std::string::npos;
         at = pattern.find(placeholder)) {
      if (value.empty() || value.find('{') != std::string::npos ||
          (placeholder == "{issuer}" && !isShortName(value))) {
        return Error{Code::Malformed, "address_malformed", {{"address", pattern}}};
      }
      pattern.replace(at, placeholder.size(), value);
    }
  }
  if (!isPlainUri(pattern))
    return Error{Code::Malformed, "address_malformed", {{"address", pattern}}};
  return pattern;
}

enum class Criticality { No, Yes };

void addExtension(Bytes& list, std::string_view oid, Criticality criticality, const Bytes& value) {
  const Bytes critical = criticality == Criticality::Yes ? der::boolean(true) : Bytes();
  append(list, der::sequence({der::oid(oid), critical, der::octetString(value)}));
}

Bytes uri(const std::string& address) {
  return der::element(der::contextTag(6), asBytes(address));
}

Bytes basicConstraints(const Profile& profile) {
  if (!profile.ca) return der::sequence({});
  const Bytes length = profile.path_length
                           ? der::integer(static_cast<std::uint64_t>(*profile.path_length))
                           : Bytes();
  return der::sequence({der::boolean(true), length});
}

Bytes keyUsageBits(const Profile& profile) {
  std::uint32_t bits = 0;
  for (const auto usage : profile.key_usage) bits |= 1U << static_cast<unsigned>(usage);
  return der::namedBits(bits);
}

Bytes oidList(const std::vector<std::string>& oids) {
  Bytes list;
  for (const auto& oid : oids) append(list, der::oid(oid));
  return der::element(der::kSequence, list);
}

Bytes policyList(const std::vector<std::string>& oids) {
  Bytes list;
  for (const auto& oid : oids) append(list, der::sequence({der::oid(oid)}));
  return der::element(der::kSequence, list);
}

Result<> addAddresses(Bytes& list, const Profile& profile, const Addresses& addresses) {
  Bytes points;
  for (const auto& pattern : profile.crl) {
    const auto address = crlAddress(pattern, addresses);
    if (!address) return address.error();
    const auto full_name = der::element(der::contextConstructed(0), uri(*address));
    append(points, der::sequence({der::element(der::contextConstructed(0), full_name)}));
  }
  Bytes access;
  const std::pair<const std::vector<std::string>&, std::string_view> methods[] = {
      {profile.ocsp, "1.3.6.1.5.5.7.48.1"}, {profile.ca_issuers, "1.3.6.1.5.5.7.48.2"}};
  for (const auto& [patterns, method] : methods) {
    for (const auto& pattern : patterns) {
      const auto address = addressOf(pattern, addresses);
      if (!address) return address.error();
      append(access, der::sequence({der::oid(method), uri(*address)}));
    }
  }
  if (!points.empty())
    addExtension(list, "2.5.29.31", Criticality::No, der::element(der::kSequence, points));
  if (!access.empty()) {
    addExtension(list, "1.3.6.1.5.5.7.1.1", Criticality::No, der::element(der::kSequence, access));
  }
  return kDone;
}

Result<Bytes> extensionsOf(const Profile& profile,
                           const CertificateRequest& request,
                           BytesView authority_key) {
  const auto names = encodeAlternativeNames(profile, request);
  if (!names) return names.error();
  Bytes list;
  addExtension(list, "2.5.29.19", Criticality::Yes, basicConstraints(profile));
  addExtension(list, "2.5.29.15", Criticality::Yes, keyUsageBits(profile));
  if (!profile.extended_key_usage.empty()) {
    addExtension(list,
                 "2.5.29.37",
                 profile.extended_key_usage_critical ? Criticality::Yes : Criticality::No,
                 oidList(profile.extended_key_usage));
  }
  addExtension(list, "2.5.29.14", Criticality::No, der::octetString(keyIdentifier(request.spki)));
  addExtension(list,
               "2.5.29.35",
               Criticality::No,
               der::sequence({der::element(der::contextTag(0), authority_key)}));
  if (!profile.policies.empty())
    addExtension(list, "2.5.29.32", Criticality::No, policyList(profile.policies));
  if (!names->empty()) addExtension(list, "2.5.29.17", Criticality::No, *names);
  const auto constraints = encodeNameConstraints(profile);
  if (!constraints.empty()) addExtension(list, "2.5.29.30", Criticality::Yes, constraints);
  const auto added = addAddresses(list, profile, request.addresses);
  if (!added) return added.error();
  if (profile.ocsp_no_check)
    addExtension(list, "1.3.6.1.5.5.7.48.1.5", Criticality::No, der::null());
  return der::element(der::contextConstructed(3), der::element(der::kSequence, list));
}

Result<> checkIssuer(const Profile& profile, const std::optional<IssuerIdentity>& issuer) {
  if (issuer && profile.self_signed) return Error{Code::RuleRefused, "issuer_not_allowed"};
  if (!issuer && !profile.self_signed) return Error{Code::RuleRefused, "issuer_required"};
  if (!issuer || !profile.ca || !issuer->path_length) return kDone;
  // RFC 5280 4.2.1.9: an authority below must leave room within the issuer's own bound.
  const bool room = *issuer->path_length > 0 && profile.path_length &&
                    *profile.path_length < *issuer->path_length;
  if (!room) return Error{Code::RuleRefused, "issuer_path_length"};
  return kDone;
}

Result<> checkFaultless(const Certificate& certificate) {
  const auto& facts = certificate.facts();
  for (const auto* fault :
       {&facts.defect, &facts.breach, &facts.policy_breach, &facts.key_defect}) {
    if (!fault->empty()) return refused("certificate_lint", "finding", *fault);
  }
  return kDone;
}

Result<Certificate> lintSignProve(BytesView tbs,
                                  const crypto::Signer& signer,
                                  const crypto::PublicKey& key) {
  for (const auto& finding : lintTbs(tbs)) {
    if (finding.severity != LintSeverity::Error) continue;
    return Error{Code::RuleRefused,
                 "certificate_lint",
                 {{"finding", finding.rule}},
                 finding.section + ": " + finding.detail};
  }
  const auto signature = crypto::signMessage(signer, tbs);
  if (!signature) return signature.error();
  return assemble(tbs, signer.algorithm(), *signature, key);
}

bool same(BytesView left, BytesView right) {
  return std::ranges::equal(left, right);
}

}  // namespace

Result<std::string> crlAddress(const std::string& pattern, const Addresses& addresses) {
  if (addresses.crl.empty()) return addressOf(pattern, addresses);
  return addressOf(pattern, {addresses.base, addresses.crl});
}

Result<> checkKey(const Profile& profile, BytesView spki) {
  const auto key = crypto::PublicKey::parse(spki);
  if (!key) return key.error();
  const bool rsa = key->family() == crypto::KeyFamily::Rsa;
  const auto name = rsa ? "RSA-" + std::to_string(key->bits()) : key->curve();
  if (std::ranges::find(profile.keys, name) == profile.keys.end()) {
    return refused("key_not_allowed", "key", name);
  }
  // Whoever looks whether a key was certified before compares these bytes.
  if (!key->isPlain()) return refused("key_form", "key", name);
  return kDone;
}

Bytes makeSerial(Random& random) {
  Bytes serial(kSerialBytes);
  do {
    random.fill(serial);
  } while (serial.front() == 0);
  return serial;
}

Bytes keyIdentifier(BytesView spki) {
  der::Reader outer(spki);
  auto fields = outer.sequence();
  fields.expect(der::kSequence);
  const auto bits = fields.expect(der::kBitString);
  if (!fields.finish() || bits.empty()) return {};
  auto identifier = crypto::digest(crypto::DigestAlgorithm::Sha256, bits.subspan(1));
  identifier.resize(kKeyIdentifierBytes);
  return identifier;
}

IssuerIdentity issuerIdentity(const Certificate& authority) {
  auto key_identifier = authority.subjectKeyIdentifier();
  if (key_identifier.empty()) key_identifier = keyIdentifier(authority.spkiDer());
  return {toBytes(authority.subjectDer()),
          std::move(key_identifier),
          authority.notBefore(),
          authority.notAfter(),
          authority.pathLength()};
}

Result<Bytes> buildTbs(const Profile& profile,
                       const CertificateRequest& request,
                       const std::optional<IssuerIdentity>& issuer,
                       const crypto::SignatureAlgorithm& algorithm) {
  if (request.serial.size() != kSerialBytes || request.serial.front() == 0) {
    return Error{Code::Malformed, "serial_malformed"};
  }
  for (const auto& checked : {checkIssuer(profile, issuer), checkKey(profile, request.spki)}) {
    if (!checked) return checked.error();
  }
  const auto name = subjectName(profile, request);
  if (!name) return name.error();
  const auto validity = chosenValidity(profile, request, issuer);
  if (!validity) return validity.error();
  const auto extensions =
      extensionsOf(profile, request, issuer ? issuer->key_identifier : keyIdentifier(request.spki));
  if (!extensions) return extensions.error();

  return der::sequence({der::element(der::contextConstructed(0), der::integer(std::uint64_t{2})),
                        der::integer(BytesView(request.serial)),
                        crypto::encodeAlgorithm(algorithm),
                        issuer ? issuer->name : *name,
                        der::sequence({der::time(validity->from), der::time(validity->until)}),
                        *name,
                        request.spki,
                        *extensions});
}

Result<> checkAsRead(BytesView tbs,
                     const crypto::SignatureAlgorithm& algorithm,
                     std::span<const Certificate> authorities) {
  // Nothing here looks at the signature's value.
  const auto unsigned_one = Certificate::parse(assembleSigned(tbs, algorithm, Bytes(1)));
  if (!unsigned_one) return unsigned_one.error();
  const auto faultless = checkFaultless(*unsigned_one);
  if (!faultless) return faultless;
  NameConstraints constraints;
  for (const auto& authority : authorities) constraints.add(authority.facts());
  if (auto why = constraints.refusal(unsigned_one->facts())) {
    return refused("names_beyond_issuer", "why", std::move(*why));
  }
  return kDone;
}

Bytes assembleSigned(BytesView tbs,
                     const crypto::SignatureAlgorithm& algorithm,
                     BytesView signature) {
  return der::sequence({tbs, crypto::encodeAlgorithm(algorithm), der::bitString(signature)});
}

Result<Certificate> assemble(BytesView tbs,
                             const crypto::SignatureAlgorithm& algorithm,
                             BytesView signature,
                             const crypto::PublicKey& key) {
  auto certificate = Certificate::parse(assembleSigned(tbs, algorithm, signature));
  if (!certificate) return certificate.error();
  const bool good = same(certificate->tbsDer(), tbs) &&
                    crypto::checkSignature(
                        key, algorithm, certificate->tbsDer(), certificate->signatureValue()) ==
                        crypto::SignatureCheck::Good;
  if (!good) return Error{Code::Unavailable, "signature_not_good"};
  const auto faultless = checkFaultless(*certificate);
  if (!faultless) return faultless.error();
  return certificate;
}

Result<Certificate> issueCertificate(const Profile& profile,
                                     const CertificateRequest& request,
                                     const Certificate& issuer,
                                     const crypto::Signer& signer) {
  if (!issuer.isCa() || !issuer.keyUsage(KeyUsage::KeyCertSign))
    return Error{Code::RuleRefused, "issuer_not_ca"};
  if (!(issuer.publicKey() == signer.publicKey()))
    return Error{Code::RuleRefused, "signer_not_issuer"};
  const auto tbs = buildTbs(profile, request, issuerIdentity(issuer), signer.algorithm());
  if (!tbs) return tbs.error();
  const auto read = checkAsRead(*tbs, signer.algorithm(), std::span(&issuer, 1));
  if (!read) return read.error();
  return lintSignProve(*tbs, signer, issuer.publicKey());
}

Result<Certificate> issueSelfSigned(const Profile& profile,
                                    CertificateRequest request,
                                    const crypto::Signer& signer) {
  const auto own = signer.publicKey().spki();
  if (request.spki.empty()) request.spki = own;
  if (request.spki != own) return Error{Code::RuleRefused, "signer_not_issuer"};
  const auto tbs = buildTbs(profile, request, std::nullopt, signer.algorithm());
  if (!tbs) return tbs.error();
  return lintSignProve(*tbs, signer, signer.publicKey());
}

}  // namespace congvan::pki
