// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "edge/storage/files.h"
#include "office/work/blobs.h"

#include <bitset>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace congvan::storage {

enum class BlobCheck {
  None,    ///< trust the disk; `isIntact` is for the doctor
  Digest,  ///< hash the bytes at each opening
};

/// The port `work::Blobs` over a folder: `ab/cd/abcd….`, names are hashes, contents never change.
///
/// A blob is written under a temporary name, synced, renamed and its folder synced, so a name
/// stands for whole bytes or for nothing. Damage found when opening is a fault and throws.
/// One process owns the folder. Safe from any thread.
class FolderBlobs final : public work::Blobs {
 public:
  struct Options {
    BlobCheck check = BlobCheck::None;
    Duration unnamed_for = std::chrono::hours(24);  ///< before the sweep takes it
  };

  FolderBlobs(Files& files, const Clock& clock, Random& random, Options options)
      : files_(files), clock_(clock), ids_(clock, random), options_(options) {}
  FolderBlobs(Files& files, const Clock& clock, Random& random)
      : FolderBlobs(files, clock, random, Options{}) {}

  Result<std::unique_ptr<work::BlobWriter>> create(std::uint64_t limit_bytes) override;
  Result<std::unique_ptr<work::OpenBlob>> open(const work::BlobHash& hash) override;

  /// Whether the bytes are those of the name. NotFound `blob_missing`.
  Result<bool> isIntact(const work::BlobHash& hash);
  /// All blobs, in order of their hashes.
  Result<std::vector<work::BlobHash>> list();
  /// Removes blobs that have been there longer than the options say and that `is_named` does not
  /// know, and temporary files as old; returns how many. A blob written again meanwhile stays.
  Result<std::int64_t> sweep(const std::function<Result<bool>(const work::BlobHash&)>& is_named);

 private:
  friend class FolderBlobWriter;
  struct Found {
    work::BlobHash hash;
    Instant changed;
  };
  Result<> keep(const std::string& temporary, const work::BlobHash& hash);
  Result<std::vector<Found>> found() const;
  Result<bool> removeIfOld(const work::BlobHash& hash, Instant limit);
  Result<std::int64_t> sweepTemporary(Instant limit);

  Files& files_;
  const Clock& clock_;
  Ids ids_;
  const Options options_;
  std::bitset<65536> folders_;  ///< known to be there
  std::mutex renaming_;         ///< between putting a name in place and deciding that it is old
};

}  // namespace congvan::storage
