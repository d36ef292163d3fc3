// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/changes.h"

#include "trust/pdf/open.h"
#include "trust/pdf/revision_diff.h"
#include "trust/pdf/snapshot.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <set>
#include <span>

namespace congvan::pdf {
namespace {

/// Every revision has the tables of all before it. A file may cost some seconds, large ones more.
constexpr std::size_t kEntriesMost = 1'000'000;
constexpr std::size_t kBytesAnEntry = 4;
constexpr std::size_t kInflatedMost = std::size_t{1} << 30U;

}  // namespace

struct ChangeHistory::State {
  BytesView file;
  std::vector<Revision> revisions;
  /// The snapshot of the last revision asked for, as the "before" of the next one.
  std::size_t last = 0;
  std::unique_ptr<Snapshot> snapshot;
  /// The numbers that `last` refers to and does not define.
  std::set<int> dangling;
  ReferenceCounts references;  ///< of `last`
  FieldMap fields;             ///< of `last`
  bool doubtful = false;       ///< some of them are read differently by different readers

  /// What opening revisions may still cost, all together.
  std::size_t entries_left = 0;
  std::size_t bytes_left = kInflatedMost;
  std::size_t bytes_lent = 0;  ///< to the snapshot opened last

  Result<std::unique_ptr<Snapshot>> open(std::size_t revision);
  void takeBack();
  Result<std::vector<Change>> explain(std::size_t revision);
  Result<std::unique_ptr<Snapshot>> openBefore(std::size_t revision);
  std::vector<Change> compare(Snapshot& before, Snapshot& after);
  void noteReferences(Snapshot& of, const ObjectSet& ids);
  void notePromise(Snapshot& of, const Reference& reference);
};

void ChangeHistory::State::noteReferences(Snapshot& of, const ObjectSet& ids) {
  const auto found = of.references(ids);
  references.add(found.references);
  doubtful = doubtful || found.doubtful;
  for (const auto& reference : found.references) notePromise(of, reference);
  for (const auto& reference : of.trailerReferences()) notePromise(of, reference);
}

void ChangeHistory::State::notePromise(Snapshot& of, const Reference& reference) {
  if (of.contradicts(reference)) doubtful = true;
  if (reference.object != 0 && !of.defines(reference.object)) dangling.insert(reference.object);
}

Result<std::unique_ptr<Snapshot>> ChangeHistory::State::open(std::size_t revision) {
  takeBack();
  if (entries_left == 0 || bytes_left == 0) {
    return Error{Code::TooLarge, "pdf_too_complex", {}, "revisions too large to compare"};
  }
  OpenLimits limits;
  limits.inflated_bytes = std::min(limits.inflated_bytes, bytes_left);
  const auto end = revisions.at(revision - 1).end;
  bytes_lent = limits.inflated_bytes + 4 * end;
  auto opened = Snapshot::open(file, std::span(revisions).first(revision), limits);
  const auto entries = opened ? (*opened)->table().size() : end / 20;
  entries_left -= std::min(entries_left, entries);
  return opened;
}

void ChangeHistory::State::takeBack() {
  bytes_left -= std::min(bytes_left, bytes_lent - std::min(bytes_lent, inflationLeft()));
  bytes_lent = 0;
}

Result<std::unique_ptr<Snapshot>> ChangeHistory::State::openBefore(std::size_t revision) {
  if (snapshot && last == revision - 1) return std::move(snapshot);
  auto before = open(revision - 1);
  if (!before) return before;
  return guarded<std::unique_ptr<Snapshot>>([&]() -> Result<std::unique_ptr<Snapshot>> {
    ObjectSet all;
    for (const auto& [id, entry] : (*before)->table()) all.insert(all.end(), id);
    dangling.clear();
    references = {};
    doubtful = false;
    references.add((*before)->trailerReferences());
    noteReferences(**before, all);
    fields = walkForm(valueAt((*before)->document().getRoot(), "/AcroForm"));
    return std::move(*before);
  });
}

std::vector<Change> ChangeHistory::State::compare(Snapshot& before, Snapshot& after) {
  const auto delta = compareTables(before.table(), after.table());
  const auto promised = dangling;
  references.subtract(before.plainReferences(delta.changed).references);
  references.subtract(before.plainReferences(delta.removed).references);
  references.subtract(before.trailerReferences());
  references.add(after.trailerReferences());
  noteReferences(after, delta.changed);
  noteReferences(after, delta.added);
  auto changes = explainRevision(before, after, delta, references, fields);
  for (const auto& id : delta.added) {
    dangling.erase(id.getObj());
    if (!promised.contains(id.getObj())) continue;
    changes.push_back({ChangeKind::ObjectUndefined,
                       "object " + std::to_string(id.getObj()) + ": used before it was defined",
                       {}});
  }
  for (const auto& id : delta.removed) dangling.insert(id.getObj());
  if (delta.renumbered) {
    changes.push_back({ChangeKind::Unexplained, "one number for two objects", {}});
  }
  if (doubtful) {
    changes.push_back(
        {ChangeKind::Unexplained, "references that readers understand differently", {}});
  }
  return changes;
}

Result<std::vector<Change>> ChangeHistory::State::explain(std::size_t revision) {
  auto before = openBefore(revision);
  if (!before) return before.error();
  auto after = open(revision);
  if (!after) return after.error();
  auto changes = guarded<std::vector<Change>>(
      [&]() -> Result<std::vector<Change>> { return compare(**before, **after); });
  // QPDF warns of what it had to guess; a guess explains nothing.
  if (changes && ((*before)->document().anyWarnings() || (*after)->document().anyWarnings())) {
    changes->push_back({ChangeKind::Unexplained, "objects that cannot be read cleanly", {}});
  }
  takeBack();
  last = changes ? revision : 0;
  snapshot = std::move(*after);
  return changes;
}

ChangeHistory::ChangeHistory(BytesView file, std::vector<Revision> revisions)
    : state_(std::make_unique<State>()) {
  state_->file = file;
  state_->entries_left = kEntriesMost + file.size() / kBytesAnEntry;
  state_->revisions = std::move(revisions);
}

ChangeHistory::~ChangeHistory() = default;

const Result<std::vector<Change>>& ChangeHistory::of(std::size_t revision) {
  const auto known = known_.find(revision);
  if (known != known_.end()) return known->second;
  return known_.emplace(revision, state_->explain(revision)).first->second;
}

}  // namespace congvan::pdf
