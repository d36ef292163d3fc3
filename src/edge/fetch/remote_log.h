// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/fetch/http_client.h"
#include "trust/tlog/tile.h"

#include <string>
#include <string_view>

namespace congvan::fetch {

/// A public log as C2SP tlog-tiles serves it, below one address. Nothing that comes back is
/// believed, and nothing is fetched from anywhere else. Safe from any thread.
class RemoteLog final : public tlog::TileReader, public tlog::BundleReader {
 public:
  /// `url`: what stands before `/checkpoint`. Whoever looks at a log names it, so any address is
  /// allowed.
  explicit RemoteLog(std::string url);

  /// The published note, unread. Refusals of `send`; Unavailable `remote_log_refused` with `status`
  /// and `file`; NotFound `checkpoint_missing`.
  Result<std::string> checkpoint() const;
  /// The newest that the log's witnesses vouch for, as our logs serve it beside. Likewise.
  Result<std::string> cosigned() const;

  /// Likewise; NotFound `tile_missing` with `file`.
  Result<std::vector<tlog::Hash>> hashes(const tlog::TileId& tile) const override;
  Result<Bytes> bundle(const tlog::TileId& tile) const override;

 private:
  Result<std::string> readNote(const std::string& path) const;
  Result<Bytes> read(const std::string& path, std::size_t bytes_most) const;
  Result<Bytes> readTile(const tlog::TileId& tile, std::size_t bytes_most) const;

  std::string url_;
};

}  // namespace congvan::fetch
