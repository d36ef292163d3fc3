// SPDX-License-Identifier: Apache-2.0
#include "office/records/evidence_desk.h"

#include "office/directory/actor.h"
#include "office/directory/permissions.h"
#include "office/records/reception.h"

#include <algorithm>
#include <utility>

namespace congvan::records {
namespace {

using Events = std::vector<audit::KeptEvent>;

/// All of one subject, page by page.
Result<> addEvents(work::Tx& tx, audit::EventStore& store, const Uuid& subject, Events& all) {
  constexpr int kPage = 500;
  audit::EventFilter filter{.subject = subject, .limit = kPage};
  for (;;) {
    const auto some = store.list(tx, filter);
    if (!some) return some.error();
    all.insert(all.end(), some->begin(), some->end());
    if (some->size() < kPage) return kDone;
    filter.after = some->back().event.id;
  }
}

}  // namespace

Result<std::vector<ProvenEvent>> EvidenceDesk::trail(const directory::Caller& caller,
                                                     DocumentId id) {
  const auto document = parts_.outgoing.find(caller, id);
  if (!document) return document.error();
  auto events = parts_.transactions.read<Events>([&](work::Tx& tx) -> Result<Events> {
    std::vector<Uuid> subjects{id.value};
    const auto deliveries = parts_.deliveries.ofDocument(tx, id.value);
    if (!deliveries) return deliveries.error();
    for (const auto& delivery : *deliveries) {
      subjects.push_back(delivery.id.value);
      const auto incoming = parts_.records.findIncomingOfDelivery(tx, delivery.id);
      if (!incoming && incoming.error().code != Code::NotFound) return incoming.error();
      if (!incoming) continue;
      const auto recipient = directory::lineageOf(tx, parts_.directory, incoming->agency);
      if (!recipient) return recipient.error();
      if (mayReadArrivals(caller, *recipient)) subjects.push_back(incoming->id.value);
    }
    Events all;
    for (const auto& subject : subjects) {
      const auto added = addEvents(tx, parts_.events, subject, all);
      if (!added) return added.error();
    }
    // Ids of one millisecond are in no order.
    std::ranges::sort(all, {}, [](const audit::KeptEvent& kept) {
      return std::make_pair(kept.event.time, kept.event.id);
    });
    return all;
  });
  if (!events) return events.error();

  std::vector<ProvenEvent> proven;
  for (auto& kept : *events) {
    auto leaf = audit::proveEvent(parts_.records_log, kept);
    if (!leaf) return leaf.error();
    proven.push_back({std::move(kept), std::move(*leaf)});
  }
  return proven;
}

Result<verify::Outcome> EvidenceDesk::verification(const directory::Caller& caller, DocumentId id) {
  const auto document = parts_.outgoing.find(caller, id);
  if (!document) return document.error();
  if (document->file_size == 0) return Error{Code::NotFound, "file_missing"};
  return parts_.signer.judge(document->file);
}

}  // namespace congvan::records
