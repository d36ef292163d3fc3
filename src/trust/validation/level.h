// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/validation/paths.h"
#include "trust/validation/verdict.h"

#include <string>

namespace congvan::validation {

/// The AdES level that the evidence amounts to (EN 319 142-1 and 319 122-1, clause 6): which
/// evidence is there and intact, not whether it is trusted.
std::string levelOf(const evidence::Signature& signature,
                    const evidence::SignedFile& file,
                    Paths& paths);

/// Up to which byte a PDF signature or time-stamp reaches; 0 when its byte range is not a range.
std::int64_t coverageEnd(const evidence::PdfFacts& facts);

}  // namespace congvan::validation
