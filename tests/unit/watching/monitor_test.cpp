// SPDX-License-Identifier: Apache-2.0
#include "app/monitor.h"

#include "tests/support/shell.h"
#include "tests/unit/tlog/memory_tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tlog::testing::MemoryLog;

const tlog::NoteKey& watchedKey() {
  static const auto kKey =
      *tlog::NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 9))));
  return kKey;
}

/// A server that stops answering after so many files.
class FailingBundles final : public tlog::BundleReader {
 public:
  FailingBundles(const MemoryLog& log, int answers) : log_(log), answers_(answers) {}
  Result<Bytes> bundle(const tlog::TileId& tile) const override {
    if (answers_-- <= 0) return Error{Code::Unavailable, "fetch_timed_out"};
    return log_.tiles.bundle(tile);
  }

 private:
  const MemoryLog& log_;
  mutable int answers_;
};

class Monitoring : public ::testing::Test {
 protected:
  std::string signedNow(const MemoryLog& log) {
    return tlog::signCheckpoint({"log.example", log.builder.head(), {}}, watchedKey());
  }
  Result<Monitor::Report> visit(const MemoryLog& log, const tlog::BundleReader* bundles = nullptr) {
    const auto monitor = Monitor::open(folder_.path() / "state");
    if (!monitor) return monitor.error();
    return (*monitor)->visit({log.tiles, bundles != nullptr ? *bundles : log.tiles, signedNow(log)},
                             {watchedKey().verifier(), {}, tlog::LogRules::None});
  }
  std::vector<std::string> found(const MemoryLog& log) {
    const auto report = visit(log);
    std::vector<std::string> reasons;
    for (const auto& finding : report->findings) reasons.push_back(finding.reason);
    return reasons;
  }

  test::TempFolder folder_;
};

TEST_F(Monitoring, FollowsALogAsItGrows) {
  MemoryLog log;
  for (const std::uint64_t more : {0U, 1U, 0U, 254U, 1U, 1U, 600U, 66'000U, 3U}) {
    const auto before = log.builder.size();
    log.growBy(more);
    const auto report = visit(log);
    ASSERT_TRUE(report) << report.error().reason;
    EXPECT_THAT(report->findings, IsEmpty()) << log.builder.size();
    EXPECT_EQ(report->before, before);
  }
}

TEST_F(Monitoring, GoesOnWhereAVisitWasCutShort) {
  MemoryLog log;
  log.growBy(10);
  ASSERT_THAT(found(log), IsEmpty());
  log.growBy(40'000);
  for (const int answers : {0, 1, 64, 65, 100}) {
    const FailingBundles failing(log, answers);
    const auto cut = visit(log, &failing);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().reason, "fetch_timed_out");
  }
  EXPECT_THAT(found(log), IsEmpty());
}

TEST_F(Monitoring, FindsAForkAndKeepsWhatProvesIt) {
  MemoryLog log;
  log.growBy(300);
  ASSERT_THAT(found(log), IsEmpty());
  MemoryLog forked;
  forked.grow({toBytes("another first entry")});
  forked.growBy(299);
  EXPECT_THAT(found(forked), ElementsAre("previous_differs")) << "of the same size";
  forked.growBy(500);
  const auto report = visit(forked);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->findings.front().reason, "previous_differs");
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "state" / report->evidence));
  log.growBy(1);
  EXPECT_THAT(found(log), IsEmpty()) << "what was seen stays the measure";
}

TEST_F(Monitoring, FindsAForkOfWhatItHadSeenButNotFetched) {
  MemoryLog log;
  log.growBy(10);
  ASSERT_THAT(found(log), IsEmpty());
  auto forked = log;
  log.growBy(300);
  const FailingBundles silent(log, 0);
  ASSERT_FALSE(visit(log, &silent));
  forked.grow({toBytes("another eleventh entry")});
  forked.growBy(400);
  EXPECT_THAT(found(forked), ElementsAre("previous_differs"));
}

TEST_F(Monitoring, FindsALogThatWasPutBack) {
  MemoryLog log;
  log.growBy(300);
  const auto earlier = log;
  log.growBy(1);
  ASSERT_THAT(found(log), IsEmpty());
  EXPECT_THAT(found(earlier), ElementsAre("previous_ahead"));
}

TEST_F(Monitoring, KeepsNothingThatWasNotSigned) {
  MemoryLog log;
  log.growBy(300);
  auto lying = log;
  lying.tiles.files["tile/entries/000"][4] ^= 1U;
  EXPECT_THAT(found(lying), ElementsAre("entries_differ"));
  auto lacking = log;
  lacking.tiles.files.erase("tile/entries/000");
  EXPECT_THAT(found(lacking), ElementsAre("bundle_missing"));
  auto cut = log;
  cut.tiles.files["tile/entries/000"].pop_back();
  EXPECT_THAT(found(cut), ElementsAre("bundle_malformed"));
  EXPECT_THAT(found(log), IsEmpty());
}

TEST_F(Monitoring, TilesThatAreNotThoseOfTheRootProveNothing) {
  MemoryLog log;
  log.growBy(300);
  ASSERT_THAT(found(log), IsEmpty());
  log.growBy(300);
  auto lying = log;
  lying.tiles.files["tile/0/001"][4] ^= 1U;
  EXPECT_THAT(found(lying), ElementsAre("tile_differs"));
  EXPECT_THAT(found(log), IsEmpty());
}

TEST_F(Monitoring, DoesNotTakeADamagedCopyForAnEmptyOne) {
  MemoryLog log;
  log.growBy(300);
  ASSERT_THAT(found(log), IsEmpty());
  for (const auto* const file : {"checkpoint", "seen", "tile/0/001.p/44"}) {
    const auto path = folder_.path() / "state" / file;
    const auto whole = std::filesystem::file_size(path);
    const auto kept = path.string() + ".kept";
    std::filesystem::copy_file(path, kept);
    std::filesystem::resize_file(path, whole - 1);
    const auto refused = visit(log);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().reason, "monitor_state_damaged");
    std::filesystem::rename(kept, path);
  }
  EXPECT_THAT(found(log), IsEmpty());
}

TEST_F(Monitoring, AsksForTheCosignaturesOfItsWitnesses) {
  const auto witness = *tlog::NoteKey::fromSeed("witness.example",
                                                crypto::SecretBytes(BytesView(Bytes(32, 4))),
                                                tlog::NoteKeyType::CosignatureV1);
  MemoryLog log;
  log.growBy(3);
  const auto look = [&](const std::string& note) {
    const auto monitor = Monitor::open(folder_.path() / "state");
    const auto report =
        (*monitor)->visit({log.tiles, log.tiles, note},
                          {watchedKey().verifier(), {witness.verifier()}, tlog::LogRules::None});
    return report->findings.empty() ? "" : report->findings.front().reason;
  };
  const auto bare = signedNow(log);
  const auto text = tlog::parseNote(bare)->text;
  EXPECT_EQ(look(bare), "cosignature_missing");
  EXPECT_EQ(look(*tlog::withSignature(bare, witness.cosign(text, 1))), "");
  EXPECT_EQ(look(*tlog::withSignature(bare, witness.cosign("other\n", 1))), "cosignature_wrong");
}

}  // namespace
}  // namespace congvan::app
