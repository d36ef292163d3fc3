// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/event.h"
#include "office/work/transactions.h"

#include <optional>
#include <vector>

namespace congvan::audit {

/// An event as kept: with the salt of its commitment and, once sequenced, its place in the records
/// log.
struct KeptEvent {
  Event event;
  Bytes salt;
  std::optional<std::uint64_t> leaf_index;
  bool has_leaf = true;  ///< false: there is no leaf for it, so nothing commits to it
};

struct EventFilter {
  std::vector<Uuid> subjects;    ///< any of these; none: all
  std::vector<EventKind> kinds;  ///< any of these; none: all
  std::optional<Uuid> person;
  std::optional<Instant> from;
  std::optional<Instant> to;     ///< before it
  std::optional<EventId> after;  ///< the last of the page before
  int limit = 100;               ///< 1 to 500
};

/// A port. Events are added and read, never changed or removed.
class EventStore {
 public:
  virtual ~EventStore() = default;
  /// `leaf_queue_id` ties the event to its queued leaf, through which `leaf_index` becomes known.
  virtual Result<> add(work::Tx& tx, const KeptEvent& event, const Uuid& leaf_queue_id) = 0;
  /// Oldest first.
  virtual Result<std::vector<KeptEvent>> list(work::Tx& tx, const EventFilter& filter) = 0;
};

}  // namespace congvan::audit
