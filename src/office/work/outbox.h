// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "office/work/transactions.h"

#include <string>
#include <vector>

namespace congvan::work {

using OutboxId = Id<struct OutboxTag>;

struct OutboxEntry {
  OutboxId id;
  std::string topic;  ///< `delivery`, `notice`, …
  std::string key;  ///< what it is about, unique within the topic: a second add with it is Conflict
  std::string payload;  ///< JSON, at most 64 KiB
  Instant due{};
  std::int64_t attempts = 0;
};

/// A port: effects to be carried out after the commit, at least once, in order of `due` then id.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// Conflict `outbox_key_taken`.
  virtual Result<> add(Tx& tx, const OutboxEntry& entry) = 0;
  virtual Result<std::vector<OutboxEntry>> due(Tx& tx,
                                               std::string_view topic,
                                               Instant now,
                                               int limit) = 0;
  virtual Result<> done(Tx& tx, OutboxId id) = 0;
  virtual Result<> postpone(Tx& tx, OutboxId id, Instant until) = 0;
};

}  // namespace congvan::work
