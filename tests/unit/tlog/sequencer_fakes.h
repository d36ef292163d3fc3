// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "office/audit/log_state.h"
#include "office/work/jobs.h"
#include "office/work/transactions.h"
#include "tests/support/fault_files.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

/// A database small enough to be right by looking at it, with the faults that a real one has at
/// COMMIT.
namespace congvan::audit::testing {

class MemoryDatabase final : public work::Transactions,
                             public work::Leases,
                             public LeafQueue,
                             public LogState {
 public:
  enum class Fault { None, CutBefore, CutAfter, UnknownStored, UnknownNotStored, Unavailable };

  struct Queued {
    Bytes entry;
    std::optional<std::uint64_t> index;
  };
  struct Kept {
    std::map<LeafId, Queued> leaves;
    std::optional<LogHead> head;
    std::string lease_holder;
    Instant lease_until{};
    std::uint32_t next_leaf = 0;
  };

  Kept kept;

  void arm(std::uint64_t commit, Fault fault) {
    commits_ = 0;
    armed_ = commit;
    fault_ = fault;
  }
  std::uint64_t commits() const { return commits_; }

  std::uint32_t queued(work::Tx&) const { return now_.next_leaf; }
  LeafId queue(BytesView entry) {
    return *run<LeafId>([&](work::Tx& tx) { return add(tx, Log::Records, entry); });
  }

  Result<bool> acquire(
      work::Tx&, std::string_view, std::string_view holder, Instant now, Duration length) override {
    if (now_.lease_holder != holder && now < now_.lease_until) return false;
    now_.lease_holder = holder;
    now_.lease_until = now + length;
    return true;
  }
  Result<> release(work::Tx&, std::string_view, std::string_view holder) override {
    if (now_.lease_holder == holder) now_.lease_until = Instant{};
    return kDone;
  }

  Result<LeafId> add(work::Tx&, Log, BytesView entry) override {
    LeafId id;
    const auto number = now_.next_leaf++;
    for (unsigned i = 0; i < 4; ++i)
      id.value.bytes[i] = static_cast<std::uint8_t>(number >> (24U - 8U * i));
    now_.leaves[id] = {toBytes(entry), {}};
    return id;
  }
  Result<std::vector<QueuedLeaf>> due(work::Tx&, Log, int limit) override {
    std::vector<QueuedLeaf> found;
    for (const auto& [id, leaf] : now_.leaves) {
      if (!leaf.index && found.size() < static_cast<std::size_t>(limit))
        found.push_back({id, leaf.entry});
    }
    return found;
  }
  Result<> markSequenced(work::Tx&,
                         Log,
                         const std::vector<LeafId>& leaves,
                         std::uint64_t first_index) override {
    for (const auto& id : leaves) {
      auto& leaf = now_.leaves.at(id);
      if (leaf.index) return Error{Code::Conflict, "leaf_already_sequenced"};
      leaf.index = first_index++;
    }
    return kDone;
  }
  Result<std::optional<std::uint64_t>> indexOf(work::Tx&, Log, LeafId leaf) override {
    const auto found = now_.leaves.find(leaf);
    if (found == now_.leaves.end()) return Error{Code::NotFound, "leaf_not_queued"};
    return found->second.index;
  }

  Result<std::optional<LogHead>> find(work::Tx&, Log) override { return now_.head; }
  Result<> advance(work::Tx&,
                   Log,
                   const std::optional<tlog::TreeHead>& previous,
                   const LogHead& next) override {
    const auto tree = now_.head ? std::optional(now_.head->tree) : std::nullopt;
    if (tree != previous) return Error{Code::Conflict, "log_moved"};
    now_.head = next;
    return kDone;
  }

 protected:
  Result<> runUntyped(const Untyped& action) override {
    const std::lock_guard lock(mutex_);
    now_ = kept;
    work::Tx tx;
    const auto done = action(tx);
    if (!done) return done;
    const auto fault = commits_++ == armed_ ? fault_ : Fault::None;
    if (fault == Fault::CutBefore) throw congvan::testing::PowerCut{};
    if (fault == Fault::Unavailable) return Error{Code::Unavailable, "storage_unavailable"};
    if (fault != Fault::UnknownNotStored) kept = now_;
    if (fault == Fault::CutAfter) throw congvan::testing::PowerCut{};
    if (fault != Fault::None) return Error{Code::Unavailable, "commit_unknown"};
    return kDone;
  }
  Result<> glanceUntyped(const Untyped& action) override { return readUntyped(action); }
  Result<> readUntyped(const Untyped& action) override {
    const std::lock_guard lock(mutex_);
    now_ = kept;
    work::Tx tx;
    return action(tx);
  }

 private:
  std::mutex mutex_;
  Kept now_;
  std::uint64_t commits_ = 0;
  std::uint64_t armed_ = UINT64_MAX;
  Fault fault_ = Fault::None;
};

class FixedClock final : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at = fromUnix(1'800'000'000);
};

}  // namespace congvan::audit::testing
