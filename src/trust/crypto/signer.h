// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/public_key.h"

namespace congvan::crypto {

/// A port: a private key somewhere (memory, token, remote service) that signs digests.
class Signer {
 public:
  virtual ~Signer() = default;

  /// The scheme and digest this key signs with; fixed for the life of the signer.
  virtual SignatureAlgorithm algorithm() const = 0;
  virtual PublicKey publicKey() const = 0;

  /// Signs a message digest made with `algorithm().digest`. ECDSA values are DER.
  ///
  /// Malformed: wrong digest length. Unavailable: the key cannot be reached now.
  /// Safe from any thread.
  virtual Result<Bytes> signDigest(BytesView message_digest) const = 0;
};

/// Hashes and signs.
Result<Bytes> signMessage(const Signer& signer, BytesView message);

}  // namespace congvan::crypto
