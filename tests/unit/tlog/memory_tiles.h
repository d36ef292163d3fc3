// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/tree.h"

#include <map>

/// A log kept in memory: what the builder makes, served back.
namespace congvan::tlog::testing {

class MemoryTiles final : public TileReader, public BundleReader {
 public:
  Result<std::vector<Hash>> hashes(const TileId& tile) const override {
    for (const auto& id : {tile, tile.full()}) {
      const auto found = files.find(tilePath(id));
      if (found != files.end()) return parseTile(found->second, id.width);
    }
    return Error{Code::NotFound, "tile_missing", {}, tilePath(tile)};
  }
  Result<Bytes> bundle(const TileId& tile) const override {
    for (const auto& id : {tile, tile.full()}) {
      const auto found = files.find(tilePath(id));
      if (found != files.end()) return found->second;
    }
    return Error{Code::NotFound, "tile_missing", {}, tilePath(tile)};
  }

  std::map<std::string, Bytes> files;
};

/// A log that grows in memory, entries and all.
class MemoryLog {
 public:
  void grow(const std::vector<Bytes>& more) {
    const auto from = builder.size();
    std::vector<Hash> leaves;
    for (const auto& entry : more) {
      leaves.push_back(leafHash(entry));
      entries.push_back(entry);
    }
    for (auto& tile : builder.append(leaves))
      tiles.files[tilePath(tile.id)] = std::move(tile.bytes);
    for (const auto& id : bundlesForGrowth(from, builder.size())) {
      Bytes bundle;
      for (unsigned i = 0; i < id.width; ++i)
        appendToBundle(bundle, entries[id.index * kTileWidth + i]);
      tiles.files[tilePath(id)] = std::move(bundle);
    }
  }
  /// `count` small entries, each different.
  void growBy(std::uint64_t count) {
    std::vector<Bytes> more;
    for (std::uint64_t i = 0; i < count; ++i) {
      more.push_back(toBytes("entry " + std::to_string(entries.size() + i)));
    }
    grow(more);
  }

  MemoryTiles tiles;
  TileBuilder builder;
  std::vector<Bytes> entries;
};

}  // namespace congvan::tlog::testing
