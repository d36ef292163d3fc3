// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/proof.h"
#include "trust/tlog/tile.h"

#include <map>

/// The tree itself: growing it, and reading roots and proofs out of its tiles.
namespace congvan::tlog {

/// All that is needed to append: one hash for each 1-bit of the size, largest subtree first.
/// A leaf costs one leaf hash and, over time, one node hash. Not for two threads at once.
class RightEdge {
 public:
  RightEdge() = default;
  /// Takes up a tree of `size`. Malformed `edge_malformed`: not one hash for each 1-bit.
  static Result<RightEdge> restore(std::uint64_t size, std::vector<Hash> edge);

  void append(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;
  TreeHead head() const { return {size_, root()}; }
  const std::vector<Hash>& hashes() const { return edge_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> edge_;
};

/// A tree of a given size read from tiles, which are believed: compare `root` with a checkpoint, or
/// check what comes out against one. Tiles read once are kept, so use one object for one request or
/// one sweep. Each function passes on the refusals of the reader.
class TileTree {
 public:
  TileTree(const TileReader& tiles, std::uint64_t size) : tiles_(tiles), size_(size) {}

  std::uint64_t size() const { return size_; }
  Result<Hash> root() const { return range(0, size_); }
  Result<RightEdge> edge() const;

  /// NotFound `leaf_not_in_tree`: index not below the size.
  Result<Hash> leaf(std::uint64_t index) const;
  /// NotFound `leaf_not_in_tree`.
  Result<Proof> inclusion(std::uint64_t index) const;
  /// RuleRefused `no_such_proof`: older size 0 or above the size.
  Result<Proof> consistency(std::uint64_t older_size) const;

 private:
  Result<Hash> range(std::uint64_t begin, std::uint64_t end) const;
  Result<Hash> subtree(unsigned height, std::uint64_t index) const;
  Result<const std::vector<Hash>*> tile(unsigned level, std::uint64_t hash_index) const;

  const TileReader& tiles_;
  std::uint64_t size_;
  mutable std::map<TileId, std::vector<Hash>> seen_;
};

/// The tiles of a signed tree out of a reader that nobody believes: every hash that comes out is
/// under the root, or the tile is refused. Keeps what it has read, so use one object for one visit.
class SignedTiles final : public TileReader {
 public:
  SignedTiles(const TileReader& tiles, const TreeHead& head) : tiles_(tiles), head_(head) {}

  /// Reads the right edge; before anything else. Conflict `tile_differs`: it does not give the
  /// root. Refusals of the reader.
  Result<> open() const;
  /// `tile` as it is at the signed size. Conflict `tile_differs`. Refusals of the reader.
  Result<std::vector<Hash>> hashes(const TileId& tile) const override;

 private:
  const TileReader& tiles_;
  const TreeHead head_;
  mutable std::map<TileId, std::vector<Hash>> read_;
};

/// The hash tiles that a growth writes, made from the tiles at the edge of the old tree.
///
/// Holds the partial tile of each level in memory, so a batch reads nothing back from the disk.
/// Not for two threads at once.
class TileBuilder {
 public:
  TileBuilder() = default;
  /// Takes up a tree of `size` by reading its partial tiles.
  /// Malformed `tile_malformed`, NotFound `tile_missing`; Conflict `tree_root_differs`: the tiles
  /// do not give `head.root`.
  static Result<TileBuilder> restore(const TileReader& tiles, const TreeHead& head);

  struct Tile {
    TileId id;
    Bytes bytes;
  };
  /// Appends the leaves and returns the tiles to write, low levels first.
  std::vector<Tile> append(const std::vector<Hash>& leaves);

  std::uint64_t size() const { return edge_.size(); }
  TreeHead head() const { return edge_.head(); }

 private:
  void push(unsigned level, const Hash& hash, std::vector<Tile>& full);

  RightEdge edge_;
  std::vector<std::vector<Hash>> partial_;  // by level, 0 to 255 hashes each
};

/// Root of a full tile: what stands for it in the level above.
Hash tileRoot(const std::vector<Hash>& hashes);

}  // namespace congvan::tlog
