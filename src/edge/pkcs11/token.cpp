// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/token.h"

#include <algorithm>

namespace congvan::pkcs11 {
namespace {

crypto::SecretBytes copyOf(const crypto::SecretBytes& secret) {
  return crypto::SecretBytes(secret.view());
}

/// Whoever wants a signature cares about one thing: that there is none now. Why is the operator's
/// to know, from the log and from `health`.
Error unreachable(const Error& error) {
  return {Code::Unavailable, "token_unavailable", {}, error.reason + ": " + error.detail};
}

class TokenSigner final : public crypto::Signer {
 public:
  TokenSigner(SignerProcess& process,
              crypto::SecretBytes secret,
              crypto::PublicKey key,
              const crypto::SignatureAlgorithm& algorithm)
      : process_(process),
        secret_(std::move(secret)),
        key_(std::move(key)),
        algorithm_(algorithm) {}

  crypto::SignatureAlgorithm algorithm() const override { return algorithm_; }
  crypto::PublicKey publicKey() const override { return key_; }
  Result<> ready() const override {
    const auto found = process_.ask(AskPublicKey{copyOf(secret_)});
    if (!found) return unreachable(found.error());
    if (*found != key_.spki()) return unreachable({Code::Conflict, "token_key_wrong"});
    return kDone;
  }
  Result<Bytes> signDigest(BytesView message_digest) const override {
    if (message_digest.size() != crypto::digestSize(algorithm_.digest)) {
      return Error{Code::Malformed, "digest_length"};
    }
    auto value = process_.ask(AskSignature{copyOf(secret_), algorithm_, toBytes(message_digest)});
    if (!value) return unreachable(value.error());
    return value;
  }

 private:
  SignerProcess& process_;
  const crypto::SecretBytes secret_;
  const crypto::PublicKey key_;
  const crypto::SignatureAlgorithm algorithm_;
};

bool fits(crypto::KeyFamily family, crypto::Scheme scheme) {
  if (family == crypto::KeyFamily::Ec) return scheme == crypto::Scheme::Ecdsa;
  return family == crypto::KeyFamily::Rsa &&
         (scheme == crypto::Scheme::RsaPkcs1 || scheme == crypto::Scheme::RsaPss);
}

}  // namespace

Result<crypto::KeyToken::Made> Token::make(crypto::KeyKind kind, std::string_view label) {
  crypto::SecretBytes secret(kSecretBytes);
  random_.fill({secret.data(), secret.size()});
  auto spki = process_.ask(AskMake{copyOf(secret), kind, std::string(label)});
  if (!spki) {
    const auto& why = spki.error();
    const bool no_such_kind = why.code == Code::Malformed || why.reason == "key_kind_unsupported";
    if (no_such_kind) return Error{Code::RuleRefused, "key_kind_unsupported", {}, why.detail};
    return unreachable(why);
  }
  Made made{{std::move(secret), std::move(*spki)}, {}};
  auto key = open(made.way);
  if (!key) return key.error();
  const Bytes trial(crypto::digestSize((*key)->algorithm().digest), 0x5A);
  const auto value = (*key)->signDigest(trial);
  if (!value) return value.error();
  const auto check =
      crypto::checkDigestSignature((*key)->publicKey(), (*key)->algorithm(), trial, *value);
  if (check != crypto::SignatureCheck::Good)
    return unreachable({Code::Conflict, "token_key_wrong"});
  made.key = std::move(*key);
  return made;
}

Result<std::shared_ptr<const crypto::Signer>> Token::open(const crypto::WayToKey& way) {
  const auto key = crypto::PublicKey::parse(way.spki);
  if (!key) return key.error();
  const auto algorithm = crypto::usualAlgorithm(*key);
  if (!algorithm) return Error{Code::RuleRefused, "key_kind_unsupported"};
  return open(way, *algorithm);
}

Result<std::shared_ptr<const crypto::Signer>> Token::open(
    const crypto::WayToKey& way, const crypto::SignatureAlgorithm& algorithm) {
  auto key = crypto::PublicKey::parse(way.spki);
  if (!key) return key.error();
  if (!fits(key->family(), algorithm.scheme)) {
    return Error{Code::RuleRefused, "scheme_not_for_key"};
  }
  return std::shared_ptr<const crypto::Signer>(std::make_shared<const TokenSigner>(
      process_, copyOf(way.secret), std::move(*key), algorithm));
}

Result<> Token::health() {
  const auto answer = process_.ask(AskHealth{});
  if (!answer) return answer.error();
  return kDone;
}

}  // namespace congvan::pkcs11
