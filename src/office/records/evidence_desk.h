// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "office/audit/log_files.h"
#include "office/audit/proven_leaf.h"
#include "office/audit/store.h"
#include "office/records/outgoing.h"

#include <optional>
#include <string>
#include <vector>

/// What an auditor takes away: verdicts, the trail of events, and the proofs that both logs hold
/// them.
namespace congvan::records {

using audit::ProvenLeaf;

struct ProvenEvent {
  audit::KeptEvent event;
  ProvenLeaf leaf;
};

struct Issuance {
  authority::CertificateRecord certificate;
  ProvenLeaf intent;
  ProvenLeaf issued;
};

/// Safe from any thread.
class EvidenceDesk {
 public:
  struct Parts {
    work::Transactions& transactions;
    Outgoing& outgoing;
    RecordStore& records;
    exchange::Deliveries& deliveries;
    authority::Authority& authority;
    signing::DocumentSigner& signer;
    audit::EventStore& events;
    audit::LeafQueue& leaves;
    const audit::LogFiles& records_log;
    const audit::LogFiles& issuance_log;
    audit::Trail& trail;
    const Clock& clock;
  };
  explicit EvidenceDesk(Parts parts) : parts_(parts) {}

  /// Every event of a document, its deliveries and their handling, oldest first. Who may read the
  /// document may read its trail. Refusals of Outgoing::find.
  Result<std::vector<ProvenEvent>> trail(const directory::Caller& caller, DocumentId id);

  /// Judges the newest file of a document now.
  Result<verify::Outcome> verification(const directory::Caller& caller, DocumentId id);

  /// Where a certificate's intent and issue stand in the issuance log. Refusals of Authority::find.
  Result<Issuance> issuance(const directory::Caller& caller, authority::CertificateId id);

 private:
  Result<std::optional<std::uint64_t>> placeOf(const std::optional<Uuid>& queued);
  Parts parts_;
};

}  // namespace congvan::records
