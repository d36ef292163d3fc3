// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "trust/pki/certificate.h"

#include <optional>
#include <span>
#include <string>

/// Reading CRLs (RFC 5280 section 5) and OCSP answers (RFC 6960), and what they say of one
/// certificate.
namespace congvan::pki {

enum class RevocationReason {
  Unspecified = 0,
  KeyCompromise = 1,
  CaCompromise = 2,
  AffiliationChanged = 3,
  Superseded = 4,
  CessationOfOperation = 5,
  CertificateHold = 6,
  RemoveFromCrl = 8,
  PrivilegeWithdrawn = 9,
  AaCompromise = 10,
};

struct Revoked {
  Instant time;  ///< revocationDate
  RevocationReason reason = RevocationReason::Unspecified;
  std::optional<Instant> invalidity_date;
};

/// One DER CRL. Parsed once, shared by copies: safe from any thread.
class Crl {
 public:
  /// Malformed `crl_malformed`; TooLarge over `limit`.
  static Result<Crl> parse(BytesView der, std::size_t limit = 64U << 20U);
  /// DER, or the first `X509 CRL` block of a PEM text.
  static Result<Crl> parseAny(BytesView bytes);
  BytesView der() const;
  std::string issuer() const;
  BytesView issuerDer() const;
  Instant thisUpdate() const;
  std::optional<Instant> nextUpdate() const;
  bool isDelta() const;
  /// Of the same issuer, key and issuing distribution point (RFC 5280 5.2.4).
  bool hasScopeOf(const Crl& other) const;
  struct Parsed;
  const Parsed& parsed() const { return *parsed_; }

 private:
  explicit Crl(std::shared_ptr<const Parsed> parsed);
  std::shared_ptr<const Parsed> parsed_;
};

/// The DER of an OCSPResponse, or of a bare BasicOCSPResponse as CMS and PDF carry it.
struct OcspResponse {
  Bytes der;
};

enum class CertificateStatus { Good, Revoked, Unknown };

/// What one piece of revocation data says about one certificate at one time.
struct StatusReport {
  CertificateStatus status = CertificateStatus::Unknown;
  std::string reason;  ///< why Unknown, for a person; a stable word first
  std::optional<Revoked> revoked;
  Instant this_update{};
  std::optional<Instant> next_update;
  std::optional<Instant> produced_at;
};

struct StatusOptions {
  Instant time{};                        ///< the time the data has to be fresh for
  std::optional<Duration> age_max = {};  ///< older `thisUpdate` than this: Unknown
  /// Long-term validation asks "was it revoked by then" of data issued later: when set, data whose
  /// `thisUpdate` is after `time` counts too. Data issued before it is as stale as ever once its
  /// `nextUpdate` has passed, and a revocation after `time` leaves the certificate good.
  bool accept_later = false;
};

/// `issuers`: the certificate's issuer, then others that may have signed the CRL or delegated
/// (an OCSP responder certificate inside the answer is found by itself).
StatusReport crlStatus(const Certificate& certificate,
                       std::span<const Certificate> issuers,
                       const Crl& crl,
                       const StatusOptions& options);
StatusReport ocspStatus(const Certificate& certificate,
                        std::span<const Certificate> issuers,
                        const OcspResponse& response,
                        const StatusOptions& options);

/// The responder certificates inside an answer; empty when it cannot be read.
std::vector<Certificate> ocspCertificates(const OcspResponse& response);

}  // namespace congvan::pki
