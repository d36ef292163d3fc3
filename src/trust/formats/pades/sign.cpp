// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/sign.h"

#include "trust/crypto/digest.h"
#include "trust/formats/pades/hole.h"
#include "trust/formats/pades/plans.h"
#include "trust/pdf/form.h"

#include <algorithm>
#include <utility>

namespace congvan::pades {
namespace {

/// 7.9.4, in the zone that Vietnamese offices read: `D:20261122091305+07'00'`.
std::string pdfDate(Instant instant) {
  const auto text = formatVietnam(fromUnix(toUnix(instant)));  // 2026-11-22T09:13:05+07:00
  std::string date = "D:";
  for (const char c : text.substr(0, 19)) {
    if (c >= '0' && c <= '9') date.push_back(c);
  }
  return date + "+07'00'";
}

cades::SignOptions cadesOptions(const SignOptions& options) {
  return {options.algorithm, options.chain, std::nullopt, std::nullopt};
}

pdf::SignaturePlan planOf(const SignOptions& options, std::size_t hole_size) {
  pdf::SignaturePlan plan;
  plan.field = options.field;
  if (options.place) plan.spot = spotOf(*options.place);
  if (options.appearance) plan.appearance = options.appearance->drawing;
  for (const auto& fill : options.fills) {
    plan.values.push_back({fill.field, fill.value, std::nullopt});
    if (fill.appearance) plan.values.back().appearance = fill.appearance->drawing;
  }
  plan.signer_name = options.signer_name;
  plan.reason = options.reason;
  plan.location = options.location;
  plan.time = pdfDate(options.signing_time);
  plan.hole_size = hole_size;
  return plan;
}

/// The size of the CMS does not depend on what the digest is, so it can be asked before there is
/// one.
Result<std::size_t> holeSize(const pki::Certificate& certificate, const SignOptions& options) {
  const Bytes any(crypto::digestSize(options.algorithm.digest));
  const auto sample = cades::prepare(any, certificate, cadesOptions(options));
  if (!sample) return sample.error();
  return 2 * cades::sizeBound(*sample, options.timestamp_bytes);
}

/// `hashed` is what was hashed of the file, once: the retry of `sign` needs it again.
Result<Prepared> prepareHashed(BytesView file,
                               const pki::Certificate& certificate,
                               const SignOptions& options,
                               std::optional<crypto::Digest>& hashed) {
  const auto hole_size = holeSize(certificate, options);
  if (!hole_size) return hole_size.error();
  auto revision = pdf::appendSignature(file, planOf(options, *hole_size));
  if (!revision) return revision.error();
  if (!hashed) {
    hashed.emplace(options.algorithm.digest);
    hashed->update(file);
  }
  const auto digest = digestAround({revision->hole_at, *hole_size}, revision->bytes, *hashed);
  auto cms = cades::prepare(digest, certificate, cadesOptions(options));
  if (!cms) return cms.error();
  return Prepared{
      std::move(revision->bytes), file.size(), revision->hole_at, *hole_size, std::move(*cms)};
}

/// The token over the signature value, or nothing when no source was given.
Result<std::optional<Bytes>> stampOver(BytesView value,
                                       crypto::DigestAlgorithm algorithm,
                                       timestamp::Source* source) {
  if (source == nullptr) return std::optional<Bytes>{};
  auto token = source->stamp(algorithm, crypto::digest(algorithm, value));
  if (!token) return token.error();
  return std::optional<Bytes>{std::move(*token)};
}

}  // namespace

Result<Prepared> prepare(BytesView file,
                         const pki::Certificate& certificate,
                         const SignOptions& options) {
  std::optional<crypto::Digest> hashed;
  return prepareHashed(file, certificate, options, hashed);
}

Result<Bytes> complete(Prepared prepared, BytesView value, const std::optional<Bytes>& timestamp) {
  const auto cms = cades::complete(prepared.cms, value, timestamp);
  if (!cms) return cms.error();
  const auto filled = fillHole({prepared.hole_at, prepared.hole_size}, prepared.update, *cms);
  if (!filled) return filled.error();
  return std::move(prepared.update);
}

Result<Bytes> sign(BytesView file,
                   const pki::Certificate& certificate,
                   const crypto::Signer& signer,
                   SignOptions options,
                   timestamp::Source* source) {
  options.algorithm = signer.algorithm();
  if (source != nullptr) {
    options.timestamp_bytes = std::max(options.timestamp_bytes, source->tokenBytes());
  }
  std::optional<crypto::Digest> hashed;
  for (int attempt = 0;; ++attempt) {
    auto prepared = prepareHashed(file, certificate, options, hashed);
    if (!prepared) return prepared.error();
    const auto value = signer.signDigest(prepared->cms.to_be_signed);
    if (!value) return value.error();
    const auto token = stampOver(*value, options.algorithm.digest, source);
    if (!token) return token.error();
    auto done = complete(std::move(*prepared), *value, *token);
    const bool too_small = !done && done.error().reason == "signature_hole_too_small";
    if (!too_small || !*token || attempt == 1) return done;
    // The only part whose size was guessed is the token.
    options.timestamp_bytes = std::max(2 * options.timestamp_bytes, (*token)->size() + 1024);
  }
}

}  // namespace congvan::pades
