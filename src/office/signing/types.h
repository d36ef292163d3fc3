// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"

#include <optional>
#include <string>

namespace congvan::signing {

using KeyId = Id<struct KeyTag>;

/// A private key in custody (DESIGN decision 10), wrapped; `certificate` names the certificate it
/// belongs to.
struct KeptKey {
  KeyId id;
  Uuid certificate{};
  std::optional<Uuid> person;  ///< a person's own key
  std::optional<Uuid>
      agency;  ///< an agency's seal key: `wrapped` is under a data key, see KeyAccess
  Bytes wrapped;
  std::int64_t version = 1;
};

/// One person's way to a key: the PIN-wrapped key itself (own key) or the PIN-wrapped data key
/// (seal). Taking a clerk's right deletes the row.
struct KeyAccess {
  KeyId key;
  Uuid person{};
  Bytes wrapped;
  /// Set: `wrapped` is under a code that was handed over, and opens nothing until its person takes
  /// the key up with a PIN of their own, by then at the latest.
  std::optional<Instant> offered_until = {};
  std::int64_t failures = 0;             ///< wrong PINs since the last right one
  std::optional<Instant> blocked_until;  ///< delay after wrong PINs
  bool locked = false;                   ///< too many: a new certificate is needed
  std::int64_t version = 1;
};

}  // namespace congvan::signing
