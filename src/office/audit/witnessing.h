// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"
#include "trust/tlog/witness.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>

namespace congvan::audit {

/// A port: one witness, wherever it is.
class WitnessClient {
 public:
  virtual ~WitnessClient() = default;
  struct Cosigned {
    std::string lines;  ///< as the witness sent them
  };
  struct Seen {
    std::uint64_t size = 0;  ///< how far the witness has seen, when that is not the old size
  };
  /// Unavailable: no answer, or none that can be used. Conflict `witness_disagrees`: it says that
  /// this does not continue what it saw.
  virtual Result<std::variant<Cosigned, Seen>> ask(const tlog::AddCheckpoint& request) = 0;
};

/// The checkpoint that all witnesses of one log are asked about, while the log goes on: signatures
/// under different ones add up to nothing, and under steady load the newest is gone before a far
/// witness has answered. A next one is taken up when nobody is being asked. Safe from any thread.
class CosigningRound {
 public:
  /// `files` must outlive this.
  explicit CosigningRound(LogFiles& files) : files_(files) {}

  /// What to ask the witness of this name about, until it has `answered` or `failed`; nullopt: it
  /// has cosigned that. Refusals of the files.
  Result<std::optional<std::string>> join(const std::string& witness);
  Result<> answered(const std::string& witness, const tlog::NoteSignature& signature);
  void failed(const std::string& witness);

 private:
  LogFiles& files_;
  std::mutex mutex_;
  std::string note_;  // empty: no round yet
  std::set<std::string> asked_;
  std::set<std::string> cosigned_;
};

/// Gets one witness's cosignature on the checkpoints that one log publishes (C2SP tlog-witness).
///
/// Nothing waits for it: a witness that is away only leaves its signature out. `turn` is for one
/// thread.
class Witnessing {
 public:
  /// All must outlive this.
  Witnessing(LogFiles& files,
             CosigningRound& round,
             WitnessClient& client,
             const tlog::NoteVerifier& witness)
      : files_(files), round_(round), client_(client), witness_(witness) {}

  /// Asks about the round's checkpoint, unless it has cosigned that since this object was made.
  ///
  /// Refusals of the client and of the files. Conflict `witness_ahead`: the witness has seen more
  /// of this log than there is, so that the log was put back to an earlier state. Conflict
  /// `witness_disagrees`: it has seen another history. Forbidden `cosignature_wrong`, Malformed
  /// `witness_answer_malformed`.
  Result<> turn();

  /// The largest checkpoint with its cosignature, as far as this object knows. Safe from any
  /// thread.
  std::uint64_t cosignedSize() const { return cosigned_size_; }

 private:
  Result<tlog::AddCheckpoint> request(const std::string& note, const tlog::TreeHead& head) const;
  Result<tlog::NoteSignature> ask(const std::string& note);

  LogFiles& files_;
  CosigningRound& round_;
  WitnessClient& client_;
  const tlog::NoteVerifier& witness_;
  std::uint64_t seen_size_ = 0;  // by the witness; when wrong, it says so
  std::atomic<std::uint64_t> cosigned_size_ = 0;
};

}  // namespace congvan::audit
