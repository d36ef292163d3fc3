// SPDX-License-Identifier: Apache-2.0
#include "app/witness.h"
#include "tests/support/shell.h"
#include "tests/unit/tlog/memory_tiles.h"
#include "tests/unit/tlog/sequencer_fakes.h"
#include "trust/crypto/random.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace congvan::app {
namespace {

using audit::testing::FixedClock;
using tlog::testing::MemoryLog;

tlog::NoteKey logNamed(std::string_view name) {
  return *tlog::NoteKey::fromSeed(name, crypto::SecretBytes(BytesView(Bytes(32, 3))));
}

/// A log that grows, and what it asks a witness.
struct AskingLog {
  MemoryLog log;
  tlog::NoteKey key = logNamed("log.example");

  std::string request(std::uint64_t from, std::uint64_t to) {
    if (log.builder.size() < to) log.growBy(to - log.builder.size());
    const tlog::TileTree tree(log.tiles, to);
    const auto proof = from == 0 || from == to ? tlog::Proof{} : *tree.consistency(from);
    return tlog::addCheckpointText(
        {from, proof, tlog::signCheckpoint({"log.example", {to, *tree.root()}, {}}, key)});
  }
};

std::string reasonOf(const Result<std::string>& answer) {
  return answer ? "" : answer.error().reason;
}

class WitnessFolder : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Witness>> open(std::string name = "") {
    return Witness::open(
        {folder_.path() / "w", std::move(name), {asking_.key.verifier()}}, clock_, random_);
  }

  test::TempFolder folder_;
  FixedClock clock_;
  crypto::SystemRandom random_;
  AskingLog asking_;
};

TEST_F(WitnessFolder, RemembersAcrossRestartsWhoItIsAndWhatItSaw) {
  std::string vkey;
  {
    const auto witness = open("witness.example");
    ASSERT_TRUE(witness);
    vkey = (*witness)->verifier().vkey();
    ASSERT_TRUE((*witness)->addCheckpoint(asking_.request(0, 5)));
  }
  const auto again = open();
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->verifier().vkey(), vkey);
  EXPECT_EQ((*again)->verifier().name(), "witness.example");
  EXPECT_EQ(reasonOf((*again)->addCheckpoint(asking_.request(0, 5))), "witness_size_differs");
  EXPECT_EQ(reasonOf((*again)->addCheckpoint(asking_.request(5, 9))), "");
}

TEST_F(WitnessFolder, CosignsWithTheTimeOfItsClock) {
  const auto witness = open();
  const auto lines = (*witness)->addCheckpoint(asking_.request(0, 5));
  ASSERT_TRUE(lines);
  const auto signatures = *tlog::parseSignatureLines(*lines);
  ASSERT_EQ(signatures.size(), 1U);
  EXPECT_EQ(tlog::cosignatureTime(signatures[0].value), 1'800'000'000U);
}

TEST_F(WitnessFolder, IsForOneProcessAtATime) {
  const auto witness = open();
  ASSERT_TRUE(witness);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "witness_in_use");
}

TEST_F(WitnessFolder, TakesOneOfManyRequestsAtOnce) {
  const auto witness = open();
  ASSERT_TRUE((*witness)->addCheckpoint(asking_.request(0, 1)));
  std::vector<std::string> requests;
  for (std::uint64_t size = 2; size < 10; ++size) requests.push_back(asking_.request(1, size));
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> threads;
    for (const auto& request : requests) {
      threads.emplace_back([&] { taken += (*witness)->addCheckpoint(request) ? 1 : 0; });
    }
  }
  EXPECT_EQ(taken, 1);
}

TEST_F(WitnessFolder, DoesNotTakeADamagedMemoryForAnEmptyOne) {
  std::filesystem::path kept;
  {
    const auto witness = open();
    ASSERT_TRUE((*witness)->addCheckpoint(asking_.request(0, 5)));
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "w")) {
      if (file.path().extension() == ".checkpoint") kept = file.path();
    }
  }
  std::filesystem::resize_file(kept, 40);
  const auto again = open();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "witness_state_damaged");
}

}  // namespace
}  // namespace congvan::app
