// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "office/audit/store.h"

#include <optional>
#include <string>

namespace congvan::audit {

class LeafQueue;

/// Who did it; all empty: the system itself.
struct Actor {
  std::optional<Uuid> person;
  std::optional<Uuid> post;
  std::optional<Uuid> agency;
};

/// What a use case hands over; time, id and salt are added here.
struct Entry {
  EventKind kind = EventKind::SignedIn;
  Actor by = {};
  std::string subject_kind;
  Uuid subject{};
  std::string trace = {};
  std::string details = "{}";
};

/// Writes audit events in the transaction of the change they tell of, and queues the leaf that
/// commits to each in the records log. A change whose event cannot be written does not happen. Safe
/// from any thread.
class Trail {
 public:
  Trail(EventStore& events, LeafQueue& leaves, const Clock& clock, Random& random)
      : events_(events), leaves_(leaves), clock_(clock), random_(random) {}

  Result<> record(work::Tx& tx, const Entry& entry);
  /// The same; answers the event's id, for those who give it out as a receipt.
  Result<EventId> recordNamed(work::Tx& tx, const Entry& entry);

 private:
  EventStore& events_;
  LeafQueue& leaves_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace congvan::audit
