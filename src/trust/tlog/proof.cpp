// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/proof.h"

#include <bit>

namespace congvan::tlog {
namespace {

/// A position on the way from a leaf to the root: its own number and the last number of its level.
struct Climb {
  std::uint64_t node;
  std::uint64_t last;

  bool atRoot() const { return last == 0; }
  /// True when the next hash of the proof stands on the left.
  bool siblingIsLeft() const { return (node & 1U) == 1U || node == last; }

  void up() {
    node >>= 1U;
    last >>= 1U;
  }
  /// The right edge may pass several levels without a sibling.
  void upPastLeftSibling() {
    while ((node & 1U) == 0 && node != 0) up();
    up();
  }
};

ProofVerdict verdictFor(bool at_root, bool roots_match) {
  if (!at_root) return ProofVerdict::WrongLength;
  return roots_match ? ProofVerdict::Good : ProofVerdict::WrongRoot;
}

}  // namespace

ProofVerdict checkInclusion(const TreeHead& head,
                            std::uint64_t index,
                            const Hash& leaf,
                            const Proof& proof) {
  if (index >= head.size) return ProofVerdict::OutOfRange;
  Climb climb{index, head.size - 1};
  Hash hash = leaf;
  for (const auto& sibling : proof) {
    if (climb.atRoot()) return ProofVerdict::WrongLength;
    if (climb.siblingIsLeft()) {
      hash = nodeHash(sibling, hash);
      climb.upPastLeftSibling();
    } else {
      hash = nodeHash(hash, sibling);
      climb.up();
    }
  }
  return verdictFor(climb.atRoot(), hash == head.root);
}

ProofVerdict checkConsistency(const TreeHead& older, const TreeHead& newer, const Proof& proof) {
  if (older.size == 0 || older.size > newer.size) return ProofVerdict::OutOfRange;
  if (older.size == newer.size) {
    if (!proof.empty()) return ProofVerdict::WrongLength;
    return verdictFor(true, older.root == newer.root);
  }

  auto next = proof.begin();
  const auto first = [&]() -> const Hash* {
    if (std::has_single_bit(older.size)) return &older.root;  // a whole subtree: its root is known
    return next == proof.end() ? nullptr : &*next++;
  }();
  if (first == nullptr) return ProofVerdict::WrongLength;

  Climb climb{older.size - 1, newer.size - 1};
  while ((climb.node & 1U) == 1U) climb.up();
  Hash old_hash = *first;
  Hash new_hash = *first;
  for (; next != proof.end(); ++next) {
    if (climb.atRoot()) return ProofVerdict::WrongLength;
    if (climb.siblingIsLeft()) {
      old_hash = nodeHash(*next, old_hash);
      new_hash = nodeHash(*next, new_hash);
      climb.upPastLeftSibling();
    } else {
      new_hash = nodeHash(new_hash, *next);
      climb.up();
    }
  }
  return verdictFor(climb.atRoot(), old_hash == older.root && new_hash == newer.root);
}

}  // namespace congvan::tlog
