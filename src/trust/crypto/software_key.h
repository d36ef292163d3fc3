// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/secret.h"
#include "trust/crypto/signer.h"

namespace congvan::crypto {

enum class KeyKind { P256, P384, P521, Rsa2048, Rsa3072, Rsa4096 };

inline constexpr int kRsaBitsMax = 8192;  ///< beyond it one signature takes seconds

/// A private key in this process's memory. Copies share it; it is wiped when the last one goes.
class SoftwareKey final : public Signer {
 public:
  /// A new key. RSA signs with PKCS#1 v1.5 and SHA-256, P-384 with SHA-384, P-521 with SHA-512,
  /// unless `withAlgorithm` says otherwise. RSA takes from 0.1 s to seconds.
  static SoftwareKey generate(KeyKind kind);
  /// Reads PEM (PKCS#8, encrypted or not, or a traditional form).
  ///
  /// Malformed `key_malformed`. Unauthenticated `key_passphrase_wrong`: encrypted and not this
  /// passphrase.
  static Result<SoftwareKey> fromPem(std::string_view pem, const SecretBytes& passphrase);
  /// Reads DER PKCS#8, unencrypted. Malformed `key_malformed`; RuleRefused as above. Unlike
  /// `fromPem` it does not prove by a trial signature that the numbers belong together: it reads
  /// what `pkcs8` wrote.
  static Result<SoftwareKey> fromPkcs8(BytesView der);

  /// The same key with another scheme (RSA-PSS) or digest; the key is shared.
  /// RuleRefused `scheme_not_for_key`.
  Result<SoftwareKey> withAlgorithm(const SignatureAlgorithm& algorithm) const;

  /// DER PKCS#8, unencrypted.
  SecretBytes pkcs8() const;

  SignatureAlgorithm algorithm() const override { return algorithm_; }
  PublicKey publicKey() const override;
  /// Also Unavailable `key_unusable`: the key's numbers do not fit together.
  Result<Bytes> signDigest(BytesView message_digest) const override;

 private:
  SoftwareKey(std::shared_ptr<EVP_PKEY> key, SignatureAlgorithm algorithm);
  static Result<SoftwareKey> adopt(std::shared_ptr<EVP_PKEY> key);
  std::shared_ptr<EVP_PKEY> key_;
  SignatureAlgorithm algorithm_;
};

}  // namespace congvan::crypto
