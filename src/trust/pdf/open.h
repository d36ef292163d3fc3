// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
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
  std::size_t recovery_bytes = 64U << 20U;   ///< files above this are not repaired
  std::size_t inflated_bytes = 256U << 20U;  ///< what one stream may inflate to
};

/// Reads the structure of `file` without copying it: the bytes must outlive the document.
/// Objects are read when they are asked for; any use of the document may throw, so it belongs
/// inside `guarded`.
///
/// Malformed `pdf_malformed`; Malformed `pdf_encrypted`; Malformed `pdf_damaged` (Strict only: it
/// could be repaired perhaps); TooLarge `pdf_too_complex`.
Result<std::shared_ptr<QPDF>> open(BytesView file, Reading reading, const OpenLimits& limits = {});

/// Runs `work` and turns what QPDF throws, its only way to say "bad file", into Malformed
/// `pdf_malformed`.
template <typename T>
Result<T> guarded(const std::function<Result<T>()>& work) {
  try {
    return work();
  } catch (const QPDFExc& bad) {
    return Error{Code::Malformed, "pdf_malformed", {}, bad.what()};
  } catch (const std::logic_error& bad) {  // QPDF: a value of another type than asked for
    return Error{Code::Malformed, "pdf_malformed", {}, bad.what()};
  } catch (const std::runtime_error& bad) {  // QPDF: filters and number conversion
    return Error{Code::Malformed, "pdf_malformed", {}, bad.what()};
  }
}

}  // namespace congvan::pdf
