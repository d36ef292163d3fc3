// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/sign.h"

#include "trust/formats/timestamp/make_signed_data.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/token.h"

namespace congvan::cades {
namespace {

namespace oid = timestamp::oid;

Bytes assembled(const Prepared& prepared, BytesView value, const std::optional<Bytes>& token) {
  timestamp::Assembly parts{.content_type = oid::kData,
                            .content = {},
                            .signed_attributes = prepared.signed_attributes,
                            .algorithm = prepared.options.algorithm,
                            .value = value,
                            .signature_timestamp = {},
                            .certificates = {prepared.certificate}};
  if (prepared.options.content) parts.content = *prepared.options.content;
  if (token) parts.signature_timestamp = *token;
  const auto& chain = prepared.options.chain;
  parts.certificates.insert(parts.certificates.end(), chain.begin(), chain.end());
  return timestamp::assemble(parts, prepared.certificate);
}

// A token over something else would make the whole signature look forged.
Result<> checkToken(BytesView token, BytesView value) {
  const auto covered = [value](crypto::DigestAlgorithm algorithm) {
    return crypto::digest(algorithm, value);
  };
  const auto stamp = timestamp::read(token, evidence::TimestampKind::Signature, covered);
  if (!stamp) return stamp.error();
  if (!stamp->imprint.matches()) return Error{Code::RuleRefused, "timestamp_not_of_signature"};
  return kDone;
}

}  // namespace

Result<Prepared> prepare(BytesView content_digest,
                         const pki::Certificate& certificate,
                         const SignOptions& options) {
  if (content_digest.size() != crypto::digestSize(options.algorithm.digest)) {
    return Error{Code::Malformed, "digest_wrong_size"};
  }
  if (!timestamp::schemeFitsKey(options.algorithm, certificate)) {
    return Error{Code::RuleRefused, "scheme_not_for_key"};
  }
  if (!timestamp::digestFitForSigning(options.algorithm.digest)) {
    return Error{Code::RuleRefused, "digest_too_weak"};
  }
  Prepared out{
      .signed_attributes = timestamp::makeSignedAttributes({.content_type = oid::kData,
                                                            .content_digest = content_digest,
                                                            .algorithm = options.algorithm,
                                                            .signing_time = options.signing_time},
                                                           certificate),
      .to_be_signed = {},
      .certificate = certificate,
      .options = options};
  out.to_be_signed = crypto::digest(options.algorithm.digest, out.signed_attributes);
  return out;
}

Result<Bytes> complete(const Prepared& prepared,
                       BytesView value,
                       const std::optional<Bytes>& timestamp) {
  // Over the attributes, not over `to_be_signed`: that field travels and is not needed for this.
  const auto check = crypto::checkSignature(prepared.certificate.publicKey(),
                                            prepared.options.algorithm,
                                            prepared.signed_attributes,
                                            value);
  if (check != crypto::SignatureCheck::Good)
    return Error{Code::RuleRefused, "signature_not_by_certificate"};
  if (timestamp) {
    if (auto checked = checkToken(*timestamp, value); !checked) return checked.error();
  }
  return assembled(prepared, value, timestamp);
}

std::size_t sizeBound(const Prepared& prepared, std::size_t timestamp_bytes) {
  const Bytes value(timestamp::largestValue(prepared.options.algorithm, prepared.certificate));
  std::optional<Bytes> token;
  if (timestamp_bytes != 0) token = Bytes(timestamp_bytes);
  return assembled(prepared, value, token).size();
}

Result<Bytes> sign(BytesView content_digest,
                   const pki::Certificate& certificate,
                   const crypto::Signer& signer,
                   SignOptions options,
                   timestamp::Source* source) {
  options.algorithm = signer.algorithm();
  const auto prepared = prepare(content_digest, certificate, options);
  if (!prepared) return prepared.error();
  const auto value = signer.signDigest(prepared->to_be_signed);
  if (!value) return value.error();
  std::optional<Bytes> token;
  if (source != nullptr) {
    const auto digest = crypto::DigestAlgorithm::Sha256;
    auto stamped = source->stamp(digest, crypto::digest(digest, *value));
    if (!stamped) return stamped.error();
    token = std::move(*stamped);
  }
  return complete(*prepared, *value, token);
}

}  // namespace congvan::cades
