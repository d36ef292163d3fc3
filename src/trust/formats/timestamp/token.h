// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/signer.h"
#include "trust/evidence/signed_file.h"

#include <functional>
#include <optional>

/// RFC 3161 time-stamps: reading tokens, making requests, and answering them (the authority's side,
/// bytes to bytes; edge/http carries them).
namespace congvan::timestamp {

/// Reads a token; `covered` hashes the data the token has to cover (empty: not at hand).
/// Malformed `timestamp_malformed`.
Result<evidence::Timestamp> read(BytesView token,
                                 evidence::TimestampKind kind,
                                 const std::function<Bytes(crypto::DigestAlgorithm)>& covered);

struct Request {
  Bytes der;
  Bytes nonce;
};
/// A request that asks for the authority's certificate.
Request makeRequest(crypto::DigestAlgorithm algorithm, BytesView imprint, Random& random);

/// Takes the token out of a response after checking that it answers the request.
/// Unavailable `tsa_refused`: status is not granted (the detail says which). Malformed
/// `tsa_answer_wrong`: another imprint or nonce, or not a response.
Result<Bytes> readResponse(BytesView response,
                           const Request& request,
                           crypto::DigestAlgorithm algorithm,
                           BytesView imprint);

struct AuthorityOptions {
  std::vector<std::string> policies;  ///< dotted OIDs, at least one; the first is the default
  std::vector<pki::Certificate> chain;
  std::uint32_t accuracy_millis = 1000;
};

/// Answers a DER TimeStampReq at `now`; always returns a DER TimeStampResp (a refusal is one too).
/// Without a time that can be vouched for the refusal is timeNotAvailable. `certificate` must have
/// the critical EKU timeStamping alone (RFC 3161 2.3). Tokens do not claim ordering.
Bytes answer(BytesView request,
             const pki::Certificate& certificate,
             const crypto::Signer& signer,
             const AuthorityOptions& options,
             BytesView serial,
             std::optional<Instant> now);

}  // namespace congvan::timestamp
