// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "edge/storage/database.h"
#include "edge/storage/transactions.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace congvan::test {

/// A clock that stands still until told.
class HeldClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Instant now_ = fromUnix(1'800'000'000);
};

/// Not secret, and different in each run only by what asks for it. Safe from any thread.
class SeededRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    const std::scoped_lock lock(mutex_);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937 engine_{20261122};  // NOLINT: a test must be repeatable
};

enum class Backend { Sqlite, MariaDb };
std::string backendName(const ::testing::TestParamInfo<Backend>& info);

/// A migrated database of `backend`, made once an executable and emptied by each call.
/// Null when this machine lacks the server; `whyNoDatabase` says so.
storage::Database* emptyDatabase(Backend backend);
std::string whyNoDatabase(Backend backend);

/// A second, unmigrated database of its own: a schema of the server, or a file.
std::unique_ptr<storage::Database> freshDatabase(Backend backend);

/// Removes every row of every table but the record of migrations.
void emptyTables(storage::Database& database);

/// The base of suites that must hold on both databases: derive, write TEST_P, and instantiate with
/// `INSTANTIATE_TEST_SUITE_P(Both, Suite, onBoth(), backendName)`.
class DatabaseTest : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;

  storage::Database& database() { return *database_; }
  storage::SqlTransactions& transactions() { return *transactions_; }

  /// Runs one store operation in one transaction and hands its result out.
  template <typename T>
  Result<T> run(const std::function<Result<T>(work::Tx&)>& action) {
    return transactions().run<T>(action);
  }
  Result<> change(const std::function<Result<>(work::Tx&)>& action) {
    return transactions().run<std::monostate>(action);
  }
  /// Runs `action` in one committed transaction; a refusal of the transaction fails the test.
  void commit(const std::function<void(work::Tx&)>& action);

  template <typename Of>
  Id<Of> makeId() {
    return ids_.make<Of>();
  }

  HeldClock clock_;
  SeededRandom random_;
  Ids ids_{clock_, random_};

 private:
  storage::Database* database_ = nullptr;
  std::unique_ptr<storage::SqlTransactions> transactions_;
};

inline auto onBoth() {
  return ::testing::Values(Backend::Sqlite, Backend::MariaDb);
}

}  // namespace congvan::test
