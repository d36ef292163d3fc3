// SPDX-License-Identifier: Apache-2.0
#include "app/monitor.h"

#include "base/encoding.h"
#include "trust/tlog/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace congvan::app {
namespace {

constexpr std::string_view kSeenFile = "seen";
/// What is fetched before it is held against the signed root and kept.
constexpr std::size_t kStepBytesMost = 16U << 20U;
constexpr unsigned kStepBundlesMost = 64;

using tlog::Gravity;

Error damaged(std::string_view file) {
  return {Code::Malformed, "monitor_state_damaged", {{"file", std::string(file)}}};
}

/// Not the log's fault as far as can be told: the visit is made again later.
bool endsVisit(const Error& error) {
  return error.code == Code::Unavailable || error.code == Code::TooLarge;
}

}  // namespace

/// One visit: what is known, and what was found.
struct Monitor::Visit {
  Monitor& monitor;
  const Remote& remote;
  const Demands& demands;
  Report report = {};
  tlog::TreeHead seen = tlog::nothingSeen();    // the newest that was consistent
  tlog::TreeHead copied = tlog::nothingSeen();  // what the copy holds
  std::unique_ptr<tlog::SignedTiles> tiles = {};

  void find(std::string_view reason, std::string where, Gravity gravity = Gravity::Broken) {
    report.findings.push_back({gravity, std::string(reason), std::move(where)});
  }

  /// One of our own checkpoints; nullopt: not there yet.
  Result<std::optional<tlog::TreeHead>> recall(std::string_view file) const {
    const auto bytes = monitor.files_->read(file, tlog::kNoteBytesMost);
    if (!bytes && bytes.error().code == Code::NotFound) return std::optional<tlog::TreeHead>();
    if (!bytes) return bytes.error();
    const auto opened = tlog::openCheckpoint(asText(*bytes), {demands.key});
    if (!opened || !tlog::verifiedBy(opened->note, demands.key)) return damaged(file);
    return std::optional(opened->checkpoint.head);
  }

  Result<> recallAll() {
    const auto last = recall("checkpoint");
    if (!last) return last.error();
    const auto newest = recall(kSeenFile);
    if (!newest) return newest.error();
    if (*last) copied = **last;
    seen = newest->value_or(copied);
    report.before = copied.size;
    return kDone;
  }

  bool openCheckpoint() {
    const auto opened = tlog::openCheckpoint(remote.checkpoint, {demands.key});
    if (!opened) {
      find("checkpoint_malformed", "checkpoint");
      return false;
    }
    report.head = opened->checkpoint.head;
    if (!tlog::verifiedBy(opened->note, demands.key)) find("checkpoint_not_signed", "checkpoint");
    if (opened->checkpoint.origin != demands.key.name()) find("checkpoint_origin", "checkpoint");
    for (const auto& witness : demands.witnesses) {
      const auto judged = tlog::openNote(remote.checkpoint, {witness});
      if (judged->verdict == tlog::NoteVerdict::BadSignature) {
        find("cosignature_wrong", witness.name());
      } else if (judged->verdict == tlog::NoteVerdict::Unverified) {
        find("cosignature_missing", witness.name(), Gravity::Open);
      }
    }
    return std::ranges::none_of(report.findings, [](const tlog::Finding& finding) {
      return finding.where == "checkpoint";
    });
  }

  /// Every hash of it is under the signed root.
  Result<tlog::Proof> proofFrom(std::uint64_t size) {
    if (!tiles) {
      tiles = std::make_unique<tlog::SignedTiles>(remote.tiles, report.head);
      const auto opened = tiles->open();
      if (!opened) return opened.error();
    }
    return tlog::TileTree(*tiles, report.head.size).consistency(size);
  }

  void findTile(const Error& error) {
    const bool named = error.reason == "tile_missing" || error.reason == "tile_malformed";
    find(named ? error.reason : "tile_differs", error.detail.empty() ? "tile" : error.detail);
  }

  /// Does the log continue what was seen? Asked of its own tiles.
  Result<bool> continues() {
    const auto& now = report.head;
    const auto before = report.findings.size();
    if (now.size < seen.size) {
      find("previous_ahead", std::string(kSeenFile));
    } else if (seen.size > 0) {
      const auto proof = proofFrom(seen.size);
      if (!proof && endsVisit(proof.error())) return proof.error();
      if (!proof) {
        findTile(proof.error());  // so nothing is told about the past
      } else if (tlog::checkConsistency(seen, now, *proof) != tlog::ProofVerdict::Good) {
        find("previous_differs", std::string(kSeenFile));
      }
    }
    if (report.findings.size() == before) return true;
    report.evidence = fmt::format("fork-{}-{}", now.size, toHex(BytesView(now.root)).substr(0, 16));
    const auto kept = storage::writeDurably(
        *monitor.files_, report.evidence, asBytes(remote.checkpoint), "visit");
    if (!kept) return kept.error();
    return false;
  }

  /// Leaves and bundles from the end of the copy on, one step of them.
  struct Step {
    audit::LogBatch batch;
    tlog::TileBuilder after;
  };

  /// nullopt: the log does not serve what it signed, which is a finding.
  Result<std::optional<Step>> fetchStep(const tlog::TileBuilder& builder) {
    Step step{{}, builder};
    std::size_t bytes = 0;
    const auto& to = report.head;
    for (unsigned i = 0; i < kStepBundlesMost && bytes < kStepBytesMost; ++i) {
      const auto size = step.after.size();
      if (size == to.size) break;
      const auto id = tlog::bundleHolding(to.size, size);
      const auto entries = tlog::readEntries(remote.bundles, id);
      if (!entries && endsVisit(entries.error())) return entries.error();
      if (!entries) {
        const bool missing = entries.error().code == Code::NotFound;
        find(missing ? "bundle_missing" : "bundle_malformed", tlog::tilePath(id));
        return std::optional<Step>();
      }
      std::vector<tlog::Hash> leaves;
      Bytes bundle;
      for (std::size_t at = 0; at < entries->size(); ++at) {
        tlog::appendToBundle(bundle, entries->at(at));
        if (at >= size % tlog::kTileWidth) leaves.push_back(tlog::leafHash(entries->at(at)));
      }
      bytes += bundle.size();
      for (auto& tile : step.after.append(leaves)) {
        std::erase_if(step.batch.files, [&](const audit::LogBatch::File& file) {
          return file.tile.full() == tile.id.full();  // it was narrower a bundle ago
        });
        step.batch.files.push_back({tile.id, std::move(tile.bytes)});
      }
      step.batch.files.push_back({id, std::move(bundle)});
    }
    step.batch.head = step.after.head();
    return std::optional(std::move(step));
  }

  /// Is the tree of a step a beginning of the signed one?
  Result<bool> isSigned(const tlog::TreeHead& part) {
    if (part.size == report.head.size) return part.root == report.head.root;
    const auto proof = proofFrom(part.size);
    if (!proof && endsVisit(proof.error())) return proof.error();
    if (!proof) findTile(proof.error());
    return proof && tlog::checkConsistency(part, report.head, *proof) == tlog::ProofVerdict::Good;
  }

  /// Fetches what is new, held against the signed root step by step before it is kept. False: what
  /// is served is not what was signed.
  Result<bool> copyEntries() {
    auto builder = tlog::TileBuilder::restore(monitor.copy_, copied);
    if (!builder) return damaged("tile");
    while (builder->size() < report.head.size) {
      auto step = fetchStep(*builder);
      if (!step) return step.error();
      if (!*step) return false;
      const auto covered = isSigned((*step)->batch.head);
      if (!covered) return covered.error();
      if (!*covered) {
        find("entries_differ",
             fmt::format("entries {}..{}", builder->size(), (*step)->batch.head.size - 1));
        return false;
      }
      auto kept = monitor.copy_.stage((*step)->batch);
      if (kept) kept = monitor.copy_.settle((*step)->batch.head);
      if (!kept) return kept.error();
      *builder = std::move((*step)->after);
    }
    const auto published = monitor.copy_.publish(remote.checkpoint);
    if (!published) return published.error();
    return true;
  }

  void checkRules() {
    auto checked = tlog::checkWholeLog({.tiles = monitor.copy_,
                                        .bundles = monitor.copy_,
                                        .checkpoint = remote.checkpoint,
                                        .key = demands.key,
                                        .rules = demands.rules,
                                        .intents = demands.intents});
    for (auto& finding : checked.findings) report.findings.push_back(std::move(finding));
  }

  Result<> checkRegister() {
    RegisterCheck check;
    const auto size = report.head.size;
    for (std::uint64_t first = 0; first < size; first += tlog::kTileWidth) {
      const auto entries = tlog::readEntries(monitor.copy_, tlog::bundleHolding(size, first));
      if (!entries) return damaged(tlog::tilePath(tlog::bundleHolding(size, first)));
      for (std::size_t i = 0; i < entries->size(); ++i) {
        const auto leaf = tlog::parseLeaf(entries->at(i));
        const auto* issued = leaf ? std::get_if<tlog::IssuedLeaf>(&*leaf) : nullptr;
        if (issued != nullptr) check.take(first + i, *issued);
      }
    }
    for (auto& finding : check.compare(*demands.register_rows)) {
      report.findings.push_back(std::move(finding));
    }
    return kDone;
  }
};

Result<std::unique_ptr<Monitor>> Monitor::open(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const int file = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (file >= 0) ::close(file);
    return Error{Code::Conflict, "monitor_in_use", {{"folder", folder.string()}}};
  }
  return std::unique_ptr<Monitor>(new Monitor(file, storage::openFiles(folder)));
}

Monitor::Monitor(int locked, std::unique_ptr<storage::Files> files)
    : locked_(locked),
      files_(std::move(files)),
      copy_(*files_, {.folder = {}, .writer = "visit"}) {}

Monitor::~Monitor() {
  ::close(locked_);
}

Result<Monitor::Report> Monitor::visit(const Remote& remote, const Demands& demands) {
  Visit visit{*this, remote, demands};
  const auto recalled = visit.recallAll();
  if (!recalled) return recalled.error();
  if (!visit.openCheckpoint()) return std::move(visit.report);
  const auto continues = visit.continues();
  if (!continues) return continues.error();
  if (!*continues) return std::move(visit.report);
  // Before anything is copied: a visit that is cut short has seen this history all the same.
  const auto seen = storage::writeDurably(*files_, kSeenFile, asBytes(remote.checkpoint), "visit");
  if (!seen) return seen.error();
  const auto copied = visit.copyEntries();
  if (!copied) return copied.error();
  if (!*copied) return std::move(visit.report);
  visit.checkRules();
  if (demands.register_rows) {
    const auto compared = visit.checkRegister();
    if (!compared) return compared.error();
  }
  return std::move(visit.report);
}

}  // namespace congvan::app
