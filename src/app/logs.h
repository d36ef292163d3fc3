// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/data_folder.h"
#include "edge/storage/files.h"
#include "edge/storage/tile_files.h"
#include "office/audit/sequencer.h"
#include "office/authority/authority.h"

#include <memory>
#include <string>
#include <thread>

namespace congvan::app {

/// One Merkle log with its files, key and sequencer, and the thread that runs it.
class RunningLog {
 public:
  struct Stores {
    work::Transactions& transactions;
    work::Leases& leases;
    audit::LeafQueue& queue;
    audit::LogState& state;
  };
  /// The key's name is the log's origin: `example.gov.vn/log/issuance`, from the public address.
  RunningLog(const DataFolder& folder,
             audit::Log log,
             tlog::NoteKey key,
             const std::string& node,
             const Stores& stores,
             const Clock& clock);
  ~RunningLog();
  RunningLog(const RunningLog&) = delete;
  RunningLog& operator=(const RunningLog&) = delete;

  /// Starts the thread. When sequencing ends for a reason that time does not heal, `failure` says
  /// so and the service is no longer ready.
  void start();
  void stop();
  std::optional<Error> failure() const;

  struct Published {
    std::uint64_t leaves = 0;
    std::chrono::duration<double> age{};
  };
  /// The checkpoint that everybody sees now; nullopt: there is none yet.
  std::optional<Published> published() const;

  audit::Sequencer& sequencer() { return sequencer_; }
  storage::TileFiles& files() { return tiles_; }
  const tlog::NoteVerifier& verifier() const { return key_.verifier(); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<storage::Files> root_;
  storage::TileFiles tiles_;
  tlog::NoteKey key_;
  audit::Sequencer sequencer_;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
  std::jthread thread_;
};

/// The authority's view of the issuance log.
class SequencedIssuanceLog final : public authority::IssuanceLog {
 public:
  SequencedIssuanceLog(audit::LeafQueue& queue, audit::Sequencer& sequencer)
      : queue_(queue), sequencer_(sequencer) {}
  Result<Uuid> add(work::Tx& tx, BytesView leaf) override;
  Result<std::uint64_t> wait(const Uuid& queued) override;

 private:
  audit::LeafQueue& queue_;
  audit::Sequencer& sequencer_;
};

}  // namespace congvan::app
