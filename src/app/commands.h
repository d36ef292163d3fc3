// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/exit_code.h"

#include <string>
#include <vector>

/// One function a command, each in a file of its own; `main` only chooses.
namespace congvan::app {

using Arguments = std::vector<std::string>;  ///< without the program and command names

/// `ca`: ceremonies of the authority.
Exit runCa(const Arguments& arguments);
Exit runBench(const Arguments& arguments);
Exit runDoctor(const Arguments& arguments);
Exit runMigrate(const Arguments& arguments);
Exit runDemo(const Arguments& arguments);
Exit runInit(const Arguments& arguments);
Exit runServe(const Arguments& arguments);
Exit runPath(const Arguments& arguments);
Exit runSign(const Arguments& arguments);
Exit runVerify(const Arguments& arguments);
Exit runLog(const Arguments& arguments);
/// `log witness` and `log monitor`, which `runLog` does not know: see log_online.h.
bool needsNetwork(const Arguments& of_log);

}  // namespace congvan::app
