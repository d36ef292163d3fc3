// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/digest.h"

#include <memory>
#include <optional>
#include <string>

typedef struct evp_pkey_st EVP_PKEY;  // OpenSSL's own forward declaration

/// Public keys and the checking of signature values.
namespace congvan::crypto {

enum class Scheme { RsaPkcs1, RsaPss, Ecdsa, Ed25519, Ed448, Dsa };

/// How a signature value is made. For RSA-PSS the mask digest and the salt length count too.
struct SignatureAlgorithm {
  Scheme scheme = Scheme::Ecdsa;
  DigestAlgorithm digest = DigestAlgorithm::Sha256;
  DigestAlgorithm mask_digest = DigestAlgorithm::Sha256;
  std::size_t salt_bytes = 32;  ///< these two follow `digest` where the scheme does not use them
  bool operator==(const SignatureAlgorithm&) const = default;
};

/// `RSA-PSS with SHA-256`, for people.
std::string algorithmName(const SignatureAlgorithm& algorithm);

enum class KeyFamily { Rsa, Ec, Ed25519, Ed448, Dsa, Other };

/// Parsed once, shared by copies, never changed: safe from any thread.
class PublicKey {
 public:
  /// Reads a DER SubjectPublicKeyInfo. Malformed: not one, or a key that OpenSSL refuses.
  static Result<PublicKey> parse(BytesView spki);
  /// Null stands for a key the library cannot read: family `Other`, and no signature is Good under
  /// it.
  explicit PublicKey(std::shared_ptr<EVP_PKEY> key);

  KeyFamily family() const;
  int bits() const;
  /// `P-256`, `P-384`, `P-521` or the library's name; empty when not an elliptic-curve key, or
  /// one that spells out its parameters, which RFC 5480 2.1.1 forbids.
  std::string curve() const;
  /// DER SubjectPublicKeyInfo.
  Bytes spki() const;
  /// Was it read in the one form that RSA keys and those of NIST curves have: named curve,
  /// uncompressed point, `rsaEncryption`? Any other key of these could be written twice.
  bool isPlain() const { return plain_; }
  /// The same numbers; never true of a key that cannot be read.
  bool operator==(const PublicKey& other) const;
  EVP_PKEY* handle() const { return key_.get(); }

 private:
  std::shared_ptr<EVP_PKEY> key_;
  bool plain_ = false;
};

enum class SignatureCheck { Good, Bad, Unsupported };

/// Does `value` sign `message` under `key`? Bad also when scheme and key do not fit each other.
SignatureCheck checkSignature(const PublicKey& key,
                              const SignatureAlgorithm& algorithm,
                              BytesView message,
                              BytesView value);
/// The same when only the digest of the message is at hand (not for Ed25519 and Ed448:
/// Unsupported).
SignatureCheck checkDigestSignature(const PublicKey& key,
                                    const SignatureAlgorithm& algorithm,
                                    BytesView message_digest,
                                    BytesView value);

/// DER AlgorithmIdentifier of a *signature* algorithm (sha256WithRSAEncryption, id-RSASSA-PSS with
/// parameters, ecdsa-with-SHA256, …), and back. `digest_hint` fills in what bare `rsaEncryption` or
/// `id-ecPublicKey`, as CMS allows, leave open.
Bytes encodeAlgorithm(const SignatureAlgorithm& algorithm);
Result<SignatureAlgorithm> parseAlgorithm(BytesView der,
                                          std::optional<DigestAlgorithm> digest_hint = {});

}  // namespace congvan::crypto
