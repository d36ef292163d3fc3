// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/tree.h"

#include "base/encoding.h"
#include "tests/unit/tlog/corpus.h"
#include "tests/unit/tlog/memory_tiles.h"

#include <gtest/gtest.h>

#include <bit>

namespace congvan::tlog::testing {
namespace {

/// The definition of RFC 6962 section 2.1, word for word: slow, and written without the code under
/// test.
Hash rootByDefinition(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return emptyRoot();
  if (end - begin == 1) return leaves[begin];
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return nodeHash(rootByDefinition(leaves, begin, begin + split),
                  rootByDefinition(leaves, begin + split, end));
}

std::vector<Hash> leavesOf(const MemoryLog& log) {
  std::vector<Hash> leaves;
  for (const auto& entry : log.entries) leaves.push_back(leafHash(entry));
  return leaves;
}

TEST(Tree, HasTheRootsOfRfc6962) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "rfc6962.json");
  const auto& roots = vectors.at("root_hash_by_size");
  RightEdge edge;
  MemoryLog log;
  for (std::size_t size = 0; size < roots.size(); ++size) {
    EXPECT_EQ(toHex(edge.root()), roots[size].get<std::string>());
    EXPECT_EQ(toHex(log.builder.head().root), roots[size].get<std::string>());
    EXPECT_EQ(toHex(*TileTree(log.tiles, size).root()), roots[size].get<std::string>());
    if (size + 1 == roots.size()) break;
    const auto entry = *fromHex(vectors.at("leaf_inputs_hex")[size].get<std::string>());
    edge.append(leafHash(entry));
    log.grow({entry});
  }
}

TEST(Tree, ReadFromTilesHasTheRootOfTheDefinitionAtEverySize) {
  MemoryLog log;
  for (std::uint64_t size = 1; size <= 700; ++size) {
    log.growBy(1);
    const auto leaves = leavesOf(log);
    const auto expected = rootByDefinition(leaves, 0, leaves.size());
    ASSERT_EQ(log.builder.head().root, expected) << size;
    ASSERT_EQ(*TileTree(log.tiles, size).root(), expected) << size;
  }
}

TEST(Tree, GrownInOneBatchOrManyHasTheSameTiles) {
  MemoryLog one;
  one.growBy(70'000);
  MemoryLog many;
  for (const auto step : {1, 254, 1, 1, 65'278, 2, 1, 4'462})
    many.growBy(static_cast<std::uint64_t>(step));

  ASSERT_EQ(many.builder.head(), one.builder.head());
  for (const auto& [path, bytes] : one.tiles.files)
    EXPECT_EQ(many.tiles.files[path], bytes) << path;
}

TEST(Tree, ProvesEveryLeafOfEverySize) {
  MemoryLog log;
  for (const std::uint64_t size : {1U, 2U, 3U, 7U, 8U, 255U, 256U, 257U, 300U, 511U, 513U}) {
    log.growBy(size - log.builder.size());
    const TileTree tree(log.tiles, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = tree.inclusion(index);
      ASSERT_TRUE(proof);
      const auto leaf = leafHash(log.entries[index]);
      ASSERT_EQ(checkInclusion(log.builder.head(), index, leaf, *proof), ProofVerdict::Good)
          << index << " of " << size;
      ASSERT_NE(checkInclusion(log.builder.head(), index ^ 1U, leaf, *proof), ProofVerdict::Good);
    }
  }
}

TEST(Tree, ProvesThatEverySizeIsABeginningOfALaterOne) {
  MemoryLog log;
  std::vector<TreeHead> heads{log.builder.head()};
  for (int i = 0; i < 600; ++i) {
    log.growBy(1);
    heads.push_back(log.builder.head());
  }
  for (std::uint64_t newer = 1; newer <= 600; newer += newer < 20 ? 1 : 29) {
    const TileTree tree(log.tiles, newer);
    for (std::uint64_t older = 1; older <= newer; ++older) {
      const auto proof = tree.consistency(older);
      ASSERT_TRUE(proof);
      ASSERT_EQ(checkConsistency(heads[older], heads[newer], *proof), ProofVerdict::Good)
          << older << " to " << newer;
    }
  }
}

TEST(Tree, ProvesAcrossThreeLevelsOfTiles) {
  MemoryLog log;
  log.growBy(66'000);
  const auto older = log.builder.head();
  log.growBy(4'000);
  const TileTree tree(log.tiles, 70'000);

  for (const std::uint64_t index : {0U, 255U, 256U, 65'535U, 65'536U, 69'631U, 69'999U}) {
    EXPECT_EQ(checkInclusion(
                  log.builder.head(), index, leafHash(log.entries[index]), *tree.inclusion(index)),
              ProofVerdict::Good);
  }
  EXPECT_EQ(checkConsistency(older, log.builder.head(), *tree.consistency(66'000)),
            ProofVerdict::Good);
}

TEST(Tree, RefusesProofsOfWhatItDoesNotHold) {
  MemoryLog log;
  log.growBy(5);
  const TileTree tree(log.tiles, 5);
  EXPECT_EQ(tree.inclusion(5).error().reason, "leaf_not_in_tree");
  EXPECT_EQ(tree.leaf(5).error().reason, "leaf_not_in_tree");
  EXPECT_EQ(tree.consistency(0).error().reason, "no_such_proof");
  EXPECT_EQ(tree.consistency(6).error().reason, "no_such_proof");
}

TEST(TileBuilder, TakenUpAtAnySizeGoesOnAsIfItHadNeverStopped) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 65'536U, 65'792U, 66'000U}) {
    MemoryLog log;
    log.growBy(size);
    const auto restored = TileBuilder::restore(log.tiles, log.builder.head());
    ASSERT_TRUE(restored) << size;
    MemoryLog reference;
    reference.growBy(size + 300);

    log.builder = *restored;
    log.growBy(300);

    EXPECT_EQ(log.builder.head(), reference.builder.head());
    for (const auto& [path, bytes] : reference.tiles.files) EXPECT_EQ(log.tiles.files[path], bytes);
  }
}

TEST(TileBuilder, RefusesTilesThatDoNotGiveTheRoot) {
  MemoryLog log;
  log.growBy(300);
  auto head = log.builder.head();
  head.root[0] ^= 1U;
  EXPECT_EQ(TileBuilder::restore(log.tiles, head).error().reason, "tree_root_differs");
}

TEST(RightEdge, RefusesAnEdgeOfTheWrongLength) {
  EXPECT_TRUE(RightEdge::restore(5, {Hash{}, Hash{}}));
  EXPECT_EQ(RightEdge::restore(5, {Hash{}}).error().reason, "edge_malformed");
}

TEST(SignedTiles, GiveNoHashThatIsNotUnderTheRoot) {
  MemoryLog log;
  log.growBy(66'000);
  const auto head = log.builder.head();
  const SignedTiles sound(log.tiles, head);
  ASSERT_TRUE(sound.open());
  for (const std::uint64_t older : {1U, 255U, 256U, 300U, 65'536U, 65'999U}) {
    const auto proof = TileTree(sound, head.size).consistency(older);
    EXPECT_EQ(*proof, *TileTree(log.tiles, head.size).consistency(older));
  }
  for (const auto& [path, bytes] : log.tiles.files) {
    const auto tile = *parseTilePath(path);
    const bool promised = tile.width == tileWidth(head.size, tile.level, tile.index);
    if (tile.kind != TileKind::Hashes || !promised) continue;
    auto lying = log.tiles;
    lying.files[path].back() ^= 1U;
    const SignedTiles tiles(lying, head);
    EXPECT_FALSE(tiles.open() && tiles.hashes(tile)) << path;
  }
}

}  // namespace
}  // namespace congvan::tlog::testing
