// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/files.h"
#include "office/audit/log_files.h"

#include <mutex>
#include <set>
#include <string>

namespace congvan::storage {

struct TileFilesOptions {
  /// Below the root of `Files`; "" for the root itself. Must exist.
  std::string folder = {};
  /// Names this node's temporary files; two nodes that share the folder need different ones.
  std::string writer = "node";
  /// How many cosignatures make a checkpoint worth keeping as `cosigned`; 0: none is.
  unsigned cosignatures_wanted = 0;
};

/// One log as files, in the layout that C2SP tlog-tiles serves: `checkpoint`, `tile/…`, and beside
/// them `pending/` with staged batches, one file each, which nobody serves, and `cosigned`, the
/// newest checkpoint that witnesses vouch for.
///
/// A staged batch is a single file, so staging is one sync however many tiles it has. `settle` then
/// gives each tile its own name through a temporary file and a rename. A visible file that differs
/// from what a committed batch says is a fault: the log on the disk is not the one that was
/// committed.
class TileFiles final : public audit::LogFiles {
 public:
  explicit TileFiles(Files& files, TileFilesOptions options = {});

  Result<> stage(const audit::LogBatch& batch) override;
  Result<> settle(const tlog::TreeHead& committed) override;
  Result<> publish(std::string_view checkpoint) override;
  Result<std::optional<std::string>> published() const override;
  Result<std::string> cosign(const std::string& checkpoint,
                             const tlog::NoteSignature& signature) override;
  Result<std::optional<std::string>> cosigned() const override;

  Result<std::vector<tlog::Hash>> hashes(const tlog::TileId& tile) const override;
  Result<Bytes> bundle(const tlog::TileId& tile) const override;

  /// The file of exactly this tile, for serving. NotFound `tile_missing`.
  Result<std::unique_ptr<FileView>> open(const tlog::TileId& tile) const;

 private:
  std::string path(std::string_view name) const;
  Result<> ensureFolder(std::string_view folder);
  Result<> writeUnsettled(std::string_view target, BytesView bytes, std::string_view by = "");
  Result<std::optional<std::string>> readCheckpoint(std::string_view name) const;
  Result<bool> isNewerThanCosigned(const tlog::Note& note) const;
  Result<> install(const audit::LogBatch& batch);
  Result<bool> installFile(const audit::LogBatch::File& file);
  Result<> removePartials(const audit::LogBatch& batch);
  Result<> forgetPending(std::uint64_t committed_size);

  Files& files_;
  const TileFilesOptions options_;
  std::set<std::string, std::less<>> known_folders_;  // made durable by this object
  std::mutex checkpoint_mutex_;                       // between `publish` and `cosign`
};

}  // namespace congvan::storage
