// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/revision_diff.h"

#include "trust/pdf/catalog_diff.h"
#include "trust/pdf/findings.h"
#include "trust/pdf/form_diff.h"
#include "trust/pdf/page_diff.h"
#include "trust/pdf/reach.h"
#include "trust/pdf/structure_text.h"

namespace congvan::pdf {
namespace {

/// Whatever no rule explained, and what a rule explained but other things show too.
void attributeTheRest(Findings& findings, const FormDiff& form) {
  const auto rest = findings.unexplained();
  if (rest.empty() && findings.suspects().empty()) return;
  auto& document = findings.after().document();
  for (auto& found : findReached(document, rest, findings.suspects(), form.filledWidgets())) {
    const bool structure = found.change.kind == ChangeKind::MetadataChanged;
    if (structure && saysOtherText(findings.before().object(found.object),
                                   findings.after().object(found.object))) {
      found.change = {ChangeKind::CatalogChanged, "structure tree: another text", {}};
    }
    findings.say(found.change.kind, std::move(found.change.what));
  }
}

}  // namespace

std::vector<Change> explainRevision(Snapshot& before,
                                    Snapshot& after,
                                    const Delta& delta,
                                    const ReferenceCounts& references,
                                    FieldMap& fields) {
  Findings findings(before, after, delta, references);
  FormDiff form(findings, fields);
  CatalogDiff catalog(findings, form);
  catalog.compareTrailers(before.document().getTrailer(), after.document().getTrailer());
  PageDiff(findings, form).compare(catalog.treeReplaced());
  attributeTheRest(findings, form);
  fields = form.takeFields();
  return findings.take();
}

}  // namespace congvan::pdf
