// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"
#include "trust/tlog/witness.h"

#include <atomic>
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

/// Gets one witness's cosignature on each checkpoint that one log publishes (C2SP tlog-witness).
///
/// Nothing waits for it: a witness that is away only leaves its signature out. `turn` is for one
/// thread.
class Witnessing {
 public:
  /// All must outlive this.
  Witnessing(LogFiles& files, WitnessClient& client, const tlog::NoteVerifier& witness)
      : files_(files), client_(client), witness_(witness) {}

  /// Asks, unless the published checkpoint bears the cosignature already and this object has asked
  /// before.
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

  LogFiles& files_;
  WitnessClient& client_;
  const tlog::NoteVerifier& witness_;
  bool asked_ = false;           // and was answered with a cosignature
  std::uint64_t seen_size_ = 0;  // by the witness; when wrong, it says so
  std::atomic<std::uint64_t> cosigned_size_ = 0;
};

}  // namespace congvan::audit
