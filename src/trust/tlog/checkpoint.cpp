// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/checkpoint.h"

#include "base/encoding.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::tlog {
namespace {

constexpr std::string_view kEvidenceHeader = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kProofHashesMost = 64;  // a tree of 2^64 leaves is no higher
constexpr std::size_t kEvidenceBytesMost = kNoteBytesMost + (128U << 10U);

Error badCheckpoint() {
  return Error{Code::Malformed, "checkpoint_malformed"};
}
Error badEvidence() {
  return Error{Code::Malformed, "tlog_proof_malformed"};
}

std::optional<std::string_view> afterWord(std::optional<std::string_view> line,
                                          std::string_view word) {
  if (!line || !line->starts_with(word)) return std::nullopt;
  return line->substr(word.size());
}

}  // namespace

std::optional<std::string_view> takeLine(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::string checkpointText(const Checkpoint& checkpoint) {
  auto text = fmt::format(
      "{}\n{}\n{}\n", checkpoint.origin, checkpoint.head.size, hashText(checkpoint.head.root));
  for (const auto& extension : checkpoint.extensions) text += extension + "\n";
  return text;
}

Result<Checkpoint> parseCheckpoint(std::string_view text) {
  if (text.size() > kNoteBytesMost || !isUtf8(text)) return badCheckpoint();
  auto rest = text;
  const auto origin = takeLine(rest);
  const auto size = takeLine(rest);
  const auto root = takeLine(rest);
  if (!origin || origin->empty() || !size || !root) return badCheckpoint();
  const auto number = parseDecimal(*size);
  const auto hash = parseHashText(*root);
  if (!number || !hash) return badCheckpoint();

  Checkpoint checkpoint{std::string(*origin), {*number, *hash}, {}};
  while (!rest.empty()) {
    const auto extension = takeLine(rest);
    if (!extension || extension->empty()) return badCheckpoint();
    checkpoint.extensions.emplace_back(*extension);
  }
  return checkpoint;
}

std::string signCheckpoint(const Checkpoint& checkpoint, const NoteKey& key) {
  return signNote(checkpointText(checkpoint), {&key});
}

Result<OpenedCheckpoint> openCheckpoint(std::string_view bytes,
                                        const std::vector<NoteVerifier>& known) {
  auto note = openNote(bytes, known);
  if (!note) return note.error();
  auto checkpoint = parseCheckpoint(note->note.text);
  if (!checkpoint) return checkpoint.error();
  return OpenedCheckpoint{std::move(*checkpoint), std::move(*note)};
}

bool verifiedBy(const OpenedNote& note, const NoteVerifier& key) {
  return note.verdict == NoteVerdict::Verified &&
         std::ranges::any_of(note.verified, [&](const NoteSignature& signature) {
           return signature.name == key.name() && signature.key_id == key.keyId();
         });
}

std::string evidenceText(const InclusionEvidence& evidence) {
  auto text = std::string(kEvidenceHeader) + "\n";
  if (!evidence.extra.empty()) text += "extra " + toBase64(evidence.extra) + "\n";
  text += fmt::format("index {}\n", evidence.index);
  for (const auto& hash : evidence.proof) text += hashText(hash) + "\n";
  return text + "\n" + evidence.checkpoint;
}

Result<InclusionEvidence> parseEvidence(std::string_view text) {
  if (text.size() > kEvidenceBytesMost) return Error{Code::TooLarge, "note_too_large"};
  auto rest = text;
  if (takeLine(rest) != kEvidenceHeader) return badEvidence();
  InclusionEvidence evidence;
  auto line = takeLine(rest);
  if (const auto extra = afterWord(line, "extra ")) {
    auto bytes = parseCanonicalBase64(*extra);
    if (!bytes || bytes->empty()) return badEvidence();
    evidence.extra = std::move(*bytes);
    line = takeLine(rest);
  }
  const auto index = parseDecimal(afterWord(line, "index ").value_or(""));
  if (!index) return badEvidence();
  evidence.index = *index;
  for (line = takeLine(rest); line && !line->empty(); line = takeLine(rest)) {
    const auto hash = parseHashText(*line);
    if (!hash || evidence.proof.size() == kProofHashesMost) return badEvidence();
    evidence.proof.push_back(*hash);
  }
  if (!line) return badEvidence();
  const auto note = parseNote(rest);
  if (!note || !parseCheckpoint(note->text)) return badEvidence();
  evidence.checkpoint = rest;
  return evidence;
}

Result<EvidenceVerdict> checkEvidence(const InclusionEvidence& evidence,
                                      const Hash& leaf,
                                      const NoteVerifier& log_key) {
  const auto opened = openCheckpoint(evidence.checkpoint, {log_key});
  if (!opened) return opened.error();
  if (!verifiedBy(opened->note, log_key)) return EvidenceVerdict::NotSigned;
  if (opened->checkpoint.origin != log_key.name()) return EvidenceVerdict::WrongOrigin;
  const auto proof = checkInclusion(opened->checkpoint.head, evidence.index, leaf, evidence.proof);
  return proof == ProofVerdict::Good ? EvidenceVerdict::Good : EvidenceVerdict::WrongProof;
}

}  // namespace congvan::tlog
