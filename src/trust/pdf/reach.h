// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/changes.h"
#include "trust/pdf/snapshot.h"

#include <vector>

/// How objects are reached from the top of a document. Internal to trust/pdf.
namespace congvan::pdf {

struct Reached {
  QPDFObjGen object;
  Change change;  ///< what a change of the object means for who looks at the document
};

/// Walks the whole document, the gravest ways first (what pages show, then annotations, the
/// catalog, and last the metadata and the structure tree), and names each object of `rest` by the
/// first way that reaches it. Unreachable ones are left out. Objects of `suspects` are explained on
/// the way through the form and the widgets `filled`; they are named only when another way reaches
/// them too.
std::vector<Reached> findReached(QPDF& document,
                                 const ObjectSet& rest,
                                 const ObjectSet& suspects,
                                 const ObjectSet& filled);

}  // namespace congvan::pdf
