// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace congvan::http {

/// The text of messages/vi.json and messages/en.json: reason → sentence with `{param}` slots.
std::string_view catalogueVietnamese();
std::string_view catalogueEnglish();

}  // namespace congvan::http
