// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/digest.h"
#include "trust/pki/certificate.h"

#include <array>
#include <optional>
#include <vector>

namespace congvan::pki {

struct OcspRequestLimits {
  std::size_t bytes = 16U << 10U;
  std::size_t certificates = 64;
  std::size_t nonce_bytes = 128;  ///< RFC 9654 2.1; a nonce of none is refused too
};

/// A certificate as askers name it (CertID, RFC 6960 4.1.1).
struct OcspCertId {
  Bytes der;                                      ///< whole: an answer repeats it
  std::optional<crypto::DigestAlgorithm> digest;  ///< nullopt: one that the library does not know
  Bytes name_hash;
  Bytes key_hash;
  Bytes serial;  ///< content octets of the INTEGER
};

struct OcspRequest {
  std::vector<OcspCertId> ids;  ///< at least one
  Bytes nonce;                  ///< empty: none
};

/// Reads a DER OCSPRequest. The asker's signature, where there is one, is passed over: answers are
/// for everybody.
///
/// Malformed `ocsp_request_malformed`: garbage, a critical extension that nobody here knows, or
/// more than `limits` allow. Whoever answers says `OcspError::MalformedRequest`.
Result<OcspRequest> readOcspRequest(BytesView der, const OcspRequestLimits& limits = {});

/// An issuer as CertIDs name it: by SHA-1, which most clients use, or SHA-256.
class OcspIssuer {
 public:
  explicit OcspIssuer(const Certificate& issuer);
  bool isMeantBy(const OcspCertId& id) const;

 private:
  struct Hashes {
    crypto::DigestAlgorithm digest;
    Bytes name;
    Bytes key;
  };
  std::array<Hashes, 2> hashes_;
};

}  // namespace congvan::pki
