// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/store.h"

#include <optional>
#include <string>

namespace congvan::audit {

class LogFiles;

/// A leaf and, once a published checkpoint covers it, its `c2sp.org/tlog-proof@v1`. All that an
/// auditor needs besides the log's public key.
struct ProvenLeaf {
  Bytes leaf;
  std::optional<std::uint64_t> index;
  std::optional<std::string> proof;
  bool tampered = false;  ///< what is kept is not what the log holds: there is no proof of it
};

/// The leaf that commits to `event` in the records log: what `Trail` queued, made again from what
/// is kept. `salt` is the event's own. Malformed `salt_malformed`: not 32 bytes.
Result<Bytes> eventLeaf(const Event& event, BytesView salt);

/// The leaf of a kept event and where `records` holds it. Not sequenced or not published yet is no
/// refusal: index or proof are then absent. Nor is an event that was changed, or put in, behind the
/// log's back: it is `tampered`.
///
/// Conflict `tree_root_differs`: the files are not those of the checkpoint. Refusals of the reader.
Result<ProvenLeaf> proveEvent(const LogFiles& records, const KeptEvent& kept);

/// The entry at `index` as the log's readers see it, with its proof.
///
/// NotFound `leaf_not_in_tree`: the published checkpoint does not reach it. Otherwise as above.
Result<ProvenLeaf> proveEntry(const LogFiles& log, std::uint64_t index);

}  // namespace congvan::audit
