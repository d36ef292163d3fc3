// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/secret.h"
#include "trust/crypto/signer.h"

namespace congvan::crypto {

enum class KeyKind { P256, P384, P521, Rsa2048, Rsa3072, Rsa4096 };

/// A private key in this process's memory.
class SoftwareKey final : public Signer {
 public:
  /// A new key. RSA keys sign with PKCS#1 v1.5 and SHA-256 unless `withScheme` says otherwise.
  static SoftwareKey generate(KeyKind kind);
  /// Reads PEM (PKCS#8, encrypted or not, or a traditional form).
  ///
  /// Malformed `key_malformed`. Unauthenticated `key_passphrase_wrong`: encrypted and not this
  /// passphrase.
  static Result<SoftwareKey> fromPem(std::string_view pem, const SecretBytes& passphrase);
  /// Reads DER PKCS#8. Malformed `key_malformed`.
  static Result<SoftwareKey> fromPkcs8(BytesView der);

  /// The same key with another scheme (RSA-PSS) or digest; the key is shared.
  /// RuleRefused `scheme_not_for_key`.
  Result<SoftwareKey> withAlgorithm(const SignatureAlgorithm& algorithm) const;

  /// DER PKCS#8, unencrypted.
  SecretBytes pkcs8() const;

  SignatureAlgorithm algorithm() const override { return algorithm_; }
  PublicKey publicKey() const override;
  Result<Bytes> signDigest(BytesView message_digest) const override;

 private:
  SoftwareKey(std::shared_ptr<EVP_PKEY> key, SignatureAlgorithm algorithm);
  std::shared_ptr<EVP_PKEY> key_;
  SignatureAlgorithm algorithm_;
};

}  // namespace congvan::crypto
