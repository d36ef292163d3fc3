// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/public_key.h"

typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;  // OpenSSL's own forward declaration

/// Shared by checking and signing; of no use outside this room.
namespace congvan::crypto {

bool fits(KeyFamily family, Scheme scheme);

/// Sets digest and padding; false when this key does not allow them (an RSA-PSS key with bounds).
bool applyAlgorithm(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm);

}  // namespace congvan::crypto
