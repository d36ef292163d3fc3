// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/sealed.h"

#include "trust/crypto/openssl.h"

#include <stdexcept>

namespace congvan::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

void needSealKey(const SecretBytes& key) {
  if (key.size() != kSealKeyBytes) throw std::invalid_argument("seal key size");
}

int sizeOf(BytesView bytes) {
  return static_cast<int>(bytes.size());
}

}  // namespace

SecretBytes makeSealKey(Random& random) {
  SecretBytes key(kSealKeyBytes);
  random.fill({key.data(), key.size()});
  return key;
}

Bytes seal(const SecretBytes& key, BytesView plain, BytesView bound_to, Random& random) {
  needSealKey(key);
  Bytes out(kNonceBytes + plain.size() + kTagBytes);
  random.fill({out.data(), kNonceBytes});
  const auto context = need(CipherContext(EVP_CIPHER_CTX_new()), "EVP_CIPHER_CTX_new");
  int written = 0;
  int ended = 0;
  auto* body = out.data() + kNonceBytes;
  const bool done =
      EVP_EncryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, key.view().data(), out.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, bound_to.data(), sizeOf(bound_to)) == 1 &&
      EVP_EncryptUpdate(context.get(), body, &written, plain.data(), sizeOf(plain)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), body + written, &ended) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) == 1;
  if (!done) throwFault("AES-256-GCM");
  return out;
}

Result<SecretBytes> unseal(const SecretBytes& key, BytesView sealed, BytesView bound_to) {
  needSealKey(key);
  const Error broken{Code::Unauthenticated, "seal_broken"};
  if (sealed.size() < kNonceBytes + kTagBytes) return broken;
  const auto nonce = sealed.first(kNonceBytes);
  const auto body = sealed.subspan(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  Bytes tag = toBytes(sealed.last(kTagBytes));

  SecretBytes plain(body.size());
  const auto context = need(CipherContext(EVP_CIPHER_CTX_new()), "EVP_CIPHER_CTX_new");
  int written = 0;
  int ended = 0;
  const bool opened =
      EVP_DecryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, key.view().data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, bound_to.data(), sizeOf(bound_to)) == 1 &&
      EVP_DecryptUpdate(context.get(), plain.data(), &written, body.data(), sizeOf(body)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), plain.data() + written, &ended) == 1;
  drainErrors();
  if (!opened) return broken;
  return plain;
}

}  // namespace congvan::crypto
