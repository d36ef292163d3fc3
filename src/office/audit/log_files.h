// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "trust/tlog/note.h"
#include "trust/tlog/proof.h"
#include "trust/tlog/tile.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace congvan::audit {

/// What one batch adds to the files of a log: hash tiles and entry bundles, full and partial.
struct LogBatch {
  struct File {
    tlog::TileId tile;
    Bytes bytes;
  };
  tlog::TreeHead head;  ///< the tree once the batch is in
  std::vector<File> files;
};

/// A port: the files of one log. Readers see only what a committed batch holds; a file once seen
/// never changes. Reading is safe from any thread; writing is for the holder of the log's lease.
class LogFiles : public tlog::TileReader, public tlog::BundleReader {
 public:
  /// Keeps a batch aside, durable when this returns and invisible to readers.
  /// Unavailable `storage_full`.
  virtual Result<> stage(const LogBatch& batch) = 0;
  /// Makes the files those of `committed`: puts in the staged batch that leads to it, if that has
  /// not happened yet, and forgets batches that can no longer be committed. Durable when this
  /// returns; may be repeated. Unavailable `storage_full`. A staged batch that is damaged is a
  /// fault.
  virtual Result<> settle(const tlog::TreeHead& committed) = 0;
  /// Replaces the published checkpoint, after `settle`.
  virtual Result<> publish(std::string_view checkpoint) = 0;
  /// Adds a witness's signature to `checkpoint`, a note that was published, and answers that note:
  /// to what readers see while it is still the published one, and to `cosigned` when it has as many
  /// as are wanted and none of a larger tree had. Safe beside the writer. Unavailable
  /// `storage_full`.
  virtual Result<std::string> cosign(const std::string& checkpoint,
                                     const tlog::NoteSignature& signature) = 0;
  /// The newest published checkpoint that had as many cosignatures as are wanted; nullopt: there
  /// was none. Where none are wanted it is what readers see.
  virtual Result<std::optional<std::string>> cosigned() const = 0;
  /// The checkpoint that readers see; nullopt: none yet.
  virtual Result<std::optional<std::string>> published() const = 0;
};

}  // namespace congvan::audit
