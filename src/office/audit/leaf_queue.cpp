// SPDX-License-Identifier: Apache-2.0
#include "office/audit/leaf_queue.h"

namespace congvan::audit {

std::string_view name(Log log) {
  return log == Log::Issuance ? "issuance" : "records";
}

}  // namespace congvan::audit
