// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/certificate_facts.h"
#include "trust/pki/crl_signature.h"
#include "trust/pki/revocation.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The inside of a CRL and the rules of RFC 5280 6.3.3. Inside this room only.
namespace congvan::pki {

struct CrlEntry {
  BytesView serial;          ///< content octets
  std::uint32_t issuer = 0;  ///< index into Crl::Parsed::issuers: whose certificate this is
  RevocationReason reason = RevocationReason::Unspecified;
  Instant time;
  std::optional<Instant> invalidity_date;
};

/// issuingDistributionPoint, RFC 5280 5.2.5.
struct IssuingPoint {
  std::vector<GeneralName> names;
  bool only_user = false;
  bool only_ca = false;
  bool only_attribute = false;
  bool indirect = false;
  std::optional<ReasonMask> reasons;
  std::string der;  ///< scopes are compared octet by octet
};

struct Crl::Parsed {
  Bytes der;
  // Views into `der`.
  BytesView tbs, algorithm, signature, issuer_der;
  int version = 1;
  Name issuer;
  std::vector<std::string> issuers;  ///< Name::key; the first is the CRL's own issuer
  std::optional<crypto::SignatureAlgorithm> signature_algorithm;
  Instant this_update;
  std::optional<Instant> next_update;
  std::vector<CrlEntry> entries;  ///< sorted by issuer and serial
  std::optional<IssuingPoint> point;
  std::optional<std::string> number;       ///< content octets without leading zeros
  std::optional<std::string> base_number;  ///< present: this is a delta CRL
  std::optional<Bytes> authority_key;
  std::optional<Instant> keeps_expired_since;  ///< expiredCertsOnCRL, X.509 9.5.2.8
  std::string defect;                          ///< why no status may be taken from it; empty: none

  const CrlEntry* find(std::string_view issuer_key, BytesView serial) const;
};

/// Which revocation reasons of `certificate` this CRL speaks about; nullopt: not in its scope.
std::optional<ReasonMask> crlScope(const Certificate& certificate, const Crl& crl);

/// The status by CRLs whose signatures were found good and whose signers are trusted. Partitions by
/// reason are put together, and a delta is applied to each complete CRL that it fits.
StatusReport statusByCrls(const Certificate& certificate,
                          std::span<const Crl* const> crls,
                          const StatusOptions& options);

/// Is data with these times fit to answer for `options.time`? Empty, or why not, a stable word
/// first.
std::string staleness(Instant this_update,
                      const std::optional<Instant>& next_update,
                      const StatusOptions& options);

/// Data without nextUpdate counts as fresh for this long when no `age_max` is asked.
inline constexpr std::chrono::hours kAgeWithoutNextUpdate{24};

/// A listed revocation as seen from `options.time`: with `accept_later` one that came afterwards
/// leaves the certificate Good, and stays visible in the report.
void applyRevoked(StatusReport& report, const Revoked& revoked, const StatusOptions& options);

}  // namespace congvan::pki
