// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "edge/storage/files.h"
#include "trust/tlog/witness.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace congvan::app {

/// A witness of other people's logs: one key, one folder, and for each log the checkpoint that was
/// cosigned last.
///
///   witness.key     seed of the key, 0600           witness.vkey    its public side
///   ID.checkpoint   cosigned last, with both signatures; ID is the SHA-256 of the log's origin
///   ID.fork         another history of the same size that the log has signed; the first one seen
///   lock            held by the process that runs
///
/// The folder is the witness's memory: put back to an earlier state it would cosign two histories.
/// A damaged memory is refused, never taken for an empty one. Safe from any thread.
class Witness {
 public:
  struct Options {
    std::filesystem::path folder;          ///< made when it is not there
    std::string name;                      ///< of a new key; empty: one made of the key itself
    std::vector<tlog::NoteVerifier> logs;  ///< each key once, named as the origin
  };
  /// Conflict `witness_in_use`: another process runs on the folder. Conflict `witness_key_changed`:
  /// the key or its name is another than `witness.vkey` says. NotFound `log_key_missing`. Malformed
  /// `note_key_name`, `witness_state_damaged` with `file`. Unavailable `output_unwritable`.
  static Result<std::unique_ptr<Witness>> open(const Options& options,
                                               const Clock& clock,
                                               Random& random);
  ~Witness();
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  const tlog::NoteVerifier& verifier() const { return key_.verifier(); }

  /// The signature lines that answer an `add-checkpoint` request; what is seen now is durable when
  /// this returns. Refusals of `openSubmission` and `continuesFrom`; Unavailable `storage_full`.
  Result<std::string> addCheckpoint(std::string_view body);

  /// The checkpoint that was cosigned last of the log whose origin has this SHA-256 in hex.
  /// NotFound `checkpoint_missing`.
  Result<std::string> latest(const std::string& log_id) const;

 private:
  struct Seen {
    tlog::TreeHead head = tlog::nothingSeen();
    std::string note;  ///< empty: nothing yet
  };
  Witness(int locked,
          std::unique_ptr<storage::Files> files,
          tlog::NoteKey key,
          std::vector<tlog::NoteVerifier> logs,
          const Clock& clock);
  Result<> recall();
  Result<> keepFork(const std::string& id, const tlog::Submission& submission);

  const int locked_;
  const std::unique_ptr<storage::Files> files_;
  const tlog::NoteKey key_;
  const std::vector<tlog::NoteVerifier> logs_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // one request at a time: looked at, judged and stored as one step
  std::map<std::string, Seen> seen_;
};

}  // namespace congvan::app
