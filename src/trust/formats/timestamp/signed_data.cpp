// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/timestamp/signed_data.h"

#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"

#include <algorithm>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;

Error malformedMessage(std::string detail) {
  return {Code::Malformed, "cms_malformed", {}, std::move(detail)};
}
Error messageTooLarge(std::string what) {
  return {Code::TooLarge, "cms_too_large", {{"what", what}}, "more " + what + " than the limit"};
}

// Reads `[number] IMPLICIT SET OF Attribute` or plain SET content; false when malformed or too
// many.
bool readAttributes(BytesView content, std::size_t most, std::vector<Attribute>& out) {
  der::Reader set(content);
  while (!set.atEnd()) {
    const BytesView whole = set.expectWhole(der::kSequence);
    der::Reader outer(whole);
    der::Reader fields = outer.sequence();
    Attribute attribute{.oid = fields.oid(), .whole = whole, .values = {}};
    der::Reader values = fields.nested(der::kSet);
    while (!values.atEnd()) attribute.values.push_back(values.any().whole);
    if (!set.good() || !values.finish() || !fields.finish() || out.size() == most) return false;
    out.push_back(std::move(attribute));
  }
  return set.finish();
}

void readIdentifier(der::Reader& fields, SignerInfo& signer) {
  if (fields.peek() == der::kSequence) {
    signer.identifier = fields.expectWhole(der::kSequence);
    der::Reader outer(signer.identifier);
    der::Reader parts = outer.sequence();
    signer.issuer_der = parts.expectWhole(der::kSequence);
    signer.serial_der = parts.expect(der::kInteger);
    if (!parts.finish()) fields.fail();
    return;
  }
  signer.identifier = fields.expectWhole(der::contextTag(0));
  der::Reader outer(signer.identifier);
  signer.key_identifier = outer.expect(der::contextTag(0));
}

std::string algorithmOid(BytesView algorithm) {
  der::Reader outer(algorithm);
  der::Reader fields = outer.sequence();
  return fields.oid();
}

bool readContent(der::Reader& fields, SignedData& message) {
  der::Reader encapsulated = fields.sequence();
  message.content_type_whole = encapsulated.expectWhole(der::kOid);
  der::Reader type(message.content_type_whole);
  message.content_type = type.oid();
  if (const auto wrapped = encapsulated.optional(der::contextConstructed(0))) {
    der::Reader inner(*wrapped);
    // PKCS #7 allows any type here; the digest covers the content octets of whatever stands there.
    message.content = inner.any().content;
    if (!inner.finish()) return false;
  }
  return type.good() && encapsulated.finish();
}

bool readDigestAlgorithms(der::Reader& fields, SignedData& message, std::size_t most) {
  der::Reader set = fields.nested(der::kSet);
  while (!set.atEnd() && message.digest_oids.size() <= most) {
    message.digest_oids.push_back(algorithmOid(set.expectWhole(der::kSequence)));
  }
  return set.finish();
}

void readRevocationChoice(BytesView choice, Material& into) {
  der::Reader reader(choice);
  if (reader.peek() == der::kSequence) return into.addCrl(choice);
  der::Reader other = reader.nested(der::contextConstructed(1));
  const std::string format = other.oid();
  const BytesView value = other.expectWhole(der::kSequence);
  if (other.finish() && (format == oid::kOcspInCms || format == oid::kOcspBasic))
    into.addOcsp(value);
}

Result<> readBags(der::Reader& fields, SignedData& message, const MessageLimits& limits) {
  Material found;
  if (const auto bag = fields.optional(der::contextConstructed(0))) {
    der::Reader reader(*bag);
    while (!reader.atEnd()) {
      if (message.certificate_choices.size() == limits.certificates)
        return messageTooLarge("certificates");
      message.certificate_choices.push_back(reader.any().whole);
    }
    if (!reader.finish()) return malformedMessage("certificates");
  }
  if (const auto bag = fields.optional(der::contextConstructed(1))) {
    der::Reader reader(*bag);
    while (!reader.atEnd()) {
      if (message.revocation_choices.size() == limits.revocations)
        return messageTooLarge("revocations");
      message.revocation_choices.push_back(reader.any().whole);
    }
    if (!reader.finish()) return malformedMessage("crls");
  }
  for (const BytesView choice : message.certificate_choices) {
    // Attribute certificates and the obsolete extended ones are tagged; only X.509 is a plain
    // SEQUENCE.
    if (choice.front() == der::kSequence) found.addCertificate(choice);
  }
  for (const BytesView choice : message.revocation_choices) readRevocationChoice(choice, found);
  message.certificates = std::move(found.certificates);
  message.crls = std::move(found.crls);
  message.ocsp_responses = std::move(found.ocsp_responses);
  return kDone;
}

Result<> readSigners(der::Reader& fields, SignedData& message, const MessageLimits& limits) {
  der::Reader set = fields.nested(der::kSet);
  while (!set.atEnd()) {
    if (message.signers.size() == limits.signers) return messageTooLarge("signers");
    auto signer = parseSignerInfo(set.expectWhole(der::kSequence), limits);
    if (!signer) return signer.error();
    message.signers.push_back(std::move(*signer));
  }
  if (!set.finish()) return malformedMessage("signerInfos");
  return kDone;
}

Result<> readSignedData(BytesView content, SignedData& message, const MessageLimits& limits) {
  der::Reader outer(content);
  der::Reader fields = outer.sequence();
  fields.smallInteger();
  if (!readDigestAlgorithms(fields, message, limits.signers))
    return malformedMessage("digestAlgorithms");
  if (!readContent(fields, message)) return malformedMessage("encapContentInfo");
  if (auto bags = readBags(fields, message, limits); !bags) return bags;
  if (auto signers = readSigners(fields, message, limits); !signers) return signers;
  if (!fields.finish() || !outer.finish()) return malformedMessage("SignedData");
  return kDone;
}

bool allZeros(BytesView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t octet) { return octet == 0; });
}

// The first value of `attribute` as a SEQUENCE whose fields `[0]` and `[1]` list CRLs and OCSP
// answers.
bool collectRevocations(const Attribute& attribute, Material& into, std::size_t most) {
  bool any = false;
  for (const BytesView value : attribute.values) {
    der::Reader outer(value);
    der::Reader fields = outer.sequence();
    if (const auto wrapped = fields.optional(der::contextConstructed(0))) {
      der::Reader list(*wrapped);
      der::Reader crls = list.sequence();
      while (!crls.atEnd() && into.crls.size() < most) into.addCrl(crls.any().whole), any = true;
    }
    if (const auto wrapped = fields.optional(der::contextConstructed(1))) {
      der::Reader list(*wrapped);
      der::Reader answers = list.sequence();
      while (!answers.atEnd() && into.ocsp_responses.size() < most)
        into.addOcsp(answers.any().whole), any = true;
    }
  }
  return any;
}

}  // namespace

const Attribute* SignerInfo::find(std::string_view wanted) const {
  const auto found = std::ranges::find(attributes, wanted, &Attribute::oid);
  return found == attributes.end() ? nullptr : &*found;
}

Result<SignedData> SignedData::parse(BytesView message, const MessageLimits& limits) {
  if (message.size() > limits.input_bytes) return messageTooLarge("bytes");
  auto normal = normalise(message);
  if (!normal) return malformedMessage("not BER");
  if (!allZeros(message.subspan(normal->used))) return malformedMessage("data after the message");

  SignedData out;
  out.owned = std::move(normal->owned);
  der::Reader outer(out.owned.empty() ? normal->bytes : BytesView(out.owned));
  der::Reader info = outer.sequence();
  if (info.oid() != oid::kSignedData) return malformedMessage("not SignedData");
  const BytesView content = info.expect(der::contextConstructed(0));
  if (!info.finish()) return malformedMessage("ContentInfo");
  if (auto read = readSignedData(content, out, limits); !read) return read.error();
  return out;
}

Result<SignerInfo> parseSignerInfo(BytesView bytes, const MessageLimits& limits) {
  SignerInfo signer{};
  signer.whole = bytes;
  der::Reader outer(bytes);
  der::Reader fields = outer.sequence();
  signer.version = fields.expectWhole(der::kInteger);
  readIdentifier(fields, signer);
  signer.digest_algorithm = fields.expectWhole(der::kSequence);
  signer.digest_oid = algorithmOid(signer.digest_algorithm);
  bool attributes_good = true;
  if (fields.peek() == der::contextConstructed(0)) {
    signer.signed_attributes = fields.expectWhole(der::contextConstructed(0));
    der::Reader set(*signer.signed_attributes);
    attributes_good = readAttributes(
        set.expect(der::contextConstructed(0)), limits.attributes, signer.attributes);
  }
  signer.signature_algorithm = fields.expectWhole(der::kSequence);
  signer.signature = fields.expectWhole(der::kOctetString);
  der::Reader value(signer.signature);
  signer.value = value.expect(der::kOctetString);
  if (const auto set = fields.optional(der::contextConstructed(1))) {
    attributes_good =
        readAttributes(*set, limits.attributes, signer.unsigned_attributes) && attributes_good;
  }
  if (!fields.finish() || !outer.finish() || !attributes_good)
    return malformedMessage("SignerInfo");
  return signer;
}

void Material::addCertificate(BytesView bytes) {
  const auto same = [&](const pki::Certificate& have) {
    return std::ranges::equal(have.der(), bytes);
  };
  if (std::ranges::any_of(certificates, same)) return;
  // One that cannot be read proves nothing and is passed over, as other validators do.
  if (auto certificate = pki::Certificate::parse(bytes))
    certificates.push_back(std::move(*certificate));
}

void Material::addCrl(BytesView bytes) {
  const auto same = [&](const pki::Crl& have) { return std::ranges::equal(have.der(), bytes); };
  if (std::ranges::any_of(crls, same)) return;
  if (auto crl = pki::Crl::parse(bytes)) crls.push_back(std::move(*crl));
}

void Material::addOcsp(BytesView bytes) {
  const auto same = [&](const pki::OcspResponse& have) {
    return std::ranges::equal(have.der, bytes);
  };
  if (std::ranges::any_of(ocsp_responses, same)) return;
  ocsp_responses.push_back(pki::OcspResponse{toBytes(bytes)});
}

bool collectValidationData(const SignerInfo& signer, Material& into, const MessageLimits& limits) {
  bool revocations = false;
  for (const Attribute& attribute : signer.unsigned_attributes) {
    if (attribute.oid == oid::kRevocationValues) {
      revocations = collectRevocations(attribute, into, limits.revocations) || revocations;
    }
    if (attribute.oid != oid::kCertificateValues) continue;
    for (const BytesView value : attribute.values) {
      der::Reader outer(value);
      der::Reader list = outer.sequence();
      while (!list.atEnd() && into.certificates.size() < limits.certificates)
        into.addCertificate(list.any().whole);
    }
  }
  if (const Attribute* archival = signer.find(oid::kAdobeRevocation)) {
    revocations = collectRevocations(*archival, into, limits.revocations) || revocations;
  }
  return revocations;
}

Bytes digestOrNothing(crypto::DigestAlgorithm algorithm, BytesView bytes) {
  return crypto::digestAvailable(algorithm) ? crypto::digest(algorithm, bytes) : Bytes{};
}

}  // namespace congvan::timestamp
