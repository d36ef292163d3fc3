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
  const auto published = files_.published();
  if (!published) return published.error();
  if (!*published) return kDone;
  const auto opened = tlog::openCheckpoint(**published, {witness_});
  if (!opened) return opened.error();
  const auto& head = opened->checkpoint.head;
  // At the start it is asked all the same: a log that was put back bears the signatures of then.
  if (asked_ && tlog::verifiedBy(opened->note, witness_)) return kDone;
  // Once to learn how far it has seen, once from there.
  for (int tries = 0; tries < 2; ++tries) {
    const auto made = request(**published, head);
    if (!made) return made.error();
    const auto answer = client_.ask(*made);
    if (!answer) return answer.error();
    if (const auto* const cosigned = std::get_if<WitnessClient::Cosigned>(&*answer)) {
      const auto& text = opened->note.note.text;
      const auto signature = tlog::takeCosignature(cosigned->lines, text, witness_);
      if (!signature) return signature.error();
      asked_ = true;
      seen_size_ = head.size;
      cosigned_size_ = head.size;
      return files_.cosign(text, *signature);
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

}  // namespace congvan::audit
