// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/details.h"
#include "office/directory/permissions.h"
#include "office/exchange/deliveries.h"
#include "office/records/store.h"
#include "office/signing/document_signer.h"
#include "office/work/once.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// Incoming documents (văn bản đến): verified on arrival, registered or returned, assigned, done.
/// The sender sees each state through the delivery, which moves in the same transaction.
namespace congvan::records {

/// Those who see all that an agency received, and how it is handled there.
bool mayReadArrivals(const directory::Caller& caller, const directory::Lineage& recipient);

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
    work::Once once;
    const Clock& clock;
    Random& random;
  };
  explicit Reception(Parts parts) : parts_(parts), ids_(parts.clock, parts.random) {}

  /// Judges what arrived and is not judged yet, at most `limit`; several copies of one file are
  /// judged once. Answers how many. What cannot be judged now holds up no other: it is tried again
  /// after a while that doubles up to an hour. When nothing could be judged, the refusal of the
  /// first. Run by a job, safe to run twice.
  Result<int> verifyArrivals(int limit = 100);

  /// Judges an arrival anew whose verdict was INDETERMINATE, as when the revocation list of that
  /// moment was not fresh; the former verdict stays on record. Needs Clerk over the receiving
  /// agency. RuleRefused `not_verified_yet`, `verdict_settled`; Conflict `delivery_state_wrong`.
  Result<Incoming> judgeAgain(const directory::Caller& caller, IncomingId id, std::int64_t version);

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
    PostId lead;  ///< a held post of the receiving agency or its units, in force
    std::string opinion;
    std::optional<Date> deadline;
  };
  /// Needs Leader over the receiving agency. RuleRefused `opinion_missing`,
  /// `assignee_wrong`, `deadline_past`.
  Result<Assignment> assign(const directory::Caller& caller,
                            IncomingId id,
                            std::int64_t version,
                            const NewAssignment& wanted);

  /// The lead's own acts. NotFound `assignment_missing`, also to who may not read the arrival;
  /// Forbidden `assignment_not_yours`; Conflict `assignment_state_wrong`.
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
  /// Every verdict on it, oldest first.
  Result<std::vector<Verdict>> verdicts(const directory::Caller& caller, IncomingId id);
  Result<std::vector<Assignment>> assignments(const directory::Caller& caller, IncomingId id);
  Result<std::vector<Assignment>> myAssignments(const directory::Caller& caller,
                                                const Page<AssignmentId>& page);

 private:
  struct Judged {
    std::string overall;
    work::BlobHash report;
  };
  Result<Judged> judge(const Incoming& incoming);
  /// What could not be judged: not before when, and how long it waited. Lost with the process,
  /// which then tries all again.
  struct Later {
    Instant at{};
    Duration wait{};
  };
  bool isLater(IncomingId id);
  void putOff(IncomingId id);
  Result<> judgeAndKeep(const Incoming& incoming, std::map<work::BlobHash, Judged>& judged);
  Result<> keepVerdict(const Incoming& incoming, const Judged& judged);
  /// Puts a verdict into the arrival, on record and into the trail; `by` asked for it.
  Result<> takeVerdict(work::Tx& tx,
                       Incoming& incoming,
                       const Judged& judged,
                       const directory::Caller* by);
  using Change = std::function<Result<Incoming>(work::Tx&, Incoming)>;
  struct Wanted {
    IncomingId id;
    std::int64_t version;
    directory::Role role;
  };
  /// Finds, checks right and version, lets `change` alter and store it; once for each retry key.
  Result<Incoming> alter(const directory::Caller& caller,
                         const Wanted& wanted,
                         const Change& change);
  Result<> checkLead(work::Tx& tx, const Incoming& incoming, PostId lead);
  Result<Incoming> move(work::Tx& tx,
                        const directory::Caller& caller,
                        Incoming incoming,
                        exchange::DeliveryState state,
                        audit::EventKind kind,
                        const audit::Details& details = {});
  Result<Incoming> permitted(work::Tx& tx,
                             const directory::Caller& caller,
                             IncomingId id,
                             directory::Role role);
  Result<Incoming> changeable(work::Tx& tx, const directory::Caller& caller, const Wanted& wanted);
  Result<> followAssignment(work::Tx& tx,
                            const directory::Caller& caller,
                            const Assignment& assignment);
  Result<Incoming> readable(work::Tx& tx, const directory::Caller& caller, IncomingId id);
  Result<Assignment> progress(const directory::Caller& caller,
                              AssignmentId id,
                              std::int64_t version,
                              AssignmentState state,
                              std::string_view result);

  Parts parts_;
  Ids ids_;
  std::mutex later_mutex_;
  std::map<IncomingId, Later> later_;
};

}  // namespace congvan::records
