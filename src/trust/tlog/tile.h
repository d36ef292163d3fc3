// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/hash.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Tiles: the tree cut into files (C2SP tlog-tiles).
///
/// Tile n of level l holds, for i in 0..255, the root of the leaves [(256n+i)·256^l,
/// (256n+i+1)·256^l). Level 0 are leaf hashes. A partial tile holds the first `width` of them and
/// is never hashed upwards.
namespace congvan::tlog {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kEntryBytesMost = 65'535;

/// `Entries` tiles hold the entries themselves; they lie beside level 0.
enum class TileKind { Hashes, Entries };

struct TileId {
  TileKind kind = TileKind::Hashes;
  unsigned level = 0;  ///< 0..63; 0 for entries
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  ///< 1..256; below 256 the tile is partial
  auto operator<=>(const TileId&) const = default;

  bool partial() const { return width < kTileWidth; }
  TileId full() const { return {kind, level, index, kTileWidth}; }
};

/// `tile/0/x001/x234/067.p/8`, `tile/entries/000`
std::string tilePath(const TileId& tile);
/// Malformed `tile_path_malformed`: anything that `tilePath` would not write.
Result<TileId> parseTilePath(std::string_view path);

/// How many hashes level `level` has in a tree of `size` leaves: whole subtrees only.
std::uint64_t hashesAtLevel(std::uint64_t size, unsigned level);
/// The width that tile (level, index) has in a tree of `size`; 0 when it does not exist.
unsigned tileWidth(std::uint64_t size, unsigned level, std::uint64_t index);
/// The tile that holds the hash at (level, index of the hash) in a tree of `size`, which must have
/// it.
TileId tileHolding(std::uint64_t size, unsigned level, std::uint64_t hash_index);
/// The bundle that holds entry `index` of a tree of `size`, which must have it.
TileId bundleHolding(std::uint64_t size, std::uint64_t index);

/// The hash tiles to write when a tree grows from `from` to `to` leaves: every tile with a new
/// hash, as wide as it is at `to`, low levels first. With those written at earlier sizes they make
/// the tree of `to`.
std::vector<TileId> tilesForGrowth(std::uint64_t from, std::uint64_t to);
/// The same for entry bundles.
std::vector<TileId> bundlesForGrowth(std::uint64_t from, std::uint64_t to);

/// A tile as bytes and back. Malformed `tile_malformed`: not exactly `width` hashes.
Bytes encodeTile(const std::vector<Hash>& hashes);
Result<std::vector<Hash>> parseTile(BytesView bytes, unsigned width);

/// Entries as a bundle: for each a big-endian 16-bit length and the bytes.
/// Entries longer than `kEntryBytesMost` are a bug of the caller, who refuses them at the door:
/// throws.
void appendToBundle(Bytes& bundle, BytesView entry);
/// Views into `bundle`. Malformed `bundle_malformed`: not exactly `width` entries, or bytes after
/// the last.
Result<std::vector<BytesView>> parseBundle(BytesView bundle, unsigned width);

/// A port: hash tiles wherever they are kept.
class TileReader {
 public:
  virtual ~TileReader() = default;
  /// At least the first `tile.width` hashes; a reader that has only the full tile gives that.
  /// NotFound `tile_missing`. Malformed `tile_malformed`.
  virtual Result<std::vector<Hash>> hashes(const TileId& tile) const = 0;
};

/// A port: entry bundles.
class BundleReader {
 public:
  virtual ~BundleReader() = default;
  /// The bytes of the bundle with exactly `tile.width` entries, or of the full one.
  /// NotFound `tile_missing`.
  virtual Result<Bytes> bundle(const TileId& tile) const = 0;
};

/// The entries of a bundle, exactly `tile.width`, also when the reader had only the full one.
/// Refusals of the reader; Malformed `bundle_malformed`.
Result<std::vector<Bytes>> readEntries(const BundleReader& bundles, const TileId& tile);

}  // namespace congvan::tlog
