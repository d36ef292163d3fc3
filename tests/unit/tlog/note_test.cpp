// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/note.h"

#include "base/encoding.h"
#include "tests/unit/tlog/corpus.h"
#include "trust/tlog/checkpoint.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

NoteKey keyNamed(std::string_view name,
                 std::uint8_t seed,
                 NoteKeyType type = NoteKeyType::Ed25519) {
  return *NoteKey::fromSeed(name, crypto::SecretBytes(BytesView(Bytes(32, seed))), type);
}

std::string verdictText(const Result<OpenedNote>& opened) {
  if (!opened) return "malformed";
  switch (opened->verdict) {
    case NoteVerdict::Verified:
      return "ok";
    case NoteVerdict::Unverified:
      return "unverified";
    case NoteVerdict::BadSignature:
      return "bad-signature";
  }
  return {};
}

std::vector<std::string> names(const std::vector<NoteSignature>& signatures) {
  std::vector<std::string> all;
  for (const auto& signature : signatures) all.push_back(signature.name);
  return all;
}

void expectNote(const nlohmann::json& one) {
  std::vector<NoteVerifier> known;
  for (const auto& vkey : one.at("trusted_vkeys"))
    known.push_back(*NoteVerifier::parse(vkey.get<std::string>()));
  const auto message = toText(*fromBase64(one.at("message_b64").get<std::string>()));
  const auto opened = openNote(message, known);
  EXPECT_EQ(verdictText(opened), one.at("expected").get<std::string>()) << one.at("id");
  if (!opened || opened->verdict == NoteVerdict::BadSignature) return;
  EXPECT_EQ(names(opened->verified), one.at("verified_signers").get<std::vector<std::string>>())
      << one.at("id");
  EXPECT_EQ(names(opened->unknown), one.at("unverified_signers").get<std::vector<std::string>>())
      << one.at("id");
}

TEST(Note, IsJudgedAsTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "signed-note.json");
  for (const auto& one : vectors.at("notes")) expectNote(one);
  for (const auto& one : vectors.at("rfc6962_notes")) {
    const auto key = NoteVerifier::parse(one.at("vkey").get<std::string>());
    ASSERT_TRUE(key);
    auto note = one.at("checkpoint").get<std::string>();
    EXPECT_EQ(verdictText(openNote(note, {*key})), "ok");
    note.replace(note.find("115474666"), 9, "115474667");
    EXPECT_EQ(verdictText(openNote(note, {*key})), "bad-signature");
  }
}

TEST(Note, SignedByUsIsWhatTheVectorsHold) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "signed-note.json");
  const auto& sign = vectors.at("sign");
  // PRIVATE+KEY+name+id+base64(type, seed)
  const auto secret = sign.at("skey").get<std::string>();
  const auto typed = *fromBase64(secret.substr(secret.rfind("+AYEK") + 1));
  const auto key =
      *NoteKey::fromSeed("PeterNeumann", crypto::SecretBytes(BytesView(typed).subspan(1)));
  EXPECT_EQ(signNote(sign.at("text").get<std::string>(), {&key}),
            sign.at("signed").get<std::string>());
  EXPECT_EQ(key.verifier().vkey(), vectors.at("good_vkeys")[0].get<std::string>());

  const auto& sigsum = vectors.at("sigsum_checkpoint");
  const auto note = sigsum.at("checkpoint").get<std::string>();
  const auto origin = note.substr(0, note.find('\n'));
  const auto seed = *fromHex(sigsum.at("ed25519_seed_hex").get<std::string>());
  const auto sigsum_key = *NoteKey::fromSeed(origin, crypto::SecretBytes(BytesView(seed)));
  const auto opened = openCheckpoint(note, {sigsum_key.verifier()});
  ASSERT_TRUE(opened);
  EXPECT_TRUE(verifiedBy(opened->note, sigsum_key.verifier()));
  EXPECT_EQ(signCheckpoint(opened->checkpoint, sigsum_key), note);
}

TEST(Vkey, IsReadAsTheVectorsSay) {
  const auto folder = corpus();
  if (!folder) GTEST_SKIP() << "no tlog corpus; set CONGVAN_CORPORA";
  const auto vectors = readJson(*folder / "signed-note.json");
  for (const auto& good : vectors.at("good_vkeys")) {
    const auto key = NoteVerifier::parse(good.get<std::string>());
    ASSERT_TRUE(key) << good;
    EXPECT_EQ(key->vkey(), good.get<std::string>());
  }
  for (const auto& bad : vectors.at("bad_vkeys")) {
    EXPECT_EQ(NoteVerifier::parse(bad.get<std::string>()).error().reason, "vkey_malformed");
  }
  const auto good = vectors.at("good_vkeys")[0].get<std::string>();
  for (std::size_t begin = 0; begin < good.size(); ++begin) {
    for (std::size_t length = 0; begin + length <= good.size(); ++length) {
      if (length == good.size()) continue;
      EXPECT_FALSE(NoteVerifier::parse(good.substr(begin, length))) << good.substr(begin, length);
    }
    auto changed = good;
    ++changed[begin];
    EXPECT_FALSE(NoteVerifier::parse(changed)) << changed;
  }
}

TEST(Note, ByAKnownKeyThatFailsIsBadWhateverElseHolds) {
  const auto good = keyNamed("good", 1);
  const auto forged = keyNamed("forged", 2);
  auto note = *parseNote(signNote("text\n", {&good, &forged}));
  note.signatures[1].value[10] ^= 1U;

  const auto opened = openNote(noteText(note), {good.verifier(), forged.verifier()});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->verdict, NoteVerdict::BadSignature);
  EXPECT_TRUE(opened->verified.empty());
  EXPECT_EQ(openNote(noteText(note), {good.verifier()})->verdict, NoteVerdict::Verified);
}

TEST(Note, OfOneNameWithAnotherKeyIsUnknown) {
  const auto theirs = keyNamed("log", 1);
  const auto ours = keyNamed("log", 2);
  EXPECT_EQ(openNote(signNote("text\n", {&theirs}), {ours.verifier()})->verdict,
            NoteVerdict::Unverified);
}

TEST(Note, TextMayHoldEmptyLinesAndThingsLikeSignatures) {
  const auto key = keyNamed("log", 1);
  const std::string text = "one\n\n\xE2\x80\x94 log AAAAAAAA\n\ntwo\n";
  const auto opened = openNote(signNote(text, {&key}), {key.verifier()});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->note.text, text);
  EXPECT_EQ(opened->verdict, NoteVerdict::Verified);
}

TEST(Note, TakesAHundredSignaturesAndRefusesOneMore) {
  const auto key = keyNamed("log", 1);
  Note note{"text\n", std::vector<NoteSignature>(kNoteSignaturesMost, key.sign("text\n"))};
  EXPECT_EQ(openNote(noteText(note), {key.verifier()})->verified.size(), 1U);
  note.signatures.push_back(note.signatures.front());
  EXPECT_EQ(parseNote(noteText(note)).error().reason, "note_malformed");
}

TEST(Note, OverTheByteLimitIsTooLarge) {
  const auto key = keyNamed("log", 1);
  const auto around = signNote("\n", {&key}).size() - 1;
  const std::string text = std::string(kNoteBytesMost - around - 1, 'x') + "\n";
  const auto fits = signNote(text, {&key});
  ASSERT_EQ(fits.size(), kNoteBytesMost);
  EXPECT_TRUE(parseNote(fits));
  EXPECT_EQ(parseNote("x" + fits).error().reason, "note_too_large");
}

TEST(Note, RefusesControlCharactersAndLooseBase64) {
  const auto key = keyNamed("log", 1);
  EXPECT_FALSE(parseNote(signNote("a\tb\n", {&key})));
  EXPECT_FALSE(parseNote(signNote("a\rb\n", {&key})));
  auto note = signNote("text\n", {&key});
  note.insert(note.size() - 5, " ");
  EXPECT_FALSE(parseNote(note));
}

TEST(NoteKeyName, HasNoSpaceAndNoPlus) {
  EXPECT_TRUE(isNoteKeyName("congvan.tinh.gov.vn/log/issuance"));
  EXPECT_TRUE(isNoteKeyName("Văn-thư"));
  for (const auto* bad : {"",
                          "a b",
                          "a+b",
                          "a\nb",
                          "a\tb",
                          "a\xC2\xA0"
                          "b",
                          "a\xE3\x80\x80"
                          "b",
                          "\xFF"}) {
    EXPECT_FALSE(isNoteKeyName(bad)) << bad;
  }
  EXPECT_EQ(NoteKey::fromSeed("a b", crypto::SecretBytes(32)).error().reason, "note_key_name");
  EXPECT_EQ(NoteKey::fromSeed("a", crypto::SecretBytes(31)).error().reason, "note_seed_malformed");
}

TEST(Cosignature, CoversTheTimeAndTheCheckpoint) {
  const auto witness = keyNamed("witness.example/1", 7, NoteKeyType::CosignatureV1);
  const auto log = keyNamed("log.example", 8);
  const auto text = checkpointText({"log.example", {0, emptyRoot()}, {}});
  Note note{text, {log.sign(text), witness.cosign(text, 1'700'000'000)}};
  EXPECT_EQ(witness.verifier().vkey(), NoteVerifier::parse(witness.verifier().vkey())->vkey());

  const auto opened = openNote(noteText(note), {witness.verifier()});
  ASSERT_EQ(opened->verdict, NoteVerdict::Verified);
  EXPECT_EQ(cosignatureTime(opened->verified[0].value), 1'700'000'000U);
  EXPECT_EQ(cosignatureTime(note.signatures[0].value), std::nullopt);

  note.signatures[1].value[7] ^= 1U;  // another time
  EXPECT_EQ(openNote(noteText(note), {witness.verifier()})->verdict, NoteVerdict::BadSignature);
}

}  // namespace
}  // namespace congvan::tlog::testing
