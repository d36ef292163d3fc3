// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "trust/crypto/public_key.h"
#include "trust/evidence/signed_file.h"

#include <optional>
#include <string>
#include <vector>

/// Until when an algorithm counts as reliable, in the manner of ETSI TS 119 312. A weak algorithm
/// makes a signature doubtful from a date on; it does not make it forged.
namespace congvan::validation {

struct Weakness {
  std::string what;  ///< `SHA-1`, `RSA 1024`
  Instant until{};   ///< first instant at which it is no longer relied on
};

/// nullopt: no end is set.
std::optional<Instant> reliableUntil(crypto::DigestAlgorithm digest);
std::optional<Instant> reliableUntil(crypto::KeyFamily family, int bits);
/// A key shorter than `rsa_bits_min` ends no later than RSA 1024 and 1536 did, whatever its table
/// row says.
std::optional<Instant> reliableUntil(const crypto::PublicKey& key, int rsa_bits_min);

struct Algorithms {
  const evidence::SignerBlock& signer;
  const std::optional<pki::Certificate>& certificate;
  std::optional<crypto::DigestAlgorithm> imprint;  ///< of a time-stamp
};

/// Every one of them that has an end, with that end: digests, signature digest, key.
std::vector<Weakness> endsOf(const Algorithms& algorithms, int rsa_bits_min);

/// When SHA-1 stopped counting, for certificates on a path.
Instant sha1End();

}  // namespace congvan::validation
