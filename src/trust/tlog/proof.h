// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/hash.h"

#include <cstdint>
#include <vector>

/// Checking inclusion and consistency proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
///
/// A proof is judged, never refused: whatever the bytes, the answer is a verdict.
namespace congvan::tlog {

using Proof = std::vector<Hash>;

/// A tree as a checkpoint claims it.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const TreeHead&) const = default;
};

enum class ProofVerdict {
  Good,
  OutOfRange,   ///< index not in the tree; or old size 0 or above the new size: there is no such
                ///< proof
  WrongLength,  ///< too few or too many hashes
  WrongRoot,    ///< the hashes lead to another root
};

/// Is `leaf` the leaf hash at `index` of the tree `head`?
ProofVerdict checkInclusion(const TreeHead& head,
                            std::uint64_t index,
                            const Hash& leaf,
                            const Proof& proof);

/// Is `older` a beginning of `newer`? Equal sizes need equal roots and an empty proof.
/// From size 0 every tree grows, so no proof says anything: OutOfRange, even for an empty one.
ProofVerdict checkConsistency(const TreeHead& older, const TreeHead& newer, const Proof& proof);

}  // namespace congvan::tlog
