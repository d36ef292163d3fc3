// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// Bounds what QPDF inflates. QPDF 11.3 has no limit of its own, and decodes cross-reference and
/// object streams while it opens a file. Internal to trust/pdf.
///
/// QPDF lets filters be replaced only for the whole process, so the budget belongs to the thread.
namespace congvan::pdf {

struct InflationLimits {
  std::size_t stream_bytes = 0;    ///< of one stream
  std::size_t document_bytes = 0;  ///< of all streams until the next call
};

/// Starts a new budget for this thread, and puts the bounded filters in place the first time.
void limitInflation(const InflationLimits& limits);

/// What of `document_bytes` is left on this thread.
std::size_t inflationLeft();

/// Whether a bound was passed on this thread since `limitInflation`.
bool inflationExceeded();

}  // namespace congvan::pdf
