// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/password.h"

#include <sodium.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace congvan::crypto {
namespace {

// Somebody who can write a hash into the database must not be able to make one log-in cost
// gigabytes. The costs stand in the text: `$argon2id$v=19$m=65536,t=3,p=1$…`.
constexpr unsigned long kKibibytesMax = 1U << 20U;
constexpr unsigned long kOperationsMax = 64;

const char* textOf(const SecretBytes& password) {
  return password.empty() ? "" : asText(password.view()).data();
}

bool costIsBearable(const std::string& hash) {
  unsigned long memory = 0;
  unsigned long operations = 0;
  const auto field = [&hash](std::string_view name, unsigned long& value) {
    const auto at = hash.find(name);
    if (at == std::string::npos) return false;
    value = std::strtoul(hash.c_str() + at + name.size(), nullptr, 10);
    return true;
  };
  return hash.starts_with("$argon2id$") && hash.size() < crypto_pwhash_STRBYTES &&
         field("$m=", memory) && field(",t=", operations) && memory <= kKibibytesMax &&
         operations <= kOperationsMax;
}

}  // namespace

std::string hashPassword(const SecretBytes& password, const PasswordCost& cost) {
  if (sodium_init() < 0) throw std::runtime_error("sodium_init");
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(),
                            textOf(password),
                            password.size(),
                            cost.operations,
                            cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::runtime_error("crypto_pwhash_str_alg: out of memory or cost out of range");
  }
  return hash.data();
}

bool passwordMatches(const std::string& hash, const SecretBytes& password) {
  if (sodium_init() < 0) throw std::runtime_error("sodium_init");
  return costIsBearable(hash) &&
         crypto_pwhash_str_verify(hash.c_str(), textOf(password), password.size()) == 0;
}

}  // namespace congvan::crypto
