// SPDX-License-Identifier: Apache-2.0
#include "office/records/evidence_desk.h"

#include "office/directory/permissions.h"
#include "office/records/reception.h"

#include <utility>

namespace congvan::records {

/// What events of the document may be about: itself, its deliveries, and those of its copies whose
/// handling the caller may read. Three queries, however many recipients it has.
Result<std::vector<Uuid>> EvidenceDesk::subjects(work::Tx& tx,
                                                 const directory::Caller& caller,
                                                 DocumentId id) {
  std::vector<Uuid> subjects{id.value};
  const auto copies = parts_.records.copies(tx, id);
  if (!copies) return copies.error();
  const auto agencies = parts_.directory.agencies(tx);
  if (!agencies) return agencies.error();
  const directory::Lineages lineages(*agencies);
  for (const auto& copy : *copies) {
    subjects.push_back(copy.delivery.value);
    if (copy.incoming && mayReadArrivals(caller, lineages.of(copy.recipient))) {
      subjects.push_back(copy.incoming->value);
    }
  }
  return subjects;
}

Result<std::vector<ProvenEvent>> EvidenceDesk::trail(const directory::Caller& caller,
                                                     DocumentId id,
                                                     const Page<audit::EventId>& page) {
  using Events = std::vector<audit::KeptEvent>;
  const auto document = parts_.outgoing.find(caller, id);
  if (!document) return document.error();
  auto events = parts_.transactions.read<Events>([&](work::Tx& tx) -> Result<Events> {
    auto about = subjects(tx, caller, id);
    if (!about) return about.error();
    return parts_.events.list(
        tx, {.subjects = std::move(*about), .after = page.after, .limit = page.limit});
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

Result<EvidenceDesk::Verification> EvidenceDesk::verification(const directory::Caller& caller,
                                                              DocumentId id) {
  auto document = parts_.outgoing.find(caller, id);
  if (!document) return document.error();
  if (document->file_size == 0) return Error{Code::NotFound, "file_missing"};
  auto judged = parts_.signer.judge(document->file);
  if (!judged) return judged.error();
  return Verification{std::move(*document), std::move(*judged)};
}

}  // namespace congvan::records
