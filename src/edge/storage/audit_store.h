// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "office/audit/log_state.h"
#include "office/audit/store.h"

/// The ports of `office/audit` over SQL; log files are files, see log_files.h of that room.
namespace congvan::storage {

/// Events in the order of their time, then id. `list` gives at most 500.
class SqlEventStore final : public audit::EventStore {
 public:
  Result<> add(work::Tx& tx, const audit::KeptEvent& event, const Uuid& leaf_queue_id) override;
  Result<std::vector<audit::KeptEvent>> list(work::Tx& tx,
                                             const audit::EventFilter& filter) override;
};

class SqlLeafQueue final : public audit::LeafQueue {
 public:
  SqlLeafQueue(const Clock& clock, Random& random) : ids_(clock, random) {}

  Result<audit::LeafId> add(work::Tx& tx, audit::Log log, BytesView entry) override;
  Result<std::vector<audit::QueuedLeaf>> due(work::Tx& tx, audit::Log log, int limit) override;
  Result<> markSequenced(work::Tx& tx,
                         audit::Log log,
                         const std::vector<audit::LeafId>& leaves,
                         std::uint64_t first_index) override;
  Result<std::optional<std::uint64_t>> indexOf(work::Tx& tx,
                                               audit::Log log,
                                               audit::LeafId leaf) override;

 private:
  Ids ids_;
};

class SqlLogState final : public audit::LogState {
 public:
  Result<std::optional<audit::LogHead>> find(work::Tx& tx, audit::Log log) override;
  Result<> advance(work::Tx& tx,
                   audit::Log log,
                   const std::optional<tlog::TreeHead>& previous,
                   const audit::LogHead& next) override;
};

}  // namespace congvan::storage
