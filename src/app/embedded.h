// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/embedded.h"

namespace congvan::app {

/// certs/profiles/*.yaml and certs/*.yaml, by stem.
std::span<const EmbeddedFile> embeddedProfiles();

}  // namespace congvan::app
