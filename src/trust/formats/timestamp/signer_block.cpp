// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"
#include "trust/crypto/openssl.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/signed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;
using crypto::DigestAlgorithm;

// RFC 5652 11, RFC 5035 3 and 4, RFC 6211 2, EN 319 122-1 5.2: at most one instance, with exactly
// one value.
constexpr std::array kSingleInstance{
    oid::kContentType,
    oid::kMessageDigest,
    oid::kSigningTime,
    oid::kSigningCertificate,
    oid::kSigningCertificateV2,
    oid::kAlgorithmProtection,
    oid::kSignaturePolicy,
    oid::kMimeType,
};

bool sameName(BytesView left, BytesView right) {
  if (std::ranges::equal(left, right)) return true;
  // RFC 5280 7.1: two encodings of one name are the same name.
  const auto a = crypto::decode<crypto::NameHandle>(d2i_X509_NAME, left);
  const auto b = crypto::decode<crypto::NameHandle>(d2i_X509_NAME, right);
  return a && b && X509_NAME_cmp(a.get(), b.get()) == 0;
}

bool isNamed(const pki::Certificate& certificate, const SignerInfo& signer) {
  if (signer.issuer_der.empty()) {
    return !signer.key_identifier.empty() &&
           std::ranges::equal(certificate.subjectKeyIdentifier(), signer.key_identifier);
  }
  return std::ranges::equal(certificate.serialDer(), signer.serial_der) &&
         sameName(certificate.issuerDer(), signer.issuer_der);
}

// Several certificates may bear the name that the signer gives (an attacker can add one): the one
// that the signed reference means comes first.
std::optional<pki::Certificate> findCertificate(const SignerInfo& signer,
                                                const evidence::SignerBlock& block) {
  std::optional<pki::Certificate> found;
  for (const pki::Certificate& candidate : block.certificates) {
    if (!isNamed(candidate, signer)) continue;
    if (block.references.empty() || block.references.front().means(candidate)) return candidate;
    if (!found) found = candidate;
  }
  return found;
}

void checkInstances(const SignerInfo& signer, std::vector<std::string>& breaches) {
  for (const std::string_view single : kSingleInstance) {
    const auto count = std::ranges::count(signer.attributes, single, &Attribute::oid);
    if (count > 1)
      breaches.push_back(fmt::format("duplicate-attribute: {} stands {} times", single, count));
  }
  for (const Attribute& attribute : signer.attributes) {
    const bool single = std::ranges::find(kSingleInstance, attribute.oid) != kSingleInstance.end();
    if (attribute.values.empty() || (single && attribute.values.size() != 1)) {
      breaches.push_back(fmt::format(
          "attribute-values: {} has {} values", attribute.oid, attribute.values.size()));
    }
  }
}

// The only value of a signed attribute; nothing when it is absent or not alone.
std::optional<BytesView> onlyValue(const SignerInfo& signer, std::string_view wanted) {
  const Attribute* attribute = signer.find(wanted);
  if (attribute == nullptr || attribute->values.size() != 1) return std::nullopt;
  return attribute->values.front();
}

void readIssuerSerial(BytesView content,
                      evidence::CertificateReference& reference,
                      der::Reader& parent) {
  der::Reader fields(content);
  der::Reader names = fields.sequence();
  while (!names.atEnd()) {
    const der::Element name = names.any();
    if (name.tag == der::contextConstructed(4)) reference.issuer_der = toBytes(name.content);
  }
  reference.serial_der = toBytes(fields.expect(der::kInteger));
  if (!names.finish() || !fields.finish()) parent.fail();
}

enum class Ess { V1, V2 };

evidence::CertificateReference readReference(der::Reader& list, Ess version) {
  evidence::CertificateReference reference;
  der::Reader fields = list.sequence();
  reference.algorithm = version == Ess::V1 ? DigestAlgorithm::Sha1 : DigestAlgorithm::Sha256;
  if (version == Ess::V2 && fields.peek() == der::kSequence) {
    der::Reader algorithm = fields.sequence();
    reference.algorithm = crypto::digestByOid(algorithm.oid());
  }
  reference.digest = toBytes(fields.expect(der::kOctetString));
  if (const auto issuer_serial = fields.optional(der::kSequence))
    readIssuerSerial(*issuer_serial, reference, fields);
  if (!fields.finish()) list.fail();
  return reference;
}

// RFC 5035 section 3 and 4: SigningCertificate and SigningCertificateV2.
void readReferences(const SignerInfo& signer,
                    std::string_view attribute,
                    Ess version,
                    evidence::SignerBlock& block) {
  constexpr std::size_t kReferencesMax = 64;
  if (signer.find(attribute) == nullptr) return;
  const auto value = onlyValue(signer, attribute);
  if (!value) return;  // named by checkInstances
  der::Reader outer(*value);
  der::Reader fields = outer.sequence();
  der::Reader list = fields.sequence();
  std::vector<evidence::CertificateReference> found;
  while (!list.atEnd() && found.size() < kReferencesMax)
    found.push_back(readReference(list, version));
  if (!list.finish() || found.empty()) {
    block.breaches.push_back(fmt::format("signing-certificate-malformed: {}", attribute));
    return;
  }
  block.references.insert(block.references.end(), found.begin(), found.end());
}

// Both versions of the attribute may stand side by side while the hash of the first one is phased
// out; then they have to mean the same certificate.
void checkReferencesAgree(std::size_t second_version, evidence::SignerBlock& block) {
  if (second_version == 0 || second_version >= block.references.size() || !block.certificate)
    return;
  const bool first = block.references.front().means(*block.certificate);
  const bool other = block.references[second_version].means(*block.certificate);
  if (first != other)
    block.breaches.emplace_back("signing-certificate-contradictory: the two versions differ");
}

void readSigningTime(const SignerInfo& signer, evidence::SignerBlock& block) {
  const auto value = onlyValue(signer, oid::kSigningTime);
  if (!value) return;
  der::Reader reader(*value);
  block.claimed_time = readTime(reader.any());
  if (!block.claimed_time) block.breaches.emplace_back("signing-time-malformed: not a time");
}

void checkContentType(const SignerInfo& signer,
                      std::string_view wanted,
                      std::vector<std::string>& breaches) {
  const auto value = onlyValue(signer, oid::kContentType);
  if (wanted.empty()) {
    // RFC 5652 11.4: a countersignature carries no content-type.
    if (value) breaches.emplace_back("content-type-in-countersignature: not allowed there");
    return;
  }
  if (!value) {
    if (signer.find(oid::kContentType) == nullptr)
      breaches.emplace_back("content-type-missing: no such attribute");
    return;
  }
  der::Reader reader(*value);
  const std::string stated = reader.oid();
  if (stated != wanted) {
    breaches.push_back(
        fmt::format("content-type-mismatch: attribute says {}, content is {}", stated, wanted));
  }
}

// RFC 5754: absent and NULL parameters mean the same for the algorithms at hand.
Bytes comparableAlgorithm(BytesView content) {
  der::Reader fields(content);
  const BytesView name = fields.expectWhole(der::kOid);
  const Bytes null = der::null();
  Bytes out = toBytes(name);
  while (!fields.atEnd()) {
    const BytesView parameter = fields.any().whole;
    if (!std::ranges::equal(parameter, null)) append(out, parameter);
  }
  return out;
}

BytesView sequenceContent(BytesView whole) {
  der::Reader outer(whole);
  return outer.expect(der::kSequence);
}

// RFC 6211 section 3: what the signer meant must be what the message says.
void checkAlgorithmProtection(const SignerInfo& signer, std::vector<std::string>& breaches) {
  const auto value = onlyValue(signer, oid::kAlgorithmProtection);
  if (!value) return;
  der::Reader outer(*value);
  der::Reader fields = outer.sequence();
  const BytesView digest = fields.expect(der::kSequence);
  const auto signature = fields.optional(der::contextConstructed(1));
  const bool read = fields.finish() && signature.has_value();
  if (!read ||
      comparableAlgorithm(digest) !=
          comparableAlgorithm(sequenceContent(signer.digest_algorithm)) ||
      comparableAlgorithm(*signature) !=
          comparableAlgorithm(sequenceContent(signer.signature_algorithm))) {
    breaches.emplace_back("algorithm-protection: the algorithms are not those that were signed");
  }
}

void checkDigestsAgree(const SignerInfo& signer,
                       const SignedData& message,
                       std::optional<DigestAlgorithm> digest,
                       evidence::SignerBlock& block) {
  if (std::ranges::find(message.digest_oids, signer.digest_oid) == message.digest_oids.end()) {
    block.breaches.push_back(fmt::format("digest-algorithm-not-listed: {}", signer.digest_oid));
  }
  if (!block.algorithm) return;
  const crypto::Scheme scheme = block.algorithm->scheme;
  if (scheme == crypto::Scheme::Ed25519 || scheme == crypto::Scheme::Ed448) return;
  if (block.algorithm->digest != digest) {
    block.breaches.push_back(
        fmt::format("digest-algorithms-differ: {} for the content, {} in the signature",
                    digest ? crypto::digestName(*digest) : signer.digest_oid,
                    crypto::digestName(block.algorithm->digest)));
  }
}

void readMessageDigest(const SignerInfo& signer,
                       std::optional<DigestAlgorithm> algorithm,
                       const Signed& what,
                       evidence::SignerBlock& block) {
  evidence::DigestCheck check{
      .what = "message-digest", .algorithm = algorithm, .claimed = {}, .computed = {}};
  if (const auto value = onlyValue(signer, oid::kMessageDigest)) {
    der::Reader reader(*value);
    check.claimed = toBytes(reader.expect(der::kOctetString));
  }
  if (check.claimed.empty() && signer.find(oid::kMessageDigest) == nullptr) {
    block.breaches.emplace_back("message-digest-missing: no such attribute");
  }
  if (algorithm && what.content && crypto::digestAvailable(*algorithm))
    check.computed = what.content(*algorithm);
  block.digests.push_back(std::move(check));
}

bool verifies(const evidence::SignerBlock& block, BytesView message) {
  return crypto::checkSignature(
             block.certificate->publicKey(), *block.algorithm, message, block.value) ==
         crypto::SignatureCheck::Good;
}

void fillSignedBytes(const SignerInfo& signer, evidence::SignerBlock& block) {
  std::vector<Bytes> attributes;
  for (const Attribute& attribute : signer.attributes) {
    std::vector<Bytes> values;
    for (const BytesView value : attribute.values) values.push_back(toBytes(value));
    der::Reader fields(sequenceContent(attribute.whole));
    attributes.push_back(der::sequence({fields.expectWhole(der::kOid), setOf(std::move(values))}));
  }
  block.signed_bytes = setOf(std::move(attributes));
  Bytes as_it_stands = toBytes(*signer.signed_attributes);
  as_it_stands.front() = der::kSet;
  if (block.signed_bytes == as_it_stands || !block.certificate || !block.algorithm) return;
  if (!verifies(block, block.signed_bytes) && verifies(block, as_it_stands)) {
    block.signed_bytes = std::move(as_it_stands);
    block.breaches.emplace_back(
        "signed-attributes-not-der: signed in an order or encoding of their own");
  }
}

void readWithoutAttributes(const SignedData& message,
                           const Signed& what,
                           evidence::SignerBlock& block) {
  if (what.content_type != oid::kData) {
    block.breaches.emplace_back(
        "signed-attributes-missing: needed for this content type");  // RFC 5652 5.3
  }
  if (message.content && looksLikeSignedAttributes(*message.content)) {
    block.breaches.emplace_back(kContentIsSignedAttributes);
  }
  if (block.algorithm && what.content && crypto::digestAvailable(block.algorithm->digest)) {
    block.signed_digest = what.content(block.algorithm->digest);
  }
}

void fillMaterial(const SignerInfo& signer,
                  const SignedData& message,
                  evidence::SignerBlock& block) {
  Material material{message.certificates, message.crls, message.ocsp_responses};
  collectValidationData(signer, material);
  block.certificates = std::move(material.certificates);
  block.crls = std::move(material.crls);
  block.ocsp_responses = std::move(material.ocsp_responses);
}

}  // namespace

bool looksLikeSignedAttributes(BytesView content) {
  if (content.empty() || content.front() != der::kSet) return false;
  const auto normal = normalise(content);  // some makers sign attributes in BER as they stand
  if (!normal || normal->used != content.size()) return false;
  der::Reader outer(normal->bytes);
  der::Reader set = outer.nested(der::kSet);
  while (!set.atEnd()) {
    der::Reader fields = set.sequence();
    if (fields.oid() == oid::kMessageDigest) return true;
    if (!fields.good()) return false;
  }
  return false;
}

evidence::SignerBlock readSigner(const SignerInfo& signer,
                                 const SignedData& message,
                                 const Signed& what) {
  evidence::SignerBlock block;
  block.breaches = message.breaches;
  block.value = toBytes(signer.value);
  block.identifier = {
      toBytes(signer.issuer_der), toBytes(signer.serial_der), toBytes(signer.key_identifier)};
  fillMaterial(signer, message, block);

  const auto digest = crypto::digestByOid(signer.digest_oid);
  der::Reader name(sequenceContent(signer.signature_algorithm));
  block.algorithm_name = name.oid();
  if (auto algorithm = crypto::parseAlgorithm(signer.signature_algorithm, digest))
    block.algorithm = *algorithm;

  checkInstances(signer, block.breaches);
  readReferences(signer, oid::kSigningCertificateV2, Ess::V2, block);
  const std::size_t second_version = block.references.size();
  readReferences(signer, oid::kSigningCertificate, Ess::V1, block);
  block.certificate = findCertificate(signer, block);
  checkReferencesAgree(second_version, block);
  checkDigestsAgree(signer, message, digest, block);
  readSigningTime(signer, block);
  if (!signer.signed_attributes) {
    readWithoutAttributes(message, what, block);
    return block;
  }
  checkContentType(signer, what.content_type, block.breaches);
  checkAlgorithmProtection(signer, block.breaches);
  readMessageDigest(signer, digest, what, block);
  fillSignedBytes(signer, block);
  return block;
}

}  // namespace congvan::timestamp
