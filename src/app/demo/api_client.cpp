// SPDX-License-Identifier: Apache-2.0
#include "app/demo/api_client.h"

#include "base/id.h"
#include "trust/crypto/random.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace congvan::app {
namespace {

/// The name=value of a Set-Cookie header.
std::string cookiePair(const std::string& header) {
  return header.substr(0, header.find(';'));
}

}  // namespace

struct ApiClient::State {
  Poco::Net::HTTPSClientSession session;
  std::string cookie;
  std::string csrf;
  std::optional<Error> not_signed_in;
  crypto::SystemRandom random;
  SystemClock clock;

  State(const std::string& host, std::uint16_t port, const Poco::Net::Context::Ptr& context)
      : session(host, port, context) {}
};

Json ApiClient::Answer::json() const {
  auto parsed = parseJson(body, {.bytes = 256U << 20U});
  return parsed ? std::move(*parsed) : Json();
}

std::string ApiClient::Answer::code() const {
  const auto parsed = json();
  return parsed.is_object() ? parsed.value("code", "") : "";
}

ApiClient::ApiClient(std::string host, std::uint16_t port, std::filesystem::path anchor) {
  const Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE,
                                                                 anchor.string(),
                                                                 Poco::Net::Context::VERIFY_STRICT,
                                                                 9,
                                                                 false);
  state_ = std::make_unique<State>(host, port, context);
  state_->session.setKeepAlive(true);
  state_->session.setTimeout(Poco::Timespan(60, 0));
}

ApiClient::~ApiClient() = default;
ApiClient::ApiClient(ApiClient&&) noexcept = default;

Result<ApiClient::Answer> ApiClient::send(const std::string& method,
                                          const std::string& path,
                                          std::string_view type,
                                          BytesView body,
                                          const std::string& if_match,
                                          const std::string& key) {
  if (state_->not_signed_in) return *state_->not_signed_in;
  Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPRequest::HTTP_1_1);
  if (!state_->cookie.empty()) request.set("Cookie", state_->cookie);
  if (method != "GET") {
    request.set("X-CSRF-Token", state_->csrf);
    request.set("Idempotency-Key",
                key.empty() ? makeUuid(state_->clock, state_->random).text() : key);
    request.setContentType(std::string(type));
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
  }
  if (!if_match.empty()) request.set("If-Match", if_match);
  try {
    auto& out = state_->session.sendRequest(request);
    const auto text = asText(body);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    Poco::Net::HTTPResponse response;
    auto& in = state_->session.receiveResponse(response);
    Answer answer{.status = static_cast<int>(response.getStatus()),
                  .etag = response.get("ETag", "")};
    Poco::StreamCopier::copyToString64(in, answer.body);
    if (response.has("Set-Cookie")) state_->cookie = cookiePair(response.get("Set-Cookie"));
    return answer;
  } catch (const Poco::Exception& failed) {  // the library's only way to say that nobody answers
    return Error{Code::Unavailable, "service_not_reachable", {}, failed.displayText()};
  }
}

Result<ApiClient::Answer> ApiClient::get(const std::string& path) {
  return send("GET", path, "", {}, "");
}

Result<ApiClient::Answer> ApiClient::post(const std::string& path,
                                          const Json& body,
                                          const std::string& if_match) {
  const auto text = toJsonText(body);
  return send("POST", path, "application/json", asBytes(text), if_match);
}

Result<ApiClient::Answer> ApiClient::postOnce(const std::string& path,
                                              const Json& body,
                                              const std::string& key) {
  const auto text = toJsonText(body);
  return send("POST", path, "application/json", asBytes(text), "", key);
}

Result<ApiClient::Answer> ApiClient::put(const std::string& path,
                                         BytesView body,
                                         const std::string& if_match) {
  return send("PUT", path, "application/pdf", body, if_match);
}

Result<ApiClient::Answer> ApiClient::postBytes(const std::string& path, BytesView body) {
  return send("POST", path, "application/octet-stream", body, "");
}

Result<Json> ApiClient::signIn(const std::string& login, const std::string& password) {
  state_->cookie.clear();
  const auto answer = post("/api/v1/session", {{"login", login}, {"password", password}});
  if (!answer) return answer.error();
  if (answer->status != 200) {
    state_->not_signed_in = Error{Code::Unauthenticated,
                                  "demo_refused",
                                  {{"what", "sign in " + login}, {"code", answer->code()}}};
    return *state_->not_signed_in;
  }
  auto who = answer->json();
  state_->csrf = who.value("csrf", "");
  return who;
}

}  // namespace congvan::app
