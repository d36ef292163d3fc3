// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/inflation.h"
#include "trust/pdf/qpdf.h"

#include <functional>
#include <memory>

/// The one place that hands bytes to QPDF. Internal to trust/pdf.
namespace congvan::pdf {

enum class Reading {
  Strict,      ///< no repair; a warning is a refusal
  Recovering,  ///< QPDF may rebuild the cross-reference table; ask `anyWarnings()` whether it had
               ///< to
};

/// Bounds against PDF bombs.
struct OpenLimits {
  std::size_t recovery_bytes = 64U << 20U;  ///< files above this are not repaired
  std::size_t stream_bytes = 128U << 20U;   ///< what one stream may inflate to
  std::size_t inflated_bytes = 256U
                               << 20U;  ///< what all may inflate to, beside four times the file
};

/// Reads the structure of `file` without copying it: the bytes must outlive the document.
/// Objects are read when they are asked for; any use of the document may throw, so it belongs
/// inside `guarded`.
///
/// Malformed `pdf_malformed`; Malformed `pdf_encrypted`; Malformed `pdf_damaged` (Strict only: it
/// could be repaired perhaps); TooLarge `pdf_too_complex`.
Result<std::shared_ptr<QPDF>> open(BytesView file, Reading reading, const OpenLimits& limits = {});

/// What an exception of QPDF comes down to: TooLarge `pdf_too_complex` when a bound was passed,
/// else Malformed `pdf_malformed`.
Error refusalFor(const std::exception& thrown);

/// Runs `work` and turns what QPDF throws, its only way to say "bad file", into a refusal.
template <typename T>
Result<T> guarded(const std::function<Result<T>()>& work) {
  try {
    return work();
  } catch (const std::logic_error& bad) {  // QPDF: a value of another type than asked for
    return refusalFor(bad);
  } catch (const std::runtime_error& bad) {  // QPDFExc, filters, number conversion
    return refusalFor(bad);
  }
}

}  // namespace congvan::pdf
