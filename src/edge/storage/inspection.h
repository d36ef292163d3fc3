// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "office/audit/event_check.h"
#include "office/work/blobs.h"
#include "office/work/transactions.h"

#include <map>
#include <string>
#include <vector>

/// Promises that span rows, looked at from outside the use cases: for `congvan doctor` and the
/// tests.
namespace congvan::storage {

/// One broken promise: a stable word and where.
struct Breach {
  std::string what;  ///< `number_gap`, `number_twice`, `number_beyond_book`, `number_unsealed`
  std::string where;
};

/// Every book of every agency and year: the numbers given out are 1 to the last, each once.
Result<std::vector<Breach>> inspectNumbers(work::Tx& tx);

/// Documents that have a number and no seal: the clerk goes on, or cancels the number. `where` is
/// the number.
Result<std::vector<Breach>> unsealedNumbers(work::Tx& tx);

/// Every file that a row names, each once.
Result<std::vector<work::BlobHash>> namedBlobs(work::Tx& tx);

/// Documents that await their time-stamp, counted by how it stands with their jobs.
struct AwaitingTimestamp {
  std::string job_state;   ///< `waiting`, `running`, …; `missing`
  std::string last_error;  ///< a reason, or empty
  std::int64_t documents = 0;
};
Result<std::vector<AwaitingTimestamp>> awaitingTimestamps(work::Tx& tx);

/// Jobs by state, those of no job too: `waiting`, `running`, `done`, `failed`, `cancelled`.
Result<std::map<std::string, std::int64_t>> jobCounts(work::Tx& tx);

/// Jobs that were given up: `what` is the kind, the number of runs and the last reason; newest
/// first, at most `limit`.
Result<std::vector<Breach>> deadJobs(work::Tx& tx, int limit);

/// Leaves that wait for their place in a log.
Result<std::int64_t> waitingLeaves(work::Tx& tx);
Result<std::vector<audit::LeafId>> waitingRecords(work::Tx& tx);

/// Audit events in the order of their ids, whatever their rows hold; at most `limit` after `after`.
Result<std::vector<audit::FoundEvent>> foundEvents(work::Tx& tx,
                                                   const std::optional<Uuid>& after,
                                                   int limit);

/// Documents whose row says something else than the events of the document say last.
struct DocumentPage {
  std::vector<Breach> breaches;  ///< `document_differs`, `document_without_event`
  std::optional<Uuid> last;      ///< nullopt: there are no more
  int documents = 0;
};
Result<DocumentPage> inspectDocuments(work::Tx& tx, const std::optional<Uuid>& after, int limit);

}  // namespace congvan::storage
