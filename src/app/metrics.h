// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/house.h"
#include "edge/http/metrics.h"

#include <chrono>

namespace congvan::app {

/// What `/metrics` answers: the listeners, the database, both logs and the process.
/// Reads counters and two small files; asks the database nothing, so that it answers when the
/// database does not.
std::string metricsText(House& house,
                        std::span<const http::Traffic* const> listeners,
                        std::chrono::steady_clock::time_point started);

}  // namespace congvan::app
