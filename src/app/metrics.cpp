// SPDX-License-Identifier: Apache-2.0
#include "app/metrics.h"

namespace congvan::app {
namespace {

using http::Exposition;

void writeTransactions(Exposition& out, const storage::TransactionCounts& counts) {
  using OfAccess = storage::TransactionCounts::OfAccess;
  const auto both = [&](std::string_view name,
                        std::string_view help,
                        const std::atomic<std::uint64_t> OfAccess::*counter) {
    out.family(name, Exposition::Kind::Counter, help);
    out.sample({{"access", "read"}}, static_cast<double>((counts.reads.*counter).load()));
    out.sample({{"access", "write"}}, static_cast<double>((counts.writes.*counter).load()));
  };
  both(
      "congvan_db_transactions_total", "Database transactions run to their end.", &OfAccess::ended);
  both("congvan_db_transaction_retries_total",
       "Runs repeated after a deadlock, a lock time-out or a lost connection.",
       &OfAccess::retried);
  both("congvan_db_transactions_given_up_total",
       "Transactions answered 503: no connection, too many tries, or a commit of unknown outcome.",
       &OfAccess::given_up);
}

void writeLogs(Exposition& out, House& house) {
  struct Named {
    std::string_view name;
    RunningLog& log;
    std::optional<RunningLog::Published> published = {};
  };
  Named logs[] = {{"issuance", house.issuanceLog()}, {"records", house.recordsLog()}};
  for (auto& one : logs) one.published = one.log.published();
  out.family(
      "congvan_log_leaves", Exposition::Kind::Gauge, "Leaves covered by the newest checkpoint.");
  for (const auto& one : logs) {
    if (!one.published) continue;
    out.sample({{"log", one.name}}, static_cast<double>(one.published->leaves));
  }
  out.family("congvan_log_checkpoint_age_seconds",
             Exposition::Kind::Gauge,
             "Since the newest checkpoint; a log without new leaves makes none.");
  for (const auto& one : logs) {
    if (one.published) out.sample({{"log", one.name}}, one.published->age.count());
  }
  out.family(
      "congvan_log_stopped", Exposition::Kind::Gauge, "1: sequencing ended and a person must act.");
  for (const auto& one : logs) out.sample({{"log", one.name}}, one.log.failure() ? 1 : 0);
  out.family("congvan_log_cosignatures",
             Exposition::Kind::Gauge,
             "Witnesses that have cosigned the newest checkpoint.");
  for (const auto& one : logs) {
    if (!one.published) continue;
    out.sample({{"log", one.name}}, static_cast<double>(one.published->cosignatures));
  }
  out.family("congvan_log_witness_leaves",
             Exposition::Kind::Gauge,
             "Leaves under the largest checkpoint that the witness has cosigned since the start.");
  for (const auto& one : logs) {
    for (const auto& witness : one.log.witnesses()) {
      out.sample({{"log", one.name}, {"witness", witness.name}},
                 static_cast<double>(witness.leaves));
    }
  }
  out.family("congvan_log_witness_failing",
             Exposition::Kind::Gauge,
             "1: the witness did not cosign when last asked; the log says why.");
  for (const auto& one : logs) {
    for (const auto& witness : one.log.witnesses()) {
      out.sample({{"log", one.name}, {"witness", witness.name}}, witness.trouble ? 1 : 0);
    }
  }
}

void writeOcsp(Exposition& out, const authority::OcspCounts& counts) {
  out.family("congvan_ocsp_answers_total",
             Exposition::Kind::Counter,
             "Answers about the status of certificates: from memory, signed for the asker, refused "
             "(malformed, or about other issuers), and failed here.");
  const auto sample = [&](std::string_view kind, const std::atomic<std::uint64_t>& counter) {
    out.sample({{"kind", kind}}, static_cast<double>(counter.load()));
  };
  sample("memory", counts.from_memory);
  sample("signed", counts.fresh);
  sample("refused", counts.refused);
  sample("failed", counts.failed);
}

void writeClock(Exposition& out, House& house) {
  auto* watch = house.clockWatch();
  if (watch == nullptr) return;
  const auto now = house.clock().now();
  out.family("congvan_clock_vouched",
             Exposition::Kind::Gauge,
             "1: time servers confirm the clock; 0: the built-in authority gives no time-stamps.");
  out.sample({}, watch->vouch(now) ? 1 : 0);
  out.family("congvan_clock_error_seconds",
             Exposition::Kind::Gauge,
             "The least and most that true time is ahead of the clock, as a majority has it.");
  if (const auto error = watch->error(now)) {
    using Seconds = std::chrono::duration<double>;
    out.sample({{"bound", "least"}}, Seconds(error->least).count());
    out.sample({{"bound", "most"}}, Seconds(error->most).count());
  }
  out.family("congvan_clock_source_failing",
             Exposition::Kind::Gauge,
             "1: the source had no usable answer when last asked; /readyz says why.");
  for (const auto& source : watch->heard()) {
    out.sample({{"source", source.name}}, source.trouble ? 1 : 0);
  }
}

void writeJobs(Exposition& out, const House& house) {
  out.family("congvan_jobs",
             Exposition::Kind::Gauge,
             "Jobs by state; ended ones stay for a while (jobs_kept_days).");
  for (const auto& [state, count] : house.jobCounts()) {
    out.sample({{"state", state}}, static_cast<double>(count));
  }
}

}  // namespace

std::string metricsText(House& house,
                        std::span<const http::Traffic* const> listeners,
                        std::chrono::steady_clock::time_point started) {
  Exposition out;
  out.family("congvan_build_info", Exposition::Kind::Gauge, "The version that runs.");
  out.sample({{"version", CONGVAN_VERSION}}, 1);
  out.family("congvan_uptime_seconds", Exposition::Kind::Gauge, "Since the listeners were made.");
  const std::chrono::duration<double> up = std::chrono::steady_clock::now() - started;
  out.sample({}, up.count());
  http::Traffic::write(out, listeners);
  writeTransactions(out, house.transactions().counts());
  writeLogs(out, house);
  writeOcsp(out, house.services().ocsp.counts());
  writeClock(out, house);
  writeJobs(out, house);
  return out.text();
}

}  // namespace congvan::app
