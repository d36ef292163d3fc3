// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/register_list.h"
#include "edge/storage/tile_files.h"
#include "trust/tlog/check.h"
#include "trust/tlog/witness.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace congvan::app {

/// What an outsider keeps of somebody else's log, in one folder:
///
///   checkpoint, tile/…   a copy of the log up to the last visit, every entry of it: a log folder
///                        like any other, which `congvan log check` reads
///   seen                 the newest checkpoint that was found consistent, also when fetching the
///                        entries below it was cut short
///   fork-SIZE-HASH       a checkpoint that the log signed and that does not continue `seen`: with
///                        it, proof of two histories
///   lock                 held by the visit that runs
///
/// Only what a signed checkpoint covers gets into the copy. For one thread.
class Monitor {
 public:
  struct Remote {
    const tlog::TileReader& tiles;
    const tlog::BundleReader& bundles;
    std::string checkpoint;  ///< as it was fetched just now
  };
  struct Demands {
    const tlog::NoteVerifier& key;
    std::vector<tlog::NoteVerifier> witnesses = {};  ///< each must have cosigned
    tlog::LogRules rules = tlog::LogRules::Issuance;
    std::optional<std::vector<RegisterRow>> register_rows = {};
    std::optional<tlog::IntentLimit> intents = {};
  };
  struct Report {
    tlog::TreeHead head;  ///< as signed now; zero when the checkpoint cannot be read
    std::uint64_t before = 0;
    std::vector<tlog::Finding> findings;
    std::string evidence;  ///< the file that was kept of a fork
  };

  /// Conflict `monitor_in_use`.
  static Result<std::unique_ptr<Monitor>> open(const std::filesystem::path& folder);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// Looks at the log as it is now. What is found wrong is in the report; besides those of
  /// `WholeLogReport` and `RegisterCheck`: `cosignature_missing` (Open) and `cosignature_wrong` of
  /// a witness, `entries_differ`: what is served are not the entries that were signed. After a
  /// finding about checkpoint or history nothing more is fetched and the copy stays as it was.
  ///
  /// Malformed `monitor_state_damaged` with `file`. Refusals of the readers but NotFound, which is
  /// a finding; Unavailable `storage_full`.
  Result<Report> visit(const Remote& remote, const Demands& demands);

 private:
  struct Visit;
  Monitor(int locked, std::unique_ptr<storage::Files> files);

  const int locked_;
  const std::unique_ptr<storage::Files> files_;
  storage::TileFiles copy_;
};

}  // namespace congvan::app
