// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/commands.h"

#include <filesystem>
#include <functional>

/// Congvan is two files side by side: `congvan`, which an auditor starts often and which loads only
/// what reading a signed file takes, and `congvan-service`, which has every command.
namespace congvan::app {

/// Runs `command` with the arguments after the program's name and gives what the process exits
/// with. One of the three roots where faults stop.
int runProgram(int count, char** values, const std::function<Exit(const Arguments&)>& command);

/// The program of this name in the folder of the running one.
std::filesystem::path programBeside(std::string_view name);

}  // namespace congvan::app
