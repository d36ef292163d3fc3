// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/keyed_hash.h"

#include "trust/crypto/openssl.h"

namespace congvan::crypto {
namespace {

constexpr std::size_t kMacBytes = 32;

void hmac(BytesView key, BytesView message, std::uint8_t* out) {
  std::size_t written = 0;
  const auto* made = EVP_Q_mac(nullptr,
                               "HMAC",
                               nullptr,
                               "SHA256",
                               nullptr,
                               key.data(),
                               key.size(),
                               message.data(),
                               message.size(),
                               out,
                               kMacBytes,
                               &written);
  if (made == nullptr || written != kMacBytes) throwFault("HMAC");
}

}  // namespace

Bytes keyedHash(const SecretBytes& secret, std::string_view purpose, BytesView message) {
  SecretBytes key(kMacBytes);
  hmac(secret.view(), asBytes(purpose), key.data());
  Bytes hash(kMacBytes);
  hmac(key.view(), message, hash.data());
  return hash;
}

}  // namespace congvan::crypto
