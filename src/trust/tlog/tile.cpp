// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/tile.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace congvan::tlog {
namespace {

constexpr unsigned kLevelMost = 63;

Error badPath() {
  return Error{Code::Malformed, "tile_path_malformed"};
}

/// 1234067 is `x001/x234/067`: no folder ever holds more than a thousand names.
std::string numberPath(std::uint64_t number) {
  std::string path = fmt::format("{:03}", number % 1000);
  for (number /= 1000; number > 0; number /= 1000) {
    path.insert(0, fmt::format("x{:03}/", number % 1000));
  }
  return path;
}

/// Text up to the next slash, which is taken too.
std::string_view takeName(std::string_view& rest) {
  const auto slash = rest.find('/');
  const auto name = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return name;
}

/// The tiles of one level that gain something when its number of items grows from `from` to `to`.
void addGrowth(std::vector<TileId>& tiles,
               TileKind kind,
               unsigned level,
               std::uint64_t from,
               std::uint64_t to) {
  if (from >= to) return;
  for (std::uint64_t index = from / kTileWidth; index <= (to - 1) / kTileWidth; ++index) {
    const auto width = std::min(kTileWidth, to - index * kTileWidth);
    tiles.push_back({kind, level, index, static_cast<unsigned>(width)});
  }
}

}  // namespace

std::string tilePath(const TileId& tile) {
  auto path = tile.kind == TileKind::Entries ? std::string("tile/entries/")
                                             : fmt::format("tile/{}/", tile.level);
  path += numberPath(tile.index);
  if (tile.partial()) path += fmt::format(".p/{}", tile.width);
  return path;
}

Result<TileId> parseTilePath(std::string_view path) {
  TileId tile;
  auto rest = path;
  if (takeName(rest) != "tile") return badPath();
  const auto level = takeName(rest);
  if (level == "entries") {
    tile.kind = TileKind::Entries;
  } else {
    const auto number = parseDecimal(level);
    if (!number || *number > kLevelMost) return badPath();
    tile.level = static_cast<unsigned>(*number);
  }
  if (const auto mark = rest.find(".p/"); mark != std::string_view::npos) {
    const auto width = parseDecimal(rest.substr(mark + 3));
    if (!width || *width == 0 || *width >= kTileWidth) return badPath();
    tile.width = static_cast<unsigned>(*width);
    rest = rest.substr(0, mark);
  }
  if (rest.size() > 33) return badPath();  // 20 digits in seven groups
  while (!rest.empty()) {
    auto name = takeName(rest);
    if (!rest.empty() && !name.starts_with('x')) return badPath();
    if (!rest.empty()) name.remove_prefix(1);
    if (name.size() != 3 ||
        !std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
      return badPath();
    }
    const auto digits =
        static_cast<std::uint64_t>((name[0] - '0') * 100 + (name[1] - '0') * 10 + (name[2] - '0'));
    tile.index = tile.index * 1000 + digits;
  }
  // One spelling only: this also catches leading zero groups, an empty number and a slash at the
  // end.
  if (tilePath(tile) != path) return badPath();
  return tile;
}

std::uint64_t hashesAtLevel(std::uint64_t size, unsigned level) {
  return level * kTileHeight >= 64 ? 0 : size >> (level * kTileHeight);
}

unsigned tileWidth(std::uint64_t size, unsigned level, std::uint64_t index) {
  const auto count = hashesAtLevel(size, level);
  if (index > count / kTileWidth) return 0;
  return static_cast<unsigned>(std::min(kTileWidth, count - index * kTileWidth));
}

TileId tileHolding(std::uint64_t size, unsigned level, std::uint64_t hash_index) {
  const auto index = hash_index / kTileWidth;
  return {TileKind::Hashes, level, index, tileWidth(size, level, index)};
}

TileId bundleHolding(std::uint64_t size, std::uint64_t index) {
  const auto number = index / kTileWidth;
  return {TileKind::Entries, 0, number, tileWidth(size, 0, number)};
}

std::vector<TileId> tilesForGrowth(std::uint64_t from, std::uint64_t to) {
  std::vector<TileId> tiles;
  for (unsigned level = 0; hashesAtLevel(to, level) > 0; ++level) {
    addGrowth(tiles, TileKind::Hashes, level, hashesAtLevel(from, level), hashesAtLevel(to, level));
  }
  return tiles;
}

std::vector<TileId> bundlesForGrowth(std::uint64_t from, std::uint64_t to) {
  std::vector<TileId> tiles;
  addGrowth(tiles, TileKind::Entries, 0, from, to);
  return tiles;
}

Bytes encodeTile(const std::vector<Hash>& hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * kHashSize);
  for (const auto& hash : hashes) append(bytes, BytesView(hash));
  return bytes;
}

Result<std::vector<Hash>> parseTile(BytesView bytes, unsigned width) {
  if (bytes.size() != width * kHashSize) return Error{Code::Malformed, "tile_malformed"};
  std::vector<Hash> hashes(width);
  for (unsigned i = 0; i < width; ++i) {
    std::ranges::copy(bytes.subspan(i * kHashSize, kHashSize), hashes[i].begin());
  }
  return hashes;
}

void appendToBundle(Bytes& bundle, BytesView entry) {
  if (entry.size() > kEntryBytesMost) throw std::length_error("log entry over 65,535 bytes");
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8U));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xFFU));
  append(bundle, entry);
}

Result<std::vector<BytesView>> parseBundle(BytesView bundle, unsigned width) {
  const Error malformed{Code::Malformed, "bundle_malformed"};
  std::vector<BytesView> entries;
  while (!bundle.empty()) {
    if (bundle.size() < 2 || entries.size() == width) return malformed;
    const auto size = (static_cast<std::size_t>(bundle[0]) << 8U) | bundle[1];
    if (bundle.size() < 2 + size) return malformed;
    entries.push_back(bundle.subspan(2, size));
    bundle = bundle.subspan(2 + size);
  }
  if (entries.size() != width) return malformed;
  return entries;
}

Result<std::vector<Bytes>> readEntries(const BundleReader& bundles, const TileId& tile) {
  const auto bytes = bundles.bundle(tile);
  if (!bytes) return bytes.error();
  auto views = parseBundle(*bytes, tile.width);
  if (!views) views = parseBundle(*bytes, kTileWidth);
  if (!views) return views.error();
  std::vector<Bytes> entries;
  for (unsigned i = 0; i < tile.width; ++i) entries.push_back(toBytes((*views)[i]));
  return entries;
}

}  // namespace congvan::tlog
