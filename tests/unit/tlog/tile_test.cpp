// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/tile.h"

#include "tests/unit/tlog/corpus.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

unsigned countTiles(const std::vector<TileId>& tiles, unsigned level, bool partial) {
  unsigned count = 0;
  for (const auto& tile : tiles)
    count += tile.level == level && tile.partial() == partial ? 1U : 0U;
  return count;
}

unsigned partialWidth(const std::vector<TileId>& tiles, unsigned level) {
  for (const auto& tile : tiles) {
    if (tile.level == level && tile.partial()) return tile.width;
  }
  return 0;
}

void expectTilesForSize(const nlohmann::json& one) {
  const auto tiles = tilesForGrowth(0, one.at("size").get<std::uint64_t>());
  EXPECT_EQ(countTiles(tiles, 0, false), one.at("full_level0").get<unsigned>());
  EXPECT_EQ(countTiles(tiles, 1, false), one.at("full_level1").get<unsigned>());
  for (const unsigned level : {0U, 1U, 2U}) {
    EXPECT_EQ(partialWidth(tiles, level),
              one.at("partial_level" + std::to_string(level)).get<unsigned>());
  }
}

void expectPath(const nlohmann::json& one) {
  const auto path = one.at("path").get<std::string>();
  TileId tile;
  if (one.at("kind") == "tile") {
    tile = {TileKind::Hashes, one.at("level"), one.at("index"), one.at("width")};
  } else {
    tile = bundleHolding(one.at("log_size"), one.at("seq"));
  }
  EXPECT_EQ(tilePath(tile), path);
  const auto parsed = parseTilePath(path);
  ASSERT_TRUE(parsed) << path;
  EXPECT_EQ(*parsed, tile);
}

TEST(TilePath, MatchesTheVectors) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "tile-paths.json");
  for (const auto& one : vectors.at("paths")) {
    if (one.at("kind") == "tiles-for-size") {
      expectTilesForSize(one);
    } else {
      expectPath(one);
    }
  }
  for (const auto& bad : vectors.at("bad_paths")) {
    EXPECT_FALSE(parseTilePath(bad.get<std::string>())) << bad;
  }
}

TEST(TilePath, HasOneSpelling) {
  EXPECT_EQ(tilePath({TileKind::Hashes, 63, UINT64_MAX, 1}),
            "tile/63/x018/x446/x744/x073/x709/x551/615.p/1");
  EXPECT_TRUE(parseTilePath("tile/63/x018/x446/x744/x073/x709/x551/615.p/1"));
  for (const auto* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/001/",
                          "tile/0/x000/001",
                          "tile/64/000",
                          "tile/0/000.p/",
                          "tile/0/000.p/01",
                          "tile/0/000.p/1/",
                          "/tile/0/000",
                          "tile/0/00a",
                          "tile/0/x001/x001",
                          "tile/entries/x001",
                          "tile/0/000.p",
                          "tile/0/000.q/1",
                          "tile/0/x018/x446/x744/x073/x709/x551/616",
                          "tile/0/x001/x018/x446/x744/x073/x709/x551/615"}) {
    EXPECT_FALSE(parseTilePath(bad)) << bad;
  }
}

TEST(Tile, WidthFollowsTheSize) {
  EXPECT_EQ(tileWidth(256, 0, 0), 256U);
  EXPECT_EQ(tileWidth(256, 1, 0), 1U);
  EXPECT_EQ(tileWidth(256, 0, 1), 0U);
  EXPECT_EQ(tileWidth(70'000, 0, 273), 112U);
  EXPECT_EQ(tileWidth(70'000, 2, 0), 1U);
  EXPECT_EQ(tileWidth(70'000, 3, 0), 0U);
  EXPECT_EQ(tileWidth(UINT64_MAX, 7, 0), 255U);
  EXPECT_EQ(tileWidth(UINT64_MAX, 63, 0), 0U);
}

TEST(Tile, GrowthWritesOnlyWhatChanged) {
  EXPECT_TRUE(tilesForGrowth(300, 300).empty());
  const std::vector<TileId> expected{
      {TileKind::Hashes, 0, 1, 256}, {TileKind::Hashes, 0, 2, 1}, {TileKind::Hashes, 1, 0, 2}};
  EXPECT_EQ(tilesForGrowth(300, 513), expected);
  const std::vector<TileId> bundles{{TileKind::Entries, 0, 1, 256}, {TileKind::Entries, 0, 2, 1}};
  EXPECT_EQ(bundlesForGrowth(300, 513), bundles);
}

TEST(Tile, OfAnotherLengthIsMalformed) {
  EXPECT_TRUE(parseTile(Bytes(64), 2));
  for (const std::size_t size : {0U, 32U, 63U, 65U, 96U}) {
    EXPECT_EQ(parseTile(Bytes(size), 2).error().reason, "tile_malformed");
  }
}

TEST(Bundle, GivesBackItsEntries) {
  Bytes bundle;
  const Bytes longest(kEntryBytesMost, 0x5A);
  appendToBundle(bundle, {});
  appendToBundle(bundle, longest);
  const auto entries = parseBundle(bundle, 2);
  ASSERT_TRUE(entries);
  EXPECT_TRUE((*entries)[0].empty());
  EXPECT_EQ(toBytes((*entries)[1]), longest);
  EXPECT_THROW(appendToBundle(bundle, Bytes(kEntryBytesMost + 1)), std::length_error);
}

TEST(Bundle, OfAnotherCountOrCutShortIsMalformed) {
  Bytes bundle;
  appendToBundle(bundle, asBytes("one"));
  appendToBundle(bundle, asBytes("two"));
  EXPECT_FALSE(parseBundle(bundle, 1));
  EXPECT_FALSE(parseBundle(bundle, 3));
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    EXPECT_FALSE(parseBundle(BytesView(bundle).first(size), 2)) << size;
  }
}

}  // namespace
}  // namespace congvan::tlog::testing
