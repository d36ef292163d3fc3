// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "trust/crypto/secret.h"
#include "trust/tlog/note.h"

#include <filesystem>
#include <optional>
#include <string>

/// What lies where in a data folder:
///
///   congvan.yaml   settings           secret.key     server secret, 0600; never in the database or
///   a backup of it db/            SQLite             blobs/         documents by hash
///   log/issuance, log/records         tiles and checkpoints, served as they are
///   keys/*.note    sealed log keys    log/*.vkey     their public side, for auditors
///   init.unfinished                   only until `congvan init` has ended
///   serving-*.lock                    one a node, locked while it serves
///   token-tries                       tries of the token's PIN since the last right one
///   tls/           certificate, key   seals/         seal images by agency
namespace congvan::app {

/// A file that is locked against other processes until this ends, or its process, however it ends.
class LockedFile {
 public:
  /// `flags` as of open(2); `taken` when somebody else has it. Unavailable `output_unwritable`.
  static Result<LockedFile> open(const std::filesystem::path& file, int flags, const Error& taken);
  LockedFile(LockedFile&& other) noexcept;
  LockedFile& operator=(LockedFile&&) = delete;
  ~LockedFile();
  int descriptor() const { return descriptor_; }

 private:
  explicit LockedFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// A folder that is being set up: it has a mark, which says so until `finish`, and which is locked
/// until then.
class UnfinishedFolder {
 public:
  UnfinishedFolder(std::filesystem::path mark, LockedFile locked)
      : mark_(std::move(mark)), locked_(std::move(locked)) {}

  /// Reads its id, or gives it this one.
  Result<> identify(const Uuid& fresh);
  /// The same whenever the set-up of this folder is tried again.
  const std::string& id() const { return id_; }
  /// The folder is whole: everything in it is durable, then the mark goes.
  Result<> finish();

 private:
  std::filesystem::path mark_;
  std::string id_;
  LockedFile locked_;
};

class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// Marks it as one that is being set up. Conflict `data_folder_in_use`: it is not empty and bears
  /// no mark, or another process is at it.
  Result<UnfinishedFolder> mark(Random& random, const Clock& clock) const;
  /// Makes the folder tree and the server secret of a marked one; what was there goes.
  Result<> fill(Random& random) const;
  /// Its set-up was begun and not finished.
  bool isUnfinished() const;
  /// Keeps other processes from serving the folder under this name of a node. Conflict
  /// `node_already_serving`; NotFound as below.
  Result<LockedFile> serveAs(std::string_view node) const;
  /// NotFound `data_folder_incomplete` names a folder that was there after the set-up.
  Result<> requireFolders() const;
  /// RuleRefused `secret_readable_by_others`: the file's mode is wider than 0600. NotFound
  /// `input_unreadable`.
  Result<crypto::SecretBytes> serverSecret() const;
  /// The signing key of a log, made and sealed at the first call; `origin` is its name.
  Result<tlog::NoteKey> logKey(std::string_view log, std::string_view origin, Random& random) const;

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path settings() const { return root_ / "congvan.yaml"; }
  std::filesystem::path database() const { return root_ / "db" / "congvan.sqlite"; }
  std::filesystem::path tlsCertificate() const { return root_ / "tls" / "certificate.pem"; }
  std::filesystem::path tlsKey() const { return root_ / "tls" / "key.pem"; }
  /// Not among what a set-up that is tried again throws away: it would forget wrong PINs.
  std::filesystem::path tokenTries() const { return root_ / "token-tries"; }
  std::filesystem::path seals() const { return root_ / "seals"; }
  std::filesystem::path foreignLists() const { return root_ / "foreign-lists"; }

 private:
  std::filesystem::path root_;
};

}  // namespace congvan::app
