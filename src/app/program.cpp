// SPDX-License-Identifier: Apache-2.0
#include "app/program.h"

#include <cstdio>
#include <exception>

namespace congvan::app {

int runProgram(int count, char** values, const std::function<Exit(const Arguments&)>& command) {
  try {
    return static_cast<int>(command(Arguments(values + 1, values + count)));
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "congvan: lỗi nội bộ / internal error: %s\n", fault.what());
  } catch (...) {
    std::fputs("congvan: lỗi nội bộ / internal error\n", stderr);
  }
  return static_cast<int>(Exit::Internal);
}

std::filesystem::path programBeside(std::string_view name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

}  // namespace congvan::app
