// SPDX-License-Identifier: Apache-2.0
#include "base/settings.h"

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <charconv>

namespace congvan {
namespace {

Error badYaml(const YAML::Mark& mark, std::string_view why) {
  return Error{Code::Malformed,
               "yaml_malformed",
               {{"line", std::to_string(mark.line + 1)}, {"why", std::string(why)}}};
}

Json scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!") return text;  // it was quoted
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool octal = text.size() > 1 && text.front() == '0';
  if (failed == std::errc{} && end == text.data() + text.size() && !octal) return number;
  return text;
}

Result<Json> convert(const YAML::Node& node, std::size_t depth_left) {
  if (depth_left == 0) return Error{Code::TooLarge, "yaml_too_deep"};
  if (node.IsScalar()) return scalar(node);
  if (node.IsSequence()) {
    auto list = Json::array();
    for (const auto& item : node) {
      auto value = convert(item, depth_left - 1);
      if (!value) return value.error();
      list.push_back(std::move(*value));
    }
    return list;
  }
  if (node.IsMap()) {
    auto object = Json::object();
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return badYaml(entry.first.Mark(), "key is not text");
      const auto& name = entry.first.Scalar();
      if (object.contains(name)) return badYaml(entry.first.Mark(), "key repeated: " + name);
      auto value = convert(entry.second, depth_left - 1);
      if (!value) return value.error();
      object[name] = std::move(*value);
    }
    return object;
  }
  return Json(nullptr);
}

/// An alias can make a small text unfold into a huge tree, so none is taken.
bool hasAlias(std::string_view text) {
  bool line_start = true;
  char before = '\n';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool token_start = line_start || before == ' ' || before == '[' || before == ',';
    const bool name_follows =
        i + 1 < text.size() && std::isalnum(static_cast<unsigned char>(text[i + 1])) != 0;
    if (token_start && (c == '*' || c == '&') && name_follows) return true;
    line_start = c == '\n';
    before = c;
  }
  return false;
}

}  // namespace

Result<Json> parseYaml(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return Error{Code::TooLarge, "yaml_too_large"};
  if (hasAlias(text)) return Error{Code::Malformed, "yaml_alias_refused"};
  try {
    return convert(YAML::Load(std::string(text)), limits.depth);
  } catch (const YAML::Exception& bad) {  // the library's only way to say that the text is bad
    return badYaml(bad.mark, bad.msg);
  }
}

}  // namespace congvan
