// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/public_key.h"

#include "trust/crypto/der.h"
#include "trust/crypto/key_context.h"
#include "trust/crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <array>

namespace congvan::crypto {
namespace {

SignatureCheck checkEdwards(const PublicKey& key, BytesView message, BytesView value) {
  const auto context = need(DigestContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.handle()) != 1) {
    drainErrors();
    return SignatureCheck::Unsupported;
  }
  const int good =
      EVP_DigestVerify(context.get(), value.data(), value.size(), message.data(), message.size());
  drainErrors();
  return good == 1 ? SignatureCheck::Good : SignatureCheck::Bad;
}

bool isEdwards(Scheme scheme) {
  return scheme == Scheme::Ed25519 || scheme == Scheme::Ed448;
}

KeyHandle fromParameters(const char* kind, OSSL_PARAM* parameters) {
  const auto context =
      need(KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)), "EVP_PKEY_CTX_new");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters);
  }
  drainErrors();
  return KeyHandle(key);
}

/// OpenSSL's parameters hold numbers in the machine's order.
Bytes reversed(BytesView big_endian) {
  return {big_endian.rbegin(), big_endian.rend()};
}

KeyHandle rsaKey(BytesView content) {
  der::Reader outer(content);
  auto fields = outer.sequence();
  auto modulus = reversed(fields.integer());
  auto exponent = reversed(fields.integer());
  const bool positive =
      !modulus.empty() && !exponent.empty() && ((modulus.back() | exponent.back()) & 0x80U) == 0;
  if (!fields.finish() || !outer.finish() || !positive) return nullptr;
  std::array parameters{
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus.data(), modulus.size()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent.data(), exponent.size()),
      OSSL_PARAM_construct_end()};
  return fromParameters("RSA", parameters.data());
}

KeyHandle curveKey(std::string_view curve_oid, BytesView point) {
  std::string group;
  if (curve_oid == "1.2.840.10045.3.1.7") group = "prime256v1";
  if (curve_oid == "1.3.132.0.34") group = "secp384r1";
  if (curve_oid == "1.3.132.0.35") group = "secp521r1";
  if (group.empty() || point.empty() || point[0] != 4) return nullptr;
  auto octets = toBytes(point);
  std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end()};
  return fromParameters("EC", parameters.data());
}

/// The common forms without OpenSSL's decoder chain, which costs five P-256 signatures a key.
/// Null: another form, or a bad key; the decoder then has the word.
KeyHandle quickKey(BytesView spki) {
  der::Reader outer(spki);
  auto fields = outer.sequence();
  auto identifier = fields.sequence();
  const auto oid = identifier.oid();
  const auto parameters =
      oid == "1.2.840.113549.1.1.1" ? identifier.optional(der::kNull) : std::optional<BytesView>();
  const bool rsa = parameters && parameters->empty();
  const auto curve = oid == "1.2.840.10045.2.1" && identifier.peek() == der::kOid ? identifier.oid()
                                                                                  : std::string();
  const auto bits = fields.expect(der::kBitString);
  const bool whole = identifier.finish() && fields.finish() && outer.finish();
  if (!whole || bits.empty() || bits[0] != 0) return nullptr;
  if (rsa) return rsaKey(bits.subspan(1));
  return curveKey(curve, bits.subspan(1));
}

}  // namespace

bool fits(KeyFamily family, Scheme scheme) {
  switch (scheme) {
    case Scheme::RsaPkcs1:
    case Scheme::RsaPss:
      return family == KeyFamily::Rsa;
    case Scheme::Ecdsa:
      return family == KeyFamily::Ec;
    case Scheme::Ed25519:
      return family == KeyFamily::Ed25519;
    case Scheme::Ed448:
      return family == KeyFamily::Ed448;
    case Scheme::Dsa:
      return family == KeyFamily::Dsa;
  }
  return false;
}

bool applyAlgorithm(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
  if (EVP_PKEY_CTX_set_signature_md(context, digestHandle(algorithm.digest)) != 1) return false;
  if (algorithm.scheme == Scheme::RsaPkcs1) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  }
  if (algorithm.scheme != Scheme::RsaPss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, digestHandle(algorithm.mask_digest)) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, static_cast<int>(algorithm.salt_bytes)) == 1;
}

Result<PublicKey> PublicKey::parse(BytesView spki) {
  auto key = quickKey(spki);
  const bool plain = key != nullptr;
  if (!key) key = decode<KeyHandle>(d2i_PUBKEY, spki);
  auto detail = drainErrors();
  if (!key) return Error{Code::Malformed, "public_key_malformed", {}, std::move(detail)};
  PublicKey read(std::shared_ptr<EVP_PKEY>(std::move(key)));
  read.plain_ = plain;
  return read;
}

PublicKey::PublicKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}

KeyFamily PublicKey::family() const {
  if (!key_) return KeyFamily::Other;
  switch (EVP_PKEY_get_base_id(key_.get())) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return KeyFamily::Rsa;
    case EVP_PKEY_EC:
      return KeyFamily::Ec;
    case EVP_PKEY_ED25519:
      return KeyFamily::Ed25519;
    case EVP_PKEY_ED448:
      return KeyFamily::Ed448;
    case EVP_PKEY_DSA:
      return KeyFamily::Dsa;
    default:
      return KeyFamily::Other;
  }
}

int PublicKey::bits() const {
  return EVP_PKEY_get_bits(key_.get());
}

std::string PublicKey::curve() const {
  if (family() != KeyFamily::Ec) return {};
  int explicit_parameters = 0;
  EVP_PKEY_get_int_param(
      key_.get(), OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters);
  std::array<char, 80> name{};
  const bool named =
      EVP_PKEY_get_utf8_string_param(
          key_.get(), OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), nullptr) == 1;
  drainErrors();
  const std::string_view group(name.data());
  if (!named || explicit_parameters == 1) return {};
  if (group == "prime256v1") return "P-256";
  if (group == "secp384r1") return "P-384";
  if (group == "secp521r1") return "P-521";
  return std::string(group);
}

Bytes PublicKey::spki() const {
  return encode(i2d_PUBKEY, key_.get());
}

bool PublicKey::operator==(const PublicKey& other) const {
  const bool same = key_ && other.key_ && EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
  drainErrors();
  return same;
}

SignatureCheck checkSignature(const PublicKey& key,
                              const SignatureAlgorithm& algorithm,
                              BytesView message,
                              BytesView value) {
  if (!fits(key.family(), algorithm.scheme)) return SignatureCheck::Bad;
  if (isEdwards(algorithm.scheme)) return checkEdwards(key, message, value);
  if (!digestAvailable(algorithm.digest)) return SignatureCheck::Unsupported;
  return checkDigestSignature(key, algorithm, digest(algorithm.digest, message), value);
}

SignatureCheck checkDigestSignature(const PublicKey& key,
                                    const SignatureAlgorithm& algorithm,
                                    BytesView message_digest,
                                    BytesView value) {
  if (isEdwards(algorithm.scheme)) return SignatureCheck::Unsupported;
  if (!fits(key.family(), algorithm.scheme)) return SignatureCheck::Bad;
  if (!digestAvailable(algorithm.digest) || !digestAvailable(algorithm.mask_digest)) {
    return SignatureCheck::Unsupported;
  }
  if (message_digest.size() != digestSize(algorithm.digest)) return SignatureCheck::Bad;
  const auto context = need(KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr)),
                            "EVP_PKEY_CTX_new_from_pkey");
  const bool ready =
      EVP_PKEY_verify_init(context.get()) == 1 && applyAlgorithm(context.get(), algorithm);
  const bool good = ready && EVP_PKEY_verify(context.get(),
                                             value.data(),
                                             value.size(),
                                             message_digest.data(),
                                             message_digest.size()) == 1;
  drainErrors();
  return good ? SignatureCheck::Good : SignatureCheck::Bad;
}

}  // namespace congvan::crypto
