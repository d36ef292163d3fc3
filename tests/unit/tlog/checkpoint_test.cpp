// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/checkpoint.h"

#include "base/encoding.h"
#include "tests/unit/tlog/corpus.h"
#include "tests/unit/tlog/memory_tiles.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

NoteKey logKey() {
  return *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 9))));
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

TEST(Checkpoint, IsReadAsTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "checkpoint.json");
  const auto root = hashText(emptyRoot());
  for (const auto& one : vectors.at("good")) {
    auto text = one.get<std::string>();
    EXPECT_FALSE(parseCheckpoint(text)) << "a root of another length";
    replaceAll(text, "YmFuYW5hcw==", root);
    replaceAll(text, "dGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==", root);
    const auto checkpoint = parseCheckpoint(text);
    ASSERT_TRUE(checkpoint) << text;
    EXPECT_EQ(checkpointText(*checkpoint), text);
  }
  for (const auto& one : vectors.at("bad")) {
    auto text = one.get<std::string>();
    EXPECT_FALSE(parseCheckpoint(text)) << text;
    replaceAll(text, "YmFuYW5hcw==", root);
    replaceAll(text, "dGhlIHZpZXcgZnJvbSB0aGUgdHJlZSB0b3BzIGlzIGdyZWF0IQ==", root);
    EXPECT_FALSE(parseCheckpoint(text)) << "also with a root that fits: " << text;
  }
}

TEST(Evidence, RefusesWhatTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto key = logKey();
  const auto note = signCheckpoint({"log.example", {1, leafHash({})}, {}}, key);
  ASSERT_TRUE(parseEvidence("c2sp.org/tlog-proof@v1\nindex 0\n\n" + note));
  const auto vectors = readJson(*folder / "checkpoint.json");
  for (const auto& one : vectors.at("bad_tlog_proofs")) {
    auto text = one.get<std::string>();
    replaceAll(text, "checkpoint\n", note);
    EXPECT_EQ(parseEvidence(text).error().reason, "tlog_proof_malformed") << text;
  }
}

TEST(Checkpoint, RefusesNumbersWithMoreThanOneSpelling) {
  const auto root = hashText(emptyRoot());
  EXPECT_TRUE(parseCheckpoint("log\n0\n" + root + "\n"));
  EXPECT_TRUE(parseCheckpoint("log\n18446744073709551615\n" + root + "\n"));
  for (const auto* size : {"", "00", "01", "+1", " 1", "1 ", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parseCheckpoint(std::string("log\n") + size + "\n" + root + "\n")) << size;
  }
  EXPECT_FALSE(parseCheckpoint("log\n0\n" + root + "\n\n"));
  EXPECT_FALSE(parseCheckpoint("log\n0\n" + root + "\nextension"));
}

TEST(Evidence, HoldsOfflineAndOnlyForItsLeafAndLog) {
  MemoryLog log;
  log.growBy(300);
  const auto key = logKey();
  const InclusionEvidence made{257,
                               *TileTree(log.tiles, 300).inclusion(257),
                               signCheckpoint({"log.example", log.builder.head(), {}}, key),
                               toBytes("note")};
  const auto read = parseEvidence(evidenceText(made));
  ASSERT_TRUE(read);
  EXPECT_EQ(evidenceText(*read), evidenceText(made));
  EXPECT_EQ(read->extra, made.extra);

  EXPECT_EQ(*checkEvidence(*read, leafHash(log.entries[257]), key.verifier()),
            EvidenceVerdict::Good);
  EXPECT_EQ(*checkEvidence(*read, leafHash(log.entries[256]), key.verifier()),
            EvidenceVerdict::WrongProof);
  const auto other =
      *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 10))));
  EXPECT_EQ(*checkEvidence(*read, leafHash(log.entries[257]), other.verifier()),
            EvidenceVerdict::NotSigned);
}

TEST(Evidence, OfAnotherLogSignedWithOurKeyIsRefused) {
  MemoryLog log;
  log.growBy(1);
  const auto key = logKey();
  const InclusionEvidence evidence{
      0, {}, signCheckpoint({"other.example", log.builder.head(), {}}, key), {}};
  EXPECT_EQ(*checkEvidence(evidence, leafHash(log.entries[0]), key.verifier()),
            EvidenceVerdict::WrongOrigin);
}

TEST(Evidence, TakesSixtyFourHashesAndRefusesOneMore) {
  const auto note = signCheckpoint({"log.example", {1, leafHash({})}, {}}, logKey());
  InclusionEvidence evidence{0, Proof(64), note, {}};
  EXPECT_TRUE(parseEvidence(evidenceText(evidence)));
  evidence.proof.resize(65);
  EXPECT_FALSE(parseEvidence(evidenceText(evidence)));
}

}  // namespace
}  // namespace congvan::tlog::testing
