// SPDX-License-Identifier: Apache-2.0
#include "office/audit/log_proof.h"

#include "trust/tlog/tree.h"

namespace congvan::audit {

namespace {

using ReadNote = Result<std::optional<std::string>>;

/// A checkpoint as it is kept, and what it says.
struct KeptCheckpoint {
  std::string note;
  tlog::TreeHead head;
};

Result<std::optional<KeptCheckpoint>> keptIn(ReadNote read) {
  if (!read) return read.error();
  if (!*read) return std::optional<KeptCheckpoint>();
  const auto note = tlog::parseNote(**read);
  if (!note) return note.error();
  const auto checkpoint = tlog::parseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  return std::optional(KeptCheckpoint{std::move(**read), checkpoint->head});
}

/// One that witnesses vouch for goes before a newer one that they have not seen yet.
Result<KeptCheckpoint> checkpointOver(const LogFiles& files, std::uint64_t index) {
  for (const auto& read : {&LogFiles::cosigned, &LogFiles::published}) {
    auto kept = keptIn((files.*read)());
    if (!kept) return kept.error();
    if (*kept && (*kept)->head.size > index) return std::move(**kept);
  }
  return Error{Code::NotFound, "leaf_not_in_tree"};
}

}  // namespace

Result<std::optional<tlog::TreeHead>> publishedHead(const LogFiles& files) {
  const auto kept = keptIn(files.published());
  if (!kept) return kept.error();
  return *kept ? std::optional((*kept)->head) : std::optional<tlog::TreeHead>();
}

Result<LoggedLeaf> proveLeaf(const LogFiles& files, std::uint64_t index) {
  const auto checkpoint = checkpointOver(files, index);
  if (!checkpoint) return checkpoint.error();
  const tlog::TileTree tree(files, checkpoint->head.size);
  const auto leaf = tree.leaf(index);
  if (!leaf) return leaf.error();
  auto proof = tree.inclusion(index);
  if (!proof) return proof.error();
  if (tlog::checkInclusion(checkpoint->head, index, *leaf, *proof) != tlog::ProofVerdict::Good) {
    return Error{Code::Conflict, "tree_root_differs"};
  }
  return LoggedLeaf{*leaf, {index, std::move(*proof), checkpoint->note, {}}};
}

}  // namespace congvan::audit
