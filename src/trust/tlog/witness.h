// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/checkpoint.h"

#include <string>
#include <string_view>
#include <vector>

/// Witnessing a log (C2SP tlog-witness): the request `add-checkpoint` as bytes, and whether the
/// checkpoint in it continues what the witness has cosigned before.
///
/// No clock, no key and no memory here: who keeps them must take what was seen, judge, and store
/// what is seen now as one step, durably, before a cosignature leaves the house.
namespace congvan::tlog {

inline constexpr std::size_t kWitnessProofMost = 63;
inline constexpr std::size_t kAddCheckpointBytesMost = 64U << 10U;

/// The media type of an answer 409 that says how far the witness has seen.
inline constexpr std::string_view kSizeType = "text/x.tlog.size";

struct AddCheckpoint {
  std::uint64_t old_size = 0;  ///< what the witness is thought to have cosigned last
  Proof proof;                 ///< from there to the checkpoint
  std::string checkpoint;      ///< a signed note
  bool operator==(const AddCheckpoint&) const = default;
};

/// `old <size>`, the hashes of the proof, an empty line, the checkpoint.
std::string addCheckpointText(const AddCheckpoint& request);
/// Malformed `add_checkpoint_malformed`: of another form, more than `kWitnessProofMost` hashes, or
/// what follows is no signed checkpoint. TooLarge `add_checkpoint_too_large`: over
/// `kAddCheckpointBytesMost`.
Result<AddCheckpoint> parseAddCheckpoint(std::string_view body);

/// A request whose checkpoint one of the witness's logs has signed.
struct Submission {
  AddCheckpoint request;
  Checkpoint checkpoint;
  Note note;  ///< with the log's signatures alone
};

/// Reads a request and finds whose it is. `logs`: keys named as the origins that are witnessed, no
/// key twice.
///
/// Refusals of `parseAddCheckpoint`. NotFound `witness_log_unknown`: none of them has this origin.
/// Forbidden `checkpoint_not_signed`: its key did not sign. Malformed `witness_old_size`: the old
/// size is above that of the checkpoint.
Result<Submission> openSubmission(std::string_view body, const std::vector<NoteVerifier>& logs);

/// Nothing was seen yet of a log.
TreeHead nothingSeen();

/// May a witness that has `seen` this much cosign what was submitted?
///
/// Conflict `witness_size_differs` with `size`: the old size is not that of `seen`. RuleRefused
/// `witness_proof_wrong`: the proof does not lead from `seen` to the checkpoint; from size 0 there
/// is none, and of one size there is one root.
Result<> continuesFrom(const TreeHead& seen, const Submission& submission);

/// What the answer 409 says. Malformed `witness_answer_malformed`: not a number and a line feed.
Result<std::uint64_t> parseSizeAnswer(std::string_view body);

/// The cosignature of `witness` in its answer 200 to a checkpoint of this text. Malformed
/// `witness_answer_malformed`: no signature lines, or none by this key. Forbidden
/// `cosignature_wrong`: one by this key that does not hold.
Result<NoteSignature> takeCosignature(std::string_view lines,
                                      std::string_view checkpoint_text,
                                      const NoteVerifier& witness);

/// `note` with one more signature, in place of an earlier one by the same key. Refusals as
/// `parseNote`; Malformed `note_malformed` also when it would have too many.
Result<std::string> withSignature(std::string_view note, const NoteSignature& signature);

}  // namespace congvan::tlog
