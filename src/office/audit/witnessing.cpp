// SPDX-License-Identifier: Apache-2.0
#include "office/audit/witnessing.h"

#include "trust/tlog/tree.h"

namespace congvan::audit {

Result<tlog::AddCheckpoint> Witnessing::request(const std::string& note,
                                                const tlog::TreeHead& head) const {
  tlog::AddCheckpoint made{seen_size_, {}, note};
  if (seen_size_ == 0 || seen_size_ == head.size) return made;
  auto proof = tlog::TileTree(files_, head.size).consistency(seen_size_);
  if (!proof) return proof.error();
  made.proof = std::move(*proof);
  return made;
}

Result<> Witnessing::turn() {
  const auto note = round_.join(witness_.name());
  if (!note) return note.error();
  if (!*note) return kDone;
  const auto signature = ask(**note);
  if (!signature) {
    round_.failed(witness_.name());
    return signature.error();
  }
  return round_.answered(witness_.name(), *signature);
}

Result<tlog::NoteSignature> Witnessing::ask(const std::string& note) {
  const auto opened = tlog::openCheckpoint(note, {witness_});
  if (!opened) return opened.error();
  const auto& head = opened->checkpoint.head;
  // Once to learn how far it has seen, once from there.
  for (int tries = 0; tries < 2; ++tries) {
    const auto made = request(note, head);
    if (!made) return made.error();
    const auto answer = client_.ask(*made);
    if (!answer) return answer.error();
    if (const auto* const cosigned = std::get_if<WitnessClient::Cosigned>(&*answer)) {
      auto signature = tlog::takeCosignature(cosigned->lines, opened->note.note.text, witness_);
      if (!signature) return signature;
      seen_size_ = head.size;
      cosigned_size_ = head.size;
      return signature;
    }
    const auto size = std::get<WitnessClient::Seen>(*answer).size;
    if (size > head.size) {
      return Error{Code::Conflict, "witness_ahead", {{"size", std::to_string(size)}}};
    }
    if (size == seen_size_) break;
    seen_size_ = size;
  }
  return Error{Code::Conflict, "witness_disagrees"};
}

// --- the round ---

Result<std::optional<std::string>> CosigningRound::join(const std::string& witness) {
  const std::lock_guard lock(mutex_);
  if (asked_.empty()) {
    auto published = files_.published();
    if (!published || !*published) return published;
    const auto newest = tlog::parseNote(**published);
    if (!newest) return newest.error();
    // Cosignatures below it make no other checkpoint of it.
    if (note_.empty() || !note_.starts_with(newest->text)) {
      note_ = std::move(**published);
      cosigned_.clear();
    }
  }
  if (cosigned_.contains(witness)) return std::optional<std::string>();
  asked_.insert(witness);
  return std::optional(note_);
}

Result<> CosigningRound::answered(const std::string& witness,
                                  const tlog::NoteSignature& signature) {
  const std::lock_guard lock(mutex_);
  asked_.erase(witness);
  auto next = files_.cosign(note_, signature);
  if (!next) return next.error();
  note_ = std::move(*next);
  cosigned_.insert(witness);
  return kDone;
}

void CosigningRound::failed(const std::string& witness) {
  const std::lock_guard lock(mutex_);
  asked_.erase(witness);
}

}  // namespace congvan::audit
