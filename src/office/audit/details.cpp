// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

namespace congvan::audit {

Details& Details::sayJson(std::string_view name, const std::string& json) {
  if (!inside_.empty()) inside_ += ",";
  inside_ += "\"" + std::string(name) + "\":" + json;
  return *this;
}

Details& Details::say(std::string_view name, std::string_view value) {
  return sayJson(name, toJsonText(Json(value)));
}

Details& Details::say(std::string_view name, std::int64_t value) {
  return sayJson(name, std::to_string(value));
}

}  // namespace congvan::audit
