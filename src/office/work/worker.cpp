// SPDX-License-Identifier: Apache-2.0
#include "office/work/worker.h"

#include <algorithm>
#include <exception>

namespace congvan::work {
namespace {

constexpr std::string_view kCancelled = "job_cancelled";

Error fault(std::string detail) {
  return {Code::Unavailable, "job_fault", {}, std::move(detail)};
}

}  // namespace

Result<> Run::heartbeat() {
  return transactions_.run<std::monostate>([&](Tx& tx) -> Result<> {
    const auto kept = jobs_.heartbeat(tx, job_, worker_, clock_.now(), lease_);
    if (!kept) return kept;
    const auto now = jobs_.find(tx, job_.id);
    if (!now) return now.error();
    if (now->cancel_asked) return Error{Code::Conflict, std::string(kCancelled)};
    return kDone;
  });
}

Result<> Run::finish(Tx& tx) {
  auto ended = job_;
  ended.state = JobState::Done;
  ended.done = ended.total;
  ended.last_error.clear();
  return jobs_.settle(tx, ended, worker_);
}

Result<> Worker::attempt(const Job& job) {
  if (job.cancel_asked) return Error{Code::Conflict, std::string(kCancelled)};
  // It ended its worker every time, or nobody here has known it for weeks.
  if (job.attempts > options_.attempts_most) return fault("taken too often");
  const auto handler = handlers_.find(job.kind);
  if (handler == handlers_.end()) return Error{Code::NotFound, "job_kind_unknown", {}, job.kind};
  Run run(transactions_, jobs_, clock_, name_, options_.lease, job);
  try {
    return handler->second(run);
  } catch (const std::exception& thrown) {  // not the end of the loop: it is noted at the job
    return fault(thrown.what());
  }
}

Result<> Worker::noteFailure(Job job, const Error& error) {
  const auto doubled = std::min<std::int64_t>(job.attempts - 1, 20);
  const auto delay =
      std::min<Duration>(options_.delay_first * (1LL << doubled), options_.delay_most);
  job.last_error = error.reason;
  job.due = clock_.now() + delay;
  job.state = JobState::Waiting;
  if (job.attempts >= options_.attempts_most) {
    job.state = JobState::Failed;
    job.failed = job.total - job.done;
  }
  if (error.reason == kCancelled) job.state = JobState::Cancelled;
  const auto settled =
      transactions_.run<std::monostate>([&](Tx& tx) { return jobs_.settle(tx, job, name_); });
  // Another worker has it now, or it was done after all and only the answer to COMMIT was lost.
  if (!settled && settled.error().reason == "lease_lost") return kDone;
  return settled;
}

Result<bool> Worker::runOne() {
  const auto job = transactions_.run<std::optional<Job>>(
      [&](Tx& tx) { return jobs_.take(tx, name_, clock_.now(), options_.lease); });
  if (!job) return job.error();
  if (!*job) return false;
  const auto done = attempt(**job);
  if (done) return true;
  const auto noted = noteFailure(**job, done.error());
  if (!noted) return noted.error();
  return true;
}

}  // namespace congvan::work
