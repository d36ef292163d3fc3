// SPDX-License-Identifier: Apache-2.0
#include "app/messages.h"

#include "edge/http/problem.h"

namespace congvan::app {

namespace {

/// The file at fault, where the sentence does not name it.
std::string fileOf(const Error& error, const std::string& sentence) {
  for (const auto& param : error.params) {
    if (param.name == "file" && sentence.find(param.value) == std::string::npos) {
      return param.value + ": ";
    }
  }
  return {};
}

}  // namespace

std::string message(const Error& error) {
  const auto vietnamese = http::sentence(error, http::Language::Vietnamese);
  const auto english = http::sentence(error, http::Language::English);
  if (vietnamese && english) {
    return fileOf(error, *vietnamese) + *vietnamese + " / " + *english + " [" + error.reason + "]";
  }
  std::string text = "không thực hiện được / refused [" + error.reason + "]";
  for (const auto& param : error.params) text += " " + param.name + "=" + param.value;
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace congvan::app
