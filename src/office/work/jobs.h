// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "office/work/transactions.h"

#include <optional>
#include <string>
#include <vector>

namespace congvan::work {

using JobId = Id<struct JobTag>;

enum class JobState { Waiting, Running, Done, Failed, Cancelled };

struct Job {
  JobId id;
  std::string kind;     ///< `deliver`, `timestamp-upgrade`, …: names a handler
  std::string payload;  ///< JSON, at most 64 KiB
  JobState state = JobState::Waiting;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t total = 0;
  std::int64_t attempts = 0;
  bool cancel_asked = false;
  std::string last_error;  ///< a reason key, for people
  Instant due{};
  Instant created{};
};

/// A port: work that outlives a request. A worker holds a lease and renews it (heartbeat); a lease
/// that ran out makes the job free again, so a handler may run twice and must be idempotent.
class Jobs {
 public:
  virtual ~Jobs() = default;
  virtual Result<> add(Tx& tx, const Job& job) = 0;
  virtual Result<Job> find(Tx& tx, JobId id) = 0;
  /// Newest first; `after` is the last id of the page before.
  virtual Result<std::vector<Job>> list(Tx& tx, std::optional<JobId> after, int limit) = 0;
  /// Takes the oldest due job that is free; nullopt when there is none.
  virtual Result<std::optional<Job>> take(Tx& tx,
                                          std::string_view worker,
                                          Instant now,
                                          Duration lease) = 0;
  /// Conflict `lease_lost`: another worker has it now; stop at once.
  virtual Result<> heartbeat(
      Tx& tx, const Job& job, std::string_view worker, Instant now, Duration lease) = 0;
  /// Ends a run: Done, Failed, Cancelled, or Waiting again with a later `due`. Conflict
  /// `lease_lost`.
  virtual Result<> settle(Tx& tx, const Job& job, std::string_view worker) = 0;
  virtual Result<> askCancel(Tx& tx, JobId id) = 0;
};

/// A port: at most one holder of a name in the whole cluster, for a while.
class Leases {
 public:
  virtual ~Leases() = default;
  /// True when `holder` has `name` until `now + length` after this call.
  virtual Result<bool> acquire(
      Tx& tx, std::string_view name, std::string_view holder, Instant now, Duration length) = 0;
  virtual Result<> release(Tx& tx, std::string_view name, std::string_view holder) = 0;
};

}  // namespace congvan::work
