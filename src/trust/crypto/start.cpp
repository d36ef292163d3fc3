// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/start.h"

#include <openssl/crypto.h>

#include <stdexcept>

namespace congvan::crypto {

void startForJudging() {
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ATEXIT, nullptr) != 1) {
    throw std::runtime_error("OPENSSL_init_crypto");
  }
}

}  // namespace congvan::crypto
