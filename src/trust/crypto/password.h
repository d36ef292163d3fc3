// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/secret.h"

#include <string>

/// Log-in passwords: Argon2id (libsodium), never reversible.
namespace congvan::crypto {

struct PasswordCost {
  unsigned long long operations = 3;
  std::size_t memory_bytes = 64U << 20U;
};

/// The encoded hash, `$argon2id$…`, with a fresh salt.
std::string hashPassword(const SecretBytes& password, const PasswordCost& cost = {});
/// True when `password` made `hash`; false also for a hash that cannot be read.
bool passwordMatches(const std::string& hash, const SecretBytes& password);

}  // namespace congvan::crypto
