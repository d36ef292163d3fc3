// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <string_view>

namespace congvan {

/// Reads a YAML document into the same shape as JSON, so that `Fields` reads settings and
/// profiles with the same strictness: an unknown key is an error. Plain `true`, `false`,
/// `null` (or `~`, `Null`, `NULL`) and decimal integers become their types; everything else is
/// text, and what is quoted always. Empty text is null.
///
/// Malformed `yaml_malformed`: not YAML, or a key repeated; `yaml_alias_refused`: an anchor or an
/// alias; `yaml_tag_refused`; `yaml_second_document`. TooLarge: a limit is passed.
Result<Json> parseYaml(std::string_view text, const JsonLimits& limits = {});

}  // namespace congvan
