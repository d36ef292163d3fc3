// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/embedded.h"

namespace congvan::http {

/// messages/vi.json and messages/en.json: reason → sentence with `{param}` slots.
std::span<const EmbeddedFile> embeddedMessages();

/// openapi.yaml as JSON.
std::span<const EmbeddedFile> embeddedContract();

}  // namespace congvan::http
