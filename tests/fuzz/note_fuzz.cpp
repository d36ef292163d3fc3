// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/tlog/checkpoint.h"
#include "trust/tlog/tile.h"

namespace congvan::tlog {
namespace {

using fuzz::require;

const NoteKey& fuzzKey() {
  static const auto kKey =
      *NoteKey::fromSeed("log.example", crypto::SecretBytes(BytesView(Bytes(32, 9))));
  return kKey;
}

void checkNote(std::string_view input) {
  const auto note = parseNote(input);
  if (!note) return;
  require(noteText(*note) == input, "a note has one spelling");
  const auto opened = openNote(input, {fuzzKey().verifier()});
  require(bool(opened), "what parses opens");
  const bool ours = opened->verdict == NoteVerdict::Verified;
  require(ours == !opened->verified.empty(), "verified means by somebody");
}

void checkCheckpoint(std::string_view input) {
  const auto checkpoint = parseCheckpoint(input);
  if (!checkpoint) return;
  require(checkpointText(*checkpoint) == input, "a checkpoint has one spelling");
}

void checkEvidenceText(std::string_view input) {
  const auto evidence = parseEvidence(input);
  if (!evidence) return;
  require(evidenceText(*evidence) == input, "a proof has one spelling");
  const auto verdict = checkEvidence(*evidence, Hash{}, fuzzKey().verifier());
  require(!verdict || *verdict != EvidenceVerdict::Good, "nothing proves a leaf of zeros");
}

void checkNames(std::string_view input) {
  const auto key = NoteVerifier::parse(input);
  require(!key || key->vkey() == input, "a key has one spelling");
  const auto tile = parseTilePath(input);
  require(!tile || tilePath(*tile) == input, "a tile has one path");
}

}  // namespace
}  // namespace congvan::tlog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = congvan::asText({data, size});
  congvan::tlog::checkNote(text);
  congvan::tlog::checkCheckpoint(text);
  congvan::tlog::checkEvidenceText(text);
  congvan::tlog::checkNames(text);
  return 0;
}
