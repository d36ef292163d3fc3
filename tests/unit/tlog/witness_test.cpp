// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/witness.h"

#include "base/encoding.h"
#include "tests/unit/tlog/corpus.h"
#include "tests/unit/tlog/memory_tiles.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

NoteKey partyNamed(std::string_view name,
                   std::uint8_t seed,
                   NoteKeyType type = NoteKeyType::Ed25519) {
  return *NoteKey::fromSeed(name, crypto::SecretBytes(BytesView(Bytes(32, seed))), type);
}

const NoteKey& witnessedKey() {
  static const auto kKey = partyNamed("log.example", 1);
  return kKey;
}

TreeHead headOf(std::uint64_t size) {
  MemoryLog log;
  log.growBy(size);
  return log.builder.head();
}

std::string signedHead(const TreeHead& head, const NoteKey& key = witnessedKey()) {
  return signCheckpoint({"log.example", head, {}}, key);
}

Proof proofFrom(std::uint64_t older, std::uint64_t newer) {
  MemoryLog log;
  log.growBy(newer);
  return *TileTree(log.tiles, newer).consistency(older);
}

/// A witness as small as it can be: it answers with a reason, or "" and remembers.
struct TinyWitness {
  std::vector<NoteVerifier> logs{witnessedKey().verifier()};
  TreeHead seen = nothingSeen();

  std::string ask(const AddCheckpoint& request) { return askText(addCheckpointText(request)); }
  std::string askText(const std::string& body) {
    const auto submission = openSubmission(body, logs);
    if (!submission) return submission.error().reason;
    const auto continues = continuesFrom(seen, *submission);
    if (!continues) return continues.error().reason;
    seen = submission->checkpoint.head;
    return "";
  }
};

TEST(Witness, FollowsALogAsTheProtocolSays) {
  TinyWitness witness;
  const auto at = [](std::uint64_t size) { return signedHead(headOf(size)); };

  EXPECT_EQ(witness.ask({3, {}, at(5)}), "witness_size_differs") << "nothing was seen yet";
  EXPECT_EQ(witness.ask({0, proofFrom(1, 5), at(5)}), "witness_proof_wrong")
      << "none exists from 0";
  EXPECT_EQ(witness.ask({0, {}, at(5)}), "");
  EXPECT_EQ(witness.ask({0, {}, at(5)}), "witness_size_differs");
  EXPECT_EQ(witness.ask({5, {}, at(5)}), "") << "the same again is cosigned again";
  EXPECT_EQ(witness.ask({5, proofFrom(5, 12), at(12)}), "");
  EXPECT_EQ(witness.ask({12, proofFrom(5, 13), at(13)}), "witness_proof_wrong");
  EXPECT_EQ(witness.ask({12, {}, at(13)}), "witness_proof_wrong");
  EXPECT_EQ(witness.ask({12, {}, at(5)}), "witness_old_size") << "logs do not shrink";
  EXPECT_EQ(witness.ask({5, proofFrom(5, 13), at(13)}), "witness_size_differs");
  EXPECT_EQ(witness.seen, headOf(12));
}

TEST(Witness, SeesAForkAtOnceOrWhenItHasGrown) {
  MemoryLog other;
  other.grow({toBytes("another first entry")});
  other.growBy(19);
  TinyWitness witness;
  ASSERT_EQ(witness.ask({0, {}, signedHead(headOf(20))}), "");

  EXPECT_EQ(witness.ask({20, {}, signedHead(other.builder.head())}), "witness_proof_wrong");
  other.growBy(10);
  const auto grown = *TileTree(other.tiles, 30).consistency(20);
  EXPECT_EQ(witness.ask({20, grown, signedHead(other.builder.head())}), "witness_proof_wrong");
}

TEST(Witness, AnEmptyLogHasOneRootAndGrowsFromIt) {
  TinyWitness witness;
  EXPECT_EQ(witness.ask({0, {}, signedHead({0, Hash{}})}), "witness_proof_wrong");
  EXPECT_EQ(witness.ask({0, {}, signedHead(nothingSeen())}), "");
  EXPECT_EQ(witness.ask({0, {Hash{}}, signedHead(nothingSeen())}), "witness_proof_wrong");
  EXPECT_EQ(witness.ask({0, {}, signedHead(headOf(2))}), "");
}

TEST(Witness, CosignsOnlyWhatItsLogsHaveSigned) {
  TinyWitness witness;
  const auto stranger = partyNamed("log.example", 2);
  const auto other = partyNamed("other.example", 1);
  EXPECT_EQ(witness.ask({0, {}, signedHead(headOf(5), stranger)}), "checkpoint_not_signed");
  EXPECT_EQ(witness.ask({0, {}, signCheckpoint({"other.example", headOf(5), {}}, other)}),
            "witness_log_unknown");
  EXPECT_EQ(witness.ask({0, {}, signCheckpoint({"log.example", headOf(5), {}}, other)}),
            "checkpoint_not_signed")
      << "the name of the key alone says nothing";

  auto forged = *parseNote(signedHead(headOf(5)));
  forged.signatures[0].value[7] ^= 1U;
  EXPECT_EQ(witness.ask({0, {}, noteText(forged)}), "checkpoint_not_signed");
  EXPECT_EQ(witness.seen, nothingSeen());

  witness.logs.push_back(stranger.verifier());  // a log may have two keys while it changes them
  EXPECT_EQ(witness.ask({0, {}, signedHead(headOf(5), stranger)}), "");
}

TEST(Witness, KeepsTheLogsSignatureAndNobodyElses) {
  const auto note = *parseNote(signedHead(headOf(5)));
  auto crowded = note;
  crowded.signatures.push_back(partyNamed("someone", 3).sign(note.text));
  const auto submission =
      openSubmission(addCheckpointText({0, {}, noteText(crowded)}), {witnessedKey().verifier()});
  ASSERT_TRUE(submission);
  EXPECT_EQ(noteText(submission->note), noteText(note));
}

TEST(AddCheckpoint, IsWrittenAndReadInOneForm) {
  const AddCheckpoint request{5, proofFrom(5, 12), signedHead(headOf(12))};
  const auto text = addCheckpointText(request);
  EXPECT_EQ(text.substr(0, 6), "old 5\n");
  const auto read = parseAddCheckpoint(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, request);
}

TEST(AddCheckpoint, OfAnotherFormIsRefused) {
  const auto note = signedHead(headOf(1));
  const auto hash = hashText(Hash{}) + "\n";
  const auto refused = [](const std::string& body) {
    const auto read = parseAddCheckpoint(body);
    return !read && read.error().reason == "add_checkpoint_malformed";
  };
  EXPECT_FALSE(refused("old 1\n" + hash + "\n" + note));
  for (const auto* const line : {"",
                                 "old",
                                 "old ",
                                 "old 01",
                                 "old -1",
                                 "old +1",
                                 "old 1 ",
                                 "Old 1",
                                 " old 1",
                                 "old  1",
                                 "old 0x1",
                                 "old 18446744073709551616",
                                 "1"}) {
    EXPECT_TRUE(refused(std::string(line) + "\n\n" + note)) << line;
  }
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("old 1"));
  EXPECT_TRUE(refused("old 1\n" + note)) << "no empty line";
  EXPECT_TRUE(refused("old 1\n" + hash)) << "no checkpoint";
  EXPECT_TRUE(refused("old 1\n\n"));
  EXPECT_TRUE(refused("old 1\r\n\r\n" + note));
  EXPECT_TRUE(refused("old 1\nAAAA\n\n" + note)) << "a hash of three bytes";
  EXPECT_TRUE(refused("old 1\n" + hash.substr(0, 43) + "\n\n" + note)) << "without its padding";
  EXPECT_TRUE(refused("old 1\n\nno checkpoint\n\n" + note.substr(note.find("\n\n") + 2)));
}

TEST(AddCheckpoint, HasLimitsOnBothSides) {
  const auto note = signedHead(headOf(1));
  EXPECT_TRUE(parseAddCheckpoint(addCheckpointText({1, Proof(63), note})));
  EXPECT_FALSE(parseAddCheckpoint(addCheckpointText({1, Proof(64), note})));

  const auto padded = [&](std::size_t bytes) {
    const auto signature = note.substr(note.find("\n\n") + 2);
    const auto head = std::string("old 1\n\nlog.example\n1\n") + hashText(Hash{}) + "\n";
    return head + std::string(bytes - head.size() - signature.size() - 2, 'x') + "\n\n" + signature;
  };
  EXPECT_TRUE(parseAddCheckpoint(padded(kAddCheckpointBytesMost)));
  const auto over = parseAddCheckpoint(padded(kAddCheckpointBytesMost + 1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::TooLarge);
}

TEST(AddCheckpoint, TakesTheCheckpointsOfOtherLogs) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no corpora";
  const auto vectors = readJson(*folder / "signed-note.json");
  const auto& sigsum = vectors.at("sigsum_checkpoint");
  const auto seed = *fromHex(sigsum.at("ed25519_seed_hex").get<std::string>());
  const auto note = sigsum.at("checkpoint").get<std::string>();
  const auto key =
      *NoteKey::fromSeed(note.substr(0, note.find('\n')), crypto::SecretBytes(BytesView(seed)));
  TinyWitness witness{{key.verifier()}};
  EXPECT_EQ(witness.ask({0, {}, note}), "");
  EXPECT_EQ(witness.seen.size, 10U);

  const auto& rome = vectors.at("rfc6962_notes").at(0);  // of a Certificate Transparency log
  TinyWitness of_rome{{*NoteVerifier::parse(rome.at("vkey").get<std::string>())}};
  EXPECT_EQ(of_rome.ask({0, {}, rome.at("checkpoint").get<std::string>()}), "");
}

/// The witness judges proofs as the vectors say, whatever a log sends.
TEST(Witness, JudgesTheProofsOfTheVectors) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no corpora";
  int asked = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(*folder / "merkle-proofs/consistency")) {
    if (!file.is_regular_file()) continue;
    const auto vector = readJson(file);
    Proof proof;
    bool fits = !vector.at("proof").is_null();
    for (const auto& text : fits ? vector.at("proof") : nlohmann::json::array()) {
      const auto hash = parseHashText(text.get<std::string>());
      if (hash) proof.push_back(*hash);
      fits = fits && hash;
    }
    const auto root1 = parseHashText(vector.at("root1").get<std::string>());
    const auto root2 = parseHashText(vector.at("root2").get<std::string>());
    const auto size1 = vector.at("size1").get<std::uint64_t>();
    const auto size2 = vector.at("size2").get<std::uint64_t>();
    if (!fits || !root1 || !root2 || size1 == 0 || proof.size() > kWitnessProofMost) continue;
    TinyWitness witness;
    witness.seen = {size1, *root1};
    const auto answer = witness.ask({size1, proof, signedHead({size2, *root2})});
    EXPECT_EQ(answer.empty(), !vector.at("wantErr").get<bool>()) << file.path() << answer;
    ++asked;
  }
  EXPECT_GT(asked, 50);
}

TEST(Cosignature, OfTheWitnessIsFoundAmongOthers) {
  const auto witness = partyNamed("witness.example", 7, NoteKeyType::CosignatureV1);
  const auto other = partyNamed("second.example", 8, NoteKeyType::CosignatureV1);
  const auto note = *parseNote(signedHead(headOf(4)));
  const auto mine = witness.cosign(note.text, 1'700'000'000);
  const auto theirs = other.cosign(note.text, 1'700'000'000);
  EXPECT_EQ(*takeCosignature(signatureLines({theirs, mine}), note.text, witness.verifier()), mine);

  const auto reason = [&](std::string_view lines) {
    const auto taken = takeCosignature(lines, note.text, witness.verifier());
    return taken ? std::string() : taken.error().reason;
  };
  EXPECT_EQ(reason(signatureLines({theirs})), "witness_answer_malformed");
  EXPECT_EQ(reason(""), "witness_answer_malformed");
  EXPECT_EQ(reason("ok\n"), "witness_answer_malformed");
  EXPECT_EQ(reason(signatureLines({witness.cosign("another text\n", 1'700'000'000)})),
            "cosignature_wrong");
}

TEST(Cosignature, TakesThePlaceOfAnEarlierOne) {
  const auto witness = partyNamed("witness.example", 7, NoteKeyType::CosignatureV1);
  const auto text = parseNote(signedHead(headOf(4)))->text;
  const auto first = *withSignature(signedHead(headOf(4)), witness.cosign(text, 1));
  const auto second = *withSignature(first, witness.cosign(text, 2));
  const auto note = *parseNote(second);
  ASSERT_EQ(note.signatures.size(), 2U);
  EXPECT_EQ(cosignatureTime(note.signatures[1].value), 2U);
  const auto opened = openNote(second, {witnessedKey().verifier(), witness.verifier()});
  EXPECT_EQ(opened->verified.size(), 2U);
}

TEST(SizeAnswer, IsANumberAndALineFeed) {
  EXPECT_EQ(*parseSizeAnswer("0\n"), 0U);
  EXPECT_EQ(*parseSizeAnswer("50\n"), 50U);
  for (const auto* const bad : {"", "50", "050\n", "50\n\n", "50\n1\n", "x\n", "-1\n"}) {
    EXPECT_FALSE(parseSizeAnswer(bad)) << bad;
  }
}

}  // namespace
}  // namespace congvan::tlog::testing
