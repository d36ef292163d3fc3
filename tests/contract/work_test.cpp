// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/inspection.h"
#include "edge/storage/jobs.h"
#include "edge/storage/outbox.h"
#include "office/work/worker.h"
#include "tests/support/databases.h"
#include "tests/support/faulty_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

namespace congvan::storage {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using test::backendName;
using test::onBoth;
using work::Job;
using work::JobState;
using work::Tx;

class WorkContract : public test::DatabaseTest {
 protected:
  /// Repeats `action` with the connection lost at every call, before and after it was done, and
  /// asks `check` each time: `check(true)` when the caller was told that it is stored.
  void underFaults(const std::function<void()>& prepare,
                   const std::function<Result<>(Tx&)>& action,
                   const std::function<void(bool)>& check) {
    for (const auto when : {test::Fault::When::Before, test::Fault::When::After}) {
      for (int call = 1; call < 20; ++call) {
        test::emptyTables(database());
        prepare();
        test::FaultyDatabase faulty(database());
        SqlTransactions retrying(faulty, random_, {.first_delay = 1ms});
        faulty.loseAt(call, when);
        const auto done = retrying.run<std::monostate>(action);
        if (!faulty.hasStruck()) break;
        SCOPED_TRACE("call " + std::to_string(call));
        if (!done) {
          ASSERT_EQ(done.error().reason, "commit_unknown");
        }
        // Lost after COMMIT was carried out: stored, though nobody was told.
        check(static_cast<bool>(done) || when == test::Fault::When::After);
      }
    }
  }
};

class JobsContract : public WorkContract {
 protected:
  Job newJob(Duration due_in = {}) {
    Job job;
    job.id = makeId<work::JobTag>();
    job.kind = "deliver";
    job.payload = R"({"to":"H05.01"})";
    job.total = 50;
    job.due = clock_.now() + due_in;
    job.created = clock_.now();
    return job;
  }
  Job added(Duration due_in = {}) {
    const auto job = newJob(due_in);
    EXPECT_TRUE(change([&](Tx& tx) { return jobs_.add(tx, job); }));
    return job;
  }
  std::optional<Job> take(std::string_view worker, Duration lease = 60s) {
    const auto taken = run<std::optional<Job>>(
        [&](Tx& tx) { return jobs_.take(tx, worker, clock_.now(), lease); });
    EXPECT_TRUE(taken);
    return taken ? *taken : std::nullopt;
  }
  Job found(work::JobId id) {
    const auto job = run<Job>([&](Tx& tx) { return jobs_.find(tx, id); });
    EXPECT_TRUE(job);
    return job ? *job : Job{};
  }
  Result<> settle(const Job& job, std::string_view worker) {
    return change([&](Tx& tx) { return jobs_.settle(tx, job, worker); });
  }
  Result<> heartbeat(const Job& job, std::string_view worker) {
    return change([&](Tx& tx) { return jobs_.heartbeat(tx, job, worker, clock_.now(), 60s); });
  }

  SqlJobs jobs_;
};
INSTANTIATE_TEST_SUITE_P(Both, JobsContract, onBoth(), backendName);

TEST_P(JobsContract, KeepsEveryField) {
  auto job = newJob();
  job.state = JobState::Failed;
  job.done = 3;
  job.failed = 4;
  job.attempts = 5;
  job.cancel_asked = true;
  job.last_error = "tsa_unreachable";
  ASSERT_TRUE(change([&](Tx& tx) { return jobs_.add(tx, job); }));

  const auto kept = found(job.id);
  EXPECT_EQ(kept.id, job.id);
  EXPECT_EQ(kept.kind, job.kind);
  EXPECT_EQ(kept.payload, job.payload);
  EXPECT_EQ(kept.state, job.state);
  EXPECT_EQ(kept.done, 3);
  EXPECT_EQ(kept.failed, 4);
  EXPECT_EQ(kept.total, 50);
  EXPECT_EQ(kept.attempts, 5);
  EXPECT_TRUE(kept.cancel_asked);
  EXPECT_EQ(kept.last_error, job.last_error);
  EXPECT_EQ(kept.due, job.due);
  EXPECT_EQ(kept.created, job.created);
}

TEST_P(JobsContract, AreTakenInOrderWhenDueAndOnce) {
  const auto later = added(2s);
  const auto sooner = added(1s);
  EXPECT_FALSE(take("w1")) << "none is due";

  clock_.advance(3s);
  const auto first = take("w1");
  const auto second = take("w2");

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id, sooner.id);
  EXPECT_EQ(first->state, JobState::Running);
  EXPECT_EQ(first->attempts, 1);
  EXPECT_EQ(second->id, later.id);
  EXPECT_FALSE(take("w3"));
}

TEST_P(JobsContract, ShowTheirProgressAndEnd) {
  added();
  auto job = take("w1");
  ASSERT_TRUE(job);
  job->done = 20;
  ASSERT_TRUE(heartbeat(*job, "w1"));
  EXPECT_EQ(found(job->id).done, 20);

  job->done = 50;
  job->state = JobState::Done;
  ASSERT_TRUE(settle(*job, "w1"));
  EXPECT_EQ(found(job->id).state, JobState::Done);
  clock_.advance(24h);
  EXPECT_FALSE(take("w2")) << "an ended job is not free again";
}

TEST_P(JobsContract, AreFreeAgainWhenTheLeaseRanOut) {
  added();
  const auto lost = take("w1", 10s);
  ASSERT_TRUE(lost);
  clock_.advance(9s);
  EXPECT_FALSE(take("w2", 10s));
  clock_.advance(2s);
  const auto stolen = take("w2", 10s);

  ASSERT_TRUE(stolen);
  EXPECT_EQ(stolen->id, lost->id);
  EXPECT_EQ(stolen->attempts, 2);
  for (const auto& result : {heartbeat(*lost, "w1"), settle(*lost, "w1"), heartbeat(*lost, "w2")}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "lease_lost");
  }
  EXPECT_TRUE(heartbeat(*stolen, "w2"));
}

TEST_P(JobsContract, KeepALeaseThatIsRenewed) {
  added();
  const auto job = take("w1", 10s);
  ASSERT_TRUE(job);
  clock_.advance(9s);
  ASSERT_TRUE(heartbeat(*job, "w1"));
  clock_.advance(9s);
  EXPECT_FALSE(take("w2"));
}

TEST_P(JobsContract, WaitAgainAfterAFailedRun) {
  added();
  auto job = take("w1");
  ASSERT_TRUE(job);
  job->state = JobState::Waiting;
  job->due = clock_.now() + 5min;
  job->last_error = "peer_unreachable";
  ASSERT_TRUE(settle(*job, "w1"));
  EXPECT_FALSE(take("w1"));
  clock_.advance(6min);
  const auto again = take("w1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 2);
  EXPECT_EQ(again->last_error, "peer_unreachable");
}

TEST_P(JobsContract, AreCancelledAtOnceWhenWaitingAndAskedWhenRunning) {
  const auto running = added();
  const auto taken = take("w1");
  const auto waiting = added();
  for (const auto id : {running.id, waiting.id}) {
    ASSERT_TRUE(change([&](Tx& tx) { return jobs_.askCancel(tx, id); }));
  }
  EXPECT_EQ(found(waiting.id).state, JobState::Cancelled);
  EXPECT_EQ(found(running.id).state, JobState::Running);
  EXPECT_TRUE(found(running.id).cancel_asked);
  EXPECT_FALSE(take("w2"));

  const auto nobody = change([&](Tx& tx) { return jobs_.askCancel(tx, makeId<work::JobTag>()); });
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().reason, "job_missing");
}

TEST_P(JobsContract, AreCountedByStateAndTheGivenUpOnesListed) {
  added();
  added(1min);
  auto job = take("w1");
  ASSERT_TRUE(job);
  job->state = JobState::Failed;
  job->last_error = "peer_unreachable";
  ASSERT_TRUE(settle(*job, "w1"));

  const auto counts = run<std::map<std::string, std::int64_t>>(&jobCounts);
  const auto dead = run<std::vector<Breach>>([](Tx& tx) { return deadJobs(tx, 5); });

  ASSERT_TRUE(counts);
  EXPECT_EQ(*counts,
            (std::map<std::string, std::int64_t>{
                {"cancelled", 0}, {"done", 0}, {"failed", 1}, {"running", 0}, {"waiting", 1}}));
  ASSERT_TRUE(dead);
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().where, job->id.text());
  EXPECT_EQ(dead->front().what, "deliver given up after 1 runs: peer_unreachable");
}

TEST_P(JobsContract, AreSweptOnceTheyHaveEndedAndWereDueLongAgo) {
  const auto ended = [&](JobState state) {
    added();
    auto job = take("w1");
    EXPECT_TRUE(job);
    job->state = state;
    EXPECT_TRUE(settle(*job, "w1"));
    return job->id;
  };
  ended(JobState::Done);
  ended(JobState::Failed);
  clock_.advance(1h);
  const auto young = ended(JobState::Done);
  const auto waiting = added(-2h);
  const auto running = added(-2h);
  ASSERT_TRUE(take("w1"));

  const auto swept =
      run<std::int64_t>([&](Tx& tx) { return jobs_.sweep(tx, clock_.now() - 30min); });

  ASSERT_TRUE(swept);
  EXPECT_EQ(*swept, 2);
  for (const auto id : {young, waiting.id, running.id}) EXPECT_EQ(found(id).id, id);
}

TEST_P(JobsContract, AreListedNewestFirstByPages) {
  std::vector<work::JobId> ids;
  for (int i = 0; i < 5; ++i) {
    clock_.advance(1ms);
    ids.push_back(added().id);
  }
  std::ranges::reverse(ids);
  std::vector<work::JobId> listed;
  std::optional<work::JobId> after;
  for (int page = 0; page < 4; ++page) {
    const auto jobs = run<std::vector<Job>>([&](Tx& tx) { return jobs_.list(tx, after, 2); });
    ASSERT_TRUE(jobs);
    if (jobs->empty()) break;
    for (const auto& job : *jobs) listed.push_back(job.id);
    after = listed.back();
  }
  EXPECT_EQ(listed, ids);
}

TEST_P(JobsContract, RefuseAPayloadOverTheLimit) {
  auto job = newJob();
  job.payload.assign(64U << 10U, 'x');
  EXPECT_TRUE(change([&](Tx& tx) { return jobs_.add(tx, job); }));
  job.id = makeId<work::JobTag>();
  job.payload.push_back('x');
  const auto refused = change([&](Tx& tx) { return jobs_.add(tx, job); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::TooLarge);
}

TEST_P(JobsContract, GoToOneOfManyWorkers) {
  constexpr int kJobs = 40;
  for (int i = 0; i < kJobs; ++i) added();
  std::mutex mutex;
  std::multiset<work::JobId> taken;
  std::vector<std::thread> workers;
  for (int w = 0; w < 6; ++w) {
    workers.emplace_back([&, w] {
      while (const auto job = take("w" + std::to_string(w))) {
        const std::scoped_lock lock(mutex);
        taken.insert(job->id);
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(taken.size(), std::size_t{kJobs});
  EXPECT_EQ(std::set(taken.begin(), taken.end()).size(), std::size_t{kJobs}) << "one twice";
}

TEST_P(JobsContract, AreTakenOnceOrNotAtAllUnderFaults) {
  work::JobId id;
  underFaults([&] { id = added().id; },
              [&](Tx& tx) -> Result<> {
                const auto job = jobs_.take(tx, "w1", clock_.now(), 60s);
                if (!job) return job.error();
                return kDone;
              },
              [&](bool stored) {
                EXPECT_EQ(found(id).state, stored ? JobState::Running : JobState::Waiting);
                EXPECT_EQ(found(id).attempts, stored ? 1 : 0);
              });
}

class WorkerContract : public JobsContract {
 protected:
  work::Worker worker(work::WorkerOptions options = {}) {
    return {transactions(), jobs_, clock_, "one", options};
  }
  bool ran(work::Worker& worker) {
    const auto done = worker.runOne();
    EXPECT_TRUE(done);
    return done && *done;
  }
};

INSTANTIATE_TEST_SUITE_P(Both, WorkerContract, onBoth(), backendName);

TEST_P(WorkerContract, RunsWhatIsDueAndEndsItInTheTransactionOfItsEffect) {
  const auto job = added();
  added(1h);
  auto one = worker();
  one.handle("deliver", [&](work::Run& run) -> Result<> {
    const auto alive = run.heartbeat();
    if (!alive) return alive;
    return change([&](Tx& tx) { return run.finish(tx); });
  });
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).state, JobState::Done);
  EXPECT_EQ(found(job.id).done, job.total);
  EXPECT_FALSE(ran(one));
}

TEST_P(WorkerContract, TriesAgainAfterDelaysThatDoubleUntilItHasFailedTooOften) {
  const auto job = added();
  auto one = worker({.delay_first = 5s, .delay_most = 12s, .attempts_most = 4});
  one.handle("deliver", [](work::Run&) { return Error{Code::Unavailable, "tsa_unavailable"}; });
  for (const auto delay : {5s, 10s, 12s}) {
    EXPECT_TRUE(ran(one));
    EXPECT_EQ(found(job.id).state, JobState::Waiting);
    EXPECT_EQ(found(job.id).last_error, "tsa_unavailable");
    clock_.advance(delay - 1ms);
    EXPECT_FALSE(ran(one));
    clock_.advance(1ms);
  }
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).state, JobState::Failed);
  EXPECT_EQ(found(job.id).failed, job.total);
  clock_.advance(100h);
  EXPECT_FALSE(ran(one));
}

TEST_P(WorkerContract, TakesAThrownFaultOrAnUnknownKindForAFailure) {
  const auto job = added();
  auto one = worker();
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).last_error, "job_kind_unknown");
  one.handle("deliver", [](work::Run&) -> Result<> { throw std::runtime_error("bug"); });
  clock_.advance(1h);
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).last_error, "job_fault");
  EXPECT_EQ(found(job.id).state, JobState::Waiting);
}

TEST_P(WorkerContract, LearnsFromItsHeartbeatThatItIsCancelledOrReplaced) {
  const auto job = added();
  auto one = worker();
  one.handle("deliver", [&](work::Run& run) {
    EXPECT_TRUE(change([&](Tx& tx) { return jobs_.askCancel(tx, job.id); }));
    return run.heartbeat();
  });
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).state, JobState::Cancelled);

  const auto slow = added();
  one.handle("deliver", [&](work::Run& run) {
    clock_.advance(2min);
    EXPECT_TRUE(take("other", 1h));
    EXPECT_EQ(change([&](Tx& tx) { return run.finish(tx); }).error().reason, "lease_lost");
    return run.heartbeat();
  });
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(slow.id).state, JobState::Running) << "it is the other one's";
}

TEST_P(WorkerContract, GivesUpAJobThatEndsEveryWorker) {
  const auto job = added();
  for (int life = 0; life < 3; ++life) {
    EXPECT_TRUE(take("dies", 1s));
    clock_.advance(2s);
  }
  auto one = worker({.attempts_most = 3});
  one.handle("deliver", [](work::Run&) -> Result<> { throw std::runtime_error("not run"); });
  EXPECT_TRUE(ran(one));
  EXPECT_EQ(found(job.id).state, JobState::Failed);
}

class LeasesContract : public WorkContract {
 protected:
  bool acquire(std::string_view holder, Duration length = 10s) {
    const auto has = run<bool>(
        [&](Tx& tx) { return leases_.acquire(tx, "sequencer", holder, clock_.now(), length); });
    EXPECT_TRUE(has);
    return has && *has;
  }
  SqlLeases leases_;
};
INSTANTIATE_TEST_SUITE_P(Both, LeasesContract, onBoth(), backendName);

TEST_P(LeasesContract, HaveOneHolderUntilTheyRunOut) {
  EXPECT_TRUE(acquire("a"));
  EXPECT_FALSE(acquire("b"));
  EXPECT_TRUE(acquire("a")) << "renewed";
  clock_.advance(9s);
  EXPECT_FALSE(acquire("b"));
  clock_.advance(1s);
  EXPECT_TRUE(acquire("b")) << "stolen when it ran out";
  EXPECT_FALSE(acquire("a"));
}

TEST_P(LeasesContract, AreFreeWhenReleasedByTheirHolder) {
  EXPECT_TRUE(acquire("a"));
  EXPECT_TRUE(change([&](Tx& tx) { return leases_.release(tx, "sequencer", "b"); }));
  EXPECT_FALSE(acquire("b")) << "only the holder can release";
  EXPECT_TRUE(change([&](Tx& tx) { return leases_.release(tx, "sequencer", "a"); }));
  EXPECT_TRUE(acquire("b"));
}

TEST_P(LeasesContract, GoToOneOfMany) {
  for (const bool is_new : {true, false}) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        if (acquire("h" + std::to_string(i) + (is_new ? "n" : "o"))) ++winners;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    clock_.advance(11s);
  }
}

TEST_P(LeasesContract, AreHeldOrNotUnderFaults) {
  underFaults([] {},
              [&](Tx& tx) -> Result<> {
                const auto has = leases_.acquire(tx, "sequencer", "a", clock_.now(), 10s);
                if (!has) return has.error();
                EXPECT_TRUE(*has);
                return kDone;
              },
              [&](bool stored) { EXPECT_EQ(acquire("b"), !stored); });
}

class OutboxContract : public WorkContract {
 protected:
  work::OutboxEntry entry(const std::string& key, Duration due_in = {}) {
    return {.id = makeId<work::OutboxTag>(),
            .topic = "delivery",
            .key = key,
            .payload = "{}",
            .due = clock_.now() + due_in};
  }
  std::vector<work::OutboxEntry> due(int limit = 10) {
    const auto entries = run<std::vector<work::OutboxEntry>>(
        [&](Tx& tx) { return outbox_.due(tx, "delivery", clock_.now(), limit); });
    EXPECT_TRUE(entries);
    return entries ? *entries : std::vector<work::OutboxEntry>();
  }
  Result<> add(const work::OutboxEntry& entry) {
    return change([&](Tx& tx) { return outbox_.add(tx, entry); });
  }
  SqlOutbox outbox_;
};
INSTANTIATE_TEST_SUITE_P(Both, OutboxContract, onBoth(), backendName);

TEST_P(OutboxContract, GivesWhatIsDueInOrder) {
  const auto late = entry("late", 2s);
  const auto soon = entry("soon", 1s);
  const auto future = entry("future", 1h);
  for (const auto& each : {late, soon, future}) ASSERT_TRUE(add(each));
  clock_.advance(3s);
  const auto entries = due();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].key, "soon");
  EXPECT_EQ(entries[0].payload, "{}");
  EXPECT_EQ(entries[1].key, "late");
  EXPECT_EQ(due(1).size(), 1U);
}

TEST_P(OutboxContract, TakesAKeyOnceEvenAfterItIsDone) {
  const auto first = entry("doc-1");
  ASSERT_TRUE(add(first));
  const auto second = add(entry("doc-1"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "outbox_key_taken");
  ASSERT_TRUE(change([&](Tx& tx) { return outbox_.done(tx, first.id); }));
  EXPECT_TRUE(due().empty());
  EXPECT_FALSE(add(entry("doc-1")));
  auto other_topic = entry("doc-1");
  other_topic.topic = "notice";
  EXPECT_TRUE(add(other_topic));
}

TEST_P(OutboxContract, PostponesAndCounts) {
  const auto first = entry("doc-1");
  ASSERT_TRUE(add(first));
  ASSERT_TRUE(change([&](Tx& tx) { return outbox_.postpone(tx, first.id, clock_.now() + 1min); }));
  EXPECT_TRUE(due().empty());
  clock_.advance(2min);
  ASSERT_EQ(due().size(), 1U);
  EXPECT_EQ(due().front().attempts, 1);
  ASSERT_TRUE(change([&](Tx& tx) { return outbox_.done(tx, first.id); }));
  const auto again = change([&](Tx& tx) { return outbox_.done(tx, first.id); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "outbox_missing");
}

TEST_P(OutboxContract, SweepsOnlyWhatIsDone) {
  const auto done = entry("done");
  ASSERT_TRUE(add(done));
  ASSERT_TRUE(add(entry("open")));
  ASSERT_TRUE(change([&](Tx& tx) { return outbox_.done(tx, done.id); }));
  clock_.advance(24h);
  const auto swept =
      run<std::int64_t>([&](Tx& tx) { return outbox_.sweep(tx, "delivery", clock_.now(), 100); });
  ASSERT_TRUE(swept);
  EXPECT_EQ(*swept, 1);
  EXPECT_EQ(due().size(), 1U);
}

TEST_P(OutboxContract, HoldsAnEntryOnceOrNotAtAllUnderFaults) {
  const auto each = entry("doc-1");
  underFaults([] {},
              [&](Tx& tx) { return outbox_.add(tx, each); },
              [&](bool stored) { EXPECT_EQ(due().size(), stored ? 1U : 0U); });
}

class IdempotencyContract : public WorkContract {
 protected:
  static work::IdempotencyKey key(std::uint8_t fingerprint = 1) {
    return {.scope = "person POST /documents", .key = "k1", .fingerprint = Bytes(32, fingerprint)};
  }
  Result<std::optional<std::string>> find(const work::IdempotencyKey& key) {
    return run<std::optional<std::string>>([&](Tx& tx) { return idempotency_.find(tx, key); });
  }
  Result<> record(const work::IdempotencyKey& key) {
    return change(
        [&](Tx& tx) { return idempotency_.record(tx, key, R"({"id":1})", clock_.now()); });
  }
  crypto::SecretBytes secret_{std::string_view("kept outside the database")};
  SqlIdempotency idempotency_{secret_};
};
INSTANTIATE_TEST_SUITE_P(Both, IdempotencyContract, onBoth(), backendName);

TEST_P(IdempotencyContract, AnswersARetryWithTheFirstAnswer) {
  ASSERT_TRUE(find(key()));
  EXPECT_EQ(*find(key()), std::nullopt);
  ASSERT_TRUE(record(key()));
  EXPECT_EQ(*find(key()), R"({"id":1})");
}

TEST_P(IdempotencyContract, RefusesAKeyThatCameWithAnotherRequest) {
  ASSERT_TRUE(record(key(1)));
  const auto other = find(key(2));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::RuleRefused);
  EXPECT_EQ(other.error().reason, "idempotency_key_reused");
  auto elsewhere = key(2);
  elsewhere.scope = "person POST /deliveries";
  EXPECT_EQ(*find(elsewhere), std::nullopt) << "a scope of its own";
}

TEST_P(IdempotencyContract, KeepsNothingThatAGuessCouldBeComparedWith) {
  ASSERT_TRUE(record(key()));
  const auto row =
      database().acquire(Access::Read)->queryOne("SELECT fingerprint FROM idempotency");
  ASSERT_TRUE(row);
  EXPECT_NE(row->bytes(0), key().fingerprint) << "the digest of a request, PIN and all";

  const crypto::SecretBytes other_secret{std::string_view("of another house")};
  SqlIdempotency elsewhere{other_secret};
  const auto found =
      run<std::optional<std::string>>([&](Tx& tx) { return elsewhere.find(tx, key()); });
  EXPECT_FALSE(found) << "without the secret the same request cannot be recognised";
}

TEST_P(IdempotencyContract, LetsOneOfManyStore) {
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto result = record(key());
      if (result) ++stored;
      if (!result && result.error().reason == "idempotency_in_progress") ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(refused, 7);
}

TEST_P(IdempotencyContract, ForgetsWhatIsOld) {
  ASSERT_TRUE(record(key()));
  const auto sweep = [&](Instant before) {
    const auto swept = run<std::int64_t>([&](Tx& tx) { return idempotency_.sweep(tx, before); });
    return swept ? *swept : -1;
  };
  EXPECT_EQ(sweep(clock_.now()), 0);
  EXPECT_EQ(sweep(clock_.now() + 1s), 1);
  EXPECT_EQ(*find(key()), std::nullopt);
}

TEST_P(IdempotencyContract, SettlesARetryAfterAnUnknownCommit) {
  underFaults([] {},
              [&](Tx& tx) -> Result<> {
                const auto before = idempotency_.find(tx, key());
                if (!before || *before) return Error{Code::Conflict, "not expected"};
                return idempotency_.record(tx, key(), "first", clock_.now());
              },
              [&](bool stored) {
                const auto answer = find(key());
                ASSERT_TRUE(answer);
                EXPECT_EQ(answer->has_value(), stored);
              });
}

}  // namespace
}  // namespace congvan::storage
