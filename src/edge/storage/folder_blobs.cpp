// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/folder_blobs.h"

#include "base/encoding.h"
#include "trust/crypto/digest.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace congvan::storage {
namespace {

constexpr std::string_view kTemporaryFolder = "tmp";

std::string blobFolder(const work::BlobHash& hash) {
  const auto hex = hash.hex();
  return hex.substr(0, 2) + "/" + hex.substr(2, 2);
}

std::string blobPath(const work::BlobHash& hash) {
  return blobFolder(hash) + "/" + hash.hex();
}

work::BlobHash hashOf(const Bytes& digest) {
  work::BlobHash hash;
  std::ranges::copy(digest, hash.bytes.begin());
  return hash;
}

bool matches(const work::BlobHash& hash, BytesView bytes) {
  return hashOf(crypto::digest(crypto::DigestAlgorithm::Sha256, bytes)) == hash;
}

class MappedBlob final : public work::OpenBlob {
 public:
  explicit MappedBlob(std::unique_ptr<FileView> view) : view_(std::move(view)) {}
  BytesView bytes() const override { return view_->bytes(); }

 private:
  std::unique_ptr<FileView> view_;
};

}  // namespace

class FolderBlobWriter final : public work::BlobWriter {
 public:
  FolderBlobWriter(FolderBlobs& blobs,
                   std::string temporary,
                   std::unique_ptr<NewFile> file,
                   std::uint64_t limit)
      : blobs_(blobs), temporary_(std::move(temporary)), file_(std::move(file)), limit_(limit) {}
  FolderBlobWriter(const FolderBlobWriter&) = delete;
  FolderBlobWriter& operator=(const FolderBlobWriter&) = delete;
  ~FolderBlobWriter() override {
    try {
      discard();
    } catch (const std::system_error&) {  // NOLINT: what cannot be removed now, the sweep removes
    }
  }

  Result<> write(BytesView more) override {
    if (!file_) return spent();
    if (more.size() > limit_ - size_) {
      discard();
      return Error{Code::TooLarge, "file_too_large", {{"limit", std::to_string(limit_)}}};
    }
    auto written = file_->write(more);
    if (!written) {
      discard();
      return written;
    }
    digest_.update(more);
    size_ += more.size();
    return kDone;
  }

  std::uint64_t size() const override { return size_; }

  Result<std::unique_ptr<work::OpenBlob>> look() override {
    if (!file_) return spent();
    auto view = blobs_.files_.open(temporary_);
    if (!view) return view.error();
    return std::unique_ptr<work::OpenBlob>(std::make_unique<MappedBlob>(std::move(*view)));
  }

  Result<work::BlobHash> finish() override {
    if (!file_) return spent();
    const auto hash = hashOf(digest_.finish());
    auto kept = file_->sync();
    file_.reset();
    if (kept) kept = blobs_.keep(temporary_, hash);
    if (kept) {
      temporary_.clear();
      return hash;
    }
    discard();
    return kept.error();
  }

 private:
  static Error spent() { return Error{Code::Conflict, "blob_writer_spent"}; }

  void discard() {
    file_.reset();
    if (temporary_.empty()) return;
    const auto name = std::exchange(temporary_, {});
    // A refusal leaves a temporary file behind, which the sweep removes.
    static_cast<void>(blobs_.files_.remove(name));
  }

  FolderBlobs& blobs_;
  std::string temporary_;
  std::unique_ptr<NewFile> file_;
  const std::uint64_t limit_;
  std::uint64_t size_ = 0;
  crypto::Digest digest_{crypto::DigestAlgorithm::Sha256};
};

Result<std::unique_ptr<work::BlobWriter>> FolderBlobs::create(std::uint64_t limit_bytes) {
  const auto temporary =
      std::string(kTemporaryFolder) + "/" + ids_.make<struct TemporaryTag>().text();
  auto file = files_.create(temporary);
  if (!file && file.error().code == Code::NotFound) {
    const auto made = files_.makeFolders(kTemporaryFolder);
    if (!made) return made.error();
    file = files_.create(temporary);
  }
  if (!file) return file.error();
  return std::unique_ptr<work::BlobWriter>(
      std::make_unique<FolderBlobWriter>(*this, temporary, std::move(*file), limit_bytes));
}

/// Also over a blob that is there: the other writer may not have synced the folder yet, and the
/// new time keeps the sweep away.
Result<> FolderBlobs::keep(const std::string& temporary, const work::BlobHash& hash) {
  const auto path = blobPath(hash);
  {
    const std::scoped_lock lock(renaming_);
    const auto folder = static_cast<std::size_t>(hash.bytes[0] * 256 + hash.bytes[1]);
    if (!folders_.test(folder)) {
      const auto made = files_.makeFolders(folderOf(path));
      if (!made) return made;
      folders_.set(folder);
    }
    const auto renamed = files_.rename(temporary, path);
    if (!renamed) return renamed;
  }
  return files_.syncFolder(folderOf(path));
}

Result<std::unique_ptr<work::OpenBlob>> FolderBlobs::open(const work::BlobHash& hash) {
  auto view = files_.open(blobPath(hash));
  if (!view) return Error{Code::NotFound, "blob_missing", {}, hash.hex()};
  if (options_.check == BlobCheck::Digest && !matches(hash, (*view)->bytes())) {
    throw std::runtime_error("a stored file is damaged: " + hash.hex());
  }
  return std::unique_ptr<work::OpenBlob>(std::make_unique<MappedBlob>(std::move(*view)));
}

Result<bool> FolderBlobs::isIntact(const work::BlobHash& hash) {
  const auto view = files_.open(blobPath(hash));
  if (!view) return Error{Code::NotFound, "blob_missing", {}, hash.hex()};
  return matches(hash, (*view)->bytes());
}

Result<std::vector<FolderBlobs::Found>> FolderBlobs::found() const {
  std::vector<Found> all;
  const auto firsts = files_.list("");
  if (!firsts) return firsts.error();
  for (const auto& first : *firsts) {
    if (!first.is_folder || first.name.size() != 2) continue;
    const auto seconds = files_.list(first.name);
    if (!seconds) return seconds.error();
    for (const auto& second : *seconds) {
      if (!second.is_folder) continue;
      const auto entries = files_.list(first.name + "/" + second.name);
      if (!entries) return entries.error();
      for (const auto& entry : *entries) {
        const auto hash = work::BlobHash::fromHex(entry.name);
        if (hash) all.push_back({*hash, entry.changed});
      }
    }
  }
  return all;
}

Result<std::vector<work::BlobHash>> FolderBlobs::list() {
  const auto all = found();
  if (!all) return all.error();
  std::vector<work::BlobHash> hashes;
  std::ranges::transform(*all, std::back_inserter(hashes), &Found::hash);
  return hashes;
}

Result<bool> FolderBlobs::removeIfOld(const work::BlobHash& hash, Instant limit) {
  const std::scoped_lock lock(renaming_);
  const auto entries = files_.list(blobFolder(hash));
  if (!entries) return entries.error();
  const auto entry = std::ranges::find(*entries, hash.hex(), &FolderEntry::name);
  if (entry == entries->end() || entry->changed >= limit) return false;
  const auto removed = files_.remove(blobPath(hash));
  if (!removed) return removed.error();
  return true;
}

Result<std::int64_t> FolderBlobs::sweepTemporary(Instant limit) {
  const auto entries = files_.list(kTemporaryFolder);
  if (!entries) return entries.error();
  std::int64_t swept = 0;
  for (const auto& entry : *entries) {
    if (entry.changed >= limit) continue;
    const auto removed = files_.remove(std::string(kTemporaryFolder) + "/" + entry.name);
    if (!removed) return removed.error();
    ++swept;
  }
  return swept;
}

Result<std::int64_t> FolderBlobs::sweep(
    const std::function<Result<bool>(const work::BlobHash&)>& is_named) {
  const auto limit = clock_.now() - options_.unnamed_for;
  auto swept = sweepTemporary(limit);
  if (!swept) return swept;
  const auto all = found();
  if (!all) return all.error();
  for (const auto& blob : *all) {
    if (blob.changed >= limit) continue;
    const auto named = is_named(blob.hash);
    if (!named) return named.error();
    if (*named) continue;
    const auto removed = removeIfOld(blob.hash, limit);
    if (!removed) return removed.error();
    if (*removed) ++*swept;
  }
  return swept;
}

}  // namespace congvan::storage
