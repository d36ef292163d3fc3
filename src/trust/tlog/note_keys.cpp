// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/note_keys.h"

#include "base/encoding.h"
#include "trust/crypto/openssl.h"
#include "trust/tlog/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace congvan::tlog {
namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kEd25519ValueBytes = 64;
constexpr std::size_t kTimeBytes = 8;

Error badVkey() {
  return Error{Code::Malformed, "vkey_malformed"};
}

std::uint64_t bigEndian(BytesView bytes) {
  std::uint64_t value = 0;
  for (const auto byte : bytes) value = (value << 8U) | byte;
  return value;
}

void appendBigEndian(Bytes& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) {
    to.push_back(static_cast<std::uint8_t>((value >> ((i - 1) * 8U)) & 0xFFU));
  }
}

bool isEd25519(NoteKeyType type) {
  return type == NoteKeyType::Ed25519 || type == NoteKeyType::CosignatureV1;
}

std::shared_ptr<EVP_PKEY> shared(crypto::KeyHandle key) {
  return {std::move(key)};
}

/// nullptr when the bytes are no key of that type.
std::shared_ptr<EVP_PKEY> readKey(NoteKeyType type, BytesView material) {
  crypto::KeyHandle key;
  if (isEd25519(type)) {
    if (material.size() != kEd25519Bytes) return nullptr;
    key.reset(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, material.data(), material.size()));
  } else {
    const auto* next = material.data();
    key.reset(d2i_PUBKEY(nullptr, &next, static_cast<long>(material.size())));
    const bool whole = next == material.data() + material.size();
    if (key && (!whole || EVP_PKEY_is_a(key.get(), "EC") != 1)) key.reset();
  }
  if (!key) crypto::drainErrors();
  return shared(std::move(key));
}

bool verifyWith(EVP_PKEY* key, const EVP_MD* digest, BytesView message, BytesView value) {
  const auto context = crypto::need(crypto::DigestContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
  if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1) {
    crypto::throwFault("EVP_DigestVerifyInit");
  }
  const bool good =
      EVP_DigestVerify(context.get(), value.data(), value.size(), message.data(), message.size()) ==
      1;
  if (!good) crypto::drainErrors();
  return good;
}

std::string cosignedText(std::uint64_t unix_seconds, std::string_view checkpoint_text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", unix_seconds, checkpoint_text);
}

/// What a Certificate Transparency log signs (RFC 6962 section 3.5): version, type, time, size,
/// root. The value is the time in milliseconds, 04 03 for ECDSA with SHA-256, a length and the DER
/// signature.
bool verifiesTreeHead(EVP_PKEY* key, std::string_view text, BytesView value) {
  constexpr std::size_t kBeforeSignature = kTimeBytes + 4;
  const auto checkpoint = parseCheckpoint(text);
  if (!checkpoint || !checkpoint->extensions.empty() || value.size() < kBeforeSignature)
    return false;
  const auto signature = value.subspan(kBeforeSignature);
  if (bigEndian(value.subspan(kTimeBytes, 2)) != 0x0403) return false;
  if (bigEndian(value.subspan(kTimeBytes + 2, 2)) != signature.size()) return false;
  Bytes head{0x00, 0x01};
  append(head, value.first(kTimeBytes));
  appendBigEndian(head, checkpoint->head.size, 8);
  append(head, BytesView(checkpoint->head.root));
  return verifyWith(key, EVP_sha256(), head, signature);
}

}  // namespace

std::uint32_t noteKeyId(std::string_view name, NoteKeyType type, BytesView material) {
  Bytes input = toBytes(name);
  input.push_back('\n');
  input.push_back(static_cast<std::uint8_t>(type));
  // A Certificate Transparency log is named by the hash of its key.
  const auto log_id = sha256(material);
  append(input, type == NoteKeyType::Rfc6962TreeHead ? BytesView(log_id) : material);
  return readKeyId(sha256(input));
}

std::uint32_t readKeyId(BytesView bytes) {
  return static_cast<std::uint32_t>(bigEndian(bytes.first(4)));
}

Bytes keyIdBytes(std::uint32_t id) {
  Bytes bytes;
  appendBigEndian(bytes, id, 4);
  return bytes;
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
  // Two splits only: the base64 may hold a plus.
  const auto first = vkey.find('+');
  if (first == std::string_view::npos) return badVkey();
  const auto second = vkey.find('+', first + 1);
  if (second == std::string_view::npos) return badVkey();
  const auto id = vkey.substr(first + 1, second - first - 1);
  const auto bytes = parseCanonicalBase64(vkey.substr(second + 1));
  if (!bytes || bytes->size() < 2 || !isNoteKeyName(vkey.substr(0, first))) return badVkey();

  NoteVerifier verifier;
  verifier.name_ = vkey.substr(0, first);
  verifier.type_ = static_cast<NoteKeyType>(bytes->front());
  if (!isEd25519(verifier.type_) && verifier.type_ != NoteKeyType::Rfc6962TreeHead)
    return badVkey();
  verifier.key_.assign(bytes->begin() + 1, bytes->end());
  verifier.key_id_ = noteKeyId(verifier.name_, verifier.type_, verifier.key_);
  if (fmt::format("{:08x}", verifier.key_id_) != id) return badVkey();
  verifier.handle_ = readKey(verifier.type_, verifier.key_);
  if (!verifier.handle_) return badVkey();
  return verifier;
}

std::string NoteVerifier::vkey() const {
  Bytes typed{static_cast<std::uint8_t>(type_)};
  append(typed, BytesView(key_));
  return fmt::format("{}+{:08x}+{}", name_, key_id_, toBase64(typed));
}

bool NoteVerifier::verifies(std::string_view text, BytesView signature) const {
  switch (type_) {
    case NoteKeyType::Ed25519:
      return signature.size() == kEd25519ValueBytes &&
             verifyWith(handle_.get(), nullptr, asBytes(text), signature);
    case NoteKeyType::CosignatureV1: {
      const auto time = cosignatureTime(signature);
      return time && verifyWith(handle_.get(),
                                nullptr,
                                asBytes(cosignedText(*time, text)),
                                signature.subspan(kTimeBytes));
    }
    case NoteKeyType::Rfc6962TreeHead:
      return verifiesTreeHead(handle_.get(), text, signature);
  }
  return false;
}

Result<NoteKey> NoteKey::fromSeed(std::string_view name,
                                  const crypto::SecretBytes& seed,
                                  NoteKeyType type) {
  if (!isEd25519(type)) throw std::invalid_argument("note keys are Ed25519");
  if (!isNoteKeyName(name)) return Error{Code::Malformed, "note_key_name"};
  if (seed.size() != kEd25519Bytes) return Error{Code::Malformed, "note_seed_malformed"};
  auto handle = crypto::need(crypto::KeyHandle(EVP_PKEY_new_raw_private_key(
                                 EVP_PKEY_ED25519, nullptr, seed.view().data(), seed.size())),
                             "EVP_PKEY_new_raw_private_key");
  NoteKey key;
  auto& verifier = key.verifier_;
  verifier.name_ = name;
  verifier.type_ = type;
  verifier.key_.resize(kEd25519Bytes);
  auto size = verifier.key_.size();
  if (EVP_PKEY_get_raw_public_key(handle.get(), verifier.key_.data(), &size) != 1) {
    crypto::throwFault("EVP_PKEY_get_raw_public_key");
  }
  verifier.key_id_ = noteKeyId(name, type, verifier.key_);
  verifier.handle_ = readKey(type, verifier.key_);
  key.private_ = shared(std::move(handle));
  return key;
}

crypto::SecretBytes NoteKey::generateSeed(Random& random) {
  crypto::SecretBytes seed(kEd25519Bytes);
  random.fill({seed.data(), seed.size()});
  return seed;
}

Bytes NoteKey::signBytes(BytesView message) const {
  const auto context = crypto::need(crypto::DigestContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
  Bytes value(kEd25519ValueBytes);
  auto size = value.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, private_.get()) != 1 ||
      EVP_DigestSign(context.get(), value.data(), &size, message.data(), message.size()) != 1) {
    crypto::throwFault("EVP_DigestSign");
  }
  return value;
}

NoteSignature NoteKey::sign(std::string_view text) const {
  if (verifier_.type() != NoteKeyType::Ed25519) throw std::logic_error("a witness key cosigns");
  if (!text.ends_with('\n')) throw std::invalid_argument("a note ends in a line feed");
  return {verifier_.name(), verifier_.keyId(), signBytes(asBytes(text))};
}

NoteSignature NoteKey::cosign(std::string_view checkpoint_text, std::uint64_t unix_seconds) const {
  if (verifier_.type() != NoteKeyType::CosignatureV1) throw std::logic_error("not a witness key");
  Bytes value;
  appendBigEndian(value, unix_seconds, kTimeBytes);
  append(value, BytesView(signBytes(asBytes(cosignedText(unix_seconds, checkpoint_text)))));
  return {verifier_.name(), verifier_.keyId(), std::move(value)};
}

std::optional<std::uint64_t> cosignatureTime(BytesView value) {
  if (value.size() != kTimeBytes + kEd25519ValueBytes) return std::nullopt;
  return bigEndian(value.first(kTimeBytes));
}

}  // namespace congvan::tlog
