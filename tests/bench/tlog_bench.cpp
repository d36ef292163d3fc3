// SPDX-License-Identifier: Apache-2.0
#include "app/bench/durable_log.h"
#include "tests/support/shell.h"
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

void sequenceDurably(benchmark::State& state) {
  const test::TempFolder folder;
  bench::DurableLog log(folder.path());
  const auto batch = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    log.queueLeaves(batch);
    state.ResumeTiming();
    if (!log.sequence(batch)) state.SkipWithError("not sequenced");
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
        leaves[i] = leafHash(bench::logEntry(builder.size() + i));
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
        checkInclusion(kMany.builder.head(), index, leafHash(bench::logEntry(index)), *proof) !=
            ProofVerdict::Good) {
      state.SkipWithError("no proof");
    }
  }
}
BENCHMARK(proveAmongTenMillion)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace congvan::tlog

BENCHMARK_MAIN();
