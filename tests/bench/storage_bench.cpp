// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/migrations.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/outbox.h"
#include "edge/storage/sqlite_driver.h"
#include "edge/storage/transactions.h"
#include "tests/support/databases.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/shell.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <thread>
#include <unistd.h>
#include <vector>

/// Durable commits of each database against appending the same bytes to a file with fdatasync, in
/// alternating rounds of one run on one disk. Only the ratios mean something elsewhere.
namespace congvan::storage {
namespace {

constexpr int kRounds = 5;
constexpr std::chrono::milliseconds kRound{700};
const std::string kPayload(400, 'x');

struct Appender {
  explicit Appender(const std::filesystem::path& file)
      : descriptor(::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {}
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() { ::close(descriptor); }
  void once() const {
    if (::write(descriptor, kPayload.data(), kPayload.size()) < 0 || ::fdatasync(descriptor) != 0) {
      std::abort();
    }
  }
  int descriptor;
};

/// Times a second that `once` was done by all threads together.
double rateOf(int threads, const std::function<void()>& once) {
  std::vector<std::thread> running;
  std::vector<long> done(static_cast<std::size_t>(threads), 0);
  const auto begin = std::chrono::steady_clock::now();
  for (auto& count : done) {
    running.emplace_back([&] {
      while (std::chrono::steady_clock::now() - begin < kRound) {
        once();
        ++count;
      }
    });
  }
  for (auto& thread : running) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  long total = 0;
  for (const auto count : done) total += count;
  return static_cast<double>(total) / took.count();
}

double medianOf(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Case {
  const char* name;
  int threads;
  std::function<void()> once;
  int rows = 1;  ///< a commit
  std::vector<double> rates = {};
};

class Store {
 public:
  Store(Database& database, Clock& clock, Random& random)
      : transactions_(database, random), ids_(clock, random) {
    const auto migrated = migrate(database, embeddedMigrations(), clock.now());
    if (!migrated) std::abort();
  }

  void add(int rows) {
    const auto done = transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
      for (int i = 0; i < rows; ++i) {
        const auto id = ids_.make<work::OutboxTag>();
        const auto added =
            outbox_.add(tx, {.id = id, .topic = "bench", .key = id.text(), .payload = kPayload});
        if (!added) return added;
      }
      return kDone;
    });
    if (!done) std::abort();
  }

  void read() {
    const auto done = transactions_.read<std::int64_t>([&](work::Tx& tx) -> Result<std::int64_t> {
      const auto due = outbox_.due(tx, "none", Instant{}, 1);
      return due ? std::int64_t{0} : std::int64_t{1};
    });
    if (!done) std::abort();
  }

 private:
  SqlTransactions transactions_;
  Ids ids_;
  SqlOutbox outbox_;
};

std::unique_ptr<Database> openMariaDb() {
  auto& server = test::MariaDbServer::shared();
  if (!server.isRunning()) return nullptr;
  MySqlOptions options;
  options.servers = {server.address()};
  options.user = "root";
  options.schema = server.makeSchema();
  options.writers = 16;
  auto opened = openMySql(options);
  return opened ? std::move(*opened) : nullptr;
}

void addCases(std::vector<Case>& cases, const std::array<const char*, 4>& names, Store& store) {
  cases.push_back({names[0], 1, [&store] { store.add(1); }});
  cases.push_back({names[1], 16, [&store] { store.add(1); }});
  cases.push_back({names[2], 1, [&store] { store.add(100); }, 100});
  cases.push_back({names[3], 1, [&store] { store.read(); }});
}

void print(const std::vector<Case>& cases) {
  const auto base = medianOf(cases.front().rates);
  std::printf("%-44s %12s %10s\n", "durable rows", "per second", "ratio");
  for (const auto& each : cases) {
    const auto rate = medianOf(each.rates) * each.rows;
    std::printf("%-44s %12.0f %9.2fx\n", each.name, rate, rate / base);
  }
}

int bench(const std::filesystem::path& folder) {
  SystemClock clock;
  test::SeededRandom random;
  const Appender appender(folder / "append");
  const auto sqlite = openSqlite({.file = folder / "bench.db"});
  Store in_sqlite(*sqlite, clock, random);
  std::vector<Case> cases{{"append and fdatasync, 1 thread", 1, [&] { appender.once(); }}};
  addCases(cases,
           {"SQLite, 1 thread",
            "SQLite, 16 threads",
            "SQLite, 100 rows a commit",
            "SQLite, one read transaction (not durable)"},
           in_sqlite);
  const auto mariadb = openMariaDb();
  std::optional<Store> in_mariadb;
  if (mariadb) {
    in_mariadb.emplace(*mariadb, clock, random);
    addCases(cases,
             {"MariaDB, 1 thread",
              "MariaDB, 16 threads",
              "MariaDB, 100 rows a commit",
              "MariaDB, one read transaction (not durable)"},
             *in_mariadb);
  }
  for (int round = 0; round < kRounds; ++round) {
    for (auto& each : cases) each.rates.push_back(rateOf(each.threads, each.once));
  }
  print(cases);
  return 0;
}

}  // namespace
}  // namespace congvan::storage

int main() {
  // On the disk: in memory a flush costs nothing and there is nothing to compare with.
  setenv("CONGVAN_TEST_DATABASES", std::filesystem::temp_directory_path().c_str(), 1);
  const congvan::test::TempFolder folder;
  return congvan::storage::bench(folder.path());
}
