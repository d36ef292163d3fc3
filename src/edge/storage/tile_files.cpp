// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/tile_files.h"

#include "edge/storage/batch_file.h"
#include "trust/tlog/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace congvan::storage {
namespace {

constexpr std::uint64_t kCheckpointBytesMost = 1U << 20U;
constexpr std::uint64_t kTileBytesMost = tlog::kTileWidth * (tlog::kEntryBytesMost + 2);
constexpr std::string_view kPendingFolder = "pending";
constexpr std::string_view kCheckpointName = "checkpoint";
constexpr std::string_view kCosignedName = "cosigned";

Error missingTile(const tlog::TileId& tile) {
  return Error{Code::NotFound, "tile_missing", {}, tlog::tilePath(tile)};
}

std::string partialFolder(const tlog::TileId& full) {
  return tlog::tilePath(full) + ".p";
}

}  // namespace

TileFiles::TileFiles(Files& files, TileFilesOptions options)
    : files_(files), options_(std::move(options)) {}

std::string TileFiles::path(std::string_view name) const {
  return options_.folder.empty() ? std::string(name) : fmt::format("{}/{}", options_.folder, name);
}

Result<> TileFiles::ensureFolder(std::string_view folder) {
  if (known_folders_.contains(folder)) return kDone;
  const auto made = files_.makeFolders(folder);
  if (made) known_folders_.emplace(folder);
  return made;
}

/// The bytes are on the disk under the target's name; the folder is for the caller to sync. The
/// temporary file lies in `pending`, so a crash leaves nothing among the tiles.
Result<> TileFiles::writeUnsettled(std::string_view target, BytesView bytes, std::string_view by) {
  const auto temporary = path(fmt::format("{}/{}{}.tmp", kPendingFolder, options_.writer, by));
  const auto stale = files_.remove(temporary);
  if (!stale) return stale;
  {
    const auto file = files_.create(temporary);
    if (!file) return file.error();
    auto written = (*file)->write(bytes);
    if (written) written = (*file)->sync();
    if (!written) return written;
  }
  return files_.rename(temporary, target);
}

Result<> TileFiles::stage(const audit::LogBatch& batch) {
  const auto folder = path(kPendingFolder);
  auto done = ensureFolder(folder);
  if (done)
    done = writeUnsettled(fmt::format("{}/{}", folder, batchName(batch.head)), encodeBatch(batch));
  if (done) done = files_.syncFolder(folder);
  return done;
}

Result<> TileFiles::settle(const tlog::TreeHead& committed) {
  const auto staged = files_.open(path(fmt::format("{}/{}", kPendingFolder, batchName(committed))));
  if (!staged && staged.error().code != Code::NotFound) return staged.error();
  if (staged) {
    const auto batch = parseBatch((*staged)->bytes());
    if (!batch || batch->head != committed) {
      throw std::runtime_error("staged batch is damaged: " + batchName(committed));
    }
    const auto installed = install(*batch);
    if (!installed) return installed;
  }
  return forgetPending(committed.size);
}

Result<> TileFiles::install(const audit::LogBatch& batch) {
  auto done = ensureFolder(path(kPendingFolder));
  std::set<std::string, std::less<>> folders;
  for (const auto& file : batch.files) {
    const auto folder = std::string(folderOf(path(tlog::tilePath(file.tile))));
    if (done) done = ensureFolder(folder);
    if (!done) return done;
    const auto installed = installFile(file);
    if (!installed) return installed.error();
    folders.insert(folder);  // also when the file was there: a crash may have come before the sync
  }
  for (const auto& folder : folders) {
    if (done) done = files_.syncFolder(folder);
  }
  return done ? removePartials(batch) : done;
}

/// True when it was written, false when it was there already.
Result<bool> TileFiles::installFile(const audit::LogBatch::File& file) {
  const auto target = path(tlog::tilePath(file.tile));
  const auto present = files_.open(target);
  if (present) {
    if (!std::ranges::equal((*present)->bytes(), file.bytes)) {
      throw std::runtime_error("a published tile would change: " + target);
    }
    return false;
  }
  if (present.error().code != Code::NotFound) return present.error();
  const auto written = writeUnsettled(target, file.bytes);
  if (!written) return written.error();
  return true;
}

/// Readers of older checkpoints fall back to the full tile, which is durable by now.
Result<> TileFiles::removePartials(const audit::LogBatch& batch) {
  for (const auto& file : batch.files) {
    if (file.tile.partial()) continue;
    const auto folder = path(partialFolder(file.tile));
    const auto entries = files_.list(folder);
    if (!entries) return entries.error();
    for (const auto& entry : *entries) {
      const auto removed = files_.remove(fmt::format("{}/{}", folder, entry.name));
      if (!removed) return removed;
    }
    if (entries->empty()) continue;
    const auto removed = files_.removeFolder(folder);
    if (!removed) return removed;
    known_folders_.erase(folder);
  }
  return kDone;
}

/// A batch that leads beyond the committed size may still be committed by another node: it stays.
Result<> TileFiles::forgetPending(std::uint64_t committed_size) {
  const auto folder = path(kPendingFolder);
  const auto entries = files_.list(folder);
  if (!entries) return entries.error();
  for (const auto& entry : *entries) {
    const auto size = batchSize(entry.name);
    if (!size || *size > committed_size) continue;
    const auto removed = files_.remove(fmt::format("{}/{}", folder, entry.name));
    if (!removed) return removed;
  }
  return kDone;
}

Result<> TileFiles::publish(std::string_view checkpoint) {
  const std::lock_guard lock(checkpoint_mutex_);
  auto done = ensureFolder(path(kPendingFolder));
  if (done) done = writeUnsettled(path(kCheckpointName), asBytes(checkpoint));
  if (done) done = files_.syncFolder(options_.folder);
  return done;
}

Result<std::string> TileFiles::cosign(const std::string& checkpoint,
                                      const tlog::NoteSignature& signature) {
  const std::lock_guard lock(checkpoint_mutex_);
  const auto next = tlog::withSignature(checkpoint, signature);
  if (!next) return next.error();
  const auto note = tlog::parseNote(*next);
  const auto shown = published();
  if (!shown) return shown.error();
  // A name of its own: batches are staged at the same time.
  Result<> done = kDone;
  if (*shown && (*shown)->starts_with(note->text)) {
    done = writeUnsettled(path(kCheckpointName), asBytes(*next), "-cosigned");
  }
  const auto cosignatures = std::ranges::count_if(
      note->signatures,
      [](const tlog::NoteSignature& one) { return tlog::cosignatureTime(one.value).has_value(); });
  if (done && options_.cosignatures_wanted > 0 && cosignatures >= options_.cosignatures_wanted) {
    const auto newer = isNewerThanCosigned(*note);
    if (!newer) return newer.error();
    if (*newer) done = writeUnsettled(path(kCosignedName), asBytes(*next), "-cosigned");
  }
  if (done) done = files_.syncFolder(options_.folder);
  if (!done) return done.error();
  return *next;
}

Result<bool> TileFiles::isNewerThanCosigned(const tlog::Note& note) const {
  const auto kept = cosigned();
  if (!kept) return kept.error();
  if (!*kept) return true;
  const auto before = tlog::parseNote(**kept);
  if (!before) return before.error();
  const auto known = tlog::parseCheckpoint(before->text);
  const auto now = tlog::parseCheckpoint(note.text);
  if (!known) return known.error();
  if (!now) return now.error();
  return now->head.size >= known->head.size;
}

Result<std::optional<std::string>> TileFiles::published() const {
  return readCheckpoint(kCheckpointName);
}

Result<std::optional<std::string>> TileFiles::cosigned() const {
  return options_.cosignatures_wanted == 0 ? published() : readCheckpoint(kCosignedName);
}

Result<std::optional<std::string>> TileFiles::readCheckpoint(std::string_view name) const {
  const auto bytes = files_.read(path(name), kCheckpointBytesMost);
  if (bytes) return std::optional(toText(*bytes));
  if (bytes.error().code == Code::NotFound) return std::optional<std::string>();
  return bytes.error();
}

Result<std::unique_ptr<FileView>> TileFiles::open(const tlog::TileId& tile) const {
  auto file = files_.open(path(tlog::tilePath(tile)));
  if (!file && file.error().code == Code::NotFound) return missingTile(tile);
  return file;
}

Result<std::vector<tlog::Hash>> TileFiles::hashes(const tlog::TileId& tile) const {
  auto found = open(tile);
  if (found) return tlog::parseTile((*found)->bytes(), tile.width);
  if (!tile.partial() || found.error().code != Code::NotFound) return found.error();
  found = open(tile.full());
  if (!found) return missingTile(tile);
  return tlog::parseTile((*found)->bytes(), tlog::kTileWidth);
}

Result<Bytes> TileFiles::bundle(const tlog::TileId& tile) const {
  for (const auto& id : {tile, tile.full()}) {
    auto bytes = files_.read(path(tlog::tilePath(id)), kTileBytesMost);
    if (bytes || bytes.error().code != Code::NotFound) return bytes;
  }
  return missingTile(tile);
}

}  // namespace congvan::storage
