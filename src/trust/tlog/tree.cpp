// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/tree.h"

#include <algorithm>
#include <bit>

namespace congvan::tlog {
namespace {

/// Root of hashes[begin, begin + count), count a power of two.
Hash foldedRoot(const std::vector<Hash>& hashes, std::size_t begin, std::size_t count) {
  if (count == 1) return hashes[begin];
  const auto half = count / 2;
  return nodeHash(foldedRoot(hashes, begin, half), foldedRoot(hashes, begin + half, half));
}

/// Where RFC 6962 splits a tree of `size` > 1 leaves: the largest power of two below it.
std::uint64_t splitPoint(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

}  // namespace

Hash tileRoot(const std::vector<Hash>& hashes) {
  return foldedRoot(hashes, 0, kTileWidth);
}

Result<RightEdge> RightEdge::restore(std::uint64_t size, std::vector<Hash> edge) {
  if (static_cast<std::size_t>(std::popcount(size)) != edge.size()) {
    return Error{Code::Malformed, "edge_malformed"};
  }
  RightEdge restored;
  restored.size_ = size;
  restored.edge_ = std::move(edge);
  return restored;
}

void RightEdge::append(const Hash& leaf) {
  Hash hash = leaf;
  for (auto bits = size_; (bits & 1U) == 1U; bits >>= 1U) {
    hash = nodeHash(edge_.back(), hash);
    edge_.pop_back();
  }
  edge_.push_back(hash);
  ++size_;
}

Hash RightEdge::root() const {
  if (edge_.empty()) return emptyRoot();
  Hash hash = edge_.back();
  for (auto left = edge_.rbegin() + 1; left != edge_.rend(); ++left) hash = nodeHash(*left, hash);
  return hash;
}

Result<const std::vector<Hash>*> TileTree::tile(unsigned level, std::uint64_t hash_index) const {
  const auto id = tileHolding(size_, level, hash_index);
  const auto known = seen_.find(id);
  if (known != seen_.end()) return &known->second;
  auto hashes = tiles_.hashes(id);
  if (!hashes) return hashes.error();
  if (hashes->size() < id.width) return Error{Code::Malformed, "tile_malformed", {}, tilePath(id)};
  return &seen_.emplace(id, std::move(*hashes)).first->second;
}

Result<Hash> TileTree::subtree(unsigned height, std::uint64_t index) const {
  const auto level = height / kTileHeight;
  const auto inside = height % kTileHeight;
  const auto first = index << inside;
  const auto hashes = tile(level, first);
  if (!hashes) return hashes.error();
  return foldedRoot(**hashes, first % kTileWidth, std::size_t{1} << inside);
}

/// `begin` is a multiple of a power of two not below `end - begin`, as in every split of RFC 6962.
Result<Hash> TileTree::range(std::uint64_t begin, std::uint64_t end) const {
  const auto count = end - begin;
  if (count == 0) return emptyRoot();
  if (std::has_single_bit(count)) {
    return subtree(static_cast<unsigned>(std::countr_zero(count)), begin / count);
  }
  const auto middle = begin + splitPoint(count);
  const auto left = range(begin, middle);
  if (!left) return left;
  const auto right = range(middle, end);
  if (!right) return right;
  return nodeHash(*left, *right);
}

Result<RightEdge> TileTree::edge() const {
  std::vector<Hash> hashes;
  std::uint64_t begin = 0;
  for (auto rest = size_; rest != 0; rest -= std::bit_floor(rest)) {
    const auto count = std::bit_floor(rest);
    const auto hash = range(begin, begin + count);
    if (!hash) return hash.error();
    hashes.push_back(*hash);
    begin += count;
  }
  return RightEdge::restore(size_, std::move(hashes));
}

Result<Hash> TileTree::leaf(std::uint64_t index) const {
  if (index >= size_) return Error{Code::NotFound, "leaf_not_in_tree"};
  return subtree(0, index);
}

Result<Proof> TileTree::inclusion(std::uint64_t index) const {
  if (index >= size_) return Error{Code::NotFound, "leaf_not_in_tree"};
  Proof from_top;
  std::uint64_t begin = 0;
  std::uint64_t end = size_;
  while (end - begin > 1) {
    const auto middle = begin + splitPoint(end - begin);
    const bool in_left = index < middle;
    const auto sibling = in_left ? range(middle, end) : range(begin, middle);
    if (!sibling) return sibling.error();
    from_top.push_back(*sibling);
    (in_left ? end : begin) = middle;
  }
  return Proof(from_top.rbegin(), from_top.rend());
}

Result<Proof> TileTree::consistency(std::uint64_t older_size) const {
  if (older_size == 0 || older_size > size_) return Error{Code::RuleRefused, "no_such_proof"};
  Proof from_top;
  std::uint64_t begin = 0;
  std::uint64_t end = size_;
  bool whole_old_tree =
      true;  // the subtree in hand still is all of the old tree: its root is known
  while (end != older_size) {
    const auto middle = begin + splitPoint(end - begin);
    const bool in_left = older_size <= middle;
    const auto sibling = in_left ? range(middle, end) : range(begin, middle);
    if (!sibling) return sibling.error();
    from_top.push_back(*sibling);
    (in_left ? end : begin) = middle;
    whole_old_tree = whole_old_tree && in_left;
  }
  if (!whole_old_tree) {
    const auto hash = range(begin, end);
    if (!hash) return hash.error();
    from_top.push_back(*hash);
  }
  return Proof(from_top.rbegin(), from_top.rend());
}

Result<TileBuilder> TileBuilder::restore(const TileReader& tiles, const TreeHead& head) {
  const TileTree tree(tiles, head.size);
  const auto edge = tree.edge();
  if (!edge) return edge.error();
  if (edge->root() != head.root) return Error{Code::Conflict, "tree_root_differs"};
  TileBuilder builder;
  builder.edge_ = *edge;
  for (unsigned level = 0; hashesAtLevel(head.size, level) > 0; ++level) {
    auto& kept = builder.partial_.emplace_back();
    const auto count = hashesAtLevel(head.size, level);
    const auto width = count % kTileWidth;
    if (width == 0) continue;
    auto hashes = tiles.hashes(tileHolding(head.size, level, count - 1));
    if (!hashes) return hashes.error();
    if (hashes->size() < width) return Error{Code::Malformed, "tile_malformed"};
    hashes->resize(width);
    kept = std::move(*hashes);
  }
  return builder;
}

void TileBuilder::push(unsigned level, const Hash& hash, std::vector<Tile>& full) {
  if (partial_.size() <= level) partial_.resize(level + 1);
  partial_[level].push_back(hash);
  if (partial_[level].size() < kTileWidth) return;
  const auto count = hashesAtLevel(edge_.size(), level);
  full.push_back(
      {{TileKind::Hashes, level, count / kTileWidth - 1, kTileWidth}, encodeTile(partial_[level])});
  const auto root = tileRoot(partial_[level]);
  partial_[level].clear();
  push(level + 1, root, full);
}

std::vector<TileBuilder::Tile> TileBuilder::append(const std::vector<Hash>& leaves) {
  const auto from = edge_.size();
  std::vector<Tile> tiles;
  for (const auto& leaf : leaves) {
    edge_.append(leaf);
    push(0, leaf, tiles);
  }
  for (unsigned level = 0; level < partial_.size(); ++level) {
    const auto count = hashesAtLevel(edge_.size(), level);
    if (partial_[level].empty() || count == hashesAtLevel(from, level)) continue;
    tiles.push_back({tileHolding(edge_.size(), level, count - 1), encodeTile(partial_[level])});
  }
  std::ranges::stable_sort(tiles, {}, [](const Tile& tile) { return tile.id.level; });
  return tiles;
}

Result<> SignedTiles::open() const {
  const auto root = TileTree(*this, head_.size).root();
  if (!root) return root.error();
  if (*root != head_.root) return Error{Code::Conflict, "tile_differs"};
  return kDone;
}

Result<std::vector<Hash>> SignedTiles::hashes(const TileId& tile) const {
  const auto known = read_.find(tile);
  if (known != read_.end()) return known->second;
  auto found = tiles_.hashes(tile);
  if (!found) return found;
  if (found->size() < tile.width) return Error{Code::Malformed, "tile_malformed"};
  found->resize(tile.width);
  // The root covers every hash of the partial tiles; a full one is covered by its hash above.
  if (!tile.partial()) {
    const auto above = hashes(tileHolding(head_.size, tile.level + 1, tile.index));
    if (!above) return above;
    if (above->at(tile.index % kTileWidth) != tileRoot(*found)) {
      return Error{Code::Conflict, "tile_differs", {}, tilePath(tile)};
    }
  }
  return read_.emplace(tile, std::move(*found)).first->second;
}

}  // namespace congvan::tlog
