// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>

namespace congvan::app {

/// One line for a terminal: Vietnamese ` / ` English ` [reason]`. A reason that the catalogue lacks
/// is shown by its key and parameters, so nothing is hidden.
std::string message(const Error& error);

}  // namespace congvan::app
