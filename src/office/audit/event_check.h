// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"
#include "office/audit/store.h"
#include "trust/tlog/check.h"

#include <map>
#include <set>

/// Whether the kept events are those of the records log: none changed, none removed, none put in.
///
/// Believes the tiles of the log, which `tlog::checkWholeLog` checks against the signed checkpoint.
/// Memory grows by one bit for each leaf.
namespace congvan::audit {

/// An event as an inspector finds it: the row may have been made by anybody.
struct FoundEvent {
  Uuid id;
  std::optional<KeptEvent> kept;  ///< nullopt: the row does not hold what events consist of
  std::optional<LeafId> leaf;     ///< nullopt: there is no leaf of the records log for it
  Bytes waiting;                  ///< the entry of a leaf that has no place yet
};

/// One thing found. `reason` of the finding is a stable key:
///
/// `event_unreadable`: what is kept is no event. `event_without_leaf`: nothing commits to it.
/// `event_changed`: its leaf commits to something else. `event_beyond_log`: its leaf claims a place
/// that the log has not come to. `leaf_without_event`: the event of a leaf is gone. Refusals of the
/// tile reader, where a leaf cannot be read.
class EventCheck {
 public:
  /// Against the log as published now; `waiting` are the leaves that have no place yet, read before
  /// any event is. Refusals of the reader.
  static Result<EventCheck> begin(const LogFiles& records, std::vector<LeafId> waiting);

  /// To be called with every event, best in the order of their leaves.
  std::optional<tlog::Finding> take(const FoundEvent& found);
  /// After the last one; `committed` is the size of the log now. Adjoining leaves are one finding.
  std::vector<tlog::Finding> finish(std::uint64_t committed) const;

  std::uint64_t published() const { return size_; }
  std::uint64_t taken() const { return taken_; }

 private:
  EventCheck(const LogFiles& records, std::uint64_t size, std::vector<LeafId> waiting);
  std::string judge(const FoundEvent& found);
  Result<tlog::Hash> leafAt(std::uint64_t place);

  const LogFiles* records_;
  std::uint64_t size_;
  std::uint64_t taken_ = 0;
  std::uint64_t beyond_ = 0;  // places up to here are claimed
  std::vector<bool> seen_;
  std::set<LeafId> waiting_;
  std::map<std::uint64_t, std::vector<tlog::Hash>> tiles_;  // a few: neighbours ask for neighbours
};

}  // namespace congvan::audit
