// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "trust/crypto/secret.h"
#include "trust/crypto/software_key.h"

/// Private keys at rest, under a person's PIN *and* a server secret kept outside the database
/// (DESIGN decision 10): neither a stolen database nor a stolen PIN alone opens a key.
///
/// KEK = HKDF-SHA-256(scrypt(PIN, salt) ‖ server secret), AES-256-GCM, with `bound_to` (who and
/// what the key is for) as additional data, so a wrap cannot be moved to another owner's row.
namespace congvan::crypto {

struct ScryptCost {
  std::uint64_t n = 1U << 15U;
  std::uint32_t r = 8;
  std::uint32_t p = 1;
};

/// Costs above these are refused on both sides: a forged row must not cost gigabytes. `n` is a
/// power of two; 128·n·r stays within 256 MiB; r within 32 and p within 16.
inline constexpr std::uint64_t kScryptNMax = 1U << 20U;

/// Version byte, cost, salt, nonce, ciphertext, tag: one opaque value, 54 bytes longer than the
/// secret. Secrets are 1 byte to 64 KiB. A cost or size out of bounds is a fault.
Bytes wrapSecret(const SecretBytes& secret,
                 const SecretBytes& pin,
                 const SecretBytes& server_secret,
                 BytesView bound_to,
                 Random& random,
                 const ScryptCost& cost = {});

/// Unauthenticated `pin_wrong`: PIN, server secret or `bound_to` is another, or the wrap was
/// altered (GCM cannot tell them apart). Malformed `wrap_malformed`: not a wrap, or its cost is out
/// of bounds.
Result<SecretBytes> unwrapSecret(BytesView wrapped,
                                 const SecretBytes& pin,
                                 const SecretBytes& server_secret,
                                 BytesView bound_to);

}  // namespace congvan::crypto
