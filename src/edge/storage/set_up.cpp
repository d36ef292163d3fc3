// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/set_up.h"

#include "edge/storage/jobs.h"
#include "edge/storage/migrations.h"
#include "edge/storage/transactions.h"

#include <algorithm>
#include <set>

namespace congvan::storage {
namespace {

// Among the leases, because it is one: it keeps the set-up of another folder out.
constexpr std::string_view kLease = "set-up";
constexpr std::chrono::years kForGood{100};
constexpr std::string_view kSteps = "schema_steps";

using Tables = std::set<std::string, std::less<>>;

/// Every table that a migration ever made.
Result<Tables> ourTables(Dialect dialect) {
  constexpr std::string_view kMakes = "CREATE TABLE ";
  Tables tables{std::string(kSteps)};
  for (const auto& migration : embeddedMigrations()) {
    const auto steps = readMigration(migration, dialect);
    if (!steps) return steps.error();
    for (const auto& step : *steps) {
      if (!step.text.starts_with(kMakes)) continue;
      const auto name = std::string_view(step.text).substr(kMakes.size());
      tables.emplace(name.substr(0, name.find_first_of(" (")));
    }
  }
  return tables;
}

Tables tablesThere(Connection& connection, Dialect dialect) {
  const auto* asked = dialect == Dialect::Sqlite
                          ? "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                            "AND substr(name, 1, 7) <> 'sqlite_'"
                          : "SELECT table_name FROM information_schema.tables "
                            "WHERE table_schema = DATABASE()";
  Tables tables;
  for (const auto& row : connection.query(asked)) tables.insert(row.text(0));
  return tables;
}

struct Found {
  Tables tables;      ///< all of them ours
  bool ours = false;  ///< a set-up of this folder began here and has not ended
};

bool hasOffice(Connection& connection) {
  return connection.queryOne("SELECT COUNT(*) FROM agencies")->integer(0) > 0;
}

Result<Found> look(Connection& connection, Dialect dialect, std::string_view folder) {
  Found found{.tables = tablesThere(connection, dialect)};
  const auto& there = found.tables;
  if (there.empty()) return found;
  const auto ours = ourTables(dialect);
  if (!ours) return ours.error();
  // The record of steps comes first: without it, a table of a name like ours is somebody else's.
  const auto strange =
      there.contains(kSteps)
          ? std::ranges::find_if(there, [&](const auto& name) { return !ours->contains(name); })
          : there.begin();
  if (strange != there.end()) {
    return Error{Code::Conflict, "database_not_ours", {{"table", *strange}}};
  }
  const auto lease = there.contains("leases")
                         ? connection.queryOne("SELECT holder FROM leases WHERE name = ?", {kLease})
                         : std::nullopt;
  found.ours = lease && lease->text(0) == folder;
  if (found.ours) return found;
  if (there.contains("agencies") && hasOffice(connection)) {
    return Error{Code::Conflict, "already_set_up"};
  }
  if (lease) return Error{Code::Conflict, "set_up_elsewhere"};
  return found;
}

}  // namespace

Result<> mayBeSetUp(Database& database, std::string_view folder) {
  const auto found = look(*database.acquire(Access::Read), database.dialect(), folder);
  if (!found) return found.error();
  return kDone;
}

Result<> claimForSetUp(work::Tx& tx, Dialect dialect, std::string_view folder, Instant now) {
  auto& connection = connectionOf(tx);
  const auto found = look(connection, dialect, folder);
  if (!found) return found.error();
  for (const auto& table : found->tables) {
    if (found->ours && table != kSteps) connection.execute("DELETE FROM " + table);
  }
  const auto claimed = SqlLeases().acquire(tx, kLease, folder, now, kForGood);
  if (!claimed) return claimed.error();
  if (!*claimed) return Error{Code::Conflict, "set_up_elsewhere"};
  // Another folder's set-up may have begun and ended since the look.
  if (!found->ours && hasOffice(connection)) return Error{Code::Conflict, "already_set_up"};
  return kDone;
}

Result<> endSetUp(work::Tx& tx) {
  connectionOf(tx).execute("DELETE FROM leases WHERE name = ?", {kLease});
  return kDone;
}

}  // namespace congvan::storage
