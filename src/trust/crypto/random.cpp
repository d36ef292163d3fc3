// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/random.h"

#include "trust/crypto/openssl.h"

#include <openssl/rand.h>

namespace congvan::crypto {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  if (RAND_bytes_ex(nullptr, out.data(), out.size(), 0) != 1) throwFault("RAND_bytes_ex");
}

}  // namespace congvan::crypto
