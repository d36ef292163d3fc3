// SPDX-License-Identifier: Apache-2.0
#include "app/bench/durable_log.h"

#include "edge/storage/migrations.h"
#include "edge/storage/sqlite_driver.h"
#include "trust/tlog/leaf.h"

#include <stdexcept>

namespace congvan::bench {
namespace {

constexpr std::string_view kOrigin = "bench.example/records";

audit::SequencerOptions sequencerOptions() {
  audit::SequencerOptions options;
  options.origin = kOrigin;
  options.holder = "bench";
  return options;
}

}  // namespace

Bytes logEntry(std::uint64_t number) {
  tlog::EventLeaf leaf;
  for (unsigned i = 0; i < 8; ++i)
    leaf.commitment[i] = static_cast<std::uint8_t>(number >> (8U * i));
  return *tlog::encodeLeaf(leaf);
}

DurableLog::DurableLog(const std::filesystem::path& folder)
    : database_(storage::openSqlite({.file = (folder / "bench.db").string()})),
      disk_(storage::openFiles(folder)),
      key_(*tlog::NoteKey::fromSeed(kOrigin, crypto::SecretBytes(BytesView(Bytes(32, 1))))),
      sequencer_(
          {transactions_, leases_, queue_, state_, files_}, key_, clock_, sequencerOptions()) {
  const auto done = storage::migrate(*database_, storage::embeddedMigrations(), clock_.now());
  if (!done) throw std::runtime_error(done.error().reason);
}

void DurableLog::queueLeaves(int count) {
  const auto done = transactions_.run<bool>([&](work::Tx& tx) -> Result<bool> {
    for (int i = 0; i < count; ++i) {
      const auto added = queue_.add(tx, audit::Log::Records, logEntry(next_++));
      if (!added) return added.error();
    }
    return true;
  });
  if (!done) throw std::runtime_error(done.error().reason);
}

bool DurableLog::sequence(int count) {
  const auto done = sequencer_.sequence();
  return done && *done == static_cast<std::uint64_t>(count);
}

}  // namespace congvan::bench
