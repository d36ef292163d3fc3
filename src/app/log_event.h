// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "trust/tlog/check.h"

/// `congvan log verify --event`: the trail of a document as it was downloaded, against the key of
/// the records log and nothing else.
namespace congvan::app {

struct TrailReport {
  std::uint64_t events = 0;
  /// `event_unreadable`, `event_changed`: what the item says is not what its leaf commits to.
  /// `checkpoint_not_signed`, `checkpoint_origin`, `proof_wrong`, `tlog_proof_malformed`: the proof
  /// does not hold. `event_without_proof` (Open): the log had not taken it in yet;
  /// `event_tampered`: or the service itself said that it is not what the log holds.
  std::vector<tlog::Finding> findings;
};

/// `trail`: one item, a list of them, or an answer of `GET /documents/{id}/trail`. Every member
/// that the log commits to is read, and the commitment made anew from them.
TrailReport checkTrail(const Json& trail, const tlog::NoteVerifier& key);

}  // namespace congvan::app
