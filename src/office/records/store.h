// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/records/types.h"
#include "office/work/transactions.h"

#include <optional>
#include <string>
#include <vector>

namespace congvan::records {

/// A page of a list: newest first, `after` is the last id of the page before.
template <typename AnyId>
struct Page {
  std::optional<AnyId> after;
  int limit = 50;  ///< 1 to 200
};

struct DocumentFilter {
  std::vector<AgencyId> agencies;  ///< of any of these; empty: of all
  std::optional<PersonId> drafter;
  std::optional<PostId> waiting_for;  ///< the first undone step is this post's
  std::vector<DocumentState> states;  ///< any of these; empty: all
  bool awaiting_timestamp = false;    ///< only those with a timestamp_job
};

struct IncomingFilter {
  std::vector<AgencyId> agencies;  ///< of any of these; empty: of none
  std::optional<exchange::DeliveryState> state;
};

/// A copy of a document on its way: what the sender and what the recipient has of it.
struct SentCopy {
  exchange::DeliveryId delivery;
  AgencyId recipient;
  std::optional<IncomingId> incoming;
};

/// A port; the same refusals as DirectoryStore. Lists give whole rows: no second call per row.
class RecordStore {
 public:
  virtual ~RecordStore() = default;

  virtual Result<> addDocument(work::Tx& tx, const Document& document) = 0;
  /// Also steps, slots and recipients. Stale `version_stale`.
  virtual Result<> replaceDocument(work::Tx& tx, const Document& document) = 0;
  virtual Result<Document> findDocument(work::Tx& tx,
                                        DocumentId id) = 0;  ///< NotFound `document_missing`
  virtual Result<std::vector<Document>> documents(work::Tx& tx,
                                                  const DocumentFilter& filter,
                                                  const Page<DocumentId>& page) = 0;

  virtual Result<> addFile(work::Tx& tx, const DocumentFile& file) = 0;
  virtual Result<std::vector<DocumentFile>> files(work::Tx& tx, DocumentId document) = 0;

  /// The next number of a book: 1 for the first of the year. Taken together with the change that
  /// uses it, so there is no gap and no double. Safe under any number of callers.
  virtual Result<std::int64_t> nextNumber(work::Tx& tx,
                                          AgencyId agency,
                                          std::string_view book,
                                          int year) = 0;

  virtual Result<> addIncoming(work::Tx& tx, const Incoming& incoming) = 0;
  virtual Result<> replaceIncoming(work::Tx& tx, const Incoming& incoming) = 0;
  virtual Result<Incoming> findIncoming(work::Tx& tx,
                                        IncomingId id) = 0;  ///< NotFound `incoming_missing`
  virtual Result<Incoming> findIncomingOfDelivery(work::Tx& tx, exchange::DeliveryId delivery) = 0;
  virtual Result<std::vector<SentCopy>> copies(work::Tx& tx, DocumentId document) = 0;
  virtual Result<std::vector<Incoming>> incoming(work::Tx& tx,
                                                 const IncomingFilter& filter,
                                                 const Page<IncomingId>& page) = 0;
  /// Arrived and not yet judged, oldest first; `after` is the last id of the page before.
  virtual Result<std::vector<Incoming>> unverified(work::Tx& tx,
                                                   std::optional<IncomingId> after,
                                                   int limit) = 0;

  virtual Result<> addVerdict(work::Tx& tx, const Verdict& verdict) = 0;
  /// Oldest first.
  virtual Result<std::vector<Verdict>> verdicts(work::Tx& tx, IncomingId incoming) = 0;

  virtual Result<> addAssignment(work::Tx& tx, const Assignment& assignment) = 0;
  virtual Result<> replaceAssignment(work::Tx& tx, const Assignment& assignment) = 0;
  virtual Result<Assignment> findAssignment(
      work::Tx& tx, AssignmentId id) = 0;  ///< NotFound `assignment_missing`
  virtual Result<std::vector<Assignment>> assignments(work::Tx& tx, IncomingId incoming) = 0;
  virtual Result<std::vector<Assignment>> assignmentsOfPost(work::Tx& tx,
                                                            PostId lead,
                                                            const Page<AssignmentId>& page) = 0;
};

}  // namespace congvan::records
