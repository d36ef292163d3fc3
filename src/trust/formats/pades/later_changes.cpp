// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/later_changes.h"

#include <algorithm>
#include <utility>

namespace congvan::pades {
namespace {

constexpr std::size_t kNamedOfAKindMost = 100;

evidence::ChangeKind kindOf(pdf::ChangeKind kind) {
  using From = pdf::ChangeKind;
  using To = evidence::ChangeKind;
  switch (kind) {
    case From::SignatureAdded:
      return To::SignatureAdded;
    case From::SignatureDrawn:
      return To::SignatureDrawn;
    case From::DocumentTimestampAdded:
      return To::DocumentTimestampAdded;
    case From::ValidationDataAdded:
      return To::ValidationDataAdded;
    case From::FieldFilled:
      return To::FieldFilled;
    case From::EmptyFieldAdded:
      return To::EmptyFieldAdded;
    case From::AnnotationAdded:
      return To::AnnotationAdded;
    case From::AnnotationChanged:
      return To::AnnotationChanged;
    case From::AnnotationRemoved:
      return To::AnnotationRemoved;
    case From::MetadataChanged:
      return To::MetadataChanged;
    case From::PageChanged:
      return To::PageChanged;
    case From::PageAdded:
      return To::PageAdded;
    case From::PageRemoved:
      return To::PageRemoved;
    case From::CatalogChanged:
      return To::CatalogChanged;
    case From::ObjectUndefined:
      return To::ObjectUndefined;
    case From::SignatureRemoved:
      return To::SignatureRemoved;
    case From::Unexplained:
      break;
  }
  return To::Unexplained;
}

}  // namespace

/// The first signature with a lock of the field, which binds those after it too.
std::size_t LaterChanges::lockedFrom(const pdf::Change& change) const {
  const bool can_be_locked =
      change.kind == pdf::ChangeKind::FieldFilled || change.kind == pdf::ChangeKind::SignatureAdded;
  if (!can_be_locked) return SIZE_MAX;
  const auto found = std::find_if(signatures_.begin(), signatures_.end(), [&](const auto& one) {
    return std::any_of(one.locks.begin(), one.locks.end(), [&](const auto& lock) {
      return lock.covers(change.field);
    });
  });
  if (found == signatures_.end()) return SIZE_MAX;
  return static_cast<std::size_t>(found - signatures_.begin());
}

Result<> LaterChanges::load(std::size_t revision) {
  if (made_.contains(revision)) return kDone;
  const auto& changes = history_.of(revision);
  if (!changes) {
    auto error = changes.error();
    error.detail = "revision " + std::to_string(revision) + ": " + error.detail;
    return error;
  }
  auto& made = made_[revision];
  for (const auto& change : *changes) {
    made.push_back(
        {{kindOf(change.kind), change.what, revision}, change.field, lockedFrom(change)});
    if (change.kind == pdf::ChangeKind::SignatureAdded) signed_fields_.insert(change.field);
  }
  return kDone;
}

evidence::ChangeKind LaterChanges::kindFor(std::size_t index, const Made& made) const {
  if (made.locked_from <= index) return evidence::ChangeKind::LockedFieldChanged;
  // A signature field that was added with its looks and signed later is no annotation but a way of
  // signing.
  const bool field = made.change.kind == evidence::ChangeKind::AnnotationAdded &&
                     made.change.what == "field " + made.field + ": new";
  const bool is_signed = field && signed_fields_.contains(made.field);
  return is_signed ? evidence::ChangeKind::EmptyFieldAdded : made.change.kind;
}

Result<std::vector<evidence::Change>> LaterChanges::after(std::size_t revision, std::size_t index) {
  for (auto later = revision + 1; later <= revisions_; ++later) {
    if (const auto loaded = load(later); !loaded) return loaded.error();
  }
  std::vector<evidence::Change> named;
  std::map<evidence::ChangeKind, std::size_t> counts;
  for (auto later = revision + 1; later <= revisions_; ++later) {
    for (const auto& made : made_.at(later)) {
      const auto kind = kindFor(index, made);
      if (++counts[kind] > kNamedOfAKindMost) continue;
      named.push_back({kind, made.change.what, later});
      if (kind == evidence::ChangeKind::LockedFieldChanged) {
        named.back().what += " (locked by " + signatures_[made.locked_from].field + ")";
      }
    }
  }
  for (const auto& [kind, count] : counts) {
    if (count <= kNamedOfAKindMost) continue;
    named.push_back({kind, std::to_string(count - kNamedOfAKindMost) + " more of this kind", 0});
  }
  return named;
}

}  // namespace congvan::pades
