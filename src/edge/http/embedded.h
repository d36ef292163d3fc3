// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/embedded.h"

namespace congvan::http {

/// messages/vi.json and messages/en.json: reason → sentence with `{param}` slots. A slot
/// `{role.role}` is filled with the word for the value in the group `role`.
std::span<const EmbeddedFile> embeddedMessages();

/// words/vi.json and words/en.json: `group.name` → how people call what the service names so.
std::span<const EmbeddedFile> embeddedWords();

/// openapi.yaml as JSON.
std::span<const EmbeddedFile> embeddedContract();

}  // namespace congvan::http
