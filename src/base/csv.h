// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace congvan {

struct CsvLimits {
  std::size_t cell_bytes = 8U << 10U;
  std::size_t columns = 64;
};

/// Takes one record after another off a CSV (RFC 4180) in UTF-8, with or without a byte order mark;
/// commas, semicolons or tabs, whichever stands in the first line. `text` outlives it.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, const CsvLimits& limits = {});

  /// The next record; nullopt: there is none any more.
  ///
  /// Malformed `csv_quote_wrong`: a quote that does not end, or stands inside a cell; `csv_nul`,
  /// `csv_not_utf8`; TooLarge `csv_cell_too_long`, `csv_columns_too_many`; each with `line`.
  Result<std::optional<std::vector<std::string>>> next();
  /// Where the record that was read last begins, from 1.
  std::size_t line() const { return line_; }

 private:
  bool take(char wanted);
  Result<std::string> takeCell();
  Result<std::string> takeQuoted();
  Error wrong(std::string_view reason) const;

  std::string_view rest_;
  CsvLimits limits_;
  char separator_ = ',';
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
};

}  // namespace congvan
