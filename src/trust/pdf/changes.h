// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/revisions.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

/// What a revision changed, object by object.
///
/// Fails closed: a difference that no rule here attributes is `Unexplained`. Cost is linear in the
/// objects that changed, plus one pass over the references of the base revision.
namespace congvan::pdf {

enum class ChangeKind {
  SignatureAdded,
  SignatureDrawn,  ///< where no field was: a mark of ordinary size that covers no other field
  DocumentTimestampAdded,
  ValidationDataAdded,
  FieldFilled,
  EmptyFieldAdded,
  AnnotationAdded,
  AnnotationChanged,
  AnnotationRemoved,
  MetadataChanged,
  PageChanged,
  PageAdded,
  PageRemoved,
  CatalogChanged,
  ObjectUndefined,
  SignatureRemoved,
  Unexplained,
};

struct Change {
  ChangeKind kind;
  std::string what;   ///< for a person: `page 2: /Contents`, `field Seal: value`
  std::string field;  ///< full name, where a form field is concerned
  bool operator==(const Change&) const = default;
};

/// Answers for all signatures of one file; what was found for a revision is kept. One thread at a
/// time. `file` outlives it.
class ChangeHistory {
 public:
  ChangeHistory(BytesView file, std::vector<Revision> revisions);
  ~ChangeHistory();

  /// What the 1-based `revision` did to the one before it (so from 2 on).
  /// Malformed: one of the two cannot be read strictly.
  const Result<std::vector<Change>>& of(std::size_t revision);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::map<std::size_t, Result<std::vector<Change>>> known_;
};

}  // namespace congvan::pdf
