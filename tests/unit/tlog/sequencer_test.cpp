// SPDX-License-Identifier: Apache-2.0
#include "office/audit/sequencer.h"

#include "edge/storage/tile_files.h"
#include "office/audit/log_proof.h"
#include "tests/unit/tlog/sequencer_fakes.h"
#include "trust/tlog/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>
#include <thread>

namespace congvan::audit::testing {
namespace {

using congvan::testing::FaultFiles;
using congvan::testing::PowerCut;
using congvan::testing::Unsynced;

constexpr std::string_view kOrigin = "congvan.example/records";

const tlog::NoteKey& key() {
  static const auto kKey =
      *tlog::NoteKey::fromSeed(kOrigin, crypto::SecretBytes(BytesView(Bytes(32, 5))));
  return kKey;
}

SequencerOptions options(std::string holder = "one") {
  SequencerOptions made;
  made.origin = kOrigin;
  made.holder = std::move(holder);
  return made;
}

/// One machine: its disk, its database, and the process that sequences.
struct Machine {
  FaultFiles disk;
  MemoryDatabase database;
  FixedClock clock;
  std::unique_ptr<storage::TileFiles> files;
  std::unique_ptr<Sequencer> sequencer;
  std::vector<std::string> seen;  // every checkpoint that a reader could have got

  void boot() {
    files = std::make_unique<storage::TileFiles>(disk);
    sequencer = std::make_unique<Sequencer>(
        Sequencer::Stores{database, database, database, database, *files}, key(), clock, options());
  }
  void queue(int count) {
    const auto queued = database.run<bool>([&](work::Tx& tx) -> Result<bool> {
      for (int i = 0; i < count; ++i) {
        const auto text = "leaf " + std::to_string(database.queued(tx));
        const auto added = database.add(tx, Log::Records, asBytes(text));
        if (!added) return added.error();
      }
      return true;
    });
    if (!queued) throw PowerCut{};  // the fault met the queueing: the process ends here as well
  }
  void look() {
    const auto published = *files->published();
    if (published && (seen.empty() || seen.back() != *published)) seen.push_back(*published);
  }
};

/// The whole promise of a log: sound, every queued leaf in it once at its recorded place, every
/// checkpoint ever shown continued.
void expectWhole(Machine& machine) {
  machine.look();
  ASSERT_FALSE(machine.seen.empty());
  std::vector<tlog::TileId> partials;
  for (const auto& [path, bytes] : machine.disk.snapshot()) {
    const auto tile = tlog::parseTilePath(path);
    if (tile && tile->partial()) partials.push_back(*tile);
  }
  const auto report = tlog::checkWholeLog({.tiles = *machine.files,
                                           .bundles = *machine.files,
                                           .checkpoint = machine.seen.back(),
                                           .key = key().verifier(),
                                           .previous = machine.seen,
                                           .partials = partials});
  for (const auto& finding : report.findings)
    ADD_FAILURE() << finding.reason << " " << finding.where;
  ASSERT_EQ(report.head.size, machine.database.kept.leaves.size());
  std::vector<bool> taken(report.head.size, false);
  for (const auto& [id, leaf] : machine.database.kept.leaves) {
    ASSERT_TRUE(leaf.index && *leaf.index < report.head.size);
    ASSERT_FALSE(taken[*leaf.index]) << "two leaves at one place";
    taken[*leaf.index] = true;
    const tlog::TileTree tree(*machine.files, report.head.size);
    ASSERT_EQ(*tree.leaf(*leaf.index), tlog::leafHash(leaf.entry));
  }
}

void sequenceAll(Machine& machine) {
  for (int i = 0; i < 5; ++i) {
    const auto done = machine.sequencer->sequence();
    ASSERT_TRUE(done) << done.error().reason;
    machine.look();
    if (*done == 0 && machine.database.kept.head) return;
  }
}

/// Batches that end inside a tile, at its end, and beyond it. `Stop` when a fault ended the
/// process.
enum class Ended { Done, Stop };
Ended story(Machine& machine) {
  try {
    machine.boot();
    for (const int count : {0, 3, 252, 1, 300}) {
      machine.queue(count);
      const auto done = machine.sequencer->sequence();
      machine.look();
      if (!done) return Ended::Stop;
    }
    return Ended::Done;
  } catch (const PowerCut&) {
    return Ended::Stop;
  } catch (const std::system_error&) {
    return Ended::Stop;
  }
}

std::uint64_t operationsOfStory() {
  Machine machine;
  story(machine);
  return machine.disk.operations();
}

TEST(Sequencer, GivesEveryLeafItsPlace) {
  Machine machine;
  ASSERT_EQ(story(machine), Ended::Done);
  sequenceAll(machine);
  expectWhole(machine);
  EXPECT_EQ(machine.seen.size(), 5U) << "one checkpoint for the empty log and one for each batch";
}

TEST(Sequencer, SurvivesAPowerCutAtEveryFileOperation) {
  const auto operations = operationsOfStory();
  ASSERT_GT(operations, 50U);
  for (std::uint64_t at = 0; at < operations; ++at) {
    for (const auto fault : {FaultFiles::Fault::CutBefore, FaultFiles::Fault::CutAfter}) {
      for (const auto unsynced : {Unsynced::Dropped, Unsynced::Kept, Unsynced::Torn}) {
        SCOPED_TRACE(::testing::Message()
                     << "operation " << at << " fault " << static_cast<int>(fault) << " unsynced "
                     << static_cast<int>(unsynced));
        Machine machine;
        machine.disk.arm(at, fault);
        ASSERT_EQ(story(machine), Ended::Stop);
        machine.disk.restart(unsynced, at);
        machine.boot();
        machine.queue(2);
        sequenceAll(machine);
        expectWhole(machine);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(Sequencer, SurvivesAFailureOfEveryFileOperation) {
  const auto operations = operationsOfStory();
  for (std::uint64_t at = 0; at < operations; ++at) {
    for (const auto fault : {FaultFiles::Fault::FailsNotStored,
                             FaultFiles::Fault::FailsButStored,
                             FaultFiles::Fault::Full}) {
      SCOPED_TRACE(::testing::Message()
                   << "operation " << at << " fault " << static_cast<int>(fault));
      Machine machine;
      machine.disk.arm(at, fault);
      ASSERT_EQ(story(machine), Ended::Stop);
      // A full disk heals while the process lives; after a fault it ends, and the machine stays up.
      if (fault != FaultFiles::Fault::Full) machine.disk.restart(Unsynced::Kept);
      if (fault != FaultFiles::Fault::Full) machine.boot();
      machine.queue(2);
      sequenceAll(machine);
      expectWhole(machine);
      if (HasFailure()) return;
    }
  }
}

TEST(Sequencer, SurvivesEveryFateOfEveryCommit) {
  using Fault = MemoryDatabase::Fault;
  Machine counting;
  story(counting);
  for (std::uint64_t at = 0; at < counting.database.commits(); ++at) {
    for (const auto fault : {Fault::CutBefore,
                             Fault::CutAfter,
                             Fault::UnknownStored,
                             Fault::UnknownNotStored,
                             Fault::Unavailable}) {
      SCOPED_TRACE(::testing::Message() << "commit " << at << " fault " << static_cast<int>(fault));
      Machine machine;
      machine.database.arm(at, fault);
      ASSERT_EQ(story(machine), Ended::Stop);
      machine.disk.restart(Unsynced::Dropped);
      machine.boot();
      machine.queue(2);
      sequenceAll(machine);
      expectWhole(machine);
      if (HasFailure()) return;
    }
  }
}

TEST(Sequencer, StopsForGoodWhenTheOutcomeOfACommitIsUnknown) {
  Machine machine;
  machine.boot();
  machine.queue(1);
  machine.database.arm(1, MemoryDatabase::Fault::UnknownStored);  // 0 is the lease
  EXPECT_EQ(machine.sequencer->sequence().error().reason, "commit_unknown");
  EXPECT_EQ(machine.sequencer->sequence().error().reason, "sequencer_stopped");
  machine.boot();
  sequenceAll(machine);
  expectWhole(machine);
}

TEST(Sequencer, LeavesTheLogToWhoeverHoldsTheLease) {
  Machine machine;
  machine.boot();
  sequenceAll(machine);
  storage::TileFiles other_files(machine.disk, {.folder = {}, .writer = "two"});
  Sequencer other(
      {machine.database, machine.database, machine.database, machine.database, other_files},
      key(),
      machine.clock,
      options("two"));
  machine.queue(3);
  EXPECT_EQ(*other.sequence(), 0U) << "the first still holds it";

  machine.clock.at += std::chrono::seconds{16};
  EXPECT_EQ(*other.sequence(), 3U) << "the lease has run out";
  machine.queue(4);
  EXPECT_EQ(*machine.sequencer->sequence(), 0U);
  machine.clock.at += std::chrono::seconds{16};
  EXPECT_EQ(*machine.sequencer->sequence(), 4U) << "it reads afresh what the other did";
  expectWhole(machine);
}

/// Wakes up another sequencer between staging and committing: the long pause of a process.
class PausingFiles final : public LogFiles {
 public:
  explicit PausingFiles(LogFiles& files) : files_(files) {}
  std::function<void()> pause;

  Result<> stage(const LogBatch& batch) override {
    const auto done = files_.stage(batch);
    if (pause) std::exchange(pause, nullptr)();
    return done;
  }
  Result<> settle(const tlog::TreeHead& committed) override { return files_.settle(committed); }
  Result<> publish(std::string_view checkpoint) override { return files_.publish(checkpoint); }
  Result<std::optional<std::string>> published() const override { return files_.published(); }
  Result<std::string> cosign(const std::string& checkpoint,
                             const tlog::NoteSignature& signature) override {
    return files_.cosign(checkpoint, signature);
  }
  Result<std::optional<std::string>> cosigned() const override { return files_.cosigned(); }
  Result<std::vector<tlog::Hash>> hashes(const tlog::TileId& tile) const override {
    return files_.hashes(tile);
  }
  Result<Bytes> bundle(const tlog::TileId& tile) const override { return files_.bundle(tile); }

 private:
  LogFiles& files_;
};

TEST(Sequencer, ThatSleptPastItsLeaseCannotWriteOverItsSuccessor) {
  Machine machine;
  machine.boot();
  sequenceAll(machine);
  PausingFiles pausing(*machine.files);
  Sequencer slow({machine.database, machine.database, machine.database, machine.database, pausing},
                 key(),
                 machine.clock,
                 options());
  storage::TileFiles other_files(machine.disk, {.folder = {}, .writer = "two"});
  Sequencer other(
      {machine.database, machine.database, machine.database, machine.database, other_files},
      key(),
      machine.clock,
      options("two"));
  machine.queue(3);
  pausing.pause = [&] {
    machine.clock.at += std::chrono::seconds{16};
    machine.queue(1);  // so that the two batches differ
    EXPECT_EQ(*other.sequence(), 4U);
    machine.look();
  };
  EXPECT_EQ(*slow.sequence(), 0U);
  machine.clock.at += std::chrono::seconds{16};
  machine.queue(1);
  EXPECT_EQ(*slow.sequence(), 1U);
  expectWhole(machine);
}

TEST(Sequencer, RefusesToGoOnFromADatabaseThatWasPutBack) {
  Machine machine;
  machine.boot();
  machine.queue(3);
  sequenceAll(machine);
  const auto backup = machine.database.kept;
  machine.queue(3);
  sequenceAll(machine);

  machine.database.kept = backup;
  machine.boot();
  machine.queue(1);
  EXPECT_EQ(machine.sequencer->sequence().error().reason, "log_state_behind");
  machine.database.kept = {};
  machine.boot();
  EXPECT_EQ(machine.sequencer->sequence().error().reason, "log_state_behind");
}

TEST(Sequencer, RefusesToGoOnFromADiskThatWasPutBack) {
  Machine machine;
  machine.boot();
  machine.queue(3);
  sequenceAll(machine);
  Machine restored;
  restored.disk = machine.disk;
  machine.queue(3);
  sequenceAll(machine);

  restored.database.kept = machine.database.kept;
  restored.boot();
  restored.queue(1);
  EXPECT_EQ(restored.sequencer->sequence().error().reason, "tile_missing");
}

TEST(Sequencer, KeepsABatchWithinItsLimits) {
  Machine machine;
  machine.files = std::make_unique<storage::TileFiles>(machine.disk);
  auto small = options();
  small.batch_leaves_most = 10;
  small.batch_bytes_most = 40;
  Sequencer sequencer(
      {machine.database, machine.database, machine.database, machine.database, *machine.files},
      key(),
      machine.clock,
      small);
  machine.queue(12);  // "leaf 0" and so on: six bytes each
  EXPECT_EQ(*sequencer.sequence(), 6U);
  EXPECT_EQ(*sequencer.sequence(), 6U);
  EXPECT_EQ(*sequencer.sequence(), 0U);
  expectWhole(machine);
}

TEST(Sequencer, NeedsAKeyNamedAsItsOrigin) {
  Machine machine;
  machine.files = std::make_unique<storage::TileFiles>(machine.disk);
  auto other = options();
  other.origin = "another";
  EXPECT_THROW(
      Sequencer(
          {machine.database, machine.database, machine.database, machine.database, *machine.files},
          key(),
          machine.clock,
          other),
      std::invalid_argument);
}

TEST(Sequencer, AnswersThoseWhoWaitOnceACheckpointCoversTheirLeaf) {
  Machine machine;
  machine.boot();
  const auto leaf = machine.database.queue(asBytes("waited for"));
  EXPECT_EQ(machine.sequencer->waitForIndex(leaf, std::chrono::milliseconds{1}).error().reason,
            "leaf_waiting");
  EXPECT_EQ(machine.sequencer->waitForIndex(LeafId{}, std::chrono::milliseconds{1}).error().reason,
            "leaf_waiting")
      << "the first id of the fake is all zeros";

  {
    const std::jthread runner(
        [&](const std::stop_token& stop) { EXPECT_TRUE(machine.sequencer->run(stop)); });
    EXPECT_EQ(*machine.sequencer->waitForIndex(leaf, std::chrono::seconds{10}), 0U);
    const auto second = machine.database.queue(asBytes("second"));
    EXPECT_EQ(*machine.sequencer->waitForIndex(second, std::chrono::seconds{10}), 1U);
  }
  const auto logged = proveLeaf(*machine.files, 1);
  ASSERT_TRUE(logged);
  EXPECT_EQ(
      *tlog::checkEvidence(logged->evidence, tlog::leafHash(asBytes("second")), key().verifier()),
      tlog::EvidenceVerdict::Good);
  EXPECT_EQ(proveLeaf(*machine.files, 2).error().reason, "leaf_not_in_tree");
}

}  // namespace
}  // namespace congvan::audit::testing
