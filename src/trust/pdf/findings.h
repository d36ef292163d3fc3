// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/changes.h"
#include "trust/pdf/snapshot.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

/// What comparing two revisions has found so far: the rules (form_diff, page_diff, catalog_diff)
/// tick off the objects that they explain and say what was changed. Internal to trust/pdf.
namespace congvan::pdf {

class Findings {
 public:
  /// `references` are those of `after`.
  Findings(Snapshot& before,
           Snapshot& after,
           const Delta& delta,
           const ReferenceCounts& references);

  Snapshot& before() { return before_; }
  Snapshot& after() { return after_; }
  const Delta& delta() const { return delta_; }
  /// Without those that were only written again and say the same.
  const ObjectSet& changed() const { return changed_; }
  bool isChanged(QPDFObjectHandle value) const;
  /// Direct, or an object that this revision made.
  bool isAdded(QPDFObjectHandle value) const;

  bool isExplained(QPDFObjGen id) const { return explained_.contains(id); }
  /// All that can change in the object has been compared.
  void explain(QPDFObjGen id) { explained_.insert(id); }
  /// What changed in the object is lawful where it was found; nobody else may use it.
  void explain(QPDFObjectHandle value);
  /// Explains `value` and what hangs below it as far as it was written in this revision. Since
  /// other things may show such an object too, changed ones become suspects.
  void explainBelow(QPDFObjectHandle value);
  std::size_t explainedCount() const { return explained_.size(); }

  /// Explained objects that something else refers to as well.
  const ObjectSet& suspects() const { return suspects_; }
  /// What was changed or removed and no rule explained.
  ObjectSet unexplained() const;

  /// Once, however often it is said, and up to a bound that ends in `Unexplained`.
  void say(ChangeKind kind, std::string what, std::string field = {});
  std::vector<Change> take() { return std::move(changes_); }

 private:
  void explainWritten(QPDFObjGen id, QPDFObjectHandle value);
  void suspectIfShared(QPDFObjGen id);

  Snapshot& before_;
  Snapshot& after_;
  const Delta& delta_;
  const ReferenceCounts& references_;
  ObjectSet changed_;
  ObjectSet explained_;
  ObjectSet suspects_;
  std::vector<Change> changes_;
  std::set<std::pair<ChangeKind, std::string>> said_;
};

}  // namespace congvan::pdf
