// SPDX-License-Identifier: Apache-2.0
#include "app/bench/round_trip.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/sqlite_driver.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/shell.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

/// Deliveries per second on both databases; what one is, app/bench/round_trip.h says.
namespace congvan::bench {
namespace {

void roundTrips(benchmark::State& state, RoundTrip& post) {
  for (auto _ : state) {
    if (!post.run()) {
      state.SkipWithError("a delivery is missing");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * RoundTrip::kRecipients);
}

void onSqlite(benchmark::State& state) {
  static const test::TempFolder kFolder;
  static RoundTrip post(storage::openSqlite({.file = kFolder / "bench.db"}));
  roundTrips(state, post);
}
BENCHMARK(onSqlite)->Name("deliver/SQLite")->Unit(benchmark::kMillisecond)->UseRealTime();

void onMariaDb(benchmark::State& state) {
  auto& server = test::MariaDbServer::shared();
  if (!server.isRunning()) {
    state.SkipWithError("no MariaDB server on this machine");
    return;
  }
  static RoundTrip post([&] {
    storage::MySqlOptions options;
    options.servers = {server.address()};
    options.user = "root";
    options.schema = server.makeSchema();
    auto opened = storage::openMySql(options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }());
  roundTrips(state, post);
}
BENCHMARK(onMariaDb)->Name("deliver/MariaDB")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace congvan::bench

int main(int count, char** values) {
  // On the disk: in memory a flush costs nothing.
  ::setenv("CONGVAN_TEST_DATABASES", std::filesystem::temp_directory_path().c_str(), 1);
  benchmark::Initialize(&count, values);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
