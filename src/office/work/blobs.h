// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>

namespace congvan::work {

/// A file's identity: the SHA-256 of its bytes.
struct BlobHash {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const BlobHash&) const = default;
  std::string hex() const;
  static Result<BlobHash> fromHex(std::string_view hex);
  static Result<BlobHash> fromBytes(BytesView bytes);
};

/// A blob opened for reading; its bytes are mapped, not copied, and stay while this lives.
class OpenBlob {
 public:
  virtual ~OpenBlob() = default;
  virtual BytesView bytes() const = 0;
};

/// A blob being written. Dropping it without `finish` leaves nothing behind.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  /// TooLarge `file_too_large`: over the limit given at `create`; the writer is then spent.
  virtual Result<> write(BytesView more) = 0;
  virtual std::uint64_t size() const = 0;
  /// What was written so far, to look at without keeping it: gone with the writer.
  virtual Result<std::unique_ptr<OpenBlob>> look() = 0;
  /// Durable under its hash when this returns. Writing the same bytes twice is one blob.
  virtual Result<BlobHash> finish() = 0;
};

/// A port: immutable files by hash (DESIGN decision 4). A blob is durable before the transaction
/// that names it; blobs no row names are swept after 24 hours. Safe from any thread.
class Blobs {
 public:
  virtual ~Blobs() = default;
  /// Unavailable `storage_full`.
  virtual Result<std::unique_ptr<BlobWriter>> create(std::uint64_t limit_bytes) = 0;
  /// NotFound `blob_missing`.
  virtual Result<std::unique_ptr<OpenBlob>> open(const BlobHash& hash) = 0;

  Result<BlobHash> put(BytesView bytes);
};

}  // namespace congvan::work
