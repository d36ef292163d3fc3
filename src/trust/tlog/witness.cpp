// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/witness.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::tlog {
namespace {

constexpr std::string_view kOldWord = "old ";

Error badRequest() {
  return Error{Code::Malformed, "add_checkpoint_malformed"};
}
Error badAnswer() {
  return Error{Code::Malformed, "witness_answer_malformed"};
}
Error badWitnessProof() {
  return Error{Code::RuleRefused, "witness_proof_wrong"};
}

bool isBy(const NoteSignature& signature, const NoteVerifier& key) {
  return signature.name == key.name() && signature.key_id == key.keyId();
}

}  // namespace

std::string addCheckpointText(const AddCheckpoint& request) {
  auto text = fmt::format("{}{}\n", kOldWord, request.old_size);
  for (const auto& hash : request.proof) text += hashText(hash) + "\n";
  return text + "\n" + request.checkpoint;
}

Result<AddCheckpoint> parseAddCheckpoint(std::string_view body) {
  if (body.size() > kAddCheckpointBytesMost) {
    return Error{Code::TooLarge, "add_checkpoint_too_large"};
  }
  auto rest = body;
  auto line = takeLine(rest);
  if (!line || !line->starts_with(kOldWord)) return badRequest();
  const auto old_size = parseDecimal(line->substr(kOldWord.size()));
  if (!old_size) return badRequest();
  AddCheckpoint request{*old_size, {}, {}};
  for (line = takeLine(rest); line && !line->empty(); line = takeLine(rest)) {
    const auto hash = parseHashText(*line);
    if (!hash || request.proof.size() == kWitnessProofMost) return badRequest();
    request.proof.push_back(*hash);
  }
  if (!line) return badRequest();
  const auto note = parseNote(rest);
  if (!note || !parseCheckpoint(note->text)) return badRequest();
  request.checkpoint = rest;
  return request;
}

Result<Submission> openSubmission(std::string_view body, const std::vector<NoteVerifier>& logs) {
  auto request = parseAddCheckpoint(body);
  if (!request) return request.error();
  const auto unjudged = openCheckpoint(request->checkpoint, {});
  if (!unjudged) return badRequest();
  std::vector<NoteVerifier> known;
  std::ranges::copy_if(logs, std::back_inserter(known), [&](const NoteVerifier& log) {
    return log.name() == unjudged->checkpoint.origin;
  });
  if (known.empty()) {
    return Error{Code::NotFound, "witness_log_unknown", {{"origin", unjudged->checkpoint.origin}}};
  }
  auto opened = openNote(request->checkpoint, known);
  if (!opened || opened->verdict != NoteVerdict::Verified) {
    return Error{Code::Forbidden, "checkpoint_not_signed"};
  }
  if (request->old_size > unjudged->checkpoint.head.size) {
    return Error{Code::Malformed, "witness_old_size"};
  }
  return Submission{std::move(*request),
                    unjudged->checkpoint,
                    {std::move(opened->note.text), std::move(opened->verified)}};
}

TreeHead nothingSeen() {
  return {0, emptyRoot()};
}

Result<> continuesFrom(const TreeHead& seen, const Submission& submission) {
  const auto& [request, checkpoint, note] = submission;
  if (request.old_size != seen.size) {
    return Error{Code::Conflict, "witness_size_differs", {{"size", std::to_string(seen.size)}}};
  }
  const auto& now = checkpoint.head;
  if (seen.size == 0) {
    const bool fits = request.proof.empty() && (now.size > 0 || now.root == seen.root);
    return fits ? Result<>(kDone) : Result<>(badWitnessProof());
  }
  if (checkConsistency(seen, now, request.proof) != ProofVerdict::Good) return badWitnessProof();
  return kDone;
}

Result<std::uint64_t> parseSizeAnswer(std::string_view body) {
  const auto line = takeLine(body);
  const auto size = parseDecimal(line.value_or(""));
  if (!size || !body.empty()) return badAnswer();
  return size;
}

Result<NoteSignature> takeCosignature(std::string_view lines,
                                      std::string_view checkpoint_text,
                                      const NoteVerifier& witness) {
  const auto signatures = parseSignatureLines(lines);
  if (!signatures) return badAnswer();
  const auto found = std::ranges::find_if(
      *signatures, [&](const NoteSignature& signature) { return isBy(signature, witness); });
  if (found == signatures->end()) return badAnswer();
  if (!witness.verifies(checkpoint_text, found->value)) {
    return Error{Code::Forbidden, "cosignature_wrong"};
  }
  return *found;
}

Result<std::string> withSignature(std::string_view note, const NoteSignature& signature) {
  auto parsed = parseNote(note);
  if (!parsed) return parsed.error();
  auto& all = parsed->signatures;
  std::erase_if(all, [&](const NoteSignature& one) {
    return one.name == signature.name && one.key_id == signature.key_id;
  });
  if (all.size() >= kNoteSignaturesMost) return Error{Code::Malformed, "note_malformed"};
  all.push_back(signature);
  return noteText(*parsed);
}

}  // namespace congvan::tlog
