// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/timestamp/token.h"

#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/signed_data.h"
#include "trust/formats/timestamp/tst_info.h"

namespace congvan::timestamp {
namespace {

constexpr std::size_t kTokenBytesMax = 1U << 20U;

Error malformedToken(std::string detail) {
  return {Code::Malformed, "timestamp_malformed", {}, std::move(detail)};
}

}  // namespace

Result<evidence::Timestamp> read(BytesView token,
                                 evidence::TimestampKind kind,
                                 const DigestOf& covered) {
  auto message = SignedData::parse(token, {.input_bytes = kTokenBytesMax, .signers = 1});
  if (!message) return malformedToken(message.error().detail);
  if (message->content_type != oid::kTstInfo || !message->content)
    return malformedToken("not a TSTInfo");
  if (message->signers.size() != 1) return malformedToken("not exactly one signer");
  const auto info = readTstInfo(*message->content);
  if (!info) return malformedToken("TSTInfo");

  evidence::Timestamp out;
  out.kind = kind;
  out.time = info->time;
  out.policy = info->policy;
  out.serial = info->serial;
  out.imprint = {
      .what = "imprint", .algorithm = info->algorithm, .claimed = info->imprint, .computed = {}};
  if (info->algorithm && covered && crypto::digestAvailable(*info->algorithm)) {
    out.imprint.computed = covered(*info->algorithm);
  }
  const BytesView content = *message->content;
  const auto digest = [content](crypto::DigestAlgorithm algorithm) {
    return digestOrNothing(algorithm, content);
  };
  out.signer = readSigner(
      message->signers.front(), *message, {.content = digest, .content_type = oid::kTstInfo});
  // RFC 3161 2.4.2 and RFC 5816: the token names the authority's certificate.
  if (out.signer.references.empty())
    out.signer.breaches.emplace_back("signing-certificate-missing: no such attribute");
  if (info->critical_extension)
    out.signer.breaches.emplace_back("timestamp-extension: critical, and not known here");
  out.der = toBytes(token);
  return out;
}

}  // namespace congvan::timestamp
