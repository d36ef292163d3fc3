// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "trust/tlog/checkpoint.h"
#include "trust/tlog/tile.h"

#include <optional>
#include <string>
#include <vector>

/// Checking a whole log: every entry, every tile, every promise between them.
///
/// Believes only the key. Everything is computed afresh from the entries; nothing read from tiles
/// is used for anything but comparing. What is found wrong is a list, never a refusal.
namespace congvan::tlog {

/// What a log's entries have to be.
enum class LogRules {
  None,      ///< any bytes
  Events,    ///< `EventLeaf` only
  Issuance,  ///< intents, issued certificates and status changes that fit together
};

enum class Gravity {
  Broken,  ///< the log is not what it promises
  Open,    ///< lawful, but somebody should look: an intent without its certificate
};

/// One thing found. `reason` is a stable key:
///
/// `checkpoint_malformed`, `checkpoint_not_signed`, `checkpoint_origin`: of `checkpoint`.
/// `bundle_missing`, `bundle_malformed`, `tile_missing`, `tile_malformed`: cannot be read.
/// `leaf_hash_differs`: an entry is not the one that was hashed. `tile_differs`: a hash is not that
/// of the level below. `partial_differs`: a partial file is no beginning of the full one.
/// `root_differs`: the entries do not give the signed root.
/// `previous_malformed`, `previous_not_signed`, `previous_origin`, `previous_ahead`,
/// `previous_differs`: an earlier checkpoint that this log does not continue. `leaf_malformed`,
/// `leaf_not_for_log`: an entry that the rules do not know. `issued_without_intent`,
/// `issued_serial_differs`, `intent_used_twice`, `serial_reused`, `issued_after_abandoned`,
/// `abandoned_after_issued`, `status_without_certificate`: entries that contradict each other.
/// `intent_open` (Open): an intent that has neither a certificate nor an abandonment yet.
/// `intent_overdue`: the same, and longer than it may, or from a time that has not come.
struct Finding {
  Gravity gravity = Gravity::Broken;
  std::string reason;
  std::string where;  ///< tile path, `entry 17`, `checkpoint`, `previous 0`
  bool operator==(const Finding&) const = default;
};

/// How long an intent may stand alone: the key may have been used for a certificate that nobody has
/// seen.
struct IntentLimit {
  Instant now{};
  Duration longest{};
};

struct WholeLog {
  const TileReader& tiles;
  const BundleReader& bundles;
  std::string_view checkpoint;             ///< the published signed note
  const NoteVerifier& key;                 ///< named as the origin
  std::vector<std::string> previous = {};  ///< signed notes that were seen earlier
  std::vector<TileId> partials =
      {};  ///< partial files that are there besides those of the checkpoint
  LogRules rules = LogRules::None;
  std::optional<IntentLimit> intents = {};  ///< nullopt: their age is not judged
  std::size_t findings_most = 1000;         ///< then the check stops
};

struct WholeLogReport {
  TreeHead head;  ///< as signed; zero when the checkpoint cannot be read
  std::uint64_t entries_checked = 0;
  std::uint64_t tiles_checked = 0;
  std::vector<Finding> findings;

  /// Nothing is broken.
  bool sound() const;
};

/// Reads everything once; memory grows with the number of certificates under `Issuance`, else not.
WholeLogReport checkWholeLog(const WholeLog& log);

}  // namespace congvan::tlog
