// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/exchange/deliveries.h"
#include "office/records/store.h"
#include "office/signing/document_signer.h"
#include "office/work/worker.h"

#include <string_view>

namespace congvan::records {

inline constexpr std::string_view kTimestampJob = "timestamp-document";

/// The job that completes a document, due in a moment.
work::Job timestampJob(work::JobId id, DocumentId document, Instant now);

/// Completes documents that were signed while no time-stamping authority answered (DESIGN decision
/// 11). Safe from any thread.
class TimestampCompletion {
 public:
  struct Parts {
    work::Transactions& transactions;
    work::Jobs& jobs;
    RecordStore& records;
    exchange::Deliveries& deliveries;
    signing::DocumentSigner& signer;
    audit::Trail& trail;
    const Clock& clock;
    Random& random;
  };
  explicit TimestampCompletion(Parts parts) : parts_(parts), ids_(parts.clock, parts.random) {}

  /// The handler of `kTimestampJob`: one document time-stamp over all signatures, as a new version
  /// of the file. Recipients who have not handled their delivery yet get it too; the others keep
  /// what they registered. Refusals of DocumentSigner::addTimestamp; Stale `version_stale`: the
  /// file changed meanwhile.
  Result<> complete(work::Run& run);

  /// A new job for every document whose job ended without success; to be called when the service
  /// starts, since what was wrong may have been put right. Answers how many.
  Result<int> requeue();

 private:
  Result<> keep(work::Tx& tx, const Document& seen, const signing::StoredFile& stamped);
  Result<> renewDeliveries(work::Tx& tx, const Document& document);
  Result<bool> requeueOne(work::Tx& tx, Document document);

  Parts parts_;
  Ids ids_;
};

}  // namespace congvan::records
