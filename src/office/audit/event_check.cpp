// SPDX-License-Identifier: Apache-2.0
#include "office/audit/event_check.h"

#include "office/audit/log_proof.h"
#include "office/audit/proven_leaf.h"
#include "trust/tlog/leaf.h"

namespace congvan::audit {
namespace {

constexpr std::size_t kTilesKept = 64;

tlog::Finding broken(std::string_view reason, std::string where) {
  return {tlog::Gravity::Broken, std::string(reason), std::move(where)};
}

std::string entries(std::uint64_t first, std::uint64_t last) {
  const auto from = std::to_string(first);
  return first == last ? "entry " + from : "entries " + from + "-" + std::to_string(last);
}

}  // namespace

EventCheck::EventCheck(const LogFiles& records, std::uint64_t size, std::vector<LeafId> waiting)
    : records_(&records), size_(size), seen_(size), waiting_(waiting.begin(), waiting.end()) {}

Result<EventCheck> EventCheck::begin(const LogFiles& records, std::vector<LeafId> waiting) {
  const auto head = publishedHead(records);
  if (!head) return head.error();
  return EventCheck(records, *head ? (*head)->size : 0, std::move(waiting));
}

std::optional<tlog::Finding> EventCheck::take(const FoundEvent& found) {
  ++taken_;
  if (found.leaf) waiting_.erase(*found.leaf);
  const auto reason = judge(found);
  if (reason.empty()) return std::nullopt;
  return broken(reason, "event " + found.id.text());
}

std::string EventCheck::judge(const FoundEvent& found) {
  if (!found.kept) return "event_unreadable";
  if (!found.leaf) return "event_without_leaf";
  const auto leaf = eventLeaf(found.kept->event, found.kept->salt);
  if (!leaf) return "event_unreadable";
  const auto place = found.kept->leaf_index;
  if (!place) return *leaf == found.waiting ? "" : "event_changed";
  if (*place >= size_) {
    beyond_ = std::max(beyond_, *place + 1);
    return "";
  }
  seen_[*place] = true;
  const auto logged = leafAt(*place);
  if (!logged) return logged.error().reason;
  return *logged == tlog::leafHash(*leaf) ? "" : "event_changed";
}

Result<tlog::Hash> EventCheck::leafAt(std::uint64_t place) {
  const auto tile = place / tlog::kTileWidth;
  auto kept = tiles_.find(tile);
  if (kept == tiles_.end()) {
    auto hashes =
        records_->hashes({tlog::TileKind::Hashes, 0, tile, tlog::tileWidth(size_, 0, tile)});
    if (!hashes) return hashes.error();
    if (tiles_.size() == kTilesKept) tiles_.erase(tiles_.begin());
    kept = tiles_.emplace(tile, std::move(*hashes)).first;
  }
  return kept->second.at(place % tlog::kTileWidth);
}

std::vector<tlog::Finding> EventCheck::finish(std::uint64_t committed) const {
  std::vector<tlog::Finding> findings;
  for (std::uint64_t place = 0; place < size_; ++place) {
    if (seen_[place]) continue;
    const auto first = place;
    while (place + 1 < size_ && !seen_[place + 1]) ++place;
    findings.push_back(broken("leaf_without_event", entries(first, place)));
  }
  for (const auto& leaf : waiting_) {
    findings.push_back(broken("leaf_without_event", "leaf " + leaf.text()));
  }
  if (beyond_ > std::max(size_, committed)) {
    findings.push_back(broken("event_beyond_log", entries(beyond_ - 1, beyond_ - 1)));
  }
  return findings;
}

}  // namespace congvan::audit
