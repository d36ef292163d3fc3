// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <string>
#include <vector>

/// Where the revisions of a file end (ISO 32000-2, 7.5.6).
namespace congvan::pdf {

struct Revision {
  std::size_t section = 0;    ///< offset of its newest cross-reference section
  std::size_t end = 0;        ///< just after its `%%EOF`
  std::size_t blank_end = 0;  ///< after the white space that follows
};

struct RevisionList {
  std::vector<Revision> revisions;  ///< oldest first; empty: the chain cannot be followed
  /// `revisions-unclear: …` when the chain breaks, loops, or passes the limit: the list is then
  /// empty.
  std::string problem;
};

/// Follows startxref and /Prev from the end of the file; markers that no cross-reference section
/// stands behind are not revisions, nor is the first `%%EOF` of a linearised file.
RevisionList findRevisions(BytesView file, std::size_t most);

}  // namespace congvan::pdf
