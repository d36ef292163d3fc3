// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/storage/database.h"
#include "office/work/transactions.h"

#include <chrono>

namespace congvan::storage {

/// The connection that a transaction runs on. A `Tx` that `SqlTransactions` did not make is a bug
/// and aborts.
Connection& connectionOf(work::Tx& tx);

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

 protected:
  Result<> runUntyped(const Untyped& action) override;
  Result<> readUntyped(const Untyped& action) override;

 private:
  Result<> repeat(Access access, const Untyped& action);
  Result<> once(Access access, const Untyped& action);
  void pause(int attempt);

  Database& database_;
  Random& random_;
  const RetryOptions options_;
};

}  // namespace congvan::storage
