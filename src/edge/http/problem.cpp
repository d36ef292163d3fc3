// SPDX-License-Identifier: Apache-2.0
#include "edge/http/problem.h"

#include "base/json.h"
#include "edge/http/catalogue.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

const Json& catalogueOf(Language language) {
  static const auto kVietnamese = Json::parse(catalogueVietnamese());
  static const auto kEnglish = Json::parse(catalogueEnglish());
  return language == Language::Vietnamese ? kVietnamese : kEnglish;
}

std::string_view titleOf(int status, Language language) {
  const bool english = language == Language::English;
  switch (status) {
    case 400:
      return english ? "Bad request" : "Yêu cầu không hợp lệ";
    case 401:
      return english ? "Please sign in" : "Cần đăng nhập";
    case 403:
      return english ? "Not allowed" : "Không được phép";
    case 404:
      return english ? "Not found" : "Không tìm thấy";
    case 405:
      return english ? "Method not allowed" : "Phương thức không được phép";
    case 409:
      return english ? "Conflict" : "Xung đột trạng thái";
    case 411:
      return english ? "Length required" : "Thiếu độ dài nội dung";
    case 412:
      return english ? "Changed meanwhile" : "Dữ liệu đã thay đổi";
    case 413:
      return english ? "Too large" : "Quá lớn";
    case 422:
      return english ? "Refused by a rule" : "Không đúng quy định";
    case 428:
      return english ? "If-Match required" : "Thiếu If-Match";
    case 429:
      return english ? "Too many attempts" : "Quá nhiều lần thử";
    case 503:
      return english ? "Unavailable" : "Tạm thời không phục vụ được";
    default:
      return english ? "Internal error" : "Lỗi nội bộ";
  }
}

std::string filledIn(std::string text, const Error& error) {
  for (const auto& param : error.params) {
    const auto slot = "{" + param.name + "}";
    for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot, at)) {
      text.replace(at, slot.size(), param.value);
      at += param.value.size();
    }
  }
  return text;
}

Reply problemReply(int status, Json body) {
  Reply reply{.status = status, .type = "application/problem+json", .body = toJsonText(body)};
  reply.headers.emplace_back("Cache-Control", "no-store");
  if (status == 503 || status == 429) reply.headers.emplace_back("Retry-After", "5");
  return reply;
}

}  // namespace

Language languageOf(std::string_view accept) {
  // The first of the two tags named decides: browsers list by preference.
  const auto vietnamese = accept.find("vi");
  const auto english = accept.find("en");
  if (english == std::string_view::npos) return Language::Vietnamese;
  return vietnamese < english ? Language::Vietnamese : Language::English;
}

int statusOf(const Error& error) {
  if (error.reason == "length_required") return 411;
  if (error.reason == "method_not_allowed") return 405;
  if (error.reason == "if_match_missing") return 428;
  switch (error.code) {
    case Code::Malformed:
      return 400;
    case Code::Unauthenticated:
      return 401;
    case Code::Forbidden:
      return 403;
    case Code::NotFound:
      return 404;
    case Code::Conflict:
      return 409;
    case Code::Stale:
      return 412;
    case Code::RuleRefused:
      return 422;
    case Code::TooLarge:
      return 413;
    case Code::TooMany:
      return 429;
    case Code::Unavailable:
      return 503;
  }
  return 500;
}

std::optional<std::string> sentence(const Error& error, Language language) {
  const auto& catalogue = catalogueOf(language);
  const auto found = catalogue.find(error.reason);
  if (found == catalogue.end()) return std::nullopt;
  return filledIn(found->get<std::string>(), error);
}

Reply problem(const Error& error, std::string_view trace, Language language) {
  const auto status = statusOf(error);
  auto params = Json::object();
  for (const auto& param : error.params) params[param.name] = param.value;
  Json body = {{"type", "about:blank"},
               {"title", titleOf(status, language)},
               {"status", status},
               {"code", error.reason},
               {"traceId", trace}};
  if (!params.empty()) body["params"] = std::move(params);
  if (const auto text = sentence(error, language)) body["detail"] = *text;
  return problemReply(status, std::move(body));
}

Reply internalProblem(std::string_view trace, Language language) {
  return problemReply(500,
                      {{"type", "about:blank"},
                       {"title", titleOf(500, language)},
                       {"status", 500},
                       {"code", "internal"},
                       {"traceId", trace}});
}

}  // namespace congvan::http
