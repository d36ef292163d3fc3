// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/jobs.h"

#include "edge/storage/columns.h"
#include "edge/storage/transactions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace congvan::storage {
namespace {

using work::Job;
using work::JobState;

constexpr std::size_t kJobPayloadMost = 64U << 10U;
/// How many free jobs one look offers: more than there are workers beginning at the same moment.
constexpr int kTakeCandidates = 8;

constexpr std::array<std::pair<JobState, std::string_view>, 5> kJobStates{{
    {JobState::Waiting, "waiting"},
    {JobState::Running, "running"},
    {JobState::Done, "done"},
    {JobState::Failed, "failed"},
    {JobState::Cancelled, "cancelled"},
}};

std::string_view jobStateColumn(JobState state) {
  for (const auto& [known, text] : kJobStates) {
    if (known == state) return text;
  }
  throw DatabaseFault("a job state without a name");
}

JobState jobStateFrom(std::string_view column) {
  for (const auto& [state, text] : kJobStates) {
    if (text == column) return state;
  }
  throw DatabaseFault("an unknown job state is stored");
}

Job jobFrom(const Row& row) {
  Job job;
  job.id = row.id<work::JobId>(0);
  job.kind = row.text(1);
  job.payload = row.text(2);
  job.state = jobStateFrom(row.text(3));
  job.done = row.integer(4);
  job.failed = row.integer(5);
  job.total = row.integer(6);
  job.attempts = row.integer(7);
  job.cancel_asked = row.boolean(8);
  job.last_error = row.text(9);
  job.due = row.time(10);
  job.created = row.time(11);
  return job;
}

/// When a job that nobody runs may be taken; nothing when it has ended.
std::optional<Instant> freeFrom(const Job& job) {
  std::optional<Instant> from;
  if (job.state == JobState::Waiting) from = job.due;
  return from;
}

Error leaseLost() {
  return Error{Code::Conflict, "lease_lost"};
}

}  // namespace

Result<> SqlJobs::add(work::Tx& tx, const Job& job) {
  if (job.payload.size() > kJobPayloadMost) return Error{Code::TooLarge, "payload_too_large"};
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO jobs (id, kind, payload, state, done, failed, total, attempts, cancel_asked, "
      "last_error, due, created, free_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {job.id,
       job.kind,
       job.payload,
       jobStateColumn(job.state),
       job.done,
       job.failed,
       job.total,
       job.attempts,
       job.cancel_asked,
       job.last_error,
       job.due,
       job.created,
       freeFrom(job)});
  if (!stored) return taken("job_exists");
  return kDone;
}

Result<Job> SqlJobs::find(work::Tx& tx, work::JobId id) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT id, kind, payload, state, done, failed, total, attempts, cancel_asked, last_error, "
      "due, created FROM jobs WHERE id = ?",
      {id});
  return found(row, "job_missing", jobFrom);
}

Result<std::vector<Job>> SqlJobs::list(work::Tx& tx, std::optional<work::JobId> after, int limit) {
  // Ids are made in the order of time; the highest one stands for "from the newest".
  work::JobId from{};
  from.value.bytes.fill(0xFF);
  const auto rows = connectionOf(tx).query(
      "SELECT id, kind, payload, state, done, failed, total, attempts, cancel_asked, last_error, "
      "due, created FROM jobs WHERE id < ? ORDER BY id DESC LIMIT ?",
      {after.value_or(from), limit});
  return all(rows, jobFrom);
}

Result<std::optional<Job>> SqlJobs::take(work::Tx& tx,
                                         std::string_view worker,
                                         Instant now,
                                         Duration lease) {
  auto& connection = connectionOf(tx);
  const auto free = connection.query(
      "SELECT id, free_at FROM jobs WHERE free_at <= ? ORDER BY free_at, id LIMIT ?",
      {now, kTakeCandidates});
  for (const auto& row : free) {
    const auto id = row.id<work::JobId>(0);
    // Whoever changes free_at first has it; the others find nothing to change and look further.
    const auto taken = connection.execute(
        "UPDATE jobs SET state = ?, worker = ?, free_at = ?, attempts = attempts + 1 "
        "WHERE id = ? AND free_at = ?",
        {jobStateColumn(JobState::Running), worker, now + lease, id, row.time(1)});
    if (taken == 0) continue;
    const auto job = find(tx, id);
    if (!job) return job.error();
    return std::optional(*job);
  }
  return std::optional<Job>();
}

Result<> SqlJobs::heartbeat(
    work::Tx& tx, const Job& job, std::string_view worker, Instant now, Duration lease) {
  const auto kept = connectionOf(tx).execute(
      "UPDATE jobs SET free_at = ?, done = ?, failed = ?, total = ? "
      "WHERE id = ? AND state = ? AND worker = ? AND attempts = ?",
      {now + lease,
       job.done,
       job.failed,
       job.total,
       job.id,
       jobStateColumn(JobState::Running),
       worker,
       job.attempts});
  if (kept == 0) return leaseLost();
  return kDone;
}

Result<> SqlJobs::settle(work::Tx& tx, const Job& job, std::string_view worker) {
  const auto settled = connectionOf(tx).execute(
      "UPDATE jobs SET state = ?, done = ?, failed = ?, total = ?, last_error = ?, due = ?, "
      "free_at = ?, worker = NULL WHERE id = ? AND state = ? AND worker = ? AND attempts = ?",
      {jobStateColumn(job.state),
       job.done,
       job.failed,
       job.total,
       job.last_error,
       job.due,
       freeFrom(job),
       job.id,
       jobStateColumn(JobState::Running),
       worker,
       job.attempts});
  if (settled == 0) return leaseLost();
  return kDone;
}

Result<> SqlJobs::askCancel(work::Tx& tx, work::JobId id) {
  auto& connection = connectionOf(tx);
  const auto marked = connection.execute("UPDATE jobs SET cancel_asked = 1 WHERE id = ?", {id});
  if (marked == 0) return missing("job_missing");
  connection.execute("UPDATE jobs SET state = ?, free_at = NULL WHERE id = ? AND state = ?",
                     {jobStateColumn(JobState::Cancelled), id, jobStateColumn(JobState::Waiting)});
  return kDone;
}

Result<std::int64_t> SqlJobs::sweep(work::Tx& tx, Instant before) {
  return connectionOf(tx).execute("DELETE FROM jobs WHERE free_at IS NULL AND due < ?", {before});
}

Result<bool> SqlLeases::acquire(
    work::Tx& tx, std::string_view name, std::string_view holder, Instant now, Duration length) {
  auto& connection = connectionOf(tx);
  const auto held =
      connection.queryOne("SELECT holder, held_until FROM leases WHERE name = ?", {name});
  if (!held) {
    return connection.insertUnlessTaken(
        "INSERT INTO leases (name, holder, held_until) VALUES (?, ?, ?)",
        {name, holder, now + length});
  }
  if (held->text(0) != holder && held->time(1) > now) return false;
  const auto changed = connection.execute(
      "UPDATE leases SET holder = ?, held_until = ? "
      "WHERE name = ? AND holder = ? AND held_until = ?",
      {holder, now + length, name, held->text(0), held->time(1)});
  return changed == 1;
}

Result<> SqlLeases::release(work::Tx& tx, std::string_view name, std::string_view holder) {
  connectionOf(tx).execute("UPDATE leases SET held_until = 0 WHERE name = ? AND holder = ?",
                           {name, holder});
  return kDone;
}

}  // namespace congvan::storage
