// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "trust/validation/verdict.h"

#include <string>

/// A verdict for machines (DESIGN 4.1, schema in report.schema.json) and for people.
namespace congvan::report {

struct Subject {
  std::string file;    ///< name as given
  std::string sha256;  ///< lower-case hex of the whole file
};

/// The JSON object of DESIGN 4.1.
Json toJson(const validation::FileVerdict& verdict, const Subject& subject);

/// The same as one line of text ending in a newline.
std::string toJsonLine(const validation::FileVerdict& verdict, const Subject& subject);

/// Plain text for a terminal, Vietnamese first and English second, ending in a newline.
std::string toText(const validation::FileVerdict& verdict, const Subject& subject);

/// One self-contained readable page (HTML, no script, no outside reference), Vietnamese and
/// English.
std::string toPage(const validation::FileVerdict& verdict, const Subject& subject);

}  // namespace congvan::report
