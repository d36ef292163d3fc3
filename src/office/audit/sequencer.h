// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "office/audit/leaf_queue.h"
#include "office/audit/log_files.h"
#include "office/audit/log_state.h"
#include "office/work/jobs.h"
#include "office/work/transactions.h"
#include "trust/tlog/checkpoint.h"
#include "trust/tlog/tree.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace congvan::audit {

struct SequencerOptions {
  Log log = Log::Records;
  std::string origin;  ///< first line of every checkpoint; must be the name of the key
  std::string holder;  ///< this process, for the lease
  int batch_leaves_most = 4096;
  std::size_t batch_bytes_most = 16U << 20U;
  std::chrono::milliseconds longest_wait{1000};  ///< a queued leaf waits no longer for its batch
  std::chrono::seconds lease{15};
};

/// Gives queued leaves their place in one log and signs a checkpoint over them. README.md beside
/// this file says in which order, and what a crash at each step leaves.
///
/// `sequence` and `run` are for one thread; `wake` and `waitForIndex` are safe from any.
class Sequencer {
 public:
  struct Stores {
    work::Transactions& transactions;
    work::Leases& leases;
    LeafQueue& queue;
    LogState& state;
    LogFiles& files;
  };

  /// What it is given must outlive it. Throws when the key's name is not the origin.
  Sequencer(const Stores& stores,
            const tlog::NoteKey& key,
            const Clock& clock,
            SequencerOptions options);

  /// One batch: the number of leaves that got their place, 0 when none was due or another process
  /// holds the lease. The first batch of a new log is its empty tree.
  ///
  /// Unavailable `storage_unavailable`, `storage_full`: nothing was lost, call again later.
  /// Unavailable `commit_unknown`: the batch may be in or not. This object then refuses every call
  /// with Unavailable `sequencer_stopped`; a new one, made after a restart, finds out. Conflict
  /// `log_state_behind`: the head is behind the published checkpoint, so the database was put back
  /// to an earlier state; going on would sign a second history. A person must act. Conflict
  /// `tree_root_differs`, NotFound `tile_missing`, Malformed `tile_malformed`: the files are not
  /// those of the head. A person must act.
  Result<std::uint64_t> sequence();

  /// Batch after batch until asked to stop or until a refusal that time does not heal, which it
  /// returns. Faults pass through; called again, it reads afresh what is true and goes on.
  Result<> run(const std::stop_token& stop);

  /// This process was the one that sequences when last asked. Safe from any thread.
  bool holdsLog() const { return holder_; }

  /// There is something to do: called after the commit that queued a leaf.
  void wake();

  /// Waits until the leaf has its place and a published checkpoint covers it.
  ///
  /// Unavailable `leaf_waiting`: not within `longest`; it is still queued and will come.
  /// NotFound `leaf_not_queued`. Any process may ask, whoever holds the lease.
  Result<std::uint64_t> waitForIndex(LeafId leaf, std::chrono::milliseconds longest);

 private:
  struct Position {
    tlog::TileBuilder builder;
    Bytes bundle;  ///< the entries of the last, partial bundle
  };
  struct Plan {
    LogBatch batch;
    LogHead head;
    Position after;
    std::vector<LeafId> leaves;
    std::uint64_t first_index = 0;
  };

  std::string leaseName() const;
  Result<bool> holdLease();
  Result<> recover();
  Result<Position> readPosition(const tlog::TreeHead& head) const;
  Result<> refuseToGoBack(const std::optional<LogHead>& head) const;
  Result<std::vector<QueuedLeaf>> readDue();
  Plan plan(const std::vector<QueuedLeaf>& due) const;
  Result<> commit(const Plan& plan);
  Result<> makeVisible(const LogHead& head);
  Result<std::optional<std::uint64_t>> publishedIndex(LeafId leaf);

  const Stores stores_;
  const tlog::NoteKey& key_;
  const Clock& clock_;
  const SequencerOptions options_;

  std::optional<Position> position_;  // nullopt until recovered, and again after any failure
  std::optional<tlog::TreeHead> committed_;
  bool stopped_ = false;
  std::atomic<bool> holder_ = false;

  std::mutex mutex_;  // guards the two below
  std::condition_variable_any changed_;
  std::uint64_t wakes_ = 0;
  std::uint64_t batches_ = 0;
};

}  // namespace congvan::audit
