// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/note.h"
#include "trust/tlog/proof.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Checkpoints (C2SP tlog-checkpoint): what a log says about itself, as a signed note.
namespace congvan::tlog {

struct Checkpoint {
  std::string origin;  ///< names the log; for ours the address without scheme
  TreeHead head;
  std::vector<std::string> extensions;  ///< carried along, never made by us
  bool operator==(const Checkpoint&) const = default;
};

/// The text that is signed: origin, size and root, a line each.
std::string checkpointText(const Checkpoint& checkpoint);
/// Malformed `checkpoint_malformed`: another form, an empty origin or extension, a root that is not
/// 32 bytes.
Result<Checkpoint> parseCheckpoint(std::string_view text);

/// The signed note that a log publishes.
std::string signCheckpoint(const Checkpoint& checkpoint, const NoteKey& key);

/// A checkpoint whose signature was judged.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  OpenedNote note;
};

/// Reads a signed checkpoint and judges its signatures. For a log, `known` holds a key whose name
/// is the origin: a note verified by witnesses only says nothing about the log, so ask
/// `verifiedBy`. Refusals as `parseNote` and `parseCheckpoint`.
Result<OpenedCheckpoint> openCheckpoint(std::string_view bytes,
                                        const std::vector<NoteVerifier>& known);

/// The next line without its line feed, taken off `rest`; nullopt at the end or when the line feed
/// is missing.
std::optional<std::string_view> takeLine(std::string_view& rest);

/// No known key failed, and this one signed.
bool verifiedBy(const OpenedNote& note, const NoteVerifier& key);

/// `c2sp.org/tlog-proof@v1`: an inclusion proof with its checkpoint in one text file.
struct InclusionEvidence {
  std::uint64_t index = 0;
  Proof proof;
  std::string checkpoint;  ///< the signed note as published, cosignatures and all
  Bytes extra;             ///< optional line of the format; ours are empty
};

std::string evidenceText(const InclusionEvidence& evidence);
/// Malformed `tlog_proof_malformed`, also when the checkpoint is. TooLarge `note_too_large`.
Result<InclusionEvidence> parseEvidence(std::string_view text);

enum class EvidenceVerdict {
  Good,
  NotSigned,    ///< the log's key did not sign the checkpoint, or a known signature does not hold
  WrongOrigin,  ///< the checkpoint names another log than the key
  WrongProof,   ///< the proof does not lead from the leaf to the root
};

/// Does the log with this key vouch for `leaf`? Offline: everything needed is in the evidence.
/// Malformed as `parseCheckpoint`.
Result<EvidenceVerdict> checkEvidence(const InclusionEvidence& evidence,
                                      const Hash& leaf,
                                      const NoteVerifier& log_key);

}  // namespace congvan::tlog
