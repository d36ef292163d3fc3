// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

/// JSON with limits. Include <nlohmann/json.hpp> only in .cpp files: it is the dearest header here.
namespace congvan {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t bytes = 1U << 20U;
  std::size_t depth = 32;
};

/// Reads one JSON text (RFC 8259). Strings must be UTF-8.
///
/// Malformed: not JSON, a name repeated in one object, or something after the value.
/// TooLarge: a limit is passed.
Result<Json> parseJson(std::string_view text, const JsonLimits& limits = {});

/// One line, UTF-8 kept as it is. Text that is not UTF-8 has its bad bytes replaced.
std::string toJsonText(const Json& json);

}  // namespace congvan
