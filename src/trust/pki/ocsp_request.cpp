// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/ocsp_request.h"

#include "trust/crypto/der.h"
#include "trust/pki/ocsp.h"

#include <algorithm>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

constexpr std::string_view kOcspNonce = "1.3.6.1.5.5.7.48.1.2";

OcspCertId readCertId(der::Reader& request) {
  OcspCertId id;
  const auto whole = request.expectWhole(der::kSequence);
  der::Reader outer(whole);
  auto fields = outer.sequence();
  auto algorithm = fields.sequence();
  id.digest = crypto::digestByOid(algorithm.oid());
  if (const auto parameters = algorithm.optional(der::kNull); parameters && !parameters->empty()) {
    request.fail();
  }
  if (!algorithm.finish()) request.fail();
  id.name_hash = toBytes(fields.expect(der::kOctetString));
  id.key_hash = toBytes(fields.expect(der::kOctetString));
  id.serial = toBytes(fields.integer());
  if (!fields.finish()) request.fail();
  id.der = toBytes(whole);
  return id;
}

/// RFC 6960 4.1.2: what is not known is passed over unless it is critical. `nonce` null: one has no
/// business here and is passed over too.
void readRequestExtensions(der::Reader& wrapper, const OcspRequestLimits& limits, Bytes* nonce) {
  auto list = wrapper.sequence();
  if (list.atEnd()) wrapper.fail();
  while (!list.atEnd()) {
    auto fields = list.sequence();
    const auto oid = fields.oid();
    const bool critical = fields.peek() == der::kBoolean && fields.boolean();
    der::Reader value(fields.expect(der::kOctetString));
    if (!fields.finish()) list.fail();
    if (oid == kOcspNonce && nonce != nullptr) {
      const auto octets = value.expect(der::kOctetString);
      const bool fits = !octets.empty() && octets.size() <= limits.nonce_bytes;
      if (!value.finish() || !fits || !nonce->empty()) list.fail();
      *nonce = toBytes(octets);
    } else if (critical) {
      list.fail();
    }
  }
  if (!list.finish() || !wrapper.finish()) wrapper.fail();
}

void readOne(der::Reader& list, const OcspRequestLimits& limits, OcspRequest& request) {
  auto fields = list.sequence();
  request.ids.push_back(readCertId(fields));
  if (fields.peek() == der::contextConstructed(0)) {
    auto wrapper = fields.nested(der::contextConstructed(0));
    readRequestExtensions(wrapper, limits, nullptr);
    if (!wrapper.good()) fields.fail();
  }
  if (!fields.finish()) list.fail();
}

void readTbs(der::Reader& outer, const OcspRequestLimits& limits, OcspRequest& request) {
  auto fields = outer.sequence();
  if (fields.peek() == der::contextConstructed(0)) {
    auto version = fields.nested(der::contextConstructed(0));
    if (version.smallInteger() != 0 || !version.finish()) fields.fail();
  }
  if (fields.peek() == der::contextConstructed(1)) {
    auto name = fields.nested(der::contextConstructed(1));
    name.any();
    if (!name.finish()) fields.fail();
  }
  auto list = fields.sequence();
  while (!list.atEnd()) {
    readOne(list, limits, request);
    if (request.ids.size() > limits.certificates) list.fail();
  }
  if (!list.finish() || request.ids.empty()) fields.fail();
  if (fields.peek() == der::contextConstructed(2)) {
    auto wrapper = fields.nested(der::contextConstructed(2));
    readRequestExtensions(wrapper, limits, &request.nonce);
    if (!wrapper.good()) fields.fail();
  }
  if (!fields.finish()) outer.fail();
}

void passOverSignature(der::Reader& outer) {
  auto wrapper = outer.nested(der::contextConstructed(0));
  auto fields = wrapper.sequence();
  fields.expect(der::kSequence);
  fields.expect(der::kBitString);
  if (fields.peek() == der::contextConstructed(0)) fields.any();
  if (!fields.finish() || !wrapper.finish()) outer.fail();
}

}  // namespace

Result<OcspRequest> readOcspRequest(BytesView der_bytes, const OcspRequestLimits& limits) {
  const Error malformed{Code::Malformed, "ocsp_request_malformed"};
  if (der_bytes.size() > limits.bytes) return malformed;
  OcspRequest request;
  der::Reader reader(der_bytes);
  auto outer = reader.sequence();
  readTbs(outer, limits, request);
  if (outer.peek() == der::contextConstructed(0)) passOverSignature(outer);
  if (!outer.finish() || !reader.finish()) return malformed;
  return request;
}

OcspIssuer::OcspIssuer(const Certificate& issuer) {
  constexpr std::array kDigests{crypto::DigestAlgorithm::Sha1, crypto::DigestAlgorithm::Sha256};
  std::ranges::transform(kDigests, hashes_.begin(), [&](crypto::DigestAlgorithm digest) {
    return Hashes{digest,
                  crypto::digest(digest, issuer.subjectDer()),
                  crypto::digest(digest, keyBits(issuer))};
  });
}

bool OcspIssuer::isMeantBy(const OcspCertId& id) const {
  return std::ranges::any_of(hashes_, [&](const Hashes& own) {
    return id.digest == own.digest && id.name_hash == own.name && id.key_hash == own.key;
  });
}

}  // namespace congvan::pki
