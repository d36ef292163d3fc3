// SPDX-License-Identifier: Apache-2.0
#include "base/settings.h"

#include <nlohmann/json.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <sstream>

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

/// Hears what a text uses before a tree is made of it. An alias can make a small text unfold into a
/// huge tree, and a tag gives a value a type that nobody reads off the page.
class Listener final : public YAML::EventHandler {
 public:
  std::string_view refusal;  ///< reason of the first breach; empty: none

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { hear("", anchor); }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { note("yaml_alias_refused"); }
  void OnScalar(const YAML::Mark&,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string&) override {
    hear(tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark&,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    hear(tag, anchor);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    hear(tag, anchor);
  }
  void OnMapEnd() override {}

  void note(std::string_view reason) {
    if (refusal.empty()) refusal = reason;
  }

 private:
  void hear(std::string_view tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) note("yaml_alias_refused");
    // The parser says `?` for a plain scalar or a collection and `!` for a quoted scalar.
    if (!tag.empty() && tag != "?" && tag != "!") note("yaml_tag_refused");
  }
};

std::string_view refusalOf(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Listener listener;
  const bool any = parser.HandleNextDocument(listener);
  if (any && parser.HandleNextDocument(listener)) listener.note("yaml_second_document");
  return listener.refusal;
}

}  // namespace

Result<Json> parseYaml(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) return Error{Code::TooLarge, "yaml_too_large"};
  const std::string whole(text);
  try {
    const auto refusal = refusalOf(whole);
    if (!refusal.empty()) return Error{Code::Malformed, std::string(refusal)};
    return convert(YAML::Load(whole), limits.depth);
  } catch (const YAML::Exception& bad) {  // the library's only way to say that the text is bad
    return badYaml(bad.mark, bad.msg);
  }
}

}  // namespace congvan
