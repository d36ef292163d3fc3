// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/set_up.h"

#include "edge/storage/jobs.h"
#include "edge/storage/transactions.h"

namespace congvan::storage {
namespace {

// Among the leases, because it is one: it keeps the set-up of another folder out.
constexpr std::string_view kLease = "set-up";
constexpr std::chrono::years kForGood{100};

/// Asked of the database and not of the migrations, which also rename and drop tables.
void deleteEveryRow(Connection& connection, Dialect dialect) {
  const auto* tables = dialect == Dialect::Sqlite
                           ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN "
                             "('schema_steps', 'sqlite_sequence', 'sqlite_stat1')"
                           : "SELECT table_name FROM information_schema.tables WHERE table_schema "
                             "= DATABASE() AND table_name <> 'schema_steps'";
  for (const auto& row : connection.query(tables, {})) {
    connection.execute("DELETE FROM " + row.text(0), {});
  }
}

}  // namespace

Result<> claimForSetUp(work::Tx& tx, Dialect dialect, std::string_view folder, Instant now) {
  auto& connection = connectionOf(tx);
  const auto before = connection.queryOne("SELECT holder FROM leases WHERE name = ?", {kLease});
  if (before && before->text(0) == folder) {
    deleteEveryRow(connection, dialect);
  }
  if (connection.queryOne("SELECT COUNT(*) FROM agencies")->integer(0) > 0) {
    return Error{Code::Conflict, "already_set_up"};
  }
  const auto claimed = SqlLeases().acquire(tx, kLease, folder, now, kForGood);
  if (!claimed) return claimed.error();
  if (!*claimed) return Error{Code::Conflict, "set_up_elsewhere"};
  return kDone;
}

}  // namespace congvan::storage
