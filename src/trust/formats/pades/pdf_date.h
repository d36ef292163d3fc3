// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

#include <optional>
#include <string_view>

namespace congvan::pades {

/// A PDF date (ISO 32000-2, 7.9.4), `D:20261122091305+07'00'`; what is left out is the smallest
/// value, no zone is UTC. nullopt: anything else.
std::optional<Instant> parsePdfDate(std::string_view text);

}  // namespace congvan::pades
