// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/proof.h"

#include "base/encoding.h"
#include "tests/unit/tlog/corpus.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

Proof readProof(const nlohmann::json& json) {
  Proof proof;
  if (json.is_null()) return proof;
  for (const auto& hash : json) proof.push_back(hashOrStandIn(hash.get<std::string>(), "proof"));
  return proof;
}

std::vector<std::filesystem::path> casesIn(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

TEST(Hashing, MatchesTheVectorsOfRfc6962) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "rfc6962.json");
  const auto bytes = [](const nlohmann::json& hex) { return *fromHex(hex.get<std::string>()); };
  for (const auto& one : vectors.at("hashes")) {
    const auto what = one.at("what").get<std::string>();
    Hash hash{};
    if (what == "leaf") hash = leafHash(bytes(one.at("input_hex")));
    if (what == "empty-root") hash = emptyRoot();
    if (what == "node") {
      // The upstream vector joins texts that are no hashes, so it is joined by hand here.
      Bytes input{0x01};
      append(input, BytesView(bytes(one.at("left_hex"))));
      append(input, BytesView(bytes(one.at("right_hex"))));
      hash = sha256(input);
    }
    EXPECT_EQ(toHex(hash), one.at("hash").get<std::string>()) << what;
  }
  const auto& go = vectors.at("go_record_hash");
  EXPECT_EQ(hashText(leafHash(asBytes(go.at("text").get<std::string>()))), go.at("leaf_hash_b64"));
}

TEST(InclusionProof, IsJudgedAsTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto cases = casesIn(*folder / "merkle-proofs" / "inclusion");
  ASSERT_GT(cases.size(), 80U);
  for (const auto& file : cases) {
    const auto one = readJson(file);
    const TreeHead head{one.at("treeSize").get<std::uint64_t>(),
                        hashOrStandIn(one.at("root"), "root")};
    const auto verdict = checkInclusion(head,
                                        one.at("leafIdx").get<std::uint64_t>(),
                                        hashOrStandIn(one.at("leafHash"), "leaf"),
                                        readProof(one.at("proof")));
    EXPECT_EQ(verdict != ProofVerdict::Good, one.at("wantErr").get<bool>()) << file;
  }
}

TEST(ConsistencyProof, IsJudgedAsTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto cases = casesIn(*folder / "merkle-proofs" / "consistency");
  ASSERT_GT(cases.size(), 80U);
  for (const auto& file : cases) {
    const auto one = readJson(file);
    const TreeHead older{one.at("size1").get<std::uint64_t>(),
                         hashOrStandIn(one.at("root1"), "root")};
    const TreeHead newer{one.at("size2").get<std::uint64_t>(),
                         hashOrStandIn(one.at("root2"), "root")};
    const auto verdict = checkConsistency(older, newer, readProof(one.at("proof")));
    EXPECT_EQ(verdict != ProofVerdict::Good, one.at("wantErr").get<bool>()) << file;
  }
}

TEST(ConsistencyProof, FromTheEmptyTreeSaysNothing) {
  const TreeHead empty{0, emptyRoot()};
  EXPECT_EQ(checkConsistency(empty, empty, {}), ProofVerdict::OutOfRange);
  EXPECT_EQ(checkConsistency(empty, {1, leafHash({})}, {}), ProofVerdict::OutOfRange);
}

TEST(ConsistencyProof, OfTwoRootsForOneSizeFails) {
  const TreeHead one{1, leafHash(asBytes("a"))};
  const TreeHead other{1, leafHash(asBytes("b"))};
  EXPECT_EQ(checkConsistency(one, one, {}), ProofVerdict::Good);
  EXPECT_EQ(checkConsistency(one, other, {}), ProofVerdict::WrongRoot);
  EXPECT_EQ(checkConsistency(one, one, {one.root}), ProofVerdict::WrongLength);
}

}  // namespace
}  // namespace congvan::tlog::testing
