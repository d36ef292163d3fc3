// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/audit_store.h"
#include "edge/storage/files.h"
#include "edge/storage/jobs.h"
#include "edge/storage/tile_files.h"
#include "edge/storage/transactions.h"
#include "office/audit/sequencer.h"
#include "trust/crypto/random.h"
#include "trust/tlog/note.h"

#include <filesystem>

namespace congvan::bench {

/// The entry of a leaf, different for each number.
Bytes logEntry(std::uint64_t number);

/// A log in a folder, its queue in SQLite with synchronous=FULL: everything synced to that disk.
class DurableLog {
 public:
  /// Throws when the folder cannot be used.
  explicit DurableLog(const std::filesystem::path& folder);

  void queueLeaves(int count);
  /// Whether the next batch took exactly so many leaves in.
  bool sequence(int count);

 private:
  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<storage::Database> database_;
  storage::SqlTransactions transactions_{*database_, random_};
  storage::SqlLeases leases_;
  storage::SqlLeafQueue queue_{clock_, random_};
  storage::SqlLogState state_;
  std::unique_ptr<storage::Files> disk_;
  storage::TileFiles files_{*disk_};
  tlog::NoteKey key_;
  audit::Sequencer sequencer_;
  std::uint64_t next_ = 0;
};

}  // namespace congvan::bench
