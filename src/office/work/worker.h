// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/jobs.h"

#include <functional>
#include <map>
#include <string>

namespace congvan::work {

/// One run of a job, as its handler sees it.
class Run {
 public:
  Run(Transactions& transactions,
      Jobs& jobs,
      const Clock& clock,
      std::string_view worker,
      Duration lease,
      Job job)
      : transactions_(transactions),
        jobs_(jobs),
        clock_(clock),
        worker_(worker),
        lease_(lease),
        job_(std::move(job)) {}

  const Job& job() const { return job_; }
  /// Renews the lease; to be called between steps that take long. Conflict `lease_lost`: another
  /// worker has the job now, stop at once; `job_cancelled`.
  Result<> heartbeat();
  /// The job is done, in the transaction of its effect. Conflict `lease_lost`: another worker has
  /// it now, so nothing of that transaction may stay.
  Result<> finish(Tx& tx);

 private:
  Transactions& transactions_;
  Jobs& jobs_;
  const Clock& clock_;
  std::string_view worker_;
  Duration lease_;
  Job job_;
};

struct WorkerOptions {
  Duration lease = std::chrono::minutes{1};        ///< longer than any step of a handler
  Duration delay_first = std::chrono::seconds{5};  ///< after the first failure; doubles
  Duration delay_most = std::chrono::hours{1};
  int attempts_most = 500;  ///< about three weeks
};

/// Takes due jobs one by one and runs their handlers. Whoever calls it has the thread.
///
/// A run that is refused, or whose handler throws, is tried again after a delay that doubles, until
/// it has failed too often. A worker that dies leaves its job to others when the lease is over.
class Worker {
 public:
  /// A handler that answers done has called `Run::finish` in a transaction of its own.
  using Handler = std::function<Result<>(Run&)>;

  /// `name` tells workers apart for people who look; two of one name do no harm.
  Worker(Transactions& transactions,
         Jobs& jobs,
         const Clock& clock,
         std::string name,
         WorkerOptions options = {})
      : transactions_(transactions),
        jobs_(jobs),
        clock_(clock),
        name_(std::move(name)),
        options_(options) {}

  void handle(std::string kind, Handler handler) {
    handlers_[std::move(kind)] = std::move(handler);
  }

  /// Runs one due job; false: none was due. Whether the job itself went well stands in its row.
  Result<bool> runOne();

 private:
  Result<> attempt(const Job& job);
  Result<> noteFailure(Job job, const Error& error);

  Transactions& transactions_;
  Jobs& jobs_;
  const Clock& clock_;
  std::string name_;
  WorkerOptions options_;
  std::map<std::string, Handler> handlers_;
};

}  // namespace congvan::work
