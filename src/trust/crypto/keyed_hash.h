// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/secret.h"

#include <string_view>

namespace congvan::crypto {

/// HMAC-SHA-256 of `message` under a key that is derived from `secret` for this `purpose`.
///
/// For what is kept to be compared later and may hold something short, a PIN or a login: without
/// the secret nobody can try guesses against it, which a plain digest would allow.
Bytes keyedHash(const SecretBytes& secret, std::string_view purpose, BytesView message);

}  // namespace congvan::crypto
