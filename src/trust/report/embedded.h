// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/embedded.h"

namespace congvan::report {

/// page.html, messages/vi.json and messages/en.json.
std::span<const EmbeddedFile> embeddedFiles();

}  // namespace congvan::report
