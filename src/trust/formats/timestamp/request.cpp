// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/signed_data.h"
#include "trust/formats/timestamp/token.h"
#include "trust/formats/timestamp/tst_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;

constexpr std::size_t kNonceBytes = 16;

Error wrongAnswer(std::string detail) {
  return {Code::Malformed, "tsa_answer_wrong", {}, std::move(detail)};
}

// PKIStatusInfo (RFC 3161 2.4.2): granted is 0, granted with modifications 1.
Result<> checkStatus(BytesView content) {
  der::Reader fields(content);
  const std::uint64_t status = fields.smallInteger();
  if (!fields.good()) return wrongAnswer("no status");
  if (status <= 1) return kDone;
  std::string text;
  if (const auto strings = fields.optional(der::kSequence)) {
    der::Reader list(*strings);
    text = toText(list.expect(der::kUtf8String)).substr(0, 200);
  }
  std::string bits;
  if (const auto failure = fields.optional(der::kBitString))
    bits = fmt::format("{:02x}", fmt::join(*failure, ""));
  return Error{Code::Unavailable,
               "tsa_refused",
               {},
               fmt::format("status {}, failure bits {}, text '{}'", status, bits, text)};
}

// The token's own signature: an answer that nobody can verify later is worth nothing.
Result<> checkOwnSignature(const evidence::SignerBlock& signer) {
  if (!signer.breaches.empty()) return wrongAnswer(signer.breaches.front());
  if (!signer.certificate) return wrongAnswer("the authority's certificate is not inside");
  if (!signer.references.front().means(*signer.certificate)) {
    return wrongAnswer("the certificate inside is not the one that the token means");
  }
  const bool digests = std::ranges::all_of(signer.digests, &evidence::DigestCheck::matches);
  if (!digests || !signer.algorithm ||
      crypto::checkSignature(
          signer.certificate->publicKey(), *signer.algorithm, signer.signed_bytes, signer.value) !=
          crypto::SignatureCheck::Good) {
    return wrongAnswer("the token's signature does not verify");
  }
  return kDone;
}

Result<> checkNonce(BytesView token, BytesView nonce) {
  const auto message = SignedData::parse(token);
  if (!message || !message->content) return wrongAnswer("token");
  const auto info = readTstInfo(*message->content);
  if (!info || !std::ranges::equal(info->nonce, nonce)) return wrongAnswer("another nonce");
  return kDone;
}

}  // namespace

Request makeRequest(crypto::DigestAlgorithm algorithm, BytesView imprint, Random& random) {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  random.fill(nonce);
  // Positive and of full length, so that every authority reads and echoes the same octets.
  nonce.front() = static_cast<std::uint8_t>((nonce.front() & 0x3fU) | 0x40U);
  const Bytes message_imprint =
      der::sequence({der::sequence({der::oid(crypto::digestOid(algorithm)), der::null()}),
                     der::octetString(imprint)});
  return {der::sequence({der::integer(1),
                         message_imprint,
                         der::element(der::kInteger, nonce),
                         der::boolean(true)}),
          toBytes(nonce)};
}

Result<Bytes> readResponse(BytesView response,
                           const Request& request,
                           crypto::DigestAlgorithm algorithm,
                           BytesView imprint) {
  const auto normal = normalise(response);
  if (!normal || normal->used != response.size()) return wrongAnswer("not a TimeStampResp");
  der::Reader outer(normal->bytes);
  der::Reader fields = outer.sequence();
  const BytesView status = fields.expect(der::kSequence);
  if (!fields.good()) return wrongAnswer("not a TimeStampResp");
  if (auto granted = checkStatus(status); !granted) return granted.error();
  const BytesView token = fields.expectWhole(der::kSequence);
  if (!fields.finish()) return wrongAnswer("no token");

  const auto stamp =
      read(token, evidence::TimestampKind::Signature, [&](crypto::DigestAlgorithm asked) {
        return asked == algorithm ? toBytes(imprint) : Bytes{};
      });
  if (!stamp) return wrongAnswer(stamp.error().detail);
  if (!stamp->imprint.matches()) return wrongAnswer("another imprint");
  if (auto nonce = checkNonce(token, request.nonce); !nonce) return nonce.error();
  if (auto signature = checkOwnSignature(stamp->signer); !signature) return signature.error();
  return toBytes(token);
}

}  // namespace congvan::timestamp
