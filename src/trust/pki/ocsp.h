// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/revocation.h"

#include <optional>
#include <span>

/// The inside of reading OCSP answers. Inside this room only.
namespace congvan::pki {

struct OcspAnswer {
  StatusReport report;
  /// Who signed, when it was not one of the issuers: its own revocation is the caller's question.
  std::optional<Certificate> responder;
  std::optional<crypto::SignatureAlgorithm> algorithm;  ///< of the answer, when one was read
};

/// `issuers` are believed when they sign; `delegates` only as far as an issuer says so.
OcspAnswer ocspAnswer(const Certificate& certificate,
                      std::span<const Certificate> issuers,
                      std::span<const Certificate> delegates,
                      const OcspResponse& response,
                      const StatusOptions& options);

/// The key's own bits, without the unused-bits octet: what CertIDs and responder names hash.
BytesView keyBits(const Certificate& certificate);

}  // namespace congvan::pki
