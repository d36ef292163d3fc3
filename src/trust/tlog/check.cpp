// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/check.h"

#include "trust/tlog/issuance_rules.h"
#include "trust/tlog/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace congvan::tlog {
namespace {

/// An earlier checkpoint, waiting for the tree to reach its size.
struct Earlier {
  Hash root;
  std::string where;
};

class LogCheck {
 public:
  explicit LogCheck(const WholeLog& log) : log_(log) {}

  WholeLogReport run() {
    if (!openCurrent()) return std::move(report_);
    openPrevious();
    comparePrevious();
    while (builder_.size() < report_.head.size && !full()) {
      if (!takeBundle()) return std::move(report_);
    }
    compareRoot();
    comparePartials();
    for (const auto& intent : rules_.openIntents()) {
      const auto where = fmt::format("entry {}", intent.index);
      if (isOverdue(intent.time)) {
        find("intent_overdue", where);
      } else {
        find("intent_open", where, Gravity::Open);
      }
    }
    return std::move(report_);
  }

 private:
  /// A time ahead of ours would never be over.
  bool isOverdue(Instant intended) const {
    if (!log_.intents) return false;
    const auto& [now, longest] = *log_.intents;
    return now - intended > longest || intended - now > longest;
  }

  bool full() const { return report_.findings.size() >= log_.findings_most; }

  void find(std::string_view reason, std::string where, Gravity gravity = Gravity::Broken) {
    if (!full()) report_.findings.push_back({gravity, std::string(reason), std::move(where)});
  }

  std::optional<TreeHead> openSigned(std::string_view note,
                                     std::string_view kind,
                                     const std::string& where) {
    const auto opened = openCheckpoint(note, {log_.key});
    if (!opened) {
      find(fmt::format("{}_malformed", kind), where);
      return std::nullopt;
    }
    if (!verifiedBy(opened->note, log_.key)) find(fmt::format("{}_not_signed", kind), where);
    if (opened->checkpoint.origin != log_.key.name()) find(fmt::format("{}_origin", kind), where);
    return opened->checkpoint.head;
  }

  bool openCurrent() {
    const auto head = openSigned(log_.checkpoint, "checkpoint", "checkpoint");
    if (head) report_.head = *head;
    return head.has_value();
  }

  void openPrevious() {
    for (std::size_t i = 0; i < log_.previous.size(); ++i) {
      const auto where = fmt::format("previous {}", i);
      const auto head = openSigned(log_.previous[i], "previous", where);
      if (!head) continue;
      if (head->size > report_.head.size) {
        find("previous_ahead", where);
      } else {
        earlier_.emplace(head->size, Earlier{head->root, where});
      }
    }
  }

  void comparePrevious() {
    const auto [begin, end] = earlier_.equal_range(edge_.size());
    for (auto one = begin; one != end; ++one) {
      if (one->second.root != edge_.root()) find("previous_differs", one->second.where);
    }
  }

  /// Hashes of the next bundle's entries; those of the tile when the bundle cannot be read, so that
  /// one lost file does not hide everything after it.
  std::optional<std::vector<Hash>> nextLeaves() {
    const auto id = bundleHolding(report_.head.size, builder_.size());
    const auto entries = readEntries(log_.bundles, id);
    std::vector<Hash> leaves;
    if (entries) {
      for (const auto& entry : *entries) {
        takeEntry(builder_.size() + leaves.size(), entry);
        leaves.push_back(leafHash(entry));
      }
      return leaves;
    }
    find(entries.error().code == Code::NotFound ? "bundle_missing" : "bundle_malformed",
         tilePath(id));
    const TileId tile{TileKind::Hashes, 0, id.index, id.width};
    auto hashes = log_.tiles.hashes(tile);
    if (!hashes || hashes->size() < id.width) {
      const bool missing = !hashes && hashes.error().code == Code::NotFound;
      find(missing ? "tile_missing" : "tile_malformed", tilePath(tile));
      return std::nullopt;
    }
    hashes->resize(id.width);
    return std::move(*hashes);
  }

  bool takeBundle() {
    const auto leaves = nextLeaves();
    if (!leaves) return false;
    for (const auto& leaf : *leaves) {
      edge_.append(leaf);
      comparePrevious();
    }
    for (const auto& tile : builder_.append(*leaves)) {
      // Partial tiles of higher levels come up on the way; only those of the signed size are
      // promised.
      if (tile.id.width == tileWidth(report_.head.size, tile.id.level, tile.id.index))
        compareTile(tile);
    }
    return true;
  }

  void compareTile(const TileBuilder::Tile& tile) {
    ++report_.tiles_checked;
    const auto path = tilePath(tile.id);
    const auto kept = log_.tiles.hashes(tile.id);
    if (!kept) {
      find(kept.error().code == Code::NotFound ? "tile_missing" : "tile_malformed", path);
      return;
    }
    const auto made = parseTile(tile.bytes, tile.id.width);
    const auto width = static_cast<std::ptrdiff_t>(tile.id.width);
    const bool same = kept->size() >= tile.id.width &&
                      std::equal(kept->begin(), kept->begin() + width, made->begin());
    if (!same) find(tile.id.level == 0 ? "leaf_hash_differs" : "tile_differs", path);
  }

  void takeEntry(std::uint64_t index, BytesView entry) {
    ++report_.entries_checked;
    if (log_.rules == LogRules::None) return;
    const auto where = fmt::format("entry {}", index);
    const auto leaf = parseLeaf(entry);
    if (!leaf) {
      find("leaf_malformed", where);
    } else if (log_.rules == LogRules::Issuance) {
      const auto reason = rules_.take(index, *leaf);
      if (!reason.empty()) find(reason, where);
    } else if (!std::holds_alternative<EventLeaf>(*leaf)) {
      find("leaf_not_for_log", where);
    }
  }

  void compareRoot() {
    if (builder_.size() == report_.head.size && edge_.root() != report_.head.root) {
      find("root_differs", "checkpoint");
    }
  }

  /// The tiles of the signed size are checked by now; older partial files must be beginnings of
  /// them.
  void comparePartials() {
    for (const auto& partial : log_.partials) {
      const auto width = tileWidth(report_.head.size, partial.level, partial.index);
      if (width < partial.width) continue;  // beyond what is signed: nothing is promised
      auto now = partial;
      now.width = width;
      const bool same =
          partial.kind == TileKind::Entries ? sameEntries(partial, now) : sameHashes(partial, now);
      if (!same) find("partial_differs", tilePath(partial));
    }
  }

  bool sameEntries(const TileId& partial, const TileId& now) const {
    const auto older = readEntries(log_.bundles, partial);
    const auto newer = readEntries(log_.bundles, now);
    return older && newer && std::equal(older->begin(), older->end(), newer->begin());
  }

  bool sameHashes(const TileId& partial, const TileId& now) const {
    const auto older = log_.tiles.hashes(partial);
    const auto newer = log_.tiles.hashes(now);
    const auto width = static_cast<std::ptrdiff_t>(partial.width);
    return older && newer && std::equal(older->begin(), older->begin() + width, newer->begin());
  }

  const WholeLog& log_;
  WholeLogReport report_;
  TileBuilder builder_;
  RightEdge edge_;
  IssuanceRules rules_;
  std::multimap<std::uint64_t, Earlier> earlier_;
};

}  // namespace

bool WholeLogReport::sound() const {
  return std::ranges::none_of(
      findings, [](const Finding& finding) { return finding.gravity == Gravity::Broken; });
}

WholeLogReport checkWholeLog(const WholeLog& log) {
  return LogCheck(log).run();
}

}  // namespace congvan::tlog
