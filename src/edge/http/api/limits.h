// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace congvan::http {

/// What an operator may set; the rest stands at its route.
struct ApiLimits {
  std::uint64_t upload_bytes = 256U << 20U;  ///< a document, or a file to verify (DESIGN 17)
};

}  // namespace congvan::http
