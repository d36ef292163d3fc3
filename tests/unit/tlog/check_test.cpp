// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/check.h"

#include "tests/unit/tlog/memory_tiles.h"
#include "trust/tlog/leaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

NoteKey checkedKey() {
  return *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 9))));
}

std::string checkpointOf(const TreeHead& head) {
  return signCheckpoint({"log.example", head, {}}, checkedKey());
}

/// A log, what is signed about it, and a check of both.
struct SignedLog {
  MemoryLog log;
  std::vector<std::string> previous;
  std::vector<TileId> partials;
  LogRules rules = LogRules::None;
  std::optional<IntentLimit> intents;
  std::string checkpoint;

  void sign() { checkpoint = checkpointOf(log.builder.head()); }
  WholeLogReport check() const {
    const auto key = checkedKey();
    return checkWholeLog({.tiles = log.tiles,
                          .bundles = log.tiles,
                          .checkpoint = checkpoint,
                          .key = key.verifier(),
                          .previous = previous,
                          .partials = partials,
                          .rules = rules,
                          .intents = intents});
  }
};

SignedLog logOf(std::uint64_t size) {
  SignedLog made;
  made.log.growBy(size);
  made.sign();
  return made;
}

std::vector<std::string> reasons(const WholeLogReport& report) {
  std::vector<std::string> all;
  for (const auto& finding : report.findings) all.push_back(finding.reason + " " + finding.where);
  return all;
}

using ::testing::ElementsAre;

TEST(WholeLog, ThatIsSoundHasNoFindings) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 65'536U, 66'000U}) {
    const auto report = logOf(size).check();
    EXPECT_EQ(report.findings, std::vector<Finding>{}) << size;
    EXPECT_EQ(report.entries_checked, size);
    EXPECT_EQ(report.tiles_checked, tilesForGrowth(0, size).size());
  }
}

TEST(WholeLog, AnyByteOfAnyFileChangedIsFound) {
  const auto sound = logOf(600);
  for (const auto& [path, bytes] : sound.log.tiles.files) {
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      auto log = sound;
      log.log.tiles.files[path][at] ^= 1U;
      EXPECT_FALSE(log.check().sound()) << path << " at " << at;
    }
    auto log = sound;
    log.log.tiles.files.erase(path);
    EXPECT_FALSE(log.check().sound()) << path << " missing";
  }
}

TEST(WholeLog, SaysWhichFileIsAtFault) {
  auto log = logOf(600);
  log.log.tiles.files["tile/0/001"][40] ^= 1U;
  EXPECT_THAT(reasons(log.check()), ElementsAre("leaf_hash_differs tile/0/001"));

  log = logOf(600);
  log.log.tiles.files["tile/1/000.p/2"][0] ^= 1U;
  EXPECT_THAT(reasons(log.check()), ElementsAre("tile_differs tile/1/000.p/2"));

  log = logOf(600);
  log.log.tiles.files.erase("tile/entries/001");
  EXPECT_THAT(reasons(log.check()), ElementsAre("bundle_missing tile/entries/001"));
}

TEST(WholeLog, AnotherEntryWithAllTilesMadeToFitStillMissesTheRoot) {
  auto log = logOf(600);
  MemoryLog forged;
  auto entries = log.log.entries;
  entries[17] = toBytes("forged");
  forged.grow(entries);
  log.log.tiles = forged.tiles;
  EXPECT_THAT(reasons(log.check()), ElementsAre("root_differs checkpoint"));
}

TEST(WholeLog, NeedsItsOwnSignature) {
  auto log = logOf(3);
  const auto other =
      *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 8))));
  log.checkpoint = signCheckpoint({"log.example", log.log.builder.head(), {}}, other);
  EXPECT_THAT(reasons(log.check()), ElementsAre("checkpoint_not_signed checkpoint"));

  log.checkpoint = signCheckpoint({"other.example", log.log.builder.head(), {}}, checkedKey());
  EXPECT_THAT(reasons(log.check()), ElementsAre("checkpoint_origin checkpoint"));

  log.checkpoint = "nothing";
  EXPECT_THAT(reasons(log.check()), ElementsAre("checkpoint_malformed checkpoint"));
}

TEST(WholeLog, MustContinueEveryEarlierCheckpoint) {
  SignedLog log;
  std::vector<std::string> seen;
  for (const std::uint64_t step : {0U, 3U, 250U, 200U}) {
    log.log.growBy(step);
    log.sign();
    seen.push_back(log.checkpoint);
  }
  log.previous = seen;
  EXPECT_TRUE(log.check().findings.empty());

  log.previous = {checkpointOf({253, Hash{}})};
  EXPECT_THAT(reasons(log.check()), ElementsAre("previous_differs previous 0"));
  log.previous = {checkpointOf({454, Hash{}})};
  EXPECT_THAT(reasons(log.check()), ElementsAre("previous_ahead previous 0"));
  log.previous = {"nothing"};
  EXPECT_THAT(reasons(log.check()), ElementsAre("previous_malformed previous 0"));
}

TEST(WholeLog, PartialFilesLeftFromEarlierMustBeBeginnings) {
  SignedLog log;
  log.log.growBy(10);
  log.log.growBy(300);
  log.sign();
  log.partials = {
      {TileKind::Hashes, 0, 0, 10}, {TileKind::Entries, 0, 0, 10}, {TileKind::Hashes, 0, 1, 200}};
  EXPECT_TRUE(log.check().findings.empty());
  log.log.tiles.files["tile/0/000.p/10"][0] ^= 1U;
  log.log.tiles.files["tile/entries/000.p/10"][3] ^= 1U;
  EXPECT_THAT(
      reasons(log.check()),
      ElementsAre("partial_differs tile/0/000.p/10", "partial_differs tile/entries/000.p/10"));
}

IntentLeaf intentWith(std::uint8_t serial) {
  IntentLeaf leaf;
  leaf.time = fromUnix(1'700'000'000);
  leaf.profile = "person";
  leaf.serial = {serial};
  return leaf;
}

IssuedLeaf issuedFor(std::uint64_t intent, std::uint8_t serial) {
  return {fromUnix(1'700'000'001), intent, {serial}, {}};
}

StatusLeaf statusOf(std::uint8_t serial, CertificateStatus status) {
  return {fromUnix(1'700'000'002), {serial}, status, 0};
}

std::vector<std::string> issuanceFindings(const std::vector<Leaf>& leaves,
                                          std::optional<IntentLimit> intents = {}) {
  SignedLog log;
  log.intents = intents;
  log.rules = LogRules::Issuance;
  std::vector<Bytes> entries;
  for (const auto& leaf : leaves) entries.push_back(*encodeLeaf(leaf));
  log.log.grow(entries);
  log.sign();
  return reasons(log.check());
}

TEST(IssuanceLog, LetsAnIntentStandAloneForAWhileOnly) {
  const auto open = ElementsAre("intent_open entry 0");
  const auto overdue = ElementsAre("intent_overdue entry 0");
  const auto intended = intentWith(1).time;
  const Duration hour = std::chrono::hours(1);
  const Duration moment{1};
  EXPECT_THAT(issuanceFindings({intentWith(1)}, IntentLimit{intended + hour, hour}), open);
  EXPECT_THAT(issuanceFindings({intentWith(1)}, IntentLimit{intended + hour + moment, hour}),
              overdue);
  EXPECT_THAT(issuanceFindings({intentWith(1)}, IntentLimit{intended - hour, hour}), open);
  EXPECT_THAT(issuanceFindings({intentWith(1)}, IntentLimit{intended - hour - moment, hour}),
              overdue)
      << "dated ahead it would never be over";
  const IntentLimit much_later{intended + 9000 * hour, hour};
  EXPECT_THAT(issuanceFindings({intentWith(1), issuedFor(0, 1)}, much_later), ElementsAre());
  EXPECT_THAT(
      issuanceFindings({intentWith(1), statusOf(1, CertificateStatus::Abandoned)}, much_later),
      ElementsAre());
}

TEST(IssuanceLog, PairsIntentsWithCertificates) {
  using Status = CertificateStatus;
  EXPECT_THAT(issuanceFindings({intentWith(1),
                                intentWith(2),
                                issuedFor(1, 2),
                                issuedFor(0, 1),
                                statusOf(1, Status::Suspended),
                                statusOf(1, Status::Active),
                                statusOf(1, Status::Revoked),
                                intentWith(3),
                                statusOf(3, Status::Abandoned)}),
              ElementsAre());
  EXPECT_THAT(issuanceFindings({intentWith(1)}), ElementsAre("intent_open entry 0"));
  EXPECT_THAT(issuanceFindings({issuedFor(0, 1)}), ElementsAre("issued_without_intent entry 0"));
  EXPECT_THAT(issuanceFindings({intentWith(1), issuedFor(0, 2), issuedFor(0, 1)}),
              ElementsAre("issued_serial_differs entry 1"));
  EXPECT_THAT(issuanceFindings({intentWith(1), issuedFor(0, 1), issuedFor(0, 1)}),
              ElementsAre("intent_used_twice entry 2"));
  EXPECT_THAT(issuanceFindings({intentWith(1), issuedFor(0, 1), intentWith(1)}),
              ElementsAre("serial_reused entry 2"));
  EXPECT_THAT(issuanceFindings({intentWith(1), statusOf(1, Status::Abandoned), issuedFor(0, 1)}),
              ElementsAre("issued_after_abandoned entry 2"));
  EXPECT_THAT(issuanceFindings({intentWith(1), issuedFor(0, 1), statusOf(1, Status::Abandoned)}),
              ElementsAre("abandoned_after_issued entry 2"));
  EXPECT_THAT(issuanceFindings({statusOf(1, Status::Revoked)}),
              ElementsAre("status_without_certificate entry 0"));
  EXPECT_THAT(issuanceFindings({EventLeaf{}}), ElementsAre("leaf_not_for_log entry 0"));
}

TEST(IssuanceLog, AnOpenIntentIsLawful) {
  SignedLog log;
  log.rules = LogRules::Issuance;
  log.log.grow({*encodeLeaf(intentWith(1))});
  log.sign();
  EXPECT_TRUE(log.check().sound());
}

TEST(RecordsLog, HoldsNothingButEvents) {
  SignedLog log;
  log.rules = LogRules::Events;
  log.log.grow({*encodeLeaf(EventLeaf{}), *encodeLeaf(intentWith(1)), toBytes("x")});
  log.sign();
  EXPECT_THAT(reasons(log.check()),
              ElementsAre("leaf_not_for_log entry 1", "leaf_malformed entry 2"));
}

}  // namespace
}  // namespace congvan::tlog::testing
