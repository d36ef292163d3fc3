// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/transactions.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace congvan::storage {
namespace {

class SqlTx final : public work::Tx {
 public:
  explicit SqlTx(Connection& connection) : connection_(connection) {}
  Connection& connection() { return connection_; }

 private:
  Connection& connection_;
};

[[noreturn]] void abortFor(const char* bug) {
  std::fprintf(stderr, "congvan: %s\n", bug);  // NOLINT: nothing else is safe to use here
  std::abort();
}

/// A transaction inside another could wait for the writer that its own thread holds.
class NotNested {
 public:
  NotNested() {
    if (inside) abortFor("a transaction was begun inside another");
    inside = true;
  }
  NotNested(const NotNested&) = delete;
  NotNested& operator=(const NotNested&) = delete;
  ~NotNested() { inside = false; }

 private:
  static thread_local bool inside;
};

thread_local bool NotNested::inside = false;

}  // namespace

Connection& connectionOf(work::Tx& tx) {
  auto* ours = dynamic_cast<SqlTx*>(&tx);
  if (ours == nullptr) abortFor("a store was given a transaction of another kind");
  return ours->connection();
}

Result<> SqlTransactions::runUntyped(const Untyped& action) {
  return repeat(Way::Write, action);
}

Result<> SqlTransactions::readUntyped(const Untyped& action) {
  return repeat(Way::Read, action);
}

Result<> SqlTransactions::glanceUntyped(const Untyped& action) {
  return repeat(Way::Glance, action);
}

Result<> SqlTransactions::repeat(Way way, const Untyped& action) {
  const NotNested alone;
  auto& counts = way == Way::Write ? counts_.writes : counts_.reads;
  for (int attempt = 1;; ++attempt) {
    try {
      auto result = once(way, action);
      ++counts.ended;
      return result;
    } catch (const Interrupted& stop) {
      using Why = Interrupted::Why;
      const bool heals = stop.why() == Why::Contended || stop.why() == Why::Lost;
      const bool again = heals && attempt < options_.attempts;
      ++(again ? counts.retried : counts.given_up);
      if (!again) {
        const auto* reason =
            stop.why() == Why::CommitUnknown ? "commit_unknown" : "storage_unavailable";
        return Error{Code::Unavailable, reason, {}, stop.what()};
      }
    }
    pause(attempt);
  }
}

Result<> SqlTransactions::once(Way way, const Untyped& action) {
  const auto access = way == Way::Write ? Access::Write : Access::Read;
  const auto connection = database_.acquire(access);
  SqlTx tx(*connection);
  if (way == Way::Glance) return action(tx);
  connection->begin(access);
  auto result = action(tx);
  if (!result || way == Way::Read) {
    connection->rollback();
    return result;
  }
  connection->commit();
  return result;
}

void SqlTransactions::pause(int attempt) {
  const auto doubled = options_.first_delay * (std::int64_t{1} << std::min(attempt - 1, 20));
  const auto delay = std::min<std::chrono::milliseconds>(doubled, options_.longest_delay);
  std::array<std::uint8_t, 2> chance{};
  random_.fill(chance);
  // Half is by chance: two that met once must not meet again at the same step.
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
  const auto part = micros / 2 * (chance[0] * 256 + chance[1]) / 65536;
  std::this_thread::sleep_for(std::chrono::microseconds(micros / 2 + part));
}

}  // namespace congvan::storage
