// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"

namespace congvan::crypto {

/// The operating system's generator, through OpenSSL. Safe from any thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace congvan::crypto
