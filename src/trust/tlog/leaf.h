// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "trust/tlog/hash.h"

#include <string>
#include <variant>

// clang-format off
/// What stands in our logs, byte for byte. Final: a change is a new version byte, and old ones stay
/// readable.
///
///   leaf        = version (0x01) ‖ kind (1 byte) ‖ fields in the order below
///   time        = 8 bytes, microseconds since 1970-01-01T00:00:00Z, not negative
///   number      = 8 bytes;  hash = 32 bytes;  id = 16 bytes
///   text, bytes = length (2 bytes) ‖ that many bytes
///
///   0x01 event    commitment hash                                       records log
///   0x02 intent   time, request id, approvals hash, profile text,
///                 serial bytes, TBS hash                                issuance log
///   0x03 issued   time, intent index number, serial bytes,
///                 certificate hash                                      issuance log
///   0x04 status   time, serial bytes, status (1 byte), reason (1 byte)  issuance log
///
/// Numbers are big-endian. Profile: 1 to 64 characters a–z, 0–9, `-`, `.`. Serial: 1 to 20 bytes,
/// unsigned, no zero byte in front. There is one encoding of each leaf: nothing may follow it.
///
/// What concerns a person stands there only as a salted SHA-256 (`commit`): with the salt and the
/// text anybody can check that the leaf means them, without the salt the leaf tells nothing, not
/// even to one who guesses the text. Hashes of certificates are not salted, so that whoever has the
/// certificate can look for it; its key and serial number cannot be guessed.
// clang-format on
namespace congvan::tlog {

inline constexpr std::uint8_t kLeafVersion = 1;
inline constexpr std::size_t kSaltBytes = 32;
using Salt = std::array<std::uint8_t, kSaltBytes>;

Salt makeSalt(Random& random);
/// SHA-256("congvan/commitment/v1\n" ‖ salt ‖ text). A salt of another length than `kSaltBytes` is
/// a bug and throws.
Hash commit(BytesView salt, BytesView text);
/// True when `commitment` was made of these; false also for a salt of another length.
bool opensTo(const Hash& commitment, BytesView salt, BytesView text);

/// An audit event happened. Its time is inside the commitment: closed, a leaf tells nothing.
struct EventLeaf {
  Hash commitment{};
  bool operator==(const EventLeaf&) const = default;
};

/// A certificate is about to be signed. In the log before the CA's key is used.
struct IntentLeaf {
  Instant time{};
  Uuid request;
  Hash approvals{};  ///< commitment to who approved
  std::string profile;
  Bytes serial;
  Hash tbs{};  ///< SHA-256 of the linted DER TBSCertificate
  bool operator==(const IntentLeaf&) const = default;
};

/// It was signed.
struct IssuedLeaf {
  Instant time{};
  std::uint64_t intent_index = 0;  ///< where its intent stands in the same log, before this leaf
  Bytes serial;
  Hash certificate{};  ///< SHA-256 of the DER certificate
  bool operator==(const IssuedLeaf&) const = default;
};

enum class CertificateStatus : std::uint8_t {
  Active = 1,     ///< taken out of suspension
  Suspended = 2,  ///< certificateHold
  Revoked = 3,
  Abandoned = 4,  ///< an intent that never became a certificate, and never will
};

struct StatusLeaf {
  Instant time{};
  Bytes serial;
  CertificateStatus status = CertificateStatus::Revoked;
  std::uint8_t reason = 0;  ///< CRLReason of RFC 5280 section 5.3.1: 0 to 10, not 7
  bool operator==(const StatusLeaf&) const = default;
};

using Leaf = std::variant<EventLeaf, IntentLeaf, IssuedLeaf, StatusLeaf>;

/// Malformed `leaf_malformed`: a field outside its bounds above.
Result<Bytes> encodeLeaf(const Leaf& leaf);
/// Malformed `leaf_malformed`: cut short, followed by something, an unknown version, kind or
/// status, or a field outside its bounds. What it accepts, `encodeLeaf` writes in the same bytes.
Result<Leaf> parseLeaf(BytesView bytes);

}  // namespace congvan::tlog
