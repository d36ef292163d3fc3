// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/evidence/signed_file.h"
#include "trust/pdf/changes.h"
#include "trust/pdf/signatures.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// What came after each signature of a file, worked out once for all of them.
namespace congvan::pades {

class LaterChanges {
 public:
  /// `file` outlives this.
  LaterChanges(BytesView file, const std::vector<pdf::Revision>& revisions)
      : revisions_(revisions.size()), history_(file, revisions) {}

  /// The locks of one signature, in the field `field`.
  struct Locking {
    std::string field;
    std::vector<pdf::FieldLock> locks;
  };
  /// Of all signatures, in the order of signing. To be called before `after`.
  void lockedBy(std::vector<Locking> signatures) { signatures_ = std::move(signatures); }

  /// What the revisions behind `revision` did to signature number `index`, oldest first. Of each
  /// kind the first hundred are named, and the rest are counted: with many signatures and many
  /// changes the lists would grow with the product of both.
  ///
  /// The error of `pdf::ChangeHistory`, its detail beginning with the revision: one of them cannot
  /// be read strictly.
  Result<std::vector<evidence::Change>> after(std::size_t revision, std::size_t index);

 private:
  struct Made {
    evidence::Change change;
    std::string field;
    std::size_t locked_from = SIZE_MAX;  ///< the first signature that locks the field
  };
  Result<> load(std::size_t revision);
  std::size_t lockedFrom(const pdf::Change& change) const;
  evidence::ChangeKind kindFor(std::size_t index, const Made& made) const;

  std::size_t revisions_;
  pdf::ChangeHistory history_;
  std::vector<Locking> signatures_;
  std::map<std::size_t, std::vector<Made>> made_;  ///< by revision
  std::set<std::string> signed_fields_;            ///< in the revisions of `made_`
};

}  // namespace congvan::pades
