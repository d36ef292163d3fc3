// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/secret.h"
#include "trust/crypto/software_key.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What the service and its signer process say to each other (README.md has the octets). Reading
/// is strict: each message has one encoding, and nothing may be left over.
namespace congvan::pkcs11 {

/// Names a key without naming it: the token's CKA_ID is the SHA-256 of this. Nobody who lists the
/// token can ask for a signature.
inline constexpr std::size_t kSecretBytes = 32;
inline constexpr std::size_t kLabelBytesMost = 200;

/// Is there a token whose keys can be used? Answered without content.
struct AskHealth {};
/// A key in the token, never to be extracted. Answered with its SubjectPublicKeyInfo.
struct AskMake {
  crypto::SecretBytes secret;
  crypto::KeyKind kind = crypto::KeyKind::P256;  ///< P-256, P-384, RSA-3072 or RSA-4096
  std::string label;
};
/// Answered with its SubjectPublicKeyInfo.
struct AskPublicKey {
  crypto::SecretBytes secret;
};
/// PKCS#1 v1.5, PSS or ECDSA, of a SHA-256, SHA-384 or SHA-512. Answered with the value; of ECDSA
/// in DER.
struct AskSignature {
  crypto::SecretBytes secret;
  crypto::SignatureAlgorithm algorithm;
  Bytes digest;
};
using Question = std::variant<AskHealth, AskMake, AskPublicKey, AskSignature>;

struct Request {
  std::uint32_t number = 0;  ///< the answer bears it
  Question question;
};

struct Answer {
  std::uint32_t number = 0;
  Result<Bytes> content = Bytes();
};

/// nullopt: a kind, scheme, digest, length or label that the messages have no form for.
std::optional<crypto::SecretBytes> encode(std::uint32_t number, const Question& question);
/// Malformed `frame_malformed`.
Result<Request> readRequest(BytesView message);

/// A reason that is too long loses its end, as the detail does.
crypto::SecretBytes encode(const Answer& answer);
/// Malformed `frame_malformed`.
Result<Answer> readAnswer(BytesView message);

}  // namespace congvan::pkcs11
