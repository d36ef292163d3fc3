// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace congvan::test {

/// A private MariaDB server of this test executable: own data folder in a temporary directory, unix
/// socket only, started when first asked for, gone with the process however that ends.
class MariaDbServer {
 public:
  /// The one of this executable.
  static MariaDbServer& shared();

  MariaDbServer(const MariaDbServer&) = delete;
  MariaDbServer& operator=(const MariaDbServer&) = delete;
  ~MariaDbServer();

  bool isRunning() const { return child_ > 0; }
  /// Why it does not run.
  const std::string& absence() const { return absence_; }
  /// As `MySqlOptions::servers` wants it.
  std::string address() const;
  /// Makes an empty schema and returns its name.
  std::string makeSchema();
  /// Runs statements as root through the client that comes with the server.
  std::string client(const std::string& sql) const;

  /// kill -9, and a start on the same data folder.
  void kill();
  void start();

 private:
  MariaDbServer();

  std::filesystem::path folder_;
  std::string absence_;
  int child_ = 0;
  int schemas_ = 0;
};

}  // namespace congvan::test
