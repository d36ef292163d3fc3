// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/signer.h"

#include <openssl/evp.h>

namespace congvan::crypto {

std::optional<SignatureAlgorithm> usualAlgorithm(const PublicKey& key) {
  const auto with = [](Scheme scheme, DigestAlgorithm digest) {
    return SignatureAlgorithm{scheme, digest, digest, digestSize(digest)};
  };
  const auto curve = key.curve();
  if (key.family() == KeyFamily::Rsa) {
    const bool pss_only = EVP_PKEY_get_base_id(key.handle()) == EVP_PKEY_RSA_PSS;
    return with(pss_only ? Scheme::RsaPss : Scheme::RsaPkcs1, DigestAlgorithm::Sha256);
  }
  if (curve == "P-384") return with(Scheme::Ecdsa, DigestAlgorithm::Sha384);
  if (curve == "P-521") return with(Scheme::Ecdsa, DigestAlgorithm::Sha512);
  if (key.family() == KeyFamily::Ec && !curve.empty()) {
    return with(Scheme::Ecdsa, DigestAlgorithm::Sha256);
  }
  return std::nullopt;
}

Result<Bytes> signMessage(const Signer& signer, BytesView message) {
  return signer.signDigest(digest(signer.algorithm().digest, message));
}

}  // namespace congvan::crypto
