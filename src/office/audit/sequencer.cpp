// SPDX-License-Identifier: Apache-2.0
#include "office/audit/sequencer.h"

#include "office/audit/log_proof.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace congvan::audit {
namespace {

/// How often one asks whether another process has sequenced a leaf.
constexpr std::chrono::milliseconds kForeignBatchPoll{50};

Error stopped() {
  return Error{Code::Unavailable, "sequencer_stopped"};
}

bool isUnknownOutcome(const Error& error) {
  return error.reason == "commit_unknown";
}

/// Another process has the log: not our turn, and nothing was stored.
bool isAnothersTurn(const Error& error) {
  return error.reason == "lease_lost" || error.reason == "log_moved";
}

bool healsWithTime(const Error& error) {
  return error.code == Code::Unavailable && !isUnknownOutcome(error) &&
         error.reason != "sequencer_stopped";
}

}  // namespace

Sequencer::Sequencer(const Stores& stores,
                     const tlog::NoteKey& key,
                     const Clock& clock,
                     SequencerOptions options)
    : stores_(stores), key_(key), clock_(clock), options_(std::move(options)) {
  if (key.verifier().name() != options_.origin) {
    throw std::invalid_argument("the log's key must be named as its origin: " + options_.origin);
  }
}

std::string Sequencer::leaseName() const {
  return "log/" + std::string(name(options_.log));
}

Result<bool> Sequencer::holdLease() {
  const auto now = clock_.now();
  return stores_.transactions.run<bool>([&](work::Tx& tx) {
    return stores_.leases.acquire(tx, leaseName(), options_.holder, now, options_.lease);
  });
}

Result<std::uint64_t> Sequencer::sequence() {
  if (stopped_) return stopped();
  const auto held = holdLease();
  holder_ = held && *held;
  if (!holder_) {
    position_.reset();
    if (!held) return held.error();
    return std::uint64_t{0};
  }
  if (!position_) {
    const auto recovered = recover();
    if (!recovered) return recovered.error();
  }
  const auto due = readDue();
  if (!due) return due.error();
  if (due->empty() && committed_) return std::uint64_t{0};

  auto next = plan(*due);
  position_.reset();  // whatever fails below, what is true is read afresh
  if (!next.batch.files.empty()) {
    const auto staged = stores_.files.stage(next.batch);
    if (!staged) return staged.error();
  }
  const auto in = commit(next);
  if (!in) {
    stopped_ = isUnknownOutcome(in.error());
    if (isAnothersTurn(in.error())) return std::uint64_t{0};
    return in.error();
  }
  const auto visible = makeVisible(next.head);
  if (!visible) return visible.error();
  position_ = std::move(next.after);
  committed_ = next.head.tree;
  return std::uint64_t{next.leaves.size()};
}

/// Brings files and memory to what the head says, whatever the last holder had got to.
Result<> Sequencer::recover() {
  const auto head = stores_.transactions.read<std::optional<LogHead>>(
      [&](work::Tx& tx) { return stores_.state.find(tx, options_.log); });
  if (!head) return head.error();
  const auto forward = refuseToGoBack(*head);
  if (!forward) return forward;
  committed_.reset();
  if (!*head) {
    position_ = Position{};
    return kDone;
  }
  const auto visible = makeVisible(**head);
  if (!visible) return visible;
  auto position = readPosition((*head)->tree);
  if (!position) return position.error();
  position_ = std::move(*position);
  committed_ = (*head)->tree;
  return kDone;
}

Result<> Sequencer::refuseToGoBack(const std::optional<LogHead>& head) const {
  const auto published = publishedHead(stores_.files);
  if (!published) return published.error();
  if (!*published) return kDone;
  const auto& shown = **published;
  const bool ahead = !head || shown.size > head->tree.size ||
                     (shown.size == head->tree.size && shown.root != head->tree.root);
  if (ahead) return Error{Code::Conflict, "log_state_behind"};
  return kDone;
}

Result<Sequencer::Position> Sequencer::readPosition(const tlog::TreeHead& head) const {
  auto builder = tlog::TileBuilder::restore(stores_.files, head);
  if (!builder) return builder.error();
  Position position{std::move(*builder), {}};
  if (head.size % tlog::kTileWidth == 0) return position;
  const auto entries =
      tlog::readEntries(stores_.files, tlog::bundleHolding(head.size, head.size - 1));
  if (!entries) return entries.error();
  for (const auto& entry : *entries) tlog::appendToBundle(position.bundle, entry);
  return position;
}

Result<std::vector<QueuedLeaf>> Sequencer::readDue() {
  auto due = stores_.transactions.read<std::vector<QueuedLeaf>>([&](work::Tx& tx) {
    return stores_.queue.due(tx, options_.log, options_.batch_leaves_most);
  });
  if (!due) return due;
  std::size_t bytes = 0;
  const auto over = std::ranges::find_if(*due, [&](const QueuedLeaf& leaf) {
    bytes += leaf.entry.size();
    return bytes > options_.batch_bytes_most;
  });
  // One leaf always goes: it is far below the limit.
  if (over != due->end() && over != due->begin()) due->erase(over, due->end());
  return due;
}

Sequencer::Plan Sequencer::plan(const std::vector<QueuedLeaf>& due) const {
  Plan plan;
  plan.after = *position_;
  plan.first_index = plan.after.builder.size();
  std::vector<tlog::Hash> hashes;
  const auto keepBundle = [&](std::uint64_t size) {
    plan.batch.files.push_back({tlog::bundleHolding(size, size - 1), plan.after.bundle});
  };
  for (const auto& leaf : due) {
    plan.leaves.push_back(leaf.id);
    hashes.push_back(tlog::leafHash(leaf.entry));
    tlog::appendToBundle(plan.after.bundle, leaf.entry);
    const auto size = plan.first_index + hashes.size();
    if (size % tlog::kTileWidth != 0) continue;
    keepBundle(size);
    plan.after.bundle.clear();
  }
  if (!plan.after.bundle.empty()) keepBundle(plan.first_index + hashes.size());
  for (auto& tile : plan.after.builder.append(hashes)) {
    plan.batch.files.push_back({tile.id, std::move(tile.bytes)});
  }
  plan.batch.head = plan.after.builder.head();
  plan.head = {plan.batch.head,
               tlog::signCheckpoint({options_.origin, plan.batch.head, {}}, key_),
               clock_.now()};
  return plan;
}

Result<> Sequencer::commit(const Plan& plan) {
  const auto now = clock_.now();
  const auto previous = committed_;
  const auto done = stores_.transactions.run<bool>([&](work::Tx& tx) -> Result<bool> {
    // Asked again here, so that a holder who was away too long cannot write past its successor.
    const auto held = stores_.leases.acquire(tx, leaseName(), options_.holder, now, options_.lease);
    if (!held) return held;
    if (!*held) return Error{Code::Conflict, "lease_lost"};
    const auto advanced = stores_.state.advance(tx, options_.log, previous, plan.head);
    if (!advanced) return advanced.error();
    const auto marked =
        stores_.queue.markSequenced(tx, options_.log, plan.leaves, plan.first_index);
    if (!marked) return marked.error();
    return true;
  });
  return done ? Result<>(kDone) : Result<>(done.error());
}

Result<> Sequencer::makeVisible(const LogHead& head) {
  const auto settled = stores_.files.settle(head.tree);
  if (!settled) return settled;
  const auto shown = stores_.files.published();
  if (!shown) return shown.error();
  // Witnesses may have added their signatures below ours.
  if (!*shown || !(*shown)->starts_with(head.checkpoint)) {
    const auto published = stores_.files.publish(head.checkpoint);
    if (!published) return published;
  }
  const std::lock_guard lock(mutex_);
  ++batches_;
  changed_.notify_all();
  return kDone;
}

Result<> Sequencer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    const auto done = sequence();
    if (!done && !healsWithTime(done.error())) return done.error();
    if (done && *done > 0) continue;  // more may have come meanwhile
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, options_.longest_wait, [&] { return wakes_ != seen; });
  }
  const auto released = stores_.transactions.run<bool>([&](work::Tx& tx) -> Result<bool> {
    const auto free = stores_.leases.release(tx, leaseName(), options_.holder);
    if (!free) return free.error();
    return true;
  });
  return released || healsWithTime(released.error()) ? Result<>(kDone) : Result<>(released.error());
}

void Sequencer::wake() {
  const std::lock_guard lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

Result<std::optional<std::uint64_t>> Sequencer::publishedIndex(LeafId leaf) {
  auto index = stores_.transactions.read<std::optional<std::uint64_t>>(
      [&](work::Tx& tx) { return stores_.queue.indexOf(tx, options_.log, leaf); });
  if (!index || !*index) return index;
  const auto tree = publishedHead(stores_.files);
  if (!tree) return tree.error();
  if (!*tree || (*tree)->size <= **index) return std::optional<std::uint64_t>();
  return index;
}

Result<std::uint64_t> Sequencer::waitForIndex(LeafId leaf, std::chrono::milliseconds longest) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  wake();
  for (;;) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = batches_;
    }
    const auto index = publishedIndex(leaf);
    if (!index) return index.error();
    if (*index) return **index;
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return Error{Code::Unavailable, "leaf_waiting"};
    std::unique_lock lock(mutex_);
    changed_.wait_until(
        lock, std::min(deadline, now + kForeignBatchPoll), [&] { return batches_ != seen; });
  }
}

}  // namespace congvan::audit
