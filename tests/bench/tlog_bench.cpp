// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/audit_store.h"
#include "edge/storage/files.h"
#include "edge/storage/jobs.h"
#include "edge/storage/migrations.h"
#include "edge/storage/sqlite_driver.h"
#include "edge/storage/tile_files.h"
#include "edge/storage/transactions.h"
#include "office/audit/sequencer.h"
#include "tests/support/shell.h"
#include "trust/crypto/random.h"
#include "trust/tlog/leaf.h"
#include "trust/tlog/tree.h"

#include <benchmark/benchmark.h>

#include <random>
#include <set>

/// The two bars of the log (DESIGN section 5): leaves per second with everything synced to the
/// disk, and the time of a proof at ten million leaves. Beside each stands the raw operation it is
/// made of.
namespace congvan::tlog {
namespace {

constexpr std::uint64_t kManyLeaves = 10'000'000;
constexpr std::string_view kBenchOrigin = "bench.example/records";

NoteKey benchKey() {
  return *NoteKey::fromSeed(kBenchOrigin, crypto::SecretBytes(BytesView(Bytes(32, 1))));
}

Bytes benchEntry(std::uint64_t number) {
  EventLeaf leaf;
  for (unsigned i = 0; i < 8; ++i)
    leaf.commitment[i] = static_cast<std::uint8_t>(number >> (8U * i));
  return *encodeLeaf(leaf);
}

void hashNode(benchmark::State& state) {
  Hash hash{};
  for (auto _ : state) benchmark::DoNotOptimize(hash = nodeHash(hash, hash));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hashNode);

void appendInMemory(benchmark::State& state) {
  TileBuilder builder;
  const std::vector<Hash> leaves(4096, leafHash({}));
  for (auto _ : state) benchmark::DoNotOptimize(builder.append(leaves));
  state.SetItemsProcessed(state.iterations() * 4096);
}
BENCHMARK(appendInMemory);

void syncOneSmallFile(benchmark::State& state) {
  const test::TempFolder folder;
  const auto files = storage::openFiles(folder.path());
  const Bytes bytes(8192);
  for (auto _ : state) {
    if (!storage::writeDurably(*files, "file", bytes, "bench")) state.SkipWithError("not written");
  }
}
BENCHMARK(syncOneSmallFile)->Unit(benchmark::kMillisecond)->UseRealTime();

/// A log on this disk with its queue in SQLite, synchronous=FULL.
struct DurableLog {
  DurableLog() {
    const auto done = storage::migrate(*database, storage::embeddedMigrations(), clock.now());
    if (!done) throw std::runtime_error(done.error().reason);
  }
  void queueLeaves(int count) {
    const auto done = transactions.run<bool>([&](work::Tx& tx) -> Result<bool> {
      for (int i = 0; i < count; ++i) {
        const auto added = queue.add(tx, audit::Log::Records, benchEntry(next++));
        if (!added) return added.error();
      }
      return true;
    });
    if (!done) throw std::runtime_error(done.error().reason);
  }

  test::TempFolder folder;
  SystemClock clock;
  crypto::SystemRandom random;
  std::unique_ptr<storage::Database> database =
      storage::openSqlite({.file = (folder / "bench.db").string()});
  storage::SqlTransactions transactions{*database, random};
  storage::SqlLeases leases;
  storage::SqlLeafQueue queue{clock, random};
  storage::SqlLogState state;
  std::unique_ptr<storage::Files> disk = storage::openFiles(folder.path());
  storage::TileFiles files{*disk};
  std::uint64_t next = 0;
};

void sequenceDurably(benchmark::State& state) {
  DurableLog log;
  const auto key = benchKey();
  audit::SequencerOptions options;
  options.origin = kBenchOrigin;
  options.holder = "bench";
  audit::Sequencer sequencer(
      {log.transactions, log.leases, log.queue, log.state, log.files}, key, log.clock, options);
  const auto batch = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    log.queueLeaves(batch);
    state.ResumeTiming();
    const auto done = sequencer.sequence();
    if (!done || *done != static_cast<std::uint64_t>(batch)) state.SkipWithError("not sequenced");
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(sequenceDurably)
    ->Arg(1)
    ->Arg(256)
    ->Arg(4096)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Ten million leaves as tiles on this disk; not synced, since only reading is measured.
struct ManyLeaves {
  ManyLeaves() {
    std::set<std::string> folders;
    std::vector<Hash> leaves(kTileWidth);
    while (builder.size() < kManyLeaves) {
      for (std::uint64_t i = 0; i < kTileWidth; ++i)
        leaves[i] = leafHash(benchEntry(builder.size() + i));
      leaves.resize(std::min(kTileWidth, kManyLeaves - builder.size()));
      for (const auto& tile : builder.append(leaves)) {
        const bool last = tile.id.width == tileWidth(kManyLeaves, tile.id.level, tile.id.index);
        if (last) write(tilePath(tile.id), tile.bytes);
      }
    }
  }
  void write(const std::string& path, BytesView bytes) {
    std::filesystem::create_directories((folder / path).parent_path());
    folder.write(path, bytes);
  }

  test::TempFolder folder;
  TileBuilder builder;
};

void proveAmongTenMillion(benchmark::State& state) {
  static const ManyLeaves kMany;
  const auto disk = storage::openFiles(kMany.folder.path());
  const storage::TileFiles files(*disk);
  std::mt19937_64 chance(1);
  for (auto _ : state) {
    const auto index = chance() % kManyLeaves;
    const TileTree tree(files, kManyLeaves);
    const auto proof = tree.inclusion(index);
    if (!proof ||
        checkInclusion(kMany.builder.head(), index, leafHash(benchEntry(index)), *proof) !=
            ProofVerdict::Good) {
      state.SkipWithError("no proof");
    }
  }
}
BENCHMARK(proveAmongTenMillion)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace congvan::tlog

BENCHMARK_MAIN();
