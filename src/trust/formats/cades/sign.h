// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/crypto/signer.h"
#include "trust/formats/timestamp/source.h"
#include "trust/pki/certificate.h"

#include <optional>
#include <vector>

/// Making CMS SignedData, B-B and B-T. Two-phase inside: what is to be signed comes out, the
/// value goes in, so that any key anywhere can sign.
namespace congvan::cades {

struct SignOptions {
  crypto::SignatureAlgorithm algorithm;  ///< of the key that will sign
  std::vector<pki::Certificate> chain;   ///< embedded beside the signing certificate
  std::optional<Instant> signing_time;   ///< the attribute; PAdES leaves it out (EN 319 142-1 6.3)
  std::optional<Bytes> content;          ///< encapsulated; nullopt: detached
};

/// What `complete` needs again. Plain values: may be kept across processes.
struct Prepared {
  Bytes signed_attributes;  ///< DER SET OF, the message that is signed
  Bytes to_be_signed;       ///< its digest with `algorithm.digest`: what goes to the Signer
  pki::Certificate certificate;
  SignOptions options;
};

/// `content_digest` is made with `options.algorithm.digest`.
/// Malformed `digest_wrong_size`. RuleRefused `scheme_not_for_key`: algorithm and certificate key
/// differ.
Result<Prepared> prepare(BytesView content_digest,
                         const pki::Certificate& certificate,
                         const SignOptions& options);

/// The DER ContentInfo. `timestamp` (a token over the value) becomes the signature-time-stamp
/// attribute. RuleRefused `signature_not_by_certificate`: the value does not verify with the
/// certificate's key.
Result<Bytes> complete(const Prepared& prepared,
                       BytesView value,
                       const std::optional<Bytes>& timestamp = {});

/// An upper bound of what `complete` returns, for reserving space: exact parts plus the largest
/// value of the key and `timestamp_bytes` (0: no timestamp).
std::size_t sizeBound(const Prepared& prepared, std::size_t timestamp_bytes);

/// prepare, sign, time-stamp when `source` is given, complete. `options.algorithm` is taken from
/// the signer. Refusals are those of the steps.
Result<Bytes> sign(BytesView content_digest,
                   const pki::Certificate& certificate,
                   const crypto::Signer& signer,
                   SignOptions options,
                   timestamp::Source* source);

}  // namespace congvan::cades
