// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/crypto/digest.h"

/// The hole in a revision where the CMS or the token goes. Internal to formats/pades.
namespace congvan::pades {

struct Hole {
  std::size_t at = 0;    ///< of the first hex digit, in the revision
  std::size_t size = 0;  ///< hex digits
};

/// The digest over the byte range: `hashed` (the file before) and the revision but for `<`, the
/// hole and `>`.
Bytes digestAround(const Hole& hole, BytesView revision, const crypto::Digest& hashed);

/// TooLarge `signature_hole_too_small`.
Result<> fillHole(const Hole& hole, Bytes& revision, BytesView der);

}  // namespace congvan::pades
