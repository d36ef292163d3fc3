// SPDX-License-Identifier: Apache-2.0
#include "office/audit/proven_leaf.h"

#include "edge/storage/tile_files.h"
#include "office/audit/event_check.h"
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

TEST(ProvenLeaf, OfAnEventThatIsNotTheLogsSaysSoAndProvesNothing) {
  auto kept = signedIn();
  const PublishedLog log({*eventLeaf(kept.event, kept.salt)});
  kept.leaf_index = 0;

  auto changed = kept;
  changed.event.details = R"({"reason":"another"})";
  auto no_salt = kept;
  no_salt.salt.pop_back();
  auto put_in = kept;
  put_in.leaf_index.reset();
  put_in.has_leaf = false;
  for (const auto& forged : {changed, no_salt, put_in}) {
    const auto proven = proveEvent(log.files, forged);
    ASSERT_TRUE(proven) << proven.error().reason;
    EXPECT_TRUE(proven->tampered);
    EXPECT_FALSE(proven->proof);
  }
  EXPECT_FALSE(proveEvent(log.files, kept)->tampered);
}

/// What the inspection of these events against the log finds, by reason and place.
std::vector<std::string> findings(const PublishedLog& log,
                                  const std::vector<FoundEvent>& events,
                                  std::vector<LeafId> waiting = {}) {
  auto check = EventCheck::begin(log.files, std::move(waiting));
  std::vector<std::string> found;
  for (const auto& event : events) {
    if (const auto one = check->take(event)) found.push_back(one->reason);
  }
  for (const auto& one : check->finish(check->published())) {
    found.push_back(one.reason + " " + one.where);
  }
  return found;
}

FoundEvent logged(std::uint64_t place, std::string details) {
  auto kept = signedIn();
  kept.event.details = std::move(details);
  kept.leaf_index = place;
  return {.id = {}, .kept = kept, .leaf = LeafId{}, .waiting = {}};
}

TEST(EventCheck, WantsOneEventForEachLeafAndOneLeafForEachEvent) {
  constexpr std::uint64_t kEvents = 600;  // three tiles
  std::vector<FoundEvent> events;
  std::vector<Bytes> leaves;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    events.push_back(logged(i, std::to_string(i)));
    leaves.push_back(*eventLeaf(events[i].kept->event, events[i].kept->salt));
  }
  const PublishedLog log(leaves);
  EXPECT_EQ(findings(log, events), std::vector<std::string>{});

  auto removed = events;
  removed.erase(removed.begin() + 300, removed.begin() + 303);
  removed.erase(removed.begin());
  EXPECT_EQ(findings(log, removed),
            (std::vector<std::string>{"leaf_without_event entry 0",
                                      "leaf_without_event entries 300-302"}));

  auto changed = events;
  changed[599].kept->event.details = "598";
  EXPECT_EQ(findings(log, changed), std::vector<std::string>{"event_changed"});

  auto unreadable = events;
  unreadable[7].kept.reset();
  EXPECT_EQ(findings(log, unreadable),
            (std::vector<std::string>{"event_unreadable", "leaf_without_event entry 7"}));

  auto put_in = events;
  put_in.push_back(logged(0, "0"));
  put_in.back().leaf.reset();
  EXPECT_EQ(findings(log, put_in), std::vector<std::string>{"event_without_leaf"});

  auto beyond = events;
  beyond.push_back(logged(kEvents + 5, "x"));
  EXPECT_EQ(findings(log, beyond), std::vector<std::string>{"event_beyond_log entry 605"});
}

TEST(EventCheck, HoldsAWaitingEventAgainstTheEntryThatWaits) {
  auto waiting = logged(0, "waits");
  waiting.kept->leaf_index.reset();
  waiting.waiting = *eventLeaf(waiting.kept->event, waiting.kept->salt);
  const PublishedLog log({});
  EXPECT_EQ(findings(log, {waiting}, {LeafId{}}), std::vector<std::string>{});
  EXPECT_EQ(
      findings(log, {}, {LeafId{}}),
      std::vector<std::string>{"leaf_without_event leaf 00000000-0000-0000-0000-000000000000"});
  waiting.kept->event.person = Uuid{};
  EXPECT_EQ(findings(log, {waiting}, {LeafId{}}), std::vector<std::string>{"event_changed"});
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
