// SPDX-License-Identifier: Apache-2.0
#include "edge/http/router.h"

namespace congvan::http {
namespace {

std::string_view takeSegment(std::string_view& rest) {
  if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

bool isName(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::optional<std::map<std::string, std::string>> matchPattern(std::string_view pattern,
                                                               std::string_view path) {
  std::map<std::string, std::string> parameters;
  while (!pattern.empty()) {
    const auto wanted = takeSegment(pattern);
    if (isName(wanted) && wanted.ends_with("...}")) {
      if (path.empty()) return std::nullopt;
      parameters.emplace(wanted.substr(1, wanted.size() - 5), path.substr(1));
      return parameters;
    }
    if (path.empty()) return std::nullopt;
    const auto found = takeSegment(path);
    if (isName(wanted) && !found.empty()) {
      parameters.emplace(wanted.substr(1, wanted.size() - 2), found);
    } else if (wanted != found) {
      return std::nullopt;
    }
  }
  if (!path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

Result<Matched> Router::match(std::string_view method, std::string_view path) const {
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  bool known = false;
  for (const auto& route : routes_) {
    auto parameters = matchPattern(route.pattern, path);
    if (!parameters) continue;
    if (route.method == wanted) return Matched{&route, std::move(*parameters)};
    known = true;
  }
  if (known) return Error{Code::Malformed, "method_not_allowed"};
  return Error{Code::NotFound, "route_missing"};
}

}  // namespace congvan::http
