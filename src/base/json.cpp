// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <set>
#include <vector>

namespace congvan {
namespace {

/// Builds the value while counting depth and repeated names: nlohmann's own parser takes
/// the last of two equal names silently, which lets two readers see two messages in one text.
class LimitedBuilder {
 public:
  explicit LimitedBuilder(std::size_t depth) : depth_(depth) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        if (static_cast<std::size_t>(depth) >= depth_) too_deep_ = true;
        names_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        names_.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!names_.back().insert(parsed.get<std::string>()).second) repeated_ = true;
        break;
      case Json::parse_event_t::value:
        break;
    }
    return !too_deep_;
  }

  bool too_deep_ = false;
  bool repeated_ = false;

 private:
  std::size_t depth_;
  std::vector<std::set<std::string>> names_;
};

/// A text may nest deeper than the stack of a recursive reader allows; look before parsing.
bool nestsDeeperThan(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return Error{Code::TooLarge, "json_too_large", {{"limit", std::to_string(limits.bytes)}}};
  }
  if (nestsDeeperThan(text, limits.depth)) {
    return Error{Code::TooLarge, "json_too_deep", {{"limit", std::to_string(limits.depth)}}};
  }
  LimitedBuilder builder(limits.depth + 1);
  auto json = Json::parse(
      text,
      [&](int depth, Json::parse_event_t event, Json& parsed) {
        return builder(depth, event, parsed);
      },
      /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error{Code::Malformed, "json_malformed"};
  if (builder.repeated_) return Error{Code::Malformed, "json_name_repeated"};
  return json;
}

std::string toJsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace congvan
