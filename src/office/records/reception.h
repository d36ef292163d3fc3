// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/permissions.h"
#include "office/exchange/deliveries.h"
#include "office/records/store.h"
#include "office/signing/document_signer.h"

#include <optional>
#include <string>
#include <vector>

/// Incoming documents (văn bản đến): verified on arrival, registered or returned, assigned, done.
/// The sender sees each state through the delivery, which moves in the same transaction.
namespace congvan::records {

/// Versions and refusals as in Outgoing. Safe from any thread.
class Reception {
 public:
  struct Parts {
    work::Transactions& transactions;
    work::Blobs& blobs;
    RecordStore& records;
    directory::DirectoryStore& directory;
    exchange::Deliveries& deliveries;
    signing::DocumentSigner& signer;
    audit::Trail& trail;
    const Clock& clock;
    Random& random;
  };
  explicit Reception(Parts parts) : parts_(parts), ids_(parts.clock, parts.random) {}

  /// Judges what arrived and is not judged yet; several copies of one file are judged once. Answers
  /// how many. Run by a job, safe to run twice.
  Result<int> verifyArrivals(int limit = 100);

  /// Needs Clerk over the receiving agency. Gives the arrival number of the year, shared by all
  /// books. RuleRefused `not_verified_yet`, `verification_failed` (it can only be returned then);
  /// Conflict `delivery_state_wrong`.
  Result<Incoming> registerArrival(const directory::Caller& caller,
                                   IncomingId id,
                                   std::int64_t version);

  /// Needs Clerk. RuleRefused `reason_missing`.
  Result<Incoming> giveBack(const directory::Caller& caller,
                            IncomingId id,
                            std::int64_t version,
                            std::string_view reason);

  struct NewAssignment {
    PostId lead;  ///< a held post of the receiving agency or its units
    std::string opinion;
    std::optional<Date> deadline;
  };
  /// Needs Leader over the receiving agency. RuleRefused `assignee_wrong`, `deadline_past`.
  Result<Assignment> assign(const directory::Caller& caller,
                            IncomingId id,
                            std::int64_t version,
                            const NewAssignment& wanted);

  /// The lead's own acts. Forbidden `assignment_not_yours`; Conflict `assignment_state_wrong`.
  Result<Assignment> start(const directory::Caller& caller, AssignmentId id, std::int64_t version);
  Result<Assignment> finish(const directory::Caller& caller,
                            AssignmentId id,
                            std::int64_t version,
                            std::string_view result);

  // --- reading: clerk, leader or auditor of the agency, or the lead of an assignment ---
  Result<Incoming> find(const directory::Caller& caller, IncomingId id);
  Result<std::vector<Incoming>> list(const directory::Caller& caller,
                                     std::optional<exchange::DeliveryState> state,
                                     const Page<IncomingId>& page);
  Result<std::vector<Assignment>> assignments(const directory::Caller& caller, IncomingId id);
  Result<std::vector<Assignment>> myAssignments(const directory::Caller& caller,
                                                const Page<AssignmentId>& page);

 private:
  struct Judged {
    std::string overall;
    work::BlobHash report;
  };
  Result<Judged> judge(const Incoming& incoming);
  Result<> keepVerdict(const Incoming& incoming, const Judged& judged);
  Result<Incoming> move(work::Tx& tx,
                        const directory::Caller& caller,
                        Incoming incoming,
                        exchange::DeliveryState state,
                        audit::EventKind kind);
  Result<Incoming> changeable(work::Tx& tx,
                              const directory::Caller& caller,
                              IncomingId id,
                              std::int64_t version,
                              directory::Role role);
  Result<Incoming> readable(work::Tx& tx, const directory::Caller& caller, IncomingId id);
  Result<Assignment> progress(const directory::Caller& caller,
                              AssignmentId id,
                              std::int64_t version,
                              AssignmentState state,
                              std::string_view result);

  Parts parts_;
  Ids ids_;
};

}  // namespace congvan::records
