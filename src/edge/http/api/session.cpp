// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"
#include "edge/http/dispatch.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

std::string sessionCookie(std::string_view token, std::string_view more) {
  // No Domain: the cookie belongs to this host alone. Lax keeps links from mails working; changes
  // need the header.
  return std::string(kSessionCookie) + "=" + std::string(token) +
         "; Path=/; HttpOnly; Secure; SameSite=Lax" + std::string(more);
}

/// POST /api/v1/session   body {"login", "password"}
///
/// 200 the caller and the CSRF token, with the session cookie. 401 `sign_in_failed`. 403
/// `post_missing_now`. 429.
Result<Reply> signIn(const Services& services, const Request& request) {
  struct Body {
    std::string login;
    crypto::SecretBytes password;
  };
  const auto body = readBody<Body>(request, [](Fields& fields) {
    return Body{fields.text("login", 64), secretField(fields, "password")};
  });
  if (!body) return body.error();
  const auto in = services.authentication.signIn(
      body->login, body->password, {.address = request.client, .trace = request.trace});
  if (!in) return in.error();
  auto json = view(in->caller);
  json["csrf"] = in->csrf;
  auto reply = jsonReply(json);
  reply.headers.emplace_back("Set-Cookie", sessionCookie(in->token, ""));
  return reply;
}

/// GET /api/v1/session: who am I. 200; 401.
Result<Reply> whoAmI(const Services&, const Request& request) {
  return jsonReply(view(*request.caller));
}

/// DELETE /api/v1/session: 204, also when it was over already.
Result<Reply> signOut(const Services& services, const Request& request) {
  const auto out = services.authentication.signOut(request.session_token, request.trace);
  if (!out) return out.error();
  Reply reply{.status = 204};
  reply.headers.emplace_back("Set-Cookie", sessionCookie("", "; Max-Age=0"));
  return reply;
}

}  // namespace

void addSessionRoutes(Router& router, const Services& services) {
  router.add({"POST",
              "/api/v1/session",
              Access::Public,
              BodyKind::Json,
              4096,
              [&](const Request& request) { return signIn(services, request); }});
  router.add(
      {"GET", "/api/v1/session", Access::Session, BodyKind::None, 0, [&](const Request& request) {
         return whoAmI(services, request);
       }});
  router.add(
      {"DELETE", "/api/v1/session", Access::Change, BodyKind::None, 0, [&](const Request& request) {
         return signOut(services, request);
       }});
}

}  // namespace congvan::http
