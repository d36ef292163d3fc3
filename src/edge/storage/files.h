// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Files below one folder, with every step that durability needs named apart, so that a test can
/// fail or crash at each of them.
///
/// A new name is durable after: `create`, `write`…, `sync`, `rename`, `syncFolder` of the folder
/// that holds it. A crash before that leaves the old file, the new file or none, never half of one.
///
/// Paths are relative, with `/` between names; an absolute path, an empty name, `.` or `..` is a
/// bug and throws. What the caller can act on is an `Error`; everything else the system says (EIO,
/// EACCES, a read-only disk) is a fault: `std::system_error`. Safe from any thread; two threads
/// must not write one name at once.
namespace congvan::storage {

/// A file opened for reading; its bytes are mapped and stay while this lives, even if it is
/// removed.
class FileView {
 public:
  virtual ~FileView() = default;
  virtual BytesView bytes() const = 0;
};

/// A file being written. Dropping it closes it; it stays where `create` put it until renamed or
/// removed.
class NewFile {
 public:
  virtual ~NewFile() = default;
  /// Appends. Unavailable `storage_full`: some of `more` may be there; remove the file.
  virtual Result<> write(BytesView more) = 0;
  /// The bytes are on the disk when this returns (fsync). Unavailable `storage_full`.
  /// After any failure the file must not be trusted, nor synced again: the kernel forgets the
  /// error.
  virtual Result<> sync() = 0;
};

struct FolderEntry {
  std::string name;
  bool is_folder = false;
  std::uint64_t size = 0;  ///< bytes of a file
  Instant changed{};       ///< last change of the contents
};

class Files {
 public:
  virtual ~Files() = default;

  /// A new file. Conflict `file_exists`. NotFound `folder_missing`. Unavailable `storage_full`.
  virtual Result<std::unique_ptr<NewFile>> create(std::string_view path) = 0;
  /// Moves a file, in place of whatever `to` was. NotFound `file_missing`. Unavailable
  /// `storage_full`.
  virtual Result<> rename(std::string_view from, std::string_view to) = 0;
  /// Names made, replaced and removed in the folder are on the disk when this returns. "" is the
  /// root.
  virtual Result<> syncFolder(std::string_view folder) = 0;
  /// Makes the folder and those above it; each is durable when this returns. Unavailable
  /// `storage_full`.
  virtual Result<> makeFolders(std::string_view folder) = 0;
  /// Done also when there is no such file.
  virtual Result<> remove(std::string_view path) = 0;
  /// Done also when there is no such folder. Conflict `folder_not_empty`.
  virtual Result<> removeFolder(std::string_view folder) = 0;

  /// NotFound `file_missing`.
  virtual Result<std::unique_ptr<FileView>> open(std::string_view path) const = 0;
  /// Sorted by name; empty also when there is no such folder.
  virtual Result<std::vector<FolderEntry>> list(std::string_view folder) const = 0;

  /// A copy. NotFound `file_missing`. TooLarge `file_too_large`: over `limit_bytes`.
  Result<Bytes> read(std::string_view path, std::uint64_t limit_bytes) const;
};

/// The real ones. `root` must exist; throws when it does not.
std::unique_ptr<Files> openFiles(const std::filesystem::path& root);

/// `a/b/c` gives `a/b`; `c` gives "".
std::string_view folderOf(std::string_view path);

/// Writes a whole small file under a name, durably: temporary file beside it, sync, rename, sync of
/// the folder, which must exist. An old file of that name is replaced in one step. `unique` keeps
/// the temporary names of two writers apart.
Result<> writeDurably(Files& files,
                      std::string_view path,
                      BytesView bytes,
                      std::string_view unique);

}  // namespace congvan::storage
