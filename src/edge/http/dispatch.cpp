// SPDX-License-Identifier: Apache-2.0
#include "edge/http/dispatch.h"

#include "base/text.h"
#include "edge/http/wiping.h"
#include "trust/crypto/secret.h"

#include <Poco/Exception.h>

#include <algorithm>

namespace congvan::http {
namespace {

Result<std::string> readSmall(BodySource& body) {
  const WipingWhatIsFreed wiping;
  std::string text;
  text.reserve(body.length());  // once: growing would leave copies behind
  const auto read = body.pump([&](BytesView block) -> Result<> {
    text.append(asText(block));
    return kDone;
  });
  if (!read) return read.error();
  return text;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// A form of another site can send text that happens to be JSON, but cannot call it so without
/// asking this server first.
bool saysItIsJson(const Headers& headers) {
  const auto type = headerValue(headers, "content-type").value_or("");
  return lowered(trim(std::string_view(type).substr(0, type.find(';')))) == "application/json";
}

Result<> takeBody(const Route& route, Request& request, BodySource& body) {
  const auto limit = route.body == BodyKind::None ? 0 : route.body_limit;
  if (body.length() > limit) {
    return Error{Code::TooLarge, "body_too_large", {{"limit", std::to_string(limit)}}};
  }
  if (route.body == BodyKind::Upload) request.upload = &body;
  if (route.body == BodyKind::Json && body.length() > 0 && !saysItIsJson(request.headers)) {
    return Error{Code::Malformed, "body_type_not_json"};
  }
  if (route.body != BodyKind::Small && route.body != BodyKind::Json) return kDone;
  auto text = readSmall(body);
  if (!text) return text.error();
  request.body = std::move(*text);
  return kDone;
}

/// Some bodies hold a PIN or a password, and freed memory is read by whoever gets it next.
class WipedAfter {
 public:
  explicit WipedAfter(std::string& text) : text_(text) {}
  WipedAfter(const WipedAfter&) = delete;
  WipedAfter& operator=(const WipedAfter&) = delete;
  ~WipedAfter() { crypto::wipe(text_.data(), text_.size()); }

 private:
  std::string& text_;
};
/// `https://Van-Thu.vn:8443` and `van-thu.vn:8443` both give `van-thu.vn`. Ports are left out, as
/// cookies do, because a proxy may leave them out too.
std::string hostOf(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  const auto bracket = address.find(']');
  const auto colon = address.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return lowered(address.substr(0, std::min(colon, address.size())));
}

/// A page of another site lacks the session's header, but could sign a visitor in as somebody else
/// without one. Programs send neither header; browsers send Sec-Fetch-Site, which tells other ports
/// and other hosts of one domain apart too, unless they are old.
Result<> checkOrigin(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD") return kDone;
  const auto site = headerValue(request.headers, "sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") {
    return Error{Code::Forbidden, "origin_foreign", {}, *site};
  }
  const auto origin = headerValue(request.headers, "origin");
  if (!origin) return kDone;
  if (hostOf(*origin) == hostOf(headerValue(request.headers, "host").value_or(""))) return kDone;
  return Error{Code::Forbidden, "origin_foreign", {}, *origin};
}

}  // namespace

std::optional<std::string> cookieValue(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = pair.substr(equals + 1);
  }
  return found;
}

Result<> Dispatcher::letIn(const Route& route, Request& request) const {
  if (const auto cookie = headerValue(request.headers, "cookie")) {
    request.session_token = cookieValue(*cookie, kSessionCookie).value_or("");
  }
  if (route.access == Access::Public) return kDone;
  if (request.session_token.empty()) return Error{Code::Unauthenticated, "session_missing"};
  auto caller =
      route.access == Access::Change
          ? doorkeeper_.callerOfChange(request.session_token,
                                       headerValue(request.headers, kCsrfHeader).value_or(""),
                                       request.trace,
                                       route.purpose)
          : doorkeeper_.caller(request.session_token, request.trace, route.purpose);
  if (!caller) return caller.error();
  request.caller = std::move(*caller);
  return kDone;
}

Result<Reply> Dispatcher::answer(Request& request, BodySource& body) const {
  auto matched = router_.match(request.method, request.path);
  if (!matched) return matched.error();
  request.route = matched->route;
  request.parameters = std::move(matched->parameters);
  const auto own = checkOrigin(request);
  if (!own) return own.error();
  const auto in = letIn(*matched->route, request);
  if (!in) return in.error();
  const auto taken = takeBody(*matched->route, request, body);
  if (!taken) return taken.error();
  return matched->route->action(request);
}

Reply Dispatcher::operator()(Request& request, BodySource& body) const {
  const WipedAfter wiped(request.body);
  const auto language = languageOf(headerValue(request.headers, "accept-language").value_or("vi"));
  try {
    auto result = answer(request, body);
    if (result) return std::move(*result);
    log_.refused(request.trace, result.error());
    request.refusal = result.error().reason;
    return problem(result.error(), request.trace, language);
  } catch (const Poco::Exception& fault) {
    log_.fault(request.trace, fault.displayText());
  } catch (const std::exception& fault) {
    log_.fault(request.trace, fault.what());
  } catch (...) {
    log_.fault(request.trace, "not a std::exception");
  }
  if (request.route != nullptr && request.route->after_fault) return request.route->after_fault();
  return internalProblem(request.trace, language);
}

}  // namespace congvan::http
