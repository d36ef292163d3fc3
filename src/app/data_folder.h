// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/secret.h"
#include "trust/tlog/note.h"

#include <filesystem>
#include <string>

/// What lies where in a data folder:
///
///   congvan.yaml   settings           secret.key     server secret, 0600; never in the database or
///   a backup of it db/            SQLite             blobs/         documents by hash
///   log/issuance, log/records         tiles and checkpoints, served as they are
///   keys/*.note    sealed log keys    log/*.vkey     their public side, for auditors
///   tls/           certificate, key   seals/         seal images by agency
namespace congvan::app {

class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// Makes the folder tree and the server secret. Conflict `data_folder_in_use`: it exists and is
  /// not empty.
  Result<> create(Random& random) const;
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
  std::filesystem::path seals() const { return root_ / "seals"; }

 private:
  std::filesystem::path root_;
};

}  // namespace congvan::app
