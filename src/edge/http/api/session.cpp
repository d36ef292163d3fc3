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

/// The caller, and the posts in which they may act.
Result<Json> sessionView(const Services& services, const directory::Caller& caller) {
  const auto posts = services.authentication.posts(caller);
  if (!posts) return posts.error();
  auto json = view(caller);
  auto& list = json["posts"] = Json::array();
  for (const auto& post : *posts) {
    list.push_back({{"id", post.id.text()},
                    {"agency", post.agency.text()},
                    {"title", post.title},
                    {"capacity", directory::name(post.capacity)}});
  }
  return json;
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
  auto json = sessionView(services, in->caller);
  if (!json) return json.error();
  (*json)["csrf"] = in->csrf;
  auto reply = jsonReply(*json);
  reply.headers.emplace_back("Set-Cookie", sessionCookie(in->token, ""));
  return reply;
}

/// GET /api/v1/session: who am I. 200; 401.
Result<Reply> whoAmI(const Services& services, const Request& request) {
  const auto json = sessionView(services, *request.caller);
  if (!json) return json.error();
  return jsonReply(*json);
}

/// POST /api/v1/session/post   body {"post"}: goes on in another post of one's own.
///
/// 200 the caller as it now is, under the same cookie and token. 403 `post_not_yours`.
Result<Reply> actIn(const Services& services, const Request& request) {
  const auto post = readBody<Uuid>(request, [](Fields& fields) { return idField(fields, "post"); });
  if (!post) return post.error();
  const auto caller =
      services.authentication.actIn(request.session_token, directory::PostId{*post}, request.trace);
  if (!caller) return caller.error();
  const auto json = sessionView(services, *caller);
  if (!json) return json.error();
  return jsonReply(*json);
}

/// POST /api/v1/session/password   body {"before", "after"}
///
/// 200 the caller, whose other sessions are over. 401 `password_wrong`. 422 `password_too_short`,
/// `password_unchanged`. 429.
Result<Reply> changePassword(const Services& services, const Request& request) {
  const auto wanted =
      readBody<directory::PasswordChange>(request, [](Fields& fields) -> directory::PasswordChange {
        auto before = secretField(fields, "before");
        return {std::move(before), secretField(fields, "after")};
      });
  if (!wanted) return wanted.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto changed = services.authentication.changePassword(
      *caller, request.session_token, *wanted, request.client);
  if (!changed) return changed.error();
  const auto json = sessionView(services, *changed);
  if (!json) return json.error();
  return jsonReply(*json);
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
  const auto own = [&](const char* method, const char* path, Access access, auto handler) {
    const bool sends = std::string_view(method) == "POST";
    router.add({method,
                path,
                access,
                sends ? BodyKind::Json : BodyKind::None,
                sends ? 4096U : 0U,
                [&services, handler](const Request& request) { return handler(services, request); },
                directory::Purpose::OwnSession});
  };
  own("GET", "/api/v1/session", Access::Session, &whoAmI);
  own("DELETE", "/api/v1/session", Access::Change, &signOut);
  own("POST", "/api/v1/session/password", Access::Change, &changePassword);
  Endpoints(router, services, 256).changing("/api/v1/session/post", &actIn);
}

}  // namespace congvan::http
