// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/transactions.h"

#include "tests/support/databases.h"
#include "tests/support/faulty_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace congvan::storage {
namespace {

using test::Backend;
using test::backendName;
using test::onBoth;
using work::Tx;

/// Counters live in the table of leases: a name and a number are all they need.
class TransactionsContract : public test::DatabaseTest {
 protected:
  void makeCounter(const char* name) {
    commit([&](Tx& tx) {
      connectionOf(tx).execute("INSERT INTO leases (name, holder, held_until) VALUES (?, '', 0)",
                               {name});
    });
  }

  static void add(Tx& tx, const char* name) {
    connectionOf(tx).execute("UPDATE leases SET held_until = held_until + 1 WHERE name = ?",
                             {name});
  }

  static std::int64_t value(Tx& tx, const char* name) {
    return connectionOf(tx)
        .queryOne("SELECT held_until FROM leases WHERE name = ?", {name})
        ->integer(0);
  }

  std::int64_t stored(const char* name) {
    const auto read = transactions().read<std::int64_t>(
        [&](Tx& tx) -> Result<std::int64_t> { return value(tx, name); });
    return read ? *read : -1;
  }

  static void inThreads(int threads, const std::function<void(int)>& body) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&body, i] { body(i); });
    for (auto& thread : running) thread.join();
  }
};
INSTANTIATE_TEST_SUITE_P(Both, TransactionsContract, onBoth(), backendName);

class KilledConnection : public TransactionsContract {};
INSTANTIATE_TEST_SUITE_P(Server,
                         KilledConnection,
                         ::testing::Values(Backend::MariaDb),
                         backendName);

class NestedTransactions : public TransactionsContract {};
INSTANTIATE_TEST_SUITE_P(Either,
                         NestedTransactions,
                         ::testing::Values(Backend::Sqlite),
                         backendName);

TEST_P(TransactionsContract, CommitsAValueAndRollsBackAnError) {
  makeCounter("n");
  const auto kept = transactions().run<int>([&](Tx& tx) -> Result<int> {
    add(tx, "n");
    return 7;
  });
  const auto refused = transactions().run<int>([&](Tx& tx) -> Result<int> {
    add(tx, "n");
    return Error{Code::RuleRefused, "no"};
  });

  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, 7);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "no");
  EXPECT_EQ(stored("n"), 1);
}

TEST_P(TransactionsContract, RollsBackWhenTheFunctionThrows) {
  makeCounter("n");
  EXPECT_THROW(static_cast<void>(transactions().run<int>([&](Tx& tx) -> Result<int> {
                 add(tx, "n");
                 throw std::runtime_error("fault");
               })),
               std::runtime_error);
  EXPECT_EQ(stored("n"), 0);
  EXPECT_TRUE(transactions().run<int>([](Tx&) -> Result<int> { return 1; })) << "and goes on";
}

TEST_P(TransactionsContract, GivesANumberOnceUnderEightThreads) {
  makeCounter("n");
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::vector<std::vector<std::int64_t>> given(kThreads);
  std::atomic<int> failed = 0;

  inThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      const auto number = transactions().run<std::int64_t>([&](Tx& tx) -> Result<std::int64_t> {
        add(tx, "n");
        return value(tx, "n");
      });
      if (number) {
        given[static_cast<std::size_t>(thread)].push_back(*number);
      } else {
        ++failed;
      }
    }
  });

  std::vector<std::int64_t> all;
  for (const auto& numbers : given) all.insert(all.end(), numbers.begin(), numbers.end());
  std::ranges::sort(all);
  ASSERT_EQ(failed, 0);
  ASSERT_EQ(all.size(), std::size_t{kThreads} * kEach);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i], static_cast<std::int64_t>(i) + 1) << "a gap or a duplicate";
  }
}

TEST_P(TransactionsContract, LetsOneOfManySwapAVersion) {
  makeCounter("version");
  std::atomic<int> winners = 0;
  inThreads(8, [&](int) {
    const auto swapped = transactions().run<std::int64_t>([&](Tx& tx) -> Result<std::int64_t> {
      return connectionOf(tx).execute(
          "UPDATE leases SET held_until = 1 WHERE name = 'version' AND held_until = 0");
    });
    if (swapped && *swapped == 1) ++winners;
  });
  EXPECT_EQ(winners, 1);
}

TEST_P(TransactionsContract, RunsBothOfADeadlock) {
  makeCounter("a");
  makeCounter("b");
  std::atomic<int> runs = 0;
  int arrived = 0;
  std::mutex mutex;
  std::condition_variable met;

  inThreads(2, [&](int thread) {
    const auto* first = thread == 0 ? "a" : "b";
    const auto* second = thread == 0 ? "b" : "a";
    const auto done = transactions().run<int>([&](Tx& tx) -> Result<int> {
      ++runs;
      add(tx, first);
      std::unique_lock lock(mutex);
      ++arrived;
      met.notify_all();
      // Where there is one writer only one can be here at a time: then it does not wait long.
      met.wait_for(lock, std::chrono::milliseconds(200), [&] { return arrived >= 2; });
      lock.unlock();
      add(tx, second);
      return 0;
    });
    EXPECT_TRUE(done) << done.error().detail;
  });

  EXPECT_EQ(stored("a"), 2);
  EXPECT_EQ(stored("b"), 2);
  if (GetParam() == Backend::MariaDb) {
    EXPECT_GE(runs, 3) << "one of them was run again";
  }
}

TEST_P(KilledConnection, InTheMiddleRunsTheFunctionAgain) {
  makeCounter("n");
  int runs = 0;
  const auto done = transactions().run<int>([&](Tx& tx) -> Result<int> {
    auto& connection = connectionOf(tx);
    add(tx, "n");
    if (++runs == 1) {
      const auto self = connection.queryOne("SELECT CONNECTION_ID()")->integer(0);
      database().acquire(Access::Write)->execute("KILL " + std::to_string(self));
    }
    add(tx, "n");
    return runs;
  });

  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(*done, 2);
  EXPECT_EQ(stored("n"), 2) << "the first run left nothing";
}

TEST_P(KilledConnection, BeforeCommitLeavesTheOutcomeUnknown) {
  makeCounter("n");
  const auto done = transactions().run<int>([&](Tx& tx) -> Result<int> {
    add(tx, "n");
    const auto self = connectionOf(tx).queryOne("SELECT CONNECTION_ID()")->integer(0);
    database().acquire(Access::Write)->execute("KILL " + std::to_string(self));
    return 0;
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Unavailable);
  EXPECT_EQ(done.error().reason, "commit_unknown");
  EXPECT_EQ(stored("n"), 0);
}

TEST_P(TransactionsContract, ReadsWithoutWriting) {
  makeCounter("n");
  EXPECT_THROW(static_cast<void>(transactions().read<int>([&](Tx& tx) -> Result<int> {
                 add(tx, "n");
                 return 0;
               })),
               DatabaseFault);
  EXPECT_EQ(stored("n"), 0);
}

TEST_P(TransactionsContract, GlancesWithoutWriting) {
  makeCounter("n");
  EXPECT_THROW(static_cast<void>(transactions().glance<int>([&](Tx& tx) -> Result<int> {
                 add(tx, "n");
                 return 0;
               })),
               DatabaseFault);
  EXPECT_EQ(stored("n"), 0);
}

TEST_P(TransactionsContract, GlancesAtWhatWasCommittedLast) {
  makeCounter("n");
  const auto glance = [&] {
    const auto seen = transactions().glance<std::int64_t>(
        [&](Tx& tx) -> Result<std::int64_t> { return value(tx, "n"); });
    return seen ? *seen : -1;
  };
  for (int i = 1; i <= 100; ++i) {
    commit([&](Tx& tx) { add(tx, "n"); });
    EXPECT_EQ(glance(), i) << "and no older view, though the connection was used before";
  }
  test::FaultyDatabase faulty(database());
  SqlTransactions once_lost(faulty, random_);
  faulty.loseAt(1, test::Fault::When::Before);
  const auto again = once_lost.glance<std::int64_t>(
      [&](Tx& tx) -> Result<std::int64_t> { return value(tx, "n"); });
  ASSERT_TRUE(again) << "a lost connection is tried anew";
  EXPECT_EQ(*again, 100);
  EXPECT_EQ(faulty.calls(), 2) << "the statements alone";
}

TEST_P(TransactionsContract, ReadsOneMomentWhileOthersWrite) {
  makeCounter("n");
  const auto same = transactions().read<bool>([&](Tx& tx) -> Result<bool> {
    const auto before = value(tx, "n");
    std::thread([&] {
      const auto added = transactions().run<int>([&](Tx& other) -> Result<int> {
        add(other, "n");
        return 0;
      });
      EXPECT_TRUE(added);
    }).join();
    return value(tx, "n") == before;
  });
  ASSERT_TRUE(same);
  EXPECT_TRUE(*same);
  EXPECT_EQ(stored("n"), 1);
}

TEST_P(NestedTransactions, Abort) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(transactions().run<int>([&](Tx&) -> Result<int> {
                 return transactions().read<int>([](Tx&) -> Result<int> { return 0; });
               })),
               "inside another");
}

/// The pair of faults at every step: what failed and was not stored, what failed but was.
TEST_P(TransactionsContract, StoresExactlyOnceWhicheverStatementIsLost) {
  for (const auto when : {test::Fault::When::Before, test::Fault::When::After}) {
    for (int step = 1; step <= 3; ++step) {  // begin, update, select
      test::emptyTables(database());
      makeCounter("n");
      test::FaultyDatabase faulty(database());
      SqlTransactions retrying(faulty, random_, {.first_delay = std::chrono::milliseconds(1)});
      faulty.loseAt(step, when);
      const auto done = retrying.run<std::int64_t>([&](Tx& tx) -> Result<std::int64_t> {
        add(tx, "n");
        return value(tx, "n");
      });
      ASSERT_TRUE(done) << done.error().reason;
      EXPECT_EQ(*done, 1);
      EXPECT_EQ(stored("n"), 1);
      EXPECT_TRUE(faulty.hasStruck());
    }
  }
}

TEST_P(TransactionsContract, DoesNotRunAgainWhenCommitIsLost) {
  for (const auto when : {test::Fault::When::Before, test::Fault::When::After}) {
    test::emptyTables(database());
    makeCounter("n");
    test::FaultyDatabase faulty(database());
    SqlTransactions retrying(faulty, random_);
    faulty.loseAt(3, when);  // begin, update, commit
    const auto done = retrying.run<int>([&](Tx& tx) -> Result<int> {
      add(tx, "n");
      return 0;
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, "commit_unknown");
    EXPECT_EQ(stored("n"), when == test::Fault::When::Before ? 0 : 1);
  }
}

TEST_P(TransactionsContract, GivesUpAfterItsAttempts) {
  makeCounter("n");
  test::FaultyDatabase faulty(database());
  SqlTransactions retrying(
      faulty, random_, {.attempts = 3, .first_delay = std::chrono::milliseconds(1)});
  faulty.loseEvery(test::Fault::When::Before);
  int runs = 0;
  const auto done = retrying.run<int>([&](Tx& tx) -> Result<int> {
    ++runs;
    add(tx, "n");
    return 0;
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "storage_unavailable");
  EXPECT_LE(runs, 3);
  EXPECT_EQ(stored("n"), 0);
}

}  // namespace
}  // namespace congvan::storage
