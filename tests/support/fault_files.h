// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/files.h"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

namespace congvan::testing {

/// The power went at this operation. Only the test that asked for it catches this.
struct PowerCut {};

/// What a power cut leaves of that which was written and not synced.
enum class Unsynced {
  Dropped,  ///< nothing: every name and byte is as last synced
  Kept,     ///< everything
  Torn,     ///< by chance for each name, and for each file a beginning of what was written
};

/// A file system in memory that keeps what was synced apart from what was not, and can fail.
///
/// Operations that change something are counted from 0; a test first counts a run, then repeats it
/// with the power cut or a failure at each of them. Reading is never counted. Not for two threads
/// at once.
class FaultFiles final : public storage::Files {
 public:
  enum class Fault {
    None,
    CutBefore,       ///< PowerCut, and the operation did nothing
    CutAfter,        ///< PowerCut once the operation was done
    FailsNotStored,  ///< std::system_error, and the operation did nothing
    FailsButStored,  ///< std::system_error although the operation was done
    Full,            ///< Unavailable `storage_full`, and the operation did nothing
  };

  /// The operation with this number, counted from now, meets `fault`; later ones do not.
  void arm(std::uint64_t operation, Fault fault) {
    count_ = 0;
    armed_ = operation;
    fault_ = fault;
  }
  /// Operations since `arm`, or since the beginning.
  std::uint64_t operations() const { return count_; }

  /// The machine starts again. Open files are gone.
  void restart(Unsynced unsynced, std::uint64_t seed = 0);

  /// All files as readers see them now, by path.
  std::map<std::string, Bytes> snapshot() const;

  Result<std::unique_ptr<storage::NewFile>> create(std::string_view path) override;
  Result<> rename(std::string_view from, std::string_view to) override;
  Result<> syncFolder(std::string_view folder) override;
  Result<> makeFolders(std::string_view folder) override;
  Result<> remove(std::string_view path) override;
  Result<> removeFolder(std::string_view folder) override;
  Result<std::unique_ptr<storage::FileView>> open(std::string_view path) const override;
  Result<std::vector<storage::FolderEntry>> list(std::string_view folder) const override;

 private:
  friend class FaultNewFile;
  struct Node {
    bool is_folder = false;
    Bytes written;
    Bytes synced;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>, std::less<>>;

  template <typename Action>
  Result<> operation(const Action& action);
  const std::shared_ptr<Node>* find(std::string_view path) const;
  bool folderExists(std::string_view folder) const;

  Names now_;      // what running processes see
  Names durable_;  // what the disk has
  std::uint64_t count_ = 0;
  std::uint64_t armed_ = UINT64_MAX;
  Fault fault_ = Fault::None;
};

}  // namespace congvan::testing
