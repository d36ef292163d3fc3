// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/secret.h"

#include <openssl/crypto.h>

namespace congvan::crypto {

void wipe(void* memory, std::size_t size) {
  OPENSSL_cleanse(memory, size);
}

bool equalConstantTime(BytesView left, BytesView right) {
  if (left.size() != right.size()) return false;
  return left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace congvan::crypto
