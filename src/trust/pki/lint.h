// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <string>
#include <vector>

/// What is wrong with a certificate before it is signed. Pure: bytes in, findings out.
namespace congvan::pki {

enum class LintSeverity {
  Notice,   ///< allowed; a recommendation is not followed
  Warning,  ///< a SHOULD is not followed, or software in use will complain
  Error,    ///< a MUST is broken: such a certificate is not signed
};

struct LintFinding {
  LintSeverity severity = LintSeverity::Error;
  std::string rule;     ///< stable word: `serial_positive`
  std::string section;  ///< `RFC 5280 4.1.2.2`
  std::string detail;   ///< for the officer, English
  bool operator==(const LintFinding&) const = default;
};

/// Findings of a DER TBSCertificate in the order of its fields; empty when it is faultless.
/// Bytes that are no TBSCertificate give the one finding `tbs_readable`.
std::vector<LintFinding> lintTbs(BytesView tbs);

}  // namespace congvan::pki
