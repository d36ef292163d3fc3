// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/signer.h"
#include "trust/pki/certificate.h"
#include "trust/pki/revocation.h"

#include <optional>
#include <span>
#include <string>

namespace congvan::pki {

struct RevokedEntry {
  Bytes serial;  ///< content octets of the INTEGER, as `Certificate::serialDer` gives them
  Instant time;
  RevocationReason reason = RevocationReason::Unspecified;
  std::optional<Instant> invalidity_date = {};
};

struct CrlRequest {
  std::uint64_t number = 1;  ///< cRLNumber: must never go back
  Instant this_update{};
  Instant next_update{};
  /// When set, a critical issuingDistributionPoint with this address: a shard of a larger list.
  std::optional<std::string> distribution_point = {};
};

/// A signed DER CRL, version 2 (RFC 5280 section 5), with authorityKeyIdentifier and cRLNumber.
/// Reasons are written but for `Unspecified`, which the standard wants left out.
///
/// RuleRefused: `issuer_not_ca` (no cRLSign), `signer_not_issuer`, `crl_times` (nextUpdate is not
/// after thisUpdate, or an entry is of the future), `crl_entry_repeated`, `crl_reason`
/// (removeFromCRL belongs to delta lists). Malformed `serial_malformed`, `address_malformed`.
/// Unavailable `signature_not_good`, or as the signer refuses.
Result<Bytes> makeCrl(const Certificate& issuer,
                      const crypto::Signer& signer,
                      std::span<const RevokedEntry> entries,
                      const CrlRequest& request);

}  // namespace congvan::pki
