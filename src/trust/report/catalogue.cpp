// SPDX-License-Identifier: Apache-2.0
#include "trust/report/catalogue.h"

#include "base/json.h"
#include "trust/report/embedded.h"

#include <nlohmann/json.hpp>

#include <map>
#include <stdexcept>

namespace congvan::report {
namespace {

using Words = std::map<std::string, std::string, std::less<>>;

Words readWords(std::string_view language) {
  const auto parsed = parseJson(embeddedText(embeddedFiles(), language).value());
  if (!parsed) throw std::logic_error("built-in message catalogue: " + parsed.error().reason);
  return parsed->get<Words>();
}

}  // namespace

std::string say(Language language, std::string_view key) {
  static const Words kVietnamese = readWords("vi");
  static const Words kEnglish = readWords("en");
  const auto& words = language == Language::Vietnamese ? kVietnamese : kEnglish;
  const auto found = words.find(key);
  return found == words.end() ? std::string(key) : found->second;
}

std::string sayBoth(std::string_view key) {
  return say(Language::Vietnamese, key) + " / " + say(Language::English, key);
}

}  // namespace congvan::report
