// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/secret.h"

/// Authenticated encryption under a 32-byte key: AES-256-GCM with a random 96-bit nonce in front
/// and the tag behind. A key must not seal more than 2^32 values (NIST SP 800-38D 8.3); ours seal a
/// handful.
namespace congvan::crypto {

inline constexpr std::size_t kSealKeyBytes = 32;

/// A fresh random key.
SecretBytes makeSealKey(Random& random);

/// `bound_to` (who and what the value is for) is authenticated too, so that a value moved to
/// another owner's row does not open. `key` has 32 bytes; another size is a fault.
Bytes seal(const SecretBytes& key, BytesView plain, BytesView bound_to, Random& random);

/// Unauthenticated `seal_broken`: another key or `bound_to`, or altered bytes.
Result<SecretBytes> unseal(const SecretBytes& key, BytesView sealed, BytesView bound_to);

}  // namespace congvan::crypto
