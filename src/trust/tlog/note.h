// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/secret.h"
#include "trust/tlog/hash.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

typedef struct evp_pkey_st EVP_PKEY;  // OpenSSL's own forward declaration

/// Signed notes (C2SP signed-note): a text that ends in a line feed, an empty line, then one line
/// `— name base64(key id ‖ signature)` for each signature.
///
/// Reading says what stands there; opening judges it against keys that the caller trusts.
namespace congvan::tlog {

/// The kinds of signature that are understood; others are carried along and never verified.
enum class NoteKeyType : std::uint8_t {
  Ed25519 = 0x01,          ///< over the note's text
  CosignatureV1 = 0x04,    ///< Ed25519 by a witness, with a time (C2SP tlog-cosignature)
  Rfc6962TreeHead = 0x05,  ///< ECDSA P-256 tree head of a Certificate Transparency log
};

inline constexpr std::size_t kNoteBytesMost = 1'000'000;
inline constexpr std::size_t kNoteSignaturesMost = 100;

/// Not empty, UTF-8, no Unicode space, no control character, no plus.
bool isNoteKeyName(std::string_view name);

/// A public key as it is passed around: `name+c74f20a3+base64(type ‖ key)`. Copies share the key.
class NoteVerifier {
 public:
  /// Malformed `vkey_malformed`: another form, an unknown type, or a key id that is not of this
  /// name and key.
  static Result<NoteVerifier> parse(std::string_view vkey);

  const std::string& name() const { return name_; }
  std::uint32_t keyId() const { return key_id_; }
  NoteKeyType type() const { return type_; }
  std::string vkey() const;
  /// Does `signature` (without the key id) sign `text`?
  bool verifies(std::string_view text, BytesView signature) const;

 private:
  friend class NoteKey;
  NoteVerifier() = default;
  std::string name_;
  std::uint32_t key_id_ = 0;
  NoteKeyType type_ = NoteKeyType::Ed25519;
  Bytes key_;
  std::shared_ptr<EVP_PKEY> handle_;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes value;  ///< without the key id
  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  ///< with its last line feed, without the empty line
  std::vector<NoteSignature> signatures;
};

/// Malformed `note_malformed`: not of the form above, or more than `kNoteSignaturesMost`
/// signatures. TooLarge `note_too_large`: over `kNoteBytesMost` bytes.
Result<Note> parseNote(std::string_view bytes);
/// `note` as bytes; what `parseNote` reads back.
std::string noteText(const Note& note);

/// The lines below a note's text alone, as a witness answers with them. At least one.
/// Malformed `note_malformed`, also above `kNoteSignaturesMost`.
Result<std::vector<NoteSignature>> parseSignatureLines(std::string_view lines);
std::string signatureLines(const std::vector<NoteSignature>& signatures);

enum class NoteVerdict {
  Verified,      ///< at least one signature by a known key, and all of those hold
  Unverified,    ///< no signature by a known key
  BadSignature,  ///< a known key is named by a signature that does not hold
};

struct OpenedNote {
  NoteVerdict verdict = NoteVerdict::Unverified;
  Note note;
  std::vector<NoteSignature> verified;  ///< each key once; empty unless Verified
  std::vector<NoteSignature> unknown;   ///< by keys not in `known`, identical lines once
};

/// Judges the signatures of a note; refusals as `parseNote`. Two known keys of one name and id are
/// a bug of the caller and throw: nobody could say whose signature it is.
Result<OpenedNote> openNote(std::string_view bytes, const std::vector<NoteVerifier>& known);

/// A log's or witness's Ed25519 private key in memory. Safe from any thread.
class NoteKey {
 public:
  /// Malformed `note_key_name`, `note_seed_malformed`: not 32 bytes. Only Ed25519 and
  /// CosignatureV1: another type is a bug and throws.
  static Result<NoteKey> fromSeed(std::string_view name,
                                  const crypto::SecretBytes& seed,
                                  NoteKeyType type = NoteKeyType::Ed25519);
  static crypto::SecretBytes generateSeed(Random& random);

  const NoteVerifier& verifier() const { return verifier_; }
  /// Signs a text, which ends in a line feed. Throws for a CosignatureV1 key: use `cosign`.
  NoteSignature sign(std::string_view text) const;
  /// The statement "seen at `unix_seconds`, and consistent with all I saw before". Throws for
  /// another type.
  NoteSignature cosign(std::string_view checkpoint_text, std::uint64_t unix_seconds) const;

 private:
  NoteKey() = default;
  Bytes signBytes(BytesView message) const;
  NoteVerifier verifier_;
  std::shared_ptr<EVP_PKEY> private_;
};

/// A note with one signature for each key, in order.
std::string signNote(std::string_view text, const std::vector<const NoteKey*>& keys);

/// The time a CosignatureV1 value claims; nullopt when it is no such value.
std::optional<std::uint64_t> cosignatureTime(BytesView value);

}  // namespace congvan::tlog
