// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/proven_leaf.h"
#include "office/audit/store.h"
#include "office/records/outgoing.h"

#include <optional>
#include <string>
#include <vector>

/// What an auditor takes away: verdicts, and the trail of events with the proofs that the
/// records log holds them.
namespace congvan::records {

struct ProvenEvent {
  audit::KeptEvent event;
  audit::ProvenLeaf leaf;
};

/// Safe from any thread.
class EvidenceDesk {
 public:
  struct Parts {
    work::Transactions& transactions;
    Outgoing& outgoing;
    RecordStore& records;
    directory::DirectoryStore& directory;
    exchange::Deliveries& deliveries;
    signing::DocumentSigner& signer;
    audit::EventStore& events;
    const audit::LogFiles& records_log;
    audit::Trail& trail;
    const Clock& clock;
  };
  explicit EvidenceDesk(Parts parts) : parts_(parts) {}

  /// The events of a document and its deliveries, oldest first, a page of them. Who may read the
  /// document may read its trail. How a recipient handled its copy, and who did, is in it only for
  /// those who may read what that agency received; the sender sees the state of the delivery.
  /// Refusals of Outgoing::find; NotFound `event_missing`: no such event to go on after.
  Result<std::vector<ProvenEvent>> trail(const directory::Caller& caller,
                                         DocumentId id,
                                         const Page<audit::EventId>& page);

  struct Verification {
    Document document;
    verify::Outcome judged;
  };
  /// Judges the newest file of a document now.
  Result<Verification> verification(const directory::Caller& caller, DocumentId id);

 private:
  Result<std::vector<Uuid>> subjects(work::Tx& tx, const directory::Caller& caller, DocumentId id);

  Parts parts_;
};

}  // namespace congvan::records
