// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/pkcs11/token.h"
#include "tests/support/shell.h"
#include "trust/crypto/random.h"

#include <filesystem>
#include <fstream>
#include <string>

/// A token of SoftHSM2 in a folder of its own, with the real signer process in front of it.
/// CONGVAN_SIGNER names the program.
namespace congvan::test {

inline constexpr std::string_view kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";

class SoftToken {
 public:
  SoftToken() {
    std::filesystem::create_directory(folder_ / "tokens");
    folder_.write("softhsm2.conf",
                  "directories.tokendir = " + (folder_ / "tokens").string() +
                      "\nobjectstore.backend = file\nlog.level = ERROR\n");
    mustRun(folder_,
            "SOFTHSM2_CONF=$PWD/softhsm2.conf softhsm2-util --init-token --free --label congvan "
            "--so-pin 87654321 --pin 1234-right");
    writePin("1234-right\n");
  }

  void writePin(std::string_view pin) const {
    folder_.write("pin", pin);
    std::filesystem::permissions(folder_ / "pin", std::filesystem::perms{0600});
  }
  /// Pulled out, and put in again.
  void remove() const { std::filesystem::rename(folder_ / "tokens", folder_ / "away"); }
  void putBack() const { std::filesystem::rename(folder_ / "away", folder_ / "tokens"); }
  int triesCounted() const {
    std::ifstream file(folder_ / "tries");
    std::string word;
    int tries = 0;
    file >> word >> tries;
    return tries;
  }
  /// With the token's own tools, as somebody who knows the PIN.
  std::string tool(const std::string& arguments) const {
    return mustRun(folder_,
                   "SOFTHSM2_CONF=$PWD/softhsm2.conf pkcs11-tool --module " +
                       std::string(kSoftHsm) + " --login --pin 1234-right " + arguments);
  }

  pkcs11::SignerProcess::Options options() const {
    return {.program = CONGVAN_SIGNER,
            .arguments = {"--module",
                          std::string(kSoftHsm),
                          "--label",
                          "congvan",
                          "--pin-file",
                          (folder_ / "pin").string(),
                          "--tries-file",
                          (folder_ / "tries").string()},
            .environment = {"SOFTHSM2_CONF=" + (folder_ / "softhsm2.conf").string()},
            .pause_first = std::chrono::milliseconds{20},
            .pause_longest = std::chrono::milliseconds{100}};
  }
  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

}  // namespace congvan::test
