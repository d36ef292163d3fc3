// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/storage/database.h"
#include "office/work/transactions.h"

#include <atomic>
#include <chrono>

namespace congvan::storage {

/// The connection that a transaction runs on. A `Tx` that `SqlTransactions` did not make is a bug
/// and aborts.
Connection& connectionOf(work::Tx& tx);

/// What `SqlTransactions` did since it was made. Read without a lock: each number is right, they
/// need not be of one moment.
struct TransactionCounts {
  struct OfAccess {
    std::atomic<std::uint64_t> ended{0};    ///< committed or refused by their function
    std::atomic<std::uint64_t> retried{0};  ///< run once more: deadlock, lock time-out, lost line
    std::atomic<std::uint64_t> given_up{0};
  };
  OfAccess reads;
  OfAccess writes;
};

struct RetryOptions {
  int attempts = 10;
  std::chrono::milliseconds first_delay{2};  ///< doubled each time, half of it by chance
  std::chrono::milliseconds longest_delay{250};
};

/// The port `work::Transactions` over SQL.
///
/// Writers see what was committed when each of their statements began (READ COMMITTED; SQLite
/// serialises them), so a rule about more than one row is guarded by a unique key or by
/// compare-and-swap on a row that both sides change, never by a look before. Readers see one
/// snapshot. Using it inside its own function would wait for itself: it aborts. Safe from any
/// thread.
class SqlTransactions final : public work::Transactions {
 public:
  SqlTransactions(Database& database, Random& random, RetryOptions options = {})
      : database_(database), random_(random), options_(options) {}
  const TransactionCounts& counts() const { return counts_; }

 protected:
  Result<> runUntyped(const Untyped& action) override;
  Result<> readUntyped(const Untyped& action) override;
  Result<> glanceUntyped(const Untyped& action) override;

 private:
  enum class Way { Write, Read, Glance };
  Result<> repeat(Way way, const Untyped& action);
  Result<> once(Way way, const Untyped& action);
  void pause(int attempt);

  Database& database_;
  Random& random_;
  const RetryOptions options_;
  TransactionCounts counts_;
};

}  // namespace congvan::storage
