// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/database.h"

#include <chrono>
#include <filesystem>
#include <memory>

namespace congvan::storage {

struct SqliteOptions {
  std::filesystem::path file;  ///< made when it is not there, readable by its owner only
  std::size_t readers = 8;
  std::chrono::milliseconds wait{10'000};  ///< for the writer, a reader or another process
};

/// One file, one writer, many readers: write-ahead log, every commit synced (synchronous=FULL).
/// For tests and small offices; one process. Throws `DatabaseFault` when the file cannot be opened.
std::unique_ptr<Database> openSqlite(const SqliteOptions& options);

}  // namespace congvan::storage
