// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/software_key.h"

#include "trust/crypto/key_context.h"
#include "trust/crypto/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

namespace congvan::crypto {
namespace {

constexpr std::size_t kPemBytesMax = 256U << 10U;

struct PassphraseAnswer {
  const SecretBytes& passphrase;
  bool asked = false;
};

/// Throws nothing: it is called from C.
int answerPassphrase(char* buffer, int size, int, void* context) noexcept {
  auto& answer = *static_cast<PassphraseAnswer*>(context);
  answer.asked = true;
  const auto bytes = answer.passphrase.view();
  if (bytes.empty() || bytes.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, bytes.data(), bytes.size());
  return static_cast<int>(bytes.size());
}

Error malformedKey(std::string detail) {
  return Error{Code::Malformed, "key_malformed", {}, std::move(detail)};
}

bool canSign(const std::shared_ptr<EVP_PKEY>& key, const SignatureAlgorithm& algorithm) {
  if (!digestAvailable(algorithm.digest) || !digestAvailable(algorithm.mask_digest)) return false;
  const auto context =
      need(KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)), "EVP_PKEY_CTX_new");
  const bool able =
      EVP_PKEY_sign_init(context.get()) == 1 && applyAlgorithm(context.get(), algorithm);
  drainErrors();
  return able;
}

/// A key from outside may hold numbers that do not belong together.
bool signsForItself(const SoftwareKey& key) {
  const Bytes trial(digestSize(key.algorithm().digest), 0x5A);
  const auto value = key.signDigest(trial);
  return value && checkDigestSignature(key.publicKey(), key.algorithm(), trial, *value) ==
                      SignatureCheck::Good;
}

}  // namespace

SoftwareKey::SoftwareKey(std::shared_ptr<EVP_PKEY> key, SignatureAlgorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm) {}

SoftwareKey SoftwareKey::generate(KeyKind kind) {
  KeyHandle made;
  switch (kind) {
    case KeyKind::P256:
      made.reset(EVP_EC_gen("P-256"));
      break;
    case KeyKind::P384:
      made.reset(EVP_EC_gen("P-384"));
      break;
    case KeyKind::P521:
      made.reset(EVP_EC_gen("P-521"));
      break;
    case KeyKind::Rsa2048:
      made.reset(EVP_RSA_gen(2048));
      break;
    case KeyKind::Rsa3072:
      made.reset(EVP_RSA_gen(3072));
      break;
    case KeyKind::Rsa4096:
      made.reset(EVP_RSA_gen(4096));
      break;
  }
  const std::shared_ptr<EVP_PKEY> key = need(std::move(made), "key generation");
  return {key, *usualAlgorithm(PublicKey(key))};
}

Result<SoftwareKey> SoftwareKey::adopt(std::shared_ptr<EVP_PKEY> key) {
  const PublicKey public_part(key);
  const auto algorithm = usualAlgorithm(public_part);
  if (!algorithm) return Error{Code::RuleRefused, "key_kind_unsupported"};
  const bool bearable = public_part.family() != KeyFamily::Rsa || public_part.bits() <= kRsaBitsMax;
  if (!bearable || !canSign(key, *algorithm)) {
    return Error{Code::RuleRefused, "key_kind_unsupported"};
  }
  return SoftwareKey(std::move(key), *algorithm);
}

Result<SoftwareKey> SoftwareKey::fromPem(std::string_view pem, const SecretBytes& passphrase) {
  if (pem.size() > kPemBytesMax) return malformedKey("too long");
  const auto bio = memoryBio(asBytes(pem));
  PassphraseAnswer answer{passphrase};
  std::shared_ptr<EVP_PKEY> key =
      KeyHandle(PEM_read_bio_PrivateKey(bio.get(), nullptr, answerPassphrase, &answer));
  auto detail = drainErrors();
  if (key) {
    auto adopted = adopt(std::move(key));
    if (adopted && !signsForItself(*adopted))
      return malformedKey("its numbers do not fit together");
    return adopted;
  }
  if (answer.asked) return Error{Code::Unauthenticated, "key_passphrase_wrong", {}, detail};
  return malformedKey(std::move(detail));
}

Result<SoftwareKey> SoftwareKey::fromPkcs8(BytesView der) {
  using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Releaser<PKCS8_PRIV_KEY_INFO_free>>;
  const auto info = decode<Pkcs8Handle>(d2i_PKCS8_PRIV_KEY_INFO, der);
  std::shared_ptr<EVP_PKEY> key = KeyHandle(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
  auto detail = drainErrors();
  if (!key) return malformedKey(std::move(detail));
  return adopt(std::move(key));
}

Result<SoftwareKey> SoftwareKey::withAlgorithm(const SignatureAlgorithm& algorithm) const {
  if (!fits(publicKey().family(), algorithm.scheme) || !canSign(key_, algorithm)) {
    return Error{Code::RuleRefused, "scheme_not_for_key"};
  }
  return SoftwareKey(key_, algorithm);
}

SecretBytes SoftwareKey::pkcs8() const {
  using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Releaser<PKCS8_PRIV_KEY_INFO_free>>;
  const auto info = need(Pkcs8Handle(EVP_PKEY2PKCS8(key_.get())), "EVP_PKEY2PKCS8");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size <= 0) throwFault("i2d_PKCS8_PRIV_KEY_INFO");
  // Encoded straight into the secret, so that no copy is left in memory that nobody wipes.
  SecretBytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
  return der;
}

PublicKey SoftwareKey::publicKey() const {
  return PublicKey(key_);
}

Result<Bytes> SoftwareKey::signDigest(BytesView message_digest) const {
  if (message_digest.size() != digestSize(algorithm_.digest)) {
    return Error{Code::Malformed, "digest_length"};
  }
  const auto context = need(KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)),
                            "EVP_PKEY_CTX_new");
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
  Bytes value(size);
  const bool made =
      EVP_PKEY_sign_init(context.get()) == 1 && applyAlgorithm(context.get(), algorithm_) &&
      EVP_PKEY_sign(
          context.get(), value.data(), &size, message_digest.data(), message_digest.size()) == 1;
  if (!made) return Error{Code::Unavailable, "key_unusable", {}, drainErrors()};
  value.resize(size);
  return value;
}

}  // namespace congvan::crypto
