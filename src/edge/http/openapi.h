// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace congvan::http {

/// openapi.yaml as JSON, made when the program is built.
std::string_view openapiJson();

}  // namespace congvan::http
