// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>

/// Running other tools from tests, in a folder that is removed afterwards.
namespace congvan::test {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "congvan-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  void write(std::string_view name, BytesView bytes) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file.write(asText(bytes).data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + std::string(name));
  }
  void write(std::string_view name, std::string_view text) const { write(name, asBytes(text)); }
  Bytes bytes(std::string_view name) const { return toBytes(text(name)); }
  std::string text(std::string_view name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + std::string(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

struct Ran {
  int status;          ///< exit code
  std::string output;  ///< both streams
};

/// Runs a shell command in `folder`.
inline Ran run(const TempFolder& folder, const std::string& command) {
  const auto line = "cd '" + folder.path().string() + "' && { " + command + " ; } 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  Ran ran{0, {}};
  char buffer[4096];
  while (const auto size = fread(buffer, 1, sizeof buffer, pipe)) ran.output.append(buffer, size);
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return ran;
}

/// The same, and it must succeed.
inline std::string mustRun(const TempFolder& folder, const std::string& command) {
  const auto ran = run(folder, command);
  if (ran.status != 0) throw std::runtime_error(command + ": " + ran.output);
  return ran.output;
}

/// The folder of outside test cases, or empty when this machine has none.
inline std::filesystem::path corpora() {
  const char* named = std::getenv("CONGVAN_CORPORA");
  const std::filesystem::path folder =
      named != nullptr ? named
                       : std::filesystem::path(CONGVAN_SOURCE_DIR) / ".." / "shared" / "corpora";
  std::error_code ignored;
  return std::filesystem::is_directory(folder, ignored) ? folder : std::filesystem::path();
}

}  // namespace congvan::test
