// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/csr.h"

#include "base/encoding.h"
#include "base/text.h"
#include "trust/crypto/der.h"
#include "trust/crypto/openssl.h"

#include <openssl/pem.h>

namespace congvan::pki {

namespace der = crypto::der;

namespace {

constexpr std::size_t kRequestBytesMax = 64U << 10U;

Error malformedRequest(std::string detail) {
  return Error{Code::Malformed, "request_malformed", {}, std::move(detail)};
}

/// The DER of a PEM block, or the bytes as they are.
Result<Bytes> derOf(BytesView bytes) {
  if (!asText(bytes).starts_with("-----BEGIN") &&
      asText(bytes).find("-----BEGIN") == std::string_view::npos)
    return toBytes(bytes);
  const auto bio = crypto::memoryBio(bytes);
  unsigned char* data = nullptr;
  long size = 0;
  const int found = PEM_bytes_read_bio(
      &data, &size, nullptr, PEM_STRING_X509_REQ, bio.get(), crypto::noPassphrase, nullptr);
  const crypto::MemoryHandle owned(data);
  auto detail = crypto::drainErrors();
  if (found != 1) return malformedRequest(std::move(detail));
  return Bytes(data, data + size);
}

bool readSubject(BytesView name, std::vector<SubjectAttribute>& subject) {
  der::Reader outer(name);
  auto relative_names = outer.sequence();
  while (!relative_names.atEnd()) {
    auto set = relative_names.nested(der::kSet);
    while (!set.atEnd()) {
      auto pair = set.sequence();
      const auto* kind = attributeKindByOid(pair.oid());
      const auto value = pair.any();
      const bool text = value.tag == der::kUtf8String || value.tag == der::kPrintableString ||
                        value.tag == der::kIa5String;
      if (!pair.finish()) return false;
      if (kind != nullptr && text && isUtf8(asText(value.content))) {
        subject.push_back({std::string(kind->name), toText(value.content)});
      }
    }
  }
  return relative_names.good() && outer.finish();
}

void readWishedNames(BytesView extensions, CertificateSigningRequest& request) {
  der::Reader outer(extensions);
  auto list = outer.sequence();
  while (!list.atEnd()) {
    auto extension = list.sequence();
    const auto oid = extension.oid();
    extension.optional(der::kBoolean);
    der::Reader value(extension.expect(der::kOctetString));
    if (oid != "2.5.29.17") continue;
    auto names = value.sequence();
    while (!names.atEnd()) {
      const auto name = names.any();
      if (name.tag == der::contextTag(1)) request.emails.push_back(toText(name.content));
      if (name.tag == der::contextTag(2)) request.dns_names.push_back(toText(name.content));
    }
  }
}

void readAttributes(BytesView attributes, CertificateSigningRequest& request) {
  der::Reader list(attributes);
  while (!list.atEnd()) {
    auto attribute = list.sequence();
    const bool extension_request = attribute.oid() == "1.2.840.113549.1.9.14";
    auto values = attribute.nested(der::kSet);
    if (extension_request && !values.atEnd()) readWishedNames(values.any().whole, request);
  }
}

}  // namespace

Result<CertificateSigningRequest> readSigningRequest(BytesView bytes) {
  if (bytes.size() > kRequestBytesMax) return Error{Code::TooLarge, "request_too_large"};
  const auto der_bytes = derOf(bytes);
  if (!der_bytes) return der_bytes.error();

  der::Reader outer(*der_bytes);
  auto whole = outer.sequence();
  const auto info = whole.expectWhole(der::kSequence);
  const auto algorithm_der = whole.expectWhole(der::kSequence);
  const auto signature = whole.expect(der::kBitString);
  if (!whole.finish() || !outer.finish() || signature.empty() || signature[0] != 0) {
    return malformedRequest("CertificationRequest");
  }
  der::Reader around(info);
  auto fields = around.sequence();
  const auto version = fields.smallInteger();
  const auto subject = fields.expectWhole(der::kSequence);
  const auto spki = fields.expectWhole(der::kSequence);
  const auto attributes = fields.optional(der::contextConstructed(0)).value_or(BytesView());
  if (!fields.finish() || version != 0) return malformedRequest("CertificationRequestInfo");

  auto key = crypto::PublicKey::parse(spki);
  if (!key) return malformedRequest(key.error().detail);
  CertificateSigningRequest request{toBytes(spki), std::move(*key), {}, {}, {}};
  if (!readSubject(subject, request.subject)) return malformedRequest("subject");
  readAttributes(attributes, request);

  const auto algorithm = crypto::parseAlgorithm(algorithm_der);
  const bool proved =
      algorithm && crypto::checkSignature(request.key, *algorithm, info, signature.subspan(1)) ==
                       crypto::SignatureCheck::Good;
  if (!proved) return Error{Code::RuleRefused, "possession_not_proved"};
  return request;
}

}  // namespace congvan::pki
