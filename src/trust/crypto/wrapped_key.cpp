// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/wrapped_key.h"

#include "trust/crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <array>
#include <cstring>
#include <optional>

namespace congvan::crypto {
namespace {

// version 1 | log2 n | r (4) | p (4) | salt (16) | nonce (12) | ciphertext | tag (16)
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kWrapNonceBytes = 12;
constexpr std::size_t kWrapTagBytes = 16;
constexpr std::size_t kHeaderBytes = 2 + 4 + 4 + kSaltBytes + kWrapNonceBytes;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSecretBytesMax = 64U << 10U;
constexpr std::uint64_t kScryptMemoryMax = 256U << 20U;
constexpr std::string_view kPurpose = "congvan wrapped key 1";

using Kdf = std::unique_ptr<EVP_KDF, Releaser<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Releaser<EVP_KDF_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Releaser<EVP_CIPHER_free>>;

// OpenSSL's parameters take `void*` for what it only reads.
OSSL_PARAM octets(const char* name, BytesView bytes) {
  return OSSL_PARAM_construct_octet_string(
      name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());  // NOLINT: not written
}

SecretBytes derive(const char* kdf_name, const OSSL_PARAM* parameters) {
  const auto kdf = need(Kdf(EVP_KDF_fetch(nullptr, kdf_name, nullptr)), "EVP_KDF_fetch");
  const auto context = need(KdfContext(EVP_KDF_CTX_new(kdf.get())), "EVP_KDF_CTX_new");
  SecretBytes out(kKeyBytes);
  if (EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) != 1) {
    throwFault("EVP_KDF_derive");
  }
  return out;
}

SecretBytes scrypt(const SecretBytes& pin, BytesView salt, const ScryptCost& cost) {
  auto n = cost.n;
  auto r = cost.r;
  auto p = cost.p;
  auto memory = kScryptMemoryMax + (1U << 20U);
  const std::array parameters{
      octets(OSSL_KDF_PARAM_PASSWORD, pin.view()),
      octets(OSSL_KDF_PARAM_SALT, salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
      OSSL_PARAM_construct_end(),
  };
  return derive("SCRYPT", parameters.data());
}

/// HKDF-SHA-256(scrypt(PIN) ‖ server secret).
SecretBytes wrappingKey(const SecretBytes& pin,
                        const SecretBytes& server_secret,
                        BytesView salt,
                        const ScryptCost& cost) {
  const auto stretched = scrypt(pin, salt, cost);
  SecretBytes both(stretched.size() + server_secret.size());
  std::memcpy(both.data(), stretched.view().data(), stretched.size());
  if (!server_secret.empty()) {
    std::memcpy(both.data() + stretched.size(), server_secret.view().data(), server_secret.size());
  }
  std::string digest = "SHA256";
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      octets(OSSL_KDF_PARAM_KEY, both.view()),
      octets(OSSL_KDF_PARAM_SALT, salt),
      octets(OSSL_KDF_PARAM_INFO, asBytes(kPurpose)),
      OSSL_PARAM_construct_end(),
  };
  return derive("HKDF", parameters.data());
}

bool costIsAllowed(const ScryptCost& cost) {
  const bool power_of_two = cost.n > 1 && (cost.n & (cost.n - 1)) == 0;
  return power_of_two && cost.n <= kScryptNMax && cost.r >= 1 && cost.r <= 32 && cost.p >= 1 &&
         cost.p <= 16 && 128 * cost.n * cost.r <= kScryptMemoryMax;
}

void append32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>((value >> static_cast<unsigned>(shift)) & 0xFFU));
  }
}

std::uint32_t read32(BytesView at) {
  return (std::uint32_t{at[0]} << 24U) | (std::uint32_t{at[1]} << 16U) |
         (std::uint32_t{at[2]} << 8U) | at[3];
}

struct Header {
  ScryptCost cost;
  BytesView salt;
  BytesView nonce;
};

std::optional<Header> readHeader(BytesView wrapped) {
  if (wrapped.size() <= kHeaderBytes + kWrapTagBytes || wrapped[0] != kVersion || wrapped[1] > 31 ||
      wrapped.size() > kHeaderBytes + kSecretBytesMax + kWrapTagBytes) {
    return std::nullopt;
  }
  const Header header{
      {std::uint64_t{1} << wrapped[1], read32(wrapped.subspan(2)), read32(wrapped.subspan(6))},
      wrapped.subspan(10, kSaltBytes),
      wrapped.subspan(10 + kSaltBytes, kWrapNonceBytes)};
  if (!costIsAllowed(header.cost)) return std::nullopt;
  return header;
}

Cipher aesGcm() {
  return need(Cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)), "EVP_CIPHER_fetch");
}

/// The header is authenticated with `bound_to`, so that a cost cannot be lowered unnoticed.
void authenticate(EVP_CIPHER_CTX* context, BytesView header, BytesView bound_to) {
  int written = 0;
  if (EVP_CipherUpdate(
          context, nullptr, &written, header.data(), static_cast<int>(header.size())) != 1 ||
      (!bound_to.empty() &&
       EVP_CipherUpdate(
           context, nullptr, &written, bound_to.data(), static_cast<int>(bound_to.size())) != 1)) {
    throwFault("EVP_CipherUpdate");
  }
}

}  // namespace

Bytes wrapSecret(const SecretBytes& secret,
                 const SecretBytes& pin,
                 const SecretBytes& server_secret,
                 BytesView bound_to,
                 Random& random,
                 const ScryptCost& cost) {
  if (!costIsAllowed(cost) || secret.empty() || secret.size() > kSecretBytesMax) {
    throw std::invalid_argument("wrapSecret: cost or size out of bounds");
  }
  Bytes wrapped{kVersion, 0};
  while ((std::uint64_t{1} << wrapped[1]) < cost.n) ++wrapped[1];
  append32(wrapped, cost.r);
  append32(wrapped, cost.p);
  wrapped.resize(kHeaderBytes);
  random.fill(std::span(wrapped).subspan(10));
  const Bytes front = wrapped;
  const BytesView salt = BytesView(front).subspan(10, kSaltBytes);
  const BytesView nonce = BytesView(front).subspan(10 + kSaltBytes, kWrapNonceBytes);
  const auto key = wrappingKey(pin, server_secret, salt, cost);

  const auto cipher = aesGcm();
  const auto context = need(CipherContext(EVP_CIPHER_CTX_new()), "EVP_CIPHER_CTX_new");
  if (EVP_EncryptInit_ex2(context.get(), cipher.get(), key.view().data(), nonce.data(), nullptr) !=
      1) {
    throwFault("EVP_EncryptInit_ex2");
  }
  authenticate(context.get(), front, bound_to);
  wrapped.resize(kHeaderBytes + secret.size() + kWrapTagBytes);
  int written = 0;
  std::uint8_t* body = wrapped.data() + kHeaderBytes;
  if (EVP_EncryptUpdate(
          context.get(), body, &written, secret.view().data(), static_cast<int>(secret.size())) !=
          1 ||
      EVP_EncryptFinal_ex(context.get(), body + written, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(
          context.get(), EVP_CTRL_AEAD_GET_TAG, kWrapTagBytes, body + secret.size()) != 1) {
    throwFault("EVP_EncryptFinal_ex");
  }
  return wrapped;
}

Result<SecretBytes> unwrapSecret(BytesView wrapped,
                                 const SecretBytes& pin,
                                 const SecretBytes& server_secret,
                                 BytesView bound_to) {
  const auto header = readHeader(wrapped);
  if (!header) return Error{Code::Malformed, "wrap_malformed"};
  const auto key = wrappingKey(pin, server_secret, header->salt, header->cost);

  const auto cipher = aesGcm();
  const auto context = need(CipherContext(EVP_CIPHER_CTX_new()), "EVP_CIPHER_CTX_new");
  if (EVP_DecryptInit_ex2(
          context.get(), cipher.get(), key.view().data(), header->nonce.data(), nullptr) != 1) {
    throwFault("EVP_DecryptInit_ex2");
  }
  authenticate(context.get(), wrapped.first(kHeaderBytes), bound_to);
  const auto body = wrapped.subspan(kHeaderBytes, wrapped.size() - kHeaderBytes - kWrapTagBytes);
  auto tag = toBytes(wrapped.last(kWrapTagBytes));
  SecretBytes secret(body.size());
  int written = 0;
  const bool good =
      EVP_DecryptUpdate(
          context.get(), secret.data(), &written, body.data(), static_cast<int>(body.size())) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kWrapTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), secret.data() + written, &written) == 1;
  drainErrors();
  if (!good) return Error{Code::Unauthenticated, "pin_wrong"};
  return secret;
}

}  // namespace congvan::crypto
