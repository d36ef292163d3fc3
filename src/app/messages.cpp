// SPDX-License-Identifier: Apache-2.0
#include "app/messages.h"

#include "edge/http/problem.h"

namespace congvan::app {

std::string message(const Error& error) {
  const auto vietnamese = http::sentence(error, http::Language::Vietnamese);
  const auto english = http::sentence(error, http::Language::English);
  if (vietnamese && english) return *vietnamese + " / " + *english + " [" + error.reason + "]";
  std::string text = "không thực hiện được / refused [" + error.reason + "]";
  for (const auto& param : error.params) text += " " + param.name + "=" + param.value;
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace congvan::app
