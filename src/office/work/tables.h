// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/blobs.h"

#include <memory>
#include <string>
#include <vector>

namespace congvan::work {

/// Csv: UTF-8 with a byte order mark, as spreadsheet programs take it. Xlsx prints as a register:
/// title, header on each page, page numbers.
enum class TableFormat { Csv, Xlsx };

/// A table on its way into a file; dropping it without `finish` leaves nothing behind.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// As many cells as there are columns, UTF-8. No cell becomes a formula. TooLarge
  /// `table_too_large`: more than such a file holds; Unavailable `storage_full`.
  virtual Result<> row(const std::vector<std::string>& cells) = 0;
  virtual Result<std::unique_ptr<OpenBlob>> finish() = 0;
};

struct TableHead {
  std::string title;
  std::vector<std::string> columns;
};

/// A port: tables as files. Memory does not grow with the rows. Safe from any thread.
class Tables {
 public:
  virtual ~Tables() = default;
  /// Unavailable `storage_full`.
  virtual Result<std::unique_ptr<TableWriter>> begin(TableFormat format, const TableHead& head) = 0;
};

}  // namespace congvan::work
