// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/remote_log.h"

#include <algorithm>

namespace congvan::fetch {
namespace {

constexpr std::size_t kCheckpointBytes = 1U << 20U;
constexpr std::size_t kTileBytes = tlog::kTileWidth * tlog::kHashSize;
constexpr std::size_t kBundleBytes = tlog::kTileWidth * (tlog::kEntryBytesMost + 2);
constexpr std::chrono::seconds kFileTime{30};

}  // namespace

RemoteLog::RemoteLog(std::string url) : url_(std::move(url)) {
  while (url_.ends_with('/')) url_.pop_back();
}

Result<Bytes> RemoteLog::read(const std::string& path, std::size_t bytes_most) const {
  constexpr int kOk = 200;
  constexpr int kNotFound = 404;
  auto reply = send(Get{.url = url_ + "/" + path},
                    {.time = kFileTime, .reply_bytes = bytes_most, .addresses = Addresses::Any});
  if (!reply) return reply.error();
  if (reply->status == kNotFound)
    return Error{Code::NotFound, "tile_missing", {{"file", path}}, path};
  if (reply->status != kOk) {
    return Error{Code::Unavailable,
                 "remote_log_refused",
                 {{"status", std::to_string(reply->status)}, {"file", path}}};
  }
  return std::move(reply->body);
}

/// A partial file goes away when the full one is there.
Result<Bytes> RemoteLog::readTile(const tlog::TileId& tile, std::size_t bytes_most) const {
  auto bytes = read(tlog::tilePath(tile), bytes_most);
  const bool gone = !bytes && bytes.error().code == Code::NotFound && tile.partial();
  return gone ? read(tlog::tilePath(tile.full()), bytes_most) : std::move(bytes);
}

Result<std::string> RemoteLog::checkpoint() const {
  return readNote("checkpoint");
}

Result<std::string> RemoteLog::cosigned() const {
  return readNote("cosigned");
}

Result<std::string> RemoteLog::readNote(const std::string& path) const {
  const auto bytes = read(path, kCheckpointBytes);
  if (bytes) return toText(*bytes);
  if (bytes.error().code == Code::NotFound) return Error{Code::NotFound, "checkpoint_missing"};
  return bytes.error();
}

Result<std::vector<tlog::Hash>> RemoteLog::hashes(const tlog::TileId& tile) const {
  const auto bytes = readTile(tile, kTileBytes);
  if (!bytes) return bytes.error();
  const auto width = std::max(tile.width, static_cast<unsigned>(bytes->size() / tlog::kHashSize));
  return tlog::parseTile(*bytes, width);
}

Result<Bytes> RemoteLog::bundle(const tlog::TileId& tile) const {
  return readTile(tile, kBundleBytes);
}

}  // namespace congvan::fetch
