// SPDX-License-Identifier: Apache-2.0
#include "tests/support/databases.h"

#include "edge/storage/migrations.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/sqlite_driver.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/ram_folder.h"

#include <cstdlib>

namespace congvan::test {
namespace {

using storage::Access;
using storage::Database;
using storage::Dialect;

struct RamFolder {
  std::filesystem::path path;
  RamFolder() {
    auto pattern = (databaseFolder() / "congvan-sqlite-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path = pattern;
  }
  RamFolder(const RamFolder&) = delete;
  RamFolder& operator=(const RamFolder&) = delete;
  ~RamFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

std::unique_ptr<Database> openFresh(Backend backend) {
  if (backend == Backend::Sqlite) {
    static const RamFolder folder;
    static int files = 0;
    return storage::openSqlite({.file = folder.path / ("test" + std::to_string(++files) + ".db")});
  }
  auto& server = MariaDbServer::shared();
  if (!server.isRunning()) return nullptr;
  storage::MySqlOptions options;
  options.servers = {server.address()};
  options.user = "root";
  options.schema = server.makeSchema();
  options.readers = 16;
  options.writers = 16;
  auto opened = storage::openMySql(options);
  if (!opened) throw std::runtime_error(opened.error().reason + ": " + opened.error().detail);
  return std::move(*opened);
}

std::unique_ptr<Database> openMigrated(Backend backend) {
  auto database = openFresh(backend);
  if (!database) return database;
  const auto migrated = storage::migrate(*database, storage::embeddedMigrations(), Instant{});
  if (!migrated) throw std::runtime_error(migrated.error().reason + ": " + migrated.error().detail);
  return database;
}

std::vector<std::string> tablesOf(storage::Connection& connection, Dialect dialect) {
  const auto rows = connection.query(
      dialect == Dialect::Sqlite
          ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
          : "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
  std::vector<std::string> tables;
  for (const auto& row : rows) {
    if (row.text(0) != "schema_steps") tables.push_back(row.text(0));
  }
  return tables;
}

}  // namespace

std::string backendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::Sqlite ? "Sqlite" : "MariaDb";
}

void emptyTables(Database& database) {
  const auto connection = database.acquire(Access::Write);
  const bool is_mariadb = database.dialect() == Dialect::MariaDb;
  if (is_mariadb) connection->execute("SET SESSION foreign_key_checks = 0");
  connection->begin(Access::Write);
  if (!is_mariadb) connection->execute("PRAGMA defer_foreign_keys = ON");
  for (const auto& table : tablesOf(*connection, database.dialect())) {
    connection->execute("DELETE FROM " + table);
  }
  connection->commit();
  if (is_mariadb) connection->execute("SET SESSION foreign_key_checks = 1");
}

Database* emptyDatabase(Backend backend) {
  static const auto sqlite = openMigrated(Backend::Sqlite);
  static const auto mariadb = openMigrated(Backend::MariaDb);
  auto* database = backend == Backend::Sqlite ? sqlite.get() : mariadb.get();
  if (database != nullptr) emptyTables(*database);
  return database;
}

std::string whyNoDatabase(Backend backend) {
  return backend == Backend::Sqlite ? "" : MariaDbServer::shared().absence();
}

std::unique_ptr<Database> freshDatabase(Backend backend) {
  return openFresh(backend);
}

void DatabaseTest::SetUp() {
  database_ = emptyDatabase(GetParam());
  if (database_ == nullptr) {
    const auto* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true") {
      FAIL() << "in CI both databases are needed: " << whyNoDatabase(GetParam());
    }
    GTEST_SKIP() << whyNoDatabase(GetParam());
  }
  transactions_ = std::make_unique<storage::SqlTransactions>(*database_, random_);
}

void DatabaseTest::commit(const std::function<void(work::Tx&)>& action) {
  const auto done = transactions_->run<std::monostate>([&](work::Tx& tx) -> Result<> {
    action(tx);
    return kDone;
  });
  ASSERT_TRUE(done) << done.error().reason << ": " << done.error().detail;
}

}  // namespace congvan::test
