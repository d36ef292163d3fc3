// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/hole.h"

#include "base/encoding.h"

#include <algorithm>

namespace congvan::pades {

Bytes digestAround(const Hole& hole, BytesView revision, const crypto::Digest& hashed) {
  return hashed.fork()
      .update(revision.first(hole.at - 1))
      .update(revision.subspan(hole.at + hole.size + 1))
      .finish();
}

Result<> fillHole(const Hole& hole, Bytes& revision, BytesView der) {
  if (2 * der.size() > hole.size) {
    return Error{
        Code::TooLarge,
        "signature_hole_too_small",
        {{"needed", std::to_string(der.size())}, {"reserved", std::to_string(hole.size / 2)}}};
  }
  const auto hex = toHex(der);
  std::ranges::copy(hex, revision.begin() + static_cast<std::ptrdiff_t>(hole.at));
  return kDone;
}

}  // namespace congvan::pades
