// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/log.h"
#include "edge/http/problem.h"
#include "edge/http/router.h"
#include "office/directory/authentication.h"

#include <functional>
#include <string>

namespace congvan::http {

/// Asked for by routes that are not public.
class Doorkeeper {
 public:
  virtual ~Doorkeeper() = default;
  virtual Result<directory::Caller> caller(const std::string& token,
                                           std::string_view trace,
                                           directory::Purpose purpose) = 0;
  virtual Result<directory::Caller> callerOfChange(const std::string& token,
                                                   const std::string& csrf,
                                                   std::string_view trace,
                                                   directory::Purpose purpose) = 0;
};

inline constexpr std::string_view kSessionCookie = "__Host-congvan_session";
inline constexpr std::string_view kCsrfHeader = "x-csrf-token";

/// Runs one framed request through routing, sign-in, body limits and its action. The one place
/// where faults of requests stop. Safe from any thread.
class Dispatcher {
 public:
  Dispatcher(const Router& router, Doorkeeper& doorkeeper, Log& log)
      : router_(router), doorkeeper_(doorkeeper), log_(log) {}

  /// `body` has what Content-Length promised; what an action leaves unread the connection deals
  /// with.
  Reply operator()(Request& request, BodySource& body) const;
  const Router& router() const { return router_; }

 private:
  Result<Reply> answer(Request& request, BodySource& body) const;
  Result<> letIn(const Route& route, Request& request) const;

  const Router& router_;
  Doorkeeper& doorkeeper_;
  Log& log_;
};

/// The value of a cookie in a Cookie header; nullopt: not there, or there twice.
std::optional<std::string> cookieValue(std::string_view header, std::string_view name);

}  // namespace congvan::http
