// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "office/audit/leaf_queue.h"
#include "office/work/transactions.h"
#include "trust/tlog/proof.h"

#include <optional>
#include <string>

namespace congvan::audit {

/// A log as of its last committed batch.
struct LogHead {
  tlog::TreeHead tree;
  std::string checkpoint;  ///< the signed note over it, ready to publish
  Instant time{};          ///< when it was signed
};

/// A port: one row for each log, the only truth about how far it has come.
///
/// It must never be put back to an earlier state on its own: a log that has shown a checkpoint
/// cannot take it back. The sequencer refuses to go on from a head behind the published checkpoint.
class LogState {
 public:
  virtual ~LogState() = default;
  /// nullopt: the log has no checkpoint yet.
  virtual Result<std::optional<LogHead>> find(work::Tx& tx, Log log) = 0;
  /// Compare-and-swap: stores `next` when the kept tree is exactly `previous` (nullopt: none is
  /// kept). Conflict `log_moved`: it is not; another sequencer was faster. Nothing was stored.
  virtual Result<> advance(work::Tx& tx,
                           Log log,
                           const std::optional<tlog::TreeHead>& previous,
                           const LogHead& next) = 0;
};

}  // namespace congvan::audit
