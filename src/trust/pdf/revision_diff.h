// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/changes.h"
#include "trust/pdf/form_walk.h"
#include "trust/pdf/snapshot.h"

#include <vector>

/// Attributes the difference between two revisions. Internal to trust/pdf.
namespace congvan::pdf {

/// Walks from the trailer down both revisions side by side, along the ways on which something may
/// change, and ticks off each changed object that a rule explains. What is left and can still be
/// reached in the later revision is attributed by how it is reached. `references` are those of
/// `after`; `fields` is the field tree of `before` and becomes that of `after`. QPDF may throw, and
/// then `fields` is of no revision.
std::vector<Change> explainRevision(Snapshot& before,
                                    Snapshot& after,
                                    const Delta& delta,
                                    const ReferenceCounts& references,
                                    FieldMap& fields);

}  // namespace congvan::pdf
