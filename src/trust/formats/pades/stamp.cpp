// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/stamp.h"

#include "trust/formats/pades/hole.h"
#include "trust/pdf/form.h"

namespace congvan::pades {

Result<Bytes> stamp(BytesView file, timestamp::Source& source) {
  constexpr auto kAlgorithm = crypto::DigestAlgorithm::Sha256;
  constexpr std::size_t kMore = 1024;
  crypto::Digest hashed(kAlgorithm);
  hashed.update(file);
  auto room = source.tokenBytes();
  for (int attempt = 0;; ++attempt) {
    auto revision = pdf::appendTimestamp(file, 2 * room);
    if (!revision) return revision.error();
    const Hole hole{revision->hole_at, 2 * room};
    const auto token = source.stamp(kAlgorithm, digestAround(hole, revision->bytes, hashed));
    if (!token) return token.error();
    const auto filled = fillHole(hole, revision->bytes, *token);
    if (filled) return std::move(revision->bytes);
    if (attempt == 1) return filled.error();
    room = token->size() + kMore;
  }
}

}  // namespace congvan::pades
