// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/commands.h"

/// The commands of `congvan log` that need the network, so that only `congvan-service` has them.
namespace congvan::app {

Exit runLogWitness(const Arguments& arguments);
Exit runLogMonitor(const Arguments& arguments);

}  // namespace congvan::app
