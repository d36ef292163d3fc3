// SPDX-License-Identifier: Apache-2.0
#include "office/audit/trail.h"

#include "office/audit/leaf_queue.h"
#include "office/audit/proven_leaf.h"
#include "trust/tlog/leaf.h"

namespace congvan::audit {

Result<> Trail::record(work::Tx& tx, const Entry& entry) {
  const auto named = recordNamed(tx, entry);
  if (!named) return named.error();
  return kDone;
}

Result<EventId> Trail::recordNamed(work::Tx& tx, const Entry& entry) {
  const Event event{.id = EventId{makeUuid(clock_, random_)},
                    .kind = entry.kind,
                    .time = clock_.now(),
                    .person = entry.by.person,
                    .post = entry.by.post,
                    .agency = entry.by.agency,
                    .subject_kind = entry.subject_kind,
                    .subject = entry.subject,
                    .trace = entry.trace,
                    .details = entry.details};
  const auto salt = tlog::makeSalt(random_);
  const auto leaf = eventLeaf(event, salt);
  if (!leaf) return leaf.error();
  const auto queued = leaves_.add(tx, Log::Records, *leaf);
  if (!queued) return queued.error();
  const auto added =
      events_.add(tx, {event, toBytes(BytesView(salt)), std::nullopt}, queued->value);
  if (!added) return added.error();
  return event.id;
}

}  // namespace congvan::audit
