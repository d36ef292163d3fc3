// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/message.h"
#include "office/directory/authentication.h"

#include <functional>
#include <string>
#include <vector>

namespace congvan::http {

using Action = std::function<Result<Reply>(const Request&)>;

/// Who may come in at all. What they may do is decided by the use case.
enum class Access {
  Public,   ///< nobody is asked for
  Session,  ///< a signed-in person, reading
  Change,   ///< a signed-in person with the session's CSRF header
};

/// What the route takes as body.
enum class BodyKind {
  None,
  Small,   ///< read whole into `Request::body`
  Json,    ///< the same, and it has to say that it is `application/json`
  Upload,  ///< streamed through `Request::upload`
};

struct Route {
  std::string method;
  std::string pattern;  ///< `/api/v1/documents/{id}`: a name in braces takes one segment,
                        ///< `{name...}` the rest
  Access access = Access::Session;
  BodyKind body = BodyKind::None;
  std::uint64_t body_limit = 64U << 10U;
  Action action;
  directory::Purpose purpose = directory::Purpose::Work;
  /// The answer to a fault, for protocols that have one of their own; empty: the problem of the
  /// API.
  std::function<Reply()> after_fault = {};
};

struct Matched {
  const Route* route = nullptr;
  std::map<std::string, std::string> parameters;
};

/// Fixed after start, so safe from any thread.
class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }
  /// NotFound `route_missing`; Malformed `method_not_allowed` when the path is known with other
  /// methods. HEAD goes where GET goes.
  Result<Matched> match(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace congvan::http
