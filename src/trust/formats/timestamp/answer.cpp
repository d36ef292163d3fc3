// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/make_signed_data.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/token.h"

#include <algorithm>
#include <array>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;
using crypto::DigestAlgorithm;

constexpr std::size_t kRequestBytesMax = 4096;
constexpr std::size_t kNonceBytesMax = 64;

// PKIFailureInfo, RFC 3161 2.4.2: the numbers are bit positions.
enum class Failure : std::uint32_t {
  BadAlgorithm = 0,
  BadRequest = 2,
  BadDataFormat = 5,
  TimeNotAvailable = 14,
  UnacceptedPolicy = 15,
  UnacceptedExtension = 16,
  SystemFailure = 25,
};

struct Question {
  DigestAlgorithm algorithm = DigestAlgorithm::Sha256;
  Bytes message_imprint;       // whole
  std::string policy;          // asked for, or the default
  std::optional<Bytes> nonce;  // content octets
  bool wants_certificate = false;
};

struct Asked {
  std::optional<Failure> failure;
  Question question;
};

Bytes refusal(Failure failure) {
  constexpr std::uint64_t kRejection = 2;
  return der::sequence(
      {der::sequence({der::integer(kRejection),
                      der::namedBits(std::uint32_t{1} << static_cast<std::uint32_t>(failure))})});
}

// Which digest, and does the imprint have its length?
std::optional<Failure> readImprint(der::Reader& fields, Question& question) {
  question.message_imprint = toBytes(fields.expectWhole(der::kSequence));
  der::Reader outer(question.message_imprint);
  der::Reader imprint = outer.sequence();
  der::Reader algorithm = imprint.sequence();
  const auto known = crypto::digestByOid(algorithm.oid());
  const bool null_or_nothing = algorithm.atEnd() || algorithm.optional(der::kNull).has_value();
  const BytesView digest = imprint.expect(der::kOctetString);
  if (!algorithm.good() || !imprint.finish() || !fields.good()) return Failure::BadDataFormat;
  if (!known || !digestFitForSigning(*known) || !null_or_nothing) return Failure::BadAlgorithm;
  if (digest.size() != crypto::digestSize(*known)) return Failure::BadDataFormat;
  question.algorithm = *known;
  return std::nullopt;
}

Asked readQuestion(BytesView request, const std::vector<std::string>& policies) {
  if (request.size() > kRequestBytesMax) return {Failure::BadDataFormat, {}};
  const auto normal = normalise(request);
  if (!normal || normal->used != request.size()) return {Failure::BadDataFormat, {}};
  der::Reader outer(normal->bytes);
  der::Reader fields = outer.sequence();
  Asked asked;
  const std::uint64_t version = fields.smallInteger();
  if (!fields.good()) return {Failure::BadDataFormat, {}};
  if (version != 1) return {Failure::BadRequest, {}};
  if (const auto failure = readImprint(fields, asked.question)) return {failure, {}};
  if (fields.peek() == der::kOid) asked.question.policy = fields.oid();
  if (const auto nonce = fields.optional(der::kInteger)) asked.question.nonce = toBytes(*nonce);
  if (fields.peek() == der::kBoolean) asked.question.wants_certificate = fields.boolean();
  const bool extensions = fields.optional(der::contextConstructed(0)).has_value();
  if (!fields.finish()) return {Failure::BadDataFormat, {}};
  if (asked.question.nonce &&
      (asked.question.nonce->empty() || asked.question.nonce->size() > kNonceBytesMax)) {
    return {Failure::BadDataFormat, {}};
  }
  // RFC 3161 2.4.1: an extension that is not known, critical or not, must not get a token. None is
  // known.
  if (extensions) return {Failure::UnacceptedExtension, {}};
  if (asked.question.policy.empty()) asked.question.policy = policies.front();
  if (std::ranges::find(policies, asked.question.policy) == policies.end())
    return {Failure::UnacceptedPolicy, {}};
  return asked;
}

// Accuracy ::= SEQUENCE { seconds, millis [0], micros [1] }, each left out when zero.
Bytes accuracy(std::uint32_t millis) {
  Bytes content;
  if (millis >= 1000) append(content, der::integer(millis / 1000));
  if (millis % 1000 != 0) {
    Bytes part = der::integer(millis % 1000);
    part.front() = der::contextTag(0);
    append(content, part);
  }
  return der::element(der::kSequence, content);
}

Bytes tstInfo(const Question& question,
              const AuthorityOptions& options,
              BytesView serial,
              Instant now) {
  // Whole seconds when the accuracy does not promise more: every reader understands them.
  const Bytes time =
      options.accuracy_millis < 1000 ? timeWithMillis(now) : der::generalizedTime(now);
  const Bytes nonce = question.nonce ? der::element(der::kInteger, *question.nonce) : Bytes{};
  return der::sequence({der::integer(1),
                        der::oid(question.policy),
                        question.message_imprint,
                        der::integer(serial),
                        time,
                        accuracy(options.accuracy_millis),
                        nonce});
}

bool isAuthorityCertificate(const pki::Certificate& certificate) {
  const auto usages = certificate.extendedKeyUsage();
  return certificate.extendedKeyUsageCritical() && usages.size() == 1 &&
         usages.front() == pki::kEkuTimeStamping;
}

std::optional<Bytes> signToken(BytesView content,
                               const pki::Certificate& certificate,
                               const crypto::Signer& signer,
                               std::vector<pki::Certificate> embedded) {
  const auto algorithm = signer.algorithm();
  if (!isAuthorityCertificate(certificate) || !schemeFitsKey(algorithm, certificate))
    return std::nullopt;
  const Bytes digest = crypto::digest(algorithm.digest, content);
  const Bytes attributes = makeSignedAttributes({.content_type = oid::kTstInfo,
                                                 .content_digest = digest,
                                                 .algorithm = algorithm,
                                                 .signing_time = {}},
                                                certificate);
  const auto value = signer.signDigest(crypto::digest(algorithm.digest, attributes));
  if (!value) return std::nullopt;
  if (crypto::checkSignature(certificate.publicKey(), algorithm, attributes, *value) !=
      crypto::SignatureCheck::Good) {
    return std::nullopt;
  }
  return assemble({.content_type = oid::kTstInfo,
                   .content = content,
                   .signed_attributes = attributes,
                   .algorithm = algorithm,
                   .value = *value,
                   .signature_timestamp = {},
                   .certificates = std::move(embedded)},
                  certificate);
}

}  // namespace

Bytes answer(BytesView request,
             const pki::Certificate& certificate,
             const crypto::Signer& signer,
             const AuthorityOptions& options,
             BytesView serial,
             std::optional<Instant> now) {
  const Asked asked = readQuestion(request, options.policies);
  if (asked.failure) return refusal(*asked.failure);
  if (!now) return refusal(Failure::TimeNotAvailable);
  std::vector<pki::Certificate> embedded;
  if (asked.question.wants_certificate) {
    embedded.push_back(certificate);
    embedded.insert(embedded.end(), options.chain.begin(), options.chain.end());
  }
  const auto token = signToken(
      tstInfo(asked.question, options, serial, *now), certificate, signer, std::move(embedded));
  if (!token) return refusal(Failure::SystemFailure);
  return der::sequence({der::sequence({der::integer(0)}), *token});
}

}  // namespace congvan::timestamp
