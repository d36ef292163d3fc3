// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/jobs.h"

namespace congvan::storage {

/// The port `work::Jobs` over SQL. Free jobs are taken in the order in which they became free: by
/// due time, and by the end of the lost lease for those whose worker went away. A taken job is
/// known by its worker and its number of attempts, so a worker that lost it cannot touch the run
/// of another, not even one of the same name.
///
/// Beyond the port's reasons: TooLarge `payload_too_large` (64 KiB). NotFound `job_missing`.
/// Conflict `job_exists`. A waiting job that is cancelled ends at once.
class SqlJobs final : public work::Jobs {
 public:
  Result<> add(work::Tx& tx, const work::Job& job) override;
  Result<work::Job> find(work::Tx& tx, work::JobId id) override;
  Result<std::vector<work::Job>> list(work::Tx& tx,
                                      std::optional<work::JobId> after,
                                      int limit) override;
  Result<std::optional<work::Job>> take(work::Tx& tx,
                                        std::string_view worker,
                                        Instant now,
                                        Duration lease) override;
  Result<> heartbeat(work::Tx& tx,
                     const work::Job& job,
                     std::string_view worker,
                     Instant now,
                     Duration lease) override;
  Result<> settle(work::Tx& tx, const work::Job& job, std::string_view worker) override;
  Result<> askCancel(work::Tx& tx, work::JobId id) override;

  /// Removes those that have ended and were last due before this. How many.
  Result<std::int64_t> sweep(work::Tx& tx, Instant before);
};

/// The port `work::Leases` over SQL.
class SqlLeases final : public work::Leases {
 public:
  Result<bool> acquire(work::Tx& tx,
                       std::string_view name,
                       std::string_view holder,
                       Instant now,
                       Duration length) override;
  Result<> release(work::Tx& tx, std::string_view name, std::string_view holder) override;
};

}  // namespace congvan::storage
