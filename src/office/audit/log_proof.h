// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"
#include "trust/tlog/checkpoint.h"

namespace congvan::audit {

/// What the published checkpoint says, believed; nullopt: none yet. Refusals of the reader,
/// Malformed `checkpoint_malformed`, `note_malformed`.
Result<std::optional<tlog::TreeHead>> publishedHead(const LogFiles& files);

struct LoggedLeaf {
  tlog::Hash leaf{};
  tlog::InclusionEvidence evidence;
};

/// What proves offline that the leaf at `index` is in the log: a published checkpoint, the newest
/// with the cosignatures that are wanted if that covers it, and the path to it, checked before it
/// is given out.
///
/// NotFound `leaf_not_in_tree`: the published checkpoint does not reach it. Conflict
/// `tree_root_differs`: the files are not those of the checkpoint. Refusals of the reader.
Result<LoggedLeaf> proveLeaf(const LogFiles& files, std::uint64_t index);

}  // namespace congvan::audit
