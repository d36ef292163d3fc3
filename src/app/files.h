// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <filesystem>
#include <memory>
#include <string>

namespace congvan::app {

/// A file mapped into memory for reading; the view lives as long as this object.
class MappedFile {
 public:
  /// NotFound `input_unreadable`: no such file, not a regular file, or no right to read it.
  static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  BytesView bytes() const { return bytes_; }

 private:
  explicit MappedFile(BytesView bytes) : bytes_(bytes) {}
  BytesView bytes_;
};

/// Reads a small file (key, certificate, settings). NotFound `input_unreadable`; TooLarge
/// `input_too_large`.
Result<Bytes> readFile(const std::filesystem::path& path, std::size_t limit = 64U << 20U);

/// Writes the parts one after another to `path` through a temporary file beside it and a rename, so
/// a reader never sees half a file. Unavailable `output_unwritable`.
Result<> writeFile(const std::filesystem::path& path, std::initializer_list<BytesView> parts);

/// The same with mode 0600 and durable when it returns. Conflict-free: replaces what was there.
Result<> writeSecretFile(const std::filesystem::path& path, BytesView bytes);

}  // namespace congvan::app
