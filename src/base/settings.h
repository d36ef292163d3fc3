// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <string_view>

namespace congvan {

/// Reads a YAML document into the same shape as JSON, so that `Fields` reads settings and
/// profiles with the same strictness: an unknown key is an error. Plain `true`, `false`,
/// `null` and decimal integers become their types; everything else is text. Anchors, aliases
/// and tags are refused.
///
/// Malformed: not YAML, a key repeated, an alias. TooLarge: a limit is passed.
Result<Json> parseYaml(std::string_view text, const JsonLimits& limits = {});

}  // namespace congvan
