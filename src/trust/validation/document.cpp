// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace congvan::validation {
namespace {

using evidence::ChangeKind;

constexpr int kAlways = 1;
constexpr int kForms = 2;
constexpr int kAnnotations = 3;
constexpr int kNever = 4;

struct Rule {
  ChangeKind kind;
  int lawful_from;  ///< DocMDP level
};

// Time-stamps and validation data are lawful under every level: they prolong a signature and show
// nothing (ISO 32000-2 12.8.2.2 with EN 319 142-1 5.4). Whatever stands in no row is never lawful.
constexpr auto kRules = std::to_array<Rule>({
    {ChangeKind::DocumentTimestampAdded, kAlways},
    {ChangeKind::ValidationDataAdded, kAlways},
    {ChangeKind::MetadataChanged, kAlways},
    {ChangeKind::SignatureAdded, kForms},
    {ChangeKind::SignatureDrawn, kForms},
    {ChangeKind::FieldFilled, kForms},
    {ChangeKind::EmptyFieldAdded, kForms},
    {ChangeKind::AnnotationAdded, kAnnotations},
    {ChangeKind::AnnotationChanged, kAnnotations},
    {ChangeKind::AnnotationRemoved, kAnnotations},
});

int lawfulFrom(ChangeKind kind) {
  for (const auto& rule : kRules) {
    if (rule.kind == kind) return rule.lawful_from;
  }
  return kNever;
}

}  // namespace

std::string describe(const LaterChange& change) {
  return change.revision == 0 ? change.what
                              : fmt::format("revision {}: {}", change.revision, change.what);
}

bool isLawful(ChangeKind kind, std::optional<int> permission, const Policy& policy) {
  const int needed = lawfulFrom(kind);
  if (permission) return *permission >= needed;
  switch (needed) {
    case kAlways:
      return true;
    case kForms:
      return policy.allow_form_filling || kind == ChangeKind::SignatureAdded ||
             kind == ChangeKind::SignatureDrawn;
    case kAnnotations:
      return policy.allow_annotations;
    default:
      return false;
  }
}

std::string coverage(const evidence::PdfFacts& facts) {
  if (facts.covers_whole_file) return "whole-file";
  if (facts.revision == 0) return "part";
  return fmt::format("revision {} of {}", facts.revision, facts.revisions);
}

DocumentFinding judgeDocument(const evidence::PdfFacts& facts, bool damaged, const Policy& policy) {
  DocumentFinding finding;
  finding.covers = coverage(facts);
  if (!facts.later_changes) {
    finding.detail = "what came after the signature cannot be compared";
    return finding;
  }
  std::vector<std::string> unlawful;
  for (const auto& change : *facts.later_changes) {
    const LaterChange later{change.kind,
                            change.what,
                            change.revision,
                            isLawful(change.kind, facts.changes_allowed, policy)};
    finding.later_marks = finding.later_marks || change.kind == ChangeKind::SignatureDrawn;
    if (!later.lawful) unlawful.push_back(describe(later));
    finding.changes_after.push_back(later);
  }
  if (!unlawful.empty()) {
    finding.state = DocumentState::Modified;
    finding.detail = fmt::format("not permitted after this signature{}: {}",
                                 facts.changes_allowed
                                     ? fmt::format(" (DocMDP level {})", *facts.changes_allowed)
                                     : std::string(),
                                 fmt::join(unlawful, "; "));
    return finding;
  }
  if (damaged) {
    finding.detail = "the file is damaged: what it shows depends on how it is repaired";
    return finding;
  }
  const bool untouched = facts.covers_whole_file && facts.later_changes->empty();
  finding.state = untouched ? DocumentState::AsSigned : DocumentState::Extended;
  finding.detail =
      untouched ? "the signature covers the whole file"
                : fmt::format("{} later changes, all permitted", facts.later_changes->size());
  return finding;
}

}  // namespace congvan::validation
