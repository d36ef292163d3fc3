// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/data_folder.h"
#include "app/job_loop.h"
#include "app/settings.h"
#include "edge/storage/files.h"
#include "edge/storage/tile_files.h"
#include "office/audit/sequencer.h"
#include "office/audit/witnessing.h"
#include "office/authority/authority.h"

#include <memory>
#include <string>
#include <vector>

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
             const Clock& clock,
             const WitnessSettings& witnesses);
  ~RunningLog();
  RunningLog(const RunningLog&) = delete;
  RunningLog& operator=(const RunningLog&) = delete;

  /// Starts the thread. While sequencing cannot go on, `failure` says why and the service is not
  /// ready.
  void start();
  void stop();
  std::optional<Error> failure() const { return loop_.trouble(); }

  struct Published {
    std::uint64_t leaves = 0;
    std::chrono::duration<double> age{};
    std::size_t cosignatures = 0;
  };
  /// The checkpoint that everybody sees now; nullopt: there is none yet.
  std::optional<Published> published() const;

  struct WitnessState {
    std::string_view name;
    std::uint64_t leaves = 0;      ///< under the largest checkpoint it has cosigned
    std::optional<Error> trouble;  ///< why its last turn came to nothing
  };
  /// Each witness that is asked. Whatever ails them, the log goes on.
  std::vector<WitnessState> witnesses() const;

  audit::Sequencer& sequencer() { return sequencer_; }
  storage::TileFiles& files() { return tiles_; }
  const tlog::NoteVerifier& verifier() const { return key_.verifier(); }

 private:
  struct Witness;
  void startWitnesses();

  std::filesystem::path folder_;
  std::unique_ptr<storage::Files> root_;
  storage::TileFiles tiles_;
  tlog::NoteKey key_;
  audit::Sequencer sequencer_;
  JobLoop loop_;
  audit::CosigningRound round_{tiles_};
  std::vector<std::unique_ptr<Witness>> witnesses_;
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
