// SPDX-License-Identifier: Apache-2.0
#include "office/records/evidence_desk.h"

#include "office/directory/actor.h"

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
      if (incoming) subjects.push_back(incoming->id.value);
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

Result<std::optional<std::uint64_t>> EvidenceDesk::placeOf(const std::optional<Uuid>& queued) {
  using Place = std::optional<std::uint64_t>;
  if (!queued) return Place{};
  return parts_.transactions.read<Place>([&](work::Tx& tx) {
    return parts_.leaves.indexOf(tx, audit::Log::Issuance, audit::LeafId{*queued});
  });
}

Result<Issuance> EvidenceDesk::issuance(const directory::Caller& caller,
                                        authority::CertificateId id) {
  const auto record = parts_.authority.find(caller, id);
  if (!record) return record.error();
  Issuance issuance{*record, {}, {}};
  for (auto [queued, leaf] : {std::pair(record->intent_leaf, &issuance.intent),
                              std::pair(record->issued_leaf, &issuance.issued)}) {
    const auto place = placeOf(queued);
    if (!place) return place.error();
    if (!*place) continue;
    auto proven = audit::proveEntry(parts_.issuance_log, **place);
    if (!proven && proven.error().reason == "leaf_not_in_tree") continue;  // not published yet
    if (!proven) return proven.error();
    *leaf = std::move(*proven);
  }
  return issuance;
}

}  // namespace congvan::records
