// SPDX-License-Identifier: Apache-2.0
#include "edge/http/message.h"

#include <stdexcept>

namespace congvan::http {

std::optional<std::string> headerValue(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return std::nullopt;
}

const std::string& Request::parameter(std::string_view name) const {
  const auto found = parameters.find(std::string(name));
  if (found == parameters.end()) throw std::logic_error("route has no such parameter");
  return found->second;
}

std::optional<std::string> Request::queryValue(std::string_view name) const {
  const auto found = query.find(std::string(name));
  if (found == query.end()) return std::nullopt;
  return found->second;
}

Reply jsonReply(int status, std::string json) {
  return {.status = status, .body = std::move(json)};
}

}  // namespace congvan::http
