// SPDX-License-Identifier: Apache-2.0
#include "office/audit/log_proof.h"

#include "trust/tlog/tree.h"

namespace congvan::audit {

Result<std::optional<tlog::TreeHead>> publishedHead(const LogFiles& files) {
  const auto published = files.published();
  if (!published) return published.error();
  if (!*published) return std::optional<tlog::TreeHead>();
  const auto note = tlog::parseNote(**published);
  if (!note) return note.error();
  const auto checkpoint = tlog::parseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  return std::optional(checkpoint->head);
}

Result<LoggedLeaf> proveLeaf(const LogFiles& files, std::uint64_t index) {
  const auto published = files.published();
  if (!published) return published.error();
  if (!*published) return Error{Code::NotFound, "leaf_not_in_tree"};
  const auto note = tlog::parseNote(**published);
  if (!note) return note.error();
  const auto checkpoint = tlog::parseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();

  const tlog::TileTree tree(files, checkpoint->head.size);
  const auto leaf = tree.leaf(index);
  if (!leaf) return leaf.error();
  auto proof = tree.inclusion(index);
  if (!proof) return proof.error();
  if (tlog::checkInclusion(checkpoint->head, index, *leaf, *proof) != tlog::ProofVerdict::Good) {
    return Error{Code::Conflict, "tree_root_differs"};
  }
  return LoggedLeaf{*leaf, {index, std::move(*proof), **published, {}}};
}

}  // namespace congvan::audit
