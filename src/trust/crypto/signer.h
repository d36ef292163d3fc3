// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/public_key.h"

#include <optional>

namespace congvan::crypto {

/// A port: a private key somewhere (memory, token, remote service) that signs digests.
class Signer {
 public:
  virtual ~Signer() = default;

  /// The scheme and digest this key signs with; fixed for the life of the signer.
  virtual SignatureAlgorithm algorithm() const = 0;
  virtual PublicKey publicKey() const = 0;

  /// Can it sign now, as far as is known? Asked before something is begun that a missing key would
  /// leave half done. Unavailable: as `signDigest`.
  virtual Result<> ready() const { return kDone; }

  /// Signs a message digest made with `algorithm().digest`. ECDSA values are DER.
  ///
  /// Malformed: wrong digest length. Unavailable: the key cannot be reached now.
  /// Safe from any thread.
  virtual Result<Bytes> signDigest(BytesView message_digest) const = 0;
};

/// What a new signer of this key signs with: PKCS#1 v1.5 with SHA-256 for RSA, for a curve the
/// digest of its strength. nullopt: not a key for documents.
std::optional<SignatureAlgorithm> usualAlgorithm(const PublicKey& key);

/// Hashes and signs.
Result<Bytes> signMessage(const Signer& signer, BytesView message);

}  // namespace congvan::crypto
