// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

namespace congvan::app {

Exit runVerify(const Arguments&) {
  return complain({Code::Unavailable, "command_not_built"}, Exit::Internal);
}

}  // namespace congvan::app
