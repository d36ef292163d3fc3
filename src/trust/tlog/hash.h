// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Merkle trees as RFC 6962 section 2 and RFC 9162 section 2 define them, over SHA-256.
///
/// Nothing here knows what an entry means, where tiles are kept or who signs. Every function is
/// pure and safe from any thread.
namespace congvan::tlog {

inline constexpr std::size_t kHashSize = 32;
using Hash = std::array<std::uint8_t, kHashSize>;

/// SHA-256(0x00 ‖ entry): the byte in front keeps a leaf from being read as a node, and back.
Hash leafHash(BytesView entry);
/// SHA-256(0x01 ‖ left ‖ right)
Hash nodeHash(const Hash& left, const Hash& right);
/// SHA-256 of nothing: the root of the tree without leaves.
Hash emptyRoot();
Hash sha256(BytesView bytes);

/// Standard base64, as in checkpoints and proofs.
std::string hashText(const Hash& hash);
/// Malformed `hash_malformed`: not exactly 32 bytes in canonical base64.
Result<Hash> parseHashText(std::string_view base64);
/// Malformed `hash_malformed`: not 32 bytes.
Result<Hash> hashFromBytes(BytesView bytes);

/// Base64 that could have been written by `toBase64`: one spelling for each value, nothing passed
/// over. Malformed `base64_malformed`.
Result<Bytes> parseCanonicalBase64(std::string_view text);
/// A number without sign, leading zeros or spaces. Malformed `number_malformed`.
Result<std::uint64_t> parseDecimal(std::string_view text);

}  // namespace congvan::tlog
