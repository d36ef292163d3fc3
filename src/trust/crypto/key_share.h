// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/secret.h"

#include <span>
#include <string>
#include <vector>

/// A private key for offline storage, split so that any `needed` of its shares restore it and fewer
/// tell nothing about it (Shamir over GF(2^8), by libgfshare). What is shared is a random key that
/// seals the private key, so a share is short, and shares that do not belong together never give a
/// wrong key.
///
/// Without Congvan: the values of `needed` shares, each under its number, give the key of an
/// AES-256-GCM box (96-bit nonce, text, tag) that holds DER PKCS#8. Its associated data are the
/// lines `congvan key share`, split, authority, subject, hash of the public key in lower-case
/// hexadecimal, and `N of M`, each with a line feed.
namespace congvan::crypto {

inline constexpr int kSharesMost = 16;  ///< people who can be called to one table

/// What stands on every share beside its part of the secret.
struct ShareLabel {
  Uuid split;               ///< of one splitting; shares of two do not mix
  std::string authority;    ///< as in addresses: `goc`
  std::string subject;      ///< of its certificate, for people
  Bytes public_key_sha256;  ///< of the SPKI, 32 bytes
  int needed = 0;           ///< at least 2
  int of = 0;               ///< `needed` to kSharesMost
};

struct KeyShare {
  ShareLabel label;
  int number = 0;  ///< 1 to `of`
  SecretBytes value;
  Bytes sealed_key;
};

/// RuleRefused `share_counts_wrong`.
Result<std::vector<KeyShare>> splitKey(const SecretBytes& key,
                                       const ShareLabel& label,
                                       Random& random);

/// Malformed `shares_too_few` with `needed` and `given`, `shares_of_two_splits`, `share_repeated`
/// with `number`; Unauthenticated `shares_do_not_fit`: one of them is not what was handed out.
Result<SecretBytes> joinKey(std::span<const KeyShare> shares);

/// YAML for a file or for paper, with a check value that finds a slip of whoever types it.
SecretBytes shareText(const KeyShare& share);

/// Malformed `share_malformed` with `field`, `share_mistyped`: the check value is another one.
/// TooLarge: over 16 KiB.
Result<KeyShare> readShare(std::string_view text);

}  // namespace congvan::crypto
