// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/signer.h"
#include "trust/pki/revocation.h"

#include <memory>
#include <optional>
#include <span>

namespace congvan::pki {

/// OCSPResponseStatus of RFC 6960 4.2.1, but for `successful`.
enum class OcspError : std::uint8_t {
  MalformedRequest = 1,
  InternalError = 2,
  TryLater = 3,
  SigRequired = 5,
  Unauthorized = 6,
};

/// DER of an answer without a signature, which anybody could make.
Bytes makeOcspError(OcspError error);

struct OcspEntry {
  Bytes cert_id;  ///< DER, as it was asked
  CertificateStatus status = CertificateStatus::Unknown;
  std::optional<Revoked> revoked = {};  ///< of a revoked one
  /// RFC 6960 4.4.4: what expired since then is answered like the rest.
  std::optional<Instant> archive_cutoff = {};
};

struct OcspTimes {
  Instant now{};  ///< producedAt, and thisUpdate of every entry
  Instant next_update{};
};

/// Who signs answers: a delegated certificate (RFC 6960 4.2.2.2) with its key. What all its answers
/// share is encoded once. Copies share the key; safe from any thread.
class OcspSigner {
 public:
  /// RuleRefused `signer_not_responder`: no OCSPSigning purpose, or not this certificate's key.
  static Result<OcspSigner> make(Certificate certificate,
                                 std::shared_ptr<const crypto::Signer> key);

  /// DER of an OCSPResponse, the signer named by its key, its certificate inside. Not checked
  /// against the certificate again: that would cost twice the signature, and a wrong answer
  /// convinces nobody.
  ///
  /// RuleRefused `ocsp_times`: nextUpdate is not later than now, or a revocation is. Otherwise as
  /// the key refuses.
  Result<Bytes> answer(std::span<const OcspEntry> entries,
                       BytesView nonce,
                       const OcspTimes& times) const;

  const Certificate& certificate() const { return certificate_; }

 private:
  OcspSigner(Certificate certificate, std::shared_ptr<const crypto::Signer> key);

  Certificate certificate_;
  std::shared_ptr<const crypto::Signer> key_;
  Bytes responder_id_;
  Bytes algorithm_;
  Bytes certificates_;
};

}  // namespace congvan::pki
