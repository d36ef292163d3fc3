// SPDX-License-Identifier: Apache-2.0
#include "office/audit/witnessing.h"

#include "edge/storage/tile_files.h"
#include "office/audit/log_proof.h"
#include "office/audit/sequencer.h"
#include "tests/unit/tlog/sequencer_fakes.h"

#include <gtest/gtest.h>

namespace congvan::audit::testing {
namespace {

using congvan::testing::FaultFiles;

tlog::NoteKey witnessNamed(std::string_view name) {
  return *tlog::NoteKey::fromSeed(
      name, crypto::SecretBytes(BytesView(Bytes(32, 6))), tlog::NoteKeyType::CosignatureV1);
}

/// A witness in this process, which may be away.
class NearWitness final : public WitnessClient {
 public:
  explicit NearWitness(tlog::NoteVerifier log) : logs_{std::move(log)} {}
  tlog::NoteKey key = witnessNamed("witness.example");
  tlog::TreeHead seen = tlog::nothingSeen();
  bool away = false;
  int asked = 0;

  Result<std::variant<Cosigned, Seen>> ask(const tlog::AddCheckpoint& request) override {
    ++asked;
    if (away) return Error{Code::Unavailable, "fetch_failed"};
    const auto submission = tlog::openSubmission(tlog::addCheckpointText(request), logs_);
    if (!submission) return submission.error();
    const auto continues = tlog::continuesFrom(seen, *submission);
    if (!continues && continues.error().reason == "witness_size_differs") {
      return std::variant<Cosigned, Seen>(Seen{seen.size});
    }
    if (!continues) return Error{Code::Conflict, "witness_disagrees"};
    seen = submission->checkpoint.head;
    return std::variant<Cosigned, Seen>(
        Cosigned{tlog::signatureLines({key.cosign(submission->note.text, 1)})});
  }

 private:
  std::vector<tlog::NoteVerifier> logs_;
};

/// A log with one witness, on a disk and a database in memory.
struct WitnessedLog {
  FaultFiles disk;
  MemoryDatabase database;
  FixedClock clock;
  tlog::NoteKey key =
      *tlog::NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 5))));
  storage::TileFiles files{disk, {.cosignatures_wanted = 1}};
  std::unique_ptr<Sequencer> sequencer;
  NearWitness witness{key.verifier()};
  CosigningRound round{files};
  Witnessing witnessing{files, round, witness, witness.key.verifier()};

  WitnessedLog() { boot(); }
  void boot() {
    sequencer = std::make_unique<Sequencer>(
        Sequencer::Stores{database, database, database, database, files},
        key,
        clock,
        SequencerOptions{.origin = "log.example", .holder = "one"});
  }
  void grow(int count = 1) {
    for (int i = 0; i < count; ++i) database.queue(asBytes("leaf " + std::to_string(next_++)));
    while (database.kept.head ? database.kept.head->tree.size < next_ : true) {
      ASSERT_TRUE(sequencer->sequence());
    }
  }
  bool cosigned() const { return bears(**files.published()); }
  bool bears(const std::string& note) const {
    const auto opened = tlog::openCheckpoint(note, {witness.key.verifier(), key.verifier()});
    return opened && tlog::verifiedBy(opened->note, witness.key.verifier()) &&
           tlog::verifiedBy(opened->note, key.verifier());
  }

 private:
  std::uint64_t next_ = 0;
};

std::string reasonOf(const Result<>& done) {
  return done ? "" : done.error().reason;
}

TEST(Witnessing, AddsACosignatureToEachCheckpoint) {
  WitnessedLog log;
  EXPECT_EQ(reasonOf(log.witnessing.turn()), "") << "nothing is published yet";
  for (const int more : {1, 2, 300, 1}) {
    log.grow(more);
    EXPECT_FALSE(log.cosigned());
    EXPECT_EQ(reasonOf(log.witnessing.turn()), "");
    EXPECT_TRUE(log.cosigned());
    EXPECT_EQ(log.witnessing.cosignedSize(), log.witness.seen.size);
  }
  const auto asked = log.witness.asked;
  EXPECT_EQ(reasonOf(log.witnessing.turn()), "");
  EXPECT_EQ(log.witness.asked, asked) << "once is enough";
}

TEST(Witnessing, LearnsFromTheWitnessHowFarItHasSeen) {
  WitnessedLog log;
  log.grow(5);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  CosigningRound round(log.files);
  Witnessing restarted(log.files, round, log.witness, log.witness.key.verifier());
  log.grow(3);
  EXPECT_EQ(reasonOf(restarted.turn()), "");
  EXPECT_TRUE(log.cosigned());
}

TEST(Witnessing, OneThatIsAwayStopsNothing) {
  WitnessedLog log;
  log.grow(5);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  log.witness.away = true;
  log.grow(3);
  EXPECT_EQ(reasonOf(log.witnessing.turn()), "fetch_failed");
  log.grow(3);
  log.witness.away = false;
  EXPECT_EQ(reasonOf(log.witnessing.turn()), "");
  EXPECT_TRUE(log.cosigned());
}

TEST(Witnessing, SurvivesTheSequencersRestart) {
  WitnessedLog log;
  log.grow(5);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  log.boot();
  ASSERT_TRUE(log.sequencer->sequence());
  EXPECT_TRUE(log.cosigned()) << "the checkpoint is the same, so its cosignatures stay";
}

/// The log goes on while the witness thinks.
struct FarWitness final : WitnessClient {
  WitnessClient& behind;
  std::function<void()> meanwhile;

  FarWitness(WitnessClient& client, std::function<void()> act)
      : behind(client), meanwhile(std::move(act)) {}
  Result<std::variant<Cosigned, Seen>> ask(const tlog::AddCheckpoint& request) override {
    meanwhile();
    return behind.ask(request);
  }
};

std::uint64_t sizeOf(const std::string& note) {
  return tlog::parseCheckpoint(tlog::parseNote(note)->text)->head.size;
}

TEST(Witnessing, KeepsTheSignatureOfAFarWitnessUnderSteadyLoad) {
  WitnessedLog log;
  log.grow(5);
  FarWitness far(log.witness, [&] { log.grow(3); });
  CosigningRound round(log.files);
  Witnessing witnessing(log.files, round, far, log.witness.key.verifier());
  for (const std::uint64_t size : {5U, 8U, 11U}) {
    EXPECT_EQ(reasonOf(witnessing.turn()), "");
    EXPECT_FALSE(log.cosigned()) << "the newest is younger than the answer";
    const auto cosigned = *log.files.cosigned();
    ASSERT_TRUE(cosigned);
    EXPECT_TRUE(log.bears(*cosigned));
    EXPECT_EQ(sizeOf(*cosigned), size);
  }
}

TEST(Witnessing, NeverPutsAnOlderCosignedCheckpointBeforeANewerOne) {
  WitnessedLog log;
  log.grow(5);
  const auto older = **log.files.published();
  log.grow(1);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  const auto newest = **log.files.published();
  const auto late = log.witness.key.cosign(tlog::parseNote(older)->text, 1);
  EXPECT_TRUE(log.files.cosign(older, late));
  EXPECT_EQ(**log.files.published(), newest);
  EXPECT_EQ(**log.files.cosigned(), newest);
}

TEST(Witnessing, AsksAllWitnessesAboutOneCheckpoint) {
  WitnessedLog log;
  storage::TileFiles files{log.disk, {.cosignatures_wanted = 2}};
  CosigningRound round(files);
  const auto near_key = *tlog::NoteKey::fromSeed("near.example",
                                                 crypto::SecretBytes(BytesView(Bytes(32, 7))),
                                                 tlog::NoteKeyType::CosignatureV1);
  NearWitness near(log.key.verifier());
  near.key = near_key;
  Witnessing quick(files, round, near, near_key.verifier());
  // While the far one thinks, the log goes on and the quick one has its turns.
  FarWitness far(log.witness, [&] {
    for (int turns = 0; turns < 3; ++turns) {
      EXPECT_EQ(reasonOf(quick.turn()), "");
      log.grow(2);
    }
  });
  Witnessing slow(files, round, far, log.witness.key.verifier());
  log.grow(5);
  for (const std::uint64_t size : {5U, 11U}) {
    EXPECT_EQ(reasonOf(slow.turn()), "");
    const auto cosigned = *files.cosigned();
    ASSERT_TRUE(cosigned);
    EXPECT_EQ(sizeOf(*cosigned), size);
    EXPECT_TRUE(log.bears(*cosigned));
    EXPECT_TRUE(tlog::verifiedBy(tlog::openCheckpoint(*cosigned, {near_key.verifier()})->note,
                                 near_key.verifier()));
  }
  log.witness.away = true;
  EXPECT_EQ(reasonOf(slow.turn()), "fetch_failed");
  const auto before = near.seen.size;
  EXPECT_EQ(reasonOf(quick.turn()), "");
  EXPECT_GT(near.seen.size, before) << "nobody waits for one that is away";
}

TEST(Witnessing, NoticesAHistoryThatWasPutBackAndWrittenAnew) {
  WitnessedLog log;
  log.grow(5);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  WitnessedLog put_back;  // the same key, another machine
  put_back.witness.seen = log.witness.seen;
  put_back.grow(3);
  EXPECT_EQ(reasonOf(put_back.witnessing.turn()), "witness_ahead");
  put_back.database.queue(asBytes("another leaf"));
  ASSERT_TRUE(put_back.sequencer->sequence());
  put_back.database.queue(asBytes("and one more"));
  ASSERT_TRUE(put_back.sequencer->sequence());
  EXPECT_EQ(reasonOf(put_back.witnessing.turn()), "witness_disagrees") << "of the same size";
  put_back.database.queue(asBytes("and one more than that"));
  ASSERT_TRUE(put_back.sequencer->sequence());
  EXPECT_EQ(reasonOf(put_back.witnessing.turn()), "witness_disagrees") << "and when it has grown";
  EXPECT_FALSE(put_back.cosigned());
}

TEST(Witnessing, AsksAtItsStartWhetherTheLogWasPutBack) {
  WitnessedLog log;
  log.grow(5);
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  log.witness.seen.size = 9;  // it has seen more of the log than is there now
  ASSERT_TRUE(log.cosigned());
  CosigningRound round(log.files);
  Witnessing restarted(log.files, round, log.witness, log.witness.key.verifier());
  EXPECT_EQ(reasonOf(restarted.turn()), "witness_ahead");
}

TEST(Witnessing, TakesNoSignatureThatDoesNotHold) {
  class Lying final : public WitnessClient {
   public:
    tlog::NoteKey key = witnessNamed("witness.example");
    Result<std::variant<Cosigned, Seen>> ask(const tlog::AddCheckpoint&) override {
      return std::variant<Cosigned, Seen>(
          Cosigned{tlog::signatureLines({key.cosign("else\n", 1)})});
    }
  } lying;
  WitnessedLog log;
  log.grow(5);
  CosigningRound round(log.files);
  Witnessing witnessing(log.files, round, lying, lying.key.verifier());
  EXPECT_EQ(reasonOf(witnessing.turn()), "cosignature_wrong");
  EXPECT_FALSE(log.cosigned());
}

TEST(Proofs, CarryCosignaturesWhereverThereAreSome) {
  WitnessedLog log;
  log.grow(5);
  EXPECT_FALSE(log.bears(proveLeaf(log.files, 2)->evidence.checkpoint));
  ASSERT_EQ(reasonOf(log.witnessing.turn()), "");
  log.grow(300);
  const auto older = proveLeaf(log.files, 2);
  ASSERT_TRUE(older);
  EXPECT_TRUE(log.bears(older->evidence.checkpoint)) << "by the last one that was witnessed";
  EXPECT_EQ(*tlog::checkEvidence(older->evidence, older->leaf, log.key.verifier()),
            tlog::EvidenceVerdict::Good);
  const auto newest = proveLeaf(log.files, 304);
  ASSERT_TRUE(newest) << "what is too new for that is proven all the same";
  EXPECT_FALSE(log.bears(newest->evidence.checkpoint));
}

}  // namespace
}  // namespace congvan::audit::testing
