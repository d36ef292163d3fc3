// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/id.h"
#include "office/work/transactions.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace congvan::audit {

/// The two logs of an instance (DESIGN decision 6).
enum class Log { Issuance, Records };

/// `issuance`, `records`: stable, stored, and part of the log's address.
std::string_view name(Log log);

using LeafId = Id<struct LeafTag>;

struct QueuedLeaf {
  LeafId id;
  Bytes entry;  ///< `tlog::encodeLeaf`
};

/// A port: leaves that wait for their place in a log. A leaf is added in the transaction of the
/// change it tells of; only the sequencer takes it out. Safe from any thread.
class LeafQueue {
 public:
  virtual ~LeafQueue() = default;

  /// TooLarge `leaf_too_large`: over `tlog::kEntryBytesMost`. Makes the id, a version 7 UUID.
  virtual Result<LeafId> add(work::Tx& tx, Log log, BytesView entry) = 0;
  /// Leaves without a place, smallest id first.
  virtual Result<std::vector<QueuedLeaf>> due(work::Tx& tx, Log log, int limit) = 0;
  /// Leaf i gets the place `first_index + i`; the bytes may be dropped, the place is kept for ever.
  /// Conflict `leaf_already_sequenced`: one of them has a place, or is not in this log's queue.
  virtual Result<> markSequenced(work::Tx& tx,
                                 Log log,
                                 const std::vector<LeafId>& leaves,
                                 std::uint64_t first_index) = 0;
  /// nullopt: still waiting. NotFound `leaf_not_queued`.
  virtual Result<std::optional<std::uint64_t>> indexOf(work::Tx& tx, Log log, LeafId leaf) = 0;
};

}  // namespace congvan::audit
