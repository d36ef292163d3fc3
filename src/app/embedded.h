// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace congvan::app {

/// The text of certs/profiles/NAME.yaml as it was at build time.
std::optional<std::string_view> embeddedProfile(std::string_view name);

}  // namespace congvan::app
