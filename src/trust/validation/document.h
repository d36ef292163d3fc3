// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/validation/verdict.h"

#include <optional>
#include <string>
#include <vector>

/// What came after a signature in a PDF: nothing, only what is permitted, or more.
namespace congvan::validation {

struct DocumentFinding {
  std::optional<DocumentState> state;  ///< nullopt: cannot be known
  std::string covers;                  ///< `whole-file`, `revision N of M`, `part`
  std::vector<LaterChange> changes_after;
  bool later_marks = false;  ///< a later signature drew where no field was: lawful, but look at it
  std::string detail;  ///< for the check line: which change is unlawful, or why nothing can be said
};

/// The strictest permission in force, DocMDP by ISO 32000-2 12.8.2.2: 1 nothing, 2 forms, 3
/// annotations too. Without one the policy stands in, and further signatures are lawful.
bool isLawful(evidence::ChangeKind kind, std::optional<int> permission, const Policy& policy);

DocumentFinding judgeDocument(const evidence::PdfFacts& facts, bool damaged, const Policy& policy);

/// `whole-file`, `revision 2 of 3`, `part`
std::string coverage(const evidence::PdfFacts& facts);

}  // namespace congvan::validation
