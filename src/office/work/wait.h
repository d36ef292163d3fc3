// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"

namespace congvan::work {

/// What a refusal says that ends by itself: `until` for a person, `seconds` for a program, whole
/// ones, so that whoever waits so long does not come too early.
inline std::vector<Param> waitUntil(Instant until, Instant now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(until - now).count();
  return {{"until", formatVietnam(until)}, {"seconds", std::to_string(seconds)}};
}

}  // namespace congvan::work
