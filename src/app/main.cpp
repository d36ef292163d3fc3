// SPDX-License-Identifier: Apache-2.0
#include "app/program.h"
#include "app/sign.h"
#include "trust/crypto/start.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace congvan::app {
namespace {

/// The program that has every command takes over this process, with the same arguments. Comes back
/// only when it cannot be started.
Error handOver(char** values) {
  const auto program = programBeside("congvan-service");
  ::execv(program.c_str(), values);
  return {Code::Unavailable, "service_program_missing", {{"file", program.string()}}};
}

Exit run(const Arguments& all, char** values) {
  if (all == Arguments{"--version"}) {
    std::puts("congvan " CONGVAN_VERSION);
    return Exit::Good;
  }
  if (!all.empty()) {
    const Arguments arguments(all.begin() + 1, all.end());
    if (all.front() == "log" && !needsNetwork(arguments)) return runLog(arguments);
    if (all.front() == "path" || all.front() == "verify") {
      crypto::startForJudging();
      return all.front() == "path" ? runPath(arguments) : runVerify(arguments);
    }
    if (all.front() == "sign") {
      return signCommand(
          arguments, [values](const std::string&) -> Result<std::unique_ptr<timestamp::Source>> {
            return handOver(values);
          });
    }
  }
  return complain(handOver(values));
}

}  // namespace
}  // namespace congvan::app

int main(int count, char** values) {
  return congvan::app::runProgram(
      count, values, [values](const auto& all) { return congvan::app::run(all, values); });
}
