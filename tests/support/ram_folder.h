// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace congvan::test {

/// Where databases of tests live: in memory where there is room, since what a disk does at a crash
/// is tested with fakes and by the kill tests, and a flush is what a busy machine waits for.
/// CONGVAN_TEST_DATABASES names another place.
inline std::filesystem::path databaseFolder() {
  if (const char* named = std::getenv("CONGVAN_TEST_DATABASES")) return named;
  const std::filesystem::path memory = "/dev/shm";
  std::error_code ignored;
  const auto space = std::filesystem::space(memory, ignored);
  const bool has_room = !ignored && space.available > 1024ULL * 1024 * 1024;
  if (has_room && ::access(memory.c_str(), W_OK) == 0) return memory;
  return std::filesystem::temp_directory_path();
}

}  // namespace congvan::test
