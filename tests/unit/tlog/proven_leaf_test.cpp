// SPDX-License-Identifier: Apache-2.0
#include "office/audit/proven_leaf.h"

#include "edge/storage/tile_files.h"
#include "office/audit/sequencer.h"
#include "tests/unit/tlog/sequencer_fakes.h"
#include "trust/tlog/leaf.h"

#include <gtest/gtest.h>

namespace congvan::audit::testing {
namespace {

constexpr std::string_view kAuditOrigin = "congvan.example/records";

const tlog::NoteKey& auditKey() {
  static const auto kKey =
      *tlog::NoteKey::fromSeed(kAuditOrigin, crypto::SecretBytes(BytesView(Bytes(32, 5))));
  return kKey;
}

KeptEvent signedIn() {
  KeptEvent kept;
  kept.event.kind = EventKind::SignedIn;
  kept.event.time = fromUnix(1'800'000'000);
  kept.event.subject_kind = "account";
  kept.salt = Bytes(tlog::kSaltBytes, 0x5A);
  return kept;
}

/// One log with the given entries, published.
struct PublishedLog {
  congvan::testing::FaultFiles disk;
  MemoryDatabase database;
  FixedClock clock;
  storage::TileFiles files{disk};

  explicit PublishedLog(const std::vector<Bytes>& entries) {
    SequencerOptions options;
    options.origin = kAuditOrigin;
    options.holder = "one";
    Sequencer sequencer(
        {database, database, database, database, files}, auditKey(), clock, options);
    for (const auto& entry : entries) database.queue(entry);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(sequencer.sequence());
  }
};

void expectProves(const ProvenLeaf& proven) {
  ASSERT_TRUE(proven.proof);
  const auto evidence = tlog::parseEvidence(*proven.proof);
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->index, proven.index);
  EXPECT_EQ(*tlog::checkEvidence(*evidence, tlog::leafHash(proven.leaf), auditKey().verifier()),
            tlog::EvidenceVerdict::Good);
}

TEST(ProvenLeaf, OfAnEventOpensToTheEventAndNoOther) {
  const auto kept = signedIn();
  const auto leaf = eventLeaf(kept.event, kept.salt);
  ASSERT_TRUE(leaf);
  const auto read = tlog::parseLeaf(*leaf);
  ASSERT_TRUE(read);
  const auto& commitment = std::get<tlog::EventLeaf>(*read).commitment;
  EXPECT_TRUE(tlog::opensTo(commitment, kept.salt, canonicalBytes(kept.event)));

  auto other = kept.event;
  other.kind = EventKind::SignedOut;
  EXPECT_FALSE(tlog::opensTo(commitment, kept.salt, canonicalBytes(other)));
}

TEST(ProvenLeaf, OfAnEventInThePublishedLogHasAProofThatHolds) {
  auto kept = signedIn();
  const PublishedLog log({toBytes("before"), *eventLeaf(kept.event, kept.salt), toBytes("after")});
  kept.leaf_index = 1;
  const auto proven = proveEvent(log.files, kept);
  ASSERT_TRUE(proven) << proven.error().reason;
  expectProves(*proven);
}

TEST(ProvenLeaf, OfAnEventNotYetSequencedHasNeitherPlaceNorProof) {
  const auto kept = signedIn();
  const PublishedLog log({toBytes("other")});
  const auto proven = proveEvent(log.files, kept);
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->leaf, *eventLeaf(kept.event, kept.salt));
  EXPECT_FALSE(proven->index);
  EXPECT_FALSE(proven->proof);
}

TEST(ProvenLeaf, OfAnEventNotYetPublishedHasItsPlaceOnly) {
  auto kept = signedIn();
  const PublishedLog log({toBytes("other")});
  kept.leaf_index = 1;
  const auto proven = proveEvent(log.files, kept);
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->index, 1U);
  EXPECT_FALSE(proven->proof);
}

TEST(ProvenLeaf, OfAnEntryIsTheEntryAndItsProof) {
  const PublishedLog log({toBytes("first"), toBytes("second")});
  const auto proven = proveEntry(log.files, 1);
  ASSERT_TRUE(proven);
  EXPECT_EQ(toText(proven->leaf), "second");
  expectProves(*proven);
  EXPECT_EQ(proveEntry(log.files, 2).error().reason, "leaf_not_in_tree");
}

}  // namespace
}  // namespace congvan::audit::testing
