// SPDX-License-Identifier: Apache-2.0
#include "edge/http/problem.h"

#include "base/json.h"
#include "base/text.h"
#include "edge/http/embedded.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace congvan::http {
namespace {

struct Catalogue {
  Json sentences;
  Json words;
};

const Catalogue& catalogueOf(Language language) {
  const auto read = [](std::string_view name) {
    return Catalogue{Json::parse(embeddedText(embeddedMessages(), name).value()),
                     Json::parse(embeddedText(embeddedWords(), name).value())};
  };
  static const auto kVietnamese = read("vi");
  static const auto kEnglish = read("en");
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
    case 415:
      return english ? "Wrong media type" : "Sai kiểu nội dung";
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

std::optional<std::string_view> paramOf(const Error& error, std::string_view name) {
  for (const auto& param : error.params) {
    if (param.name == name) return param.value;
  }
  return std::nullopt;
}

/// What fills `{name}` or `{group.name}`; nullopt: there is no such parameter.
std::optional<std::string> filling(std::string_view slot, const Error& error, const Json& words) {
  const auto dot = slot.find('.');
  if (dot == std::string_view::npos) {
    const auto value = paramOf(error, slot);
    return value ? std::optional(std::string(*value)) : std::nullopt;
  }
  const auto value = paramOf(error, slot.substr(dot + 1));
  if (!value) return std::nullopt;
  const auto word = words.find(std::string(slot.substr(0, dot + 1)) + std::string(*value));
  return word == words.end() ? std::string(*value) : word->get<std::string>();
}

/// nullopt: a slot has no parameter.
std::optional<std::string> slotsFilled(std::string_view text,
                                       const Error& error,
                                       const Json& words) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) return out;
    const auto close = std::min(text.find('}'), text.size() - 1);
    const auto value = filling(text.substr(1, close - 1), error, words);
    if (!value) return std::nullopt;
    out += *value;
    text.remove_prefix(close + 1);
  }
  return out;
}

/// What stands in square brackets is said only when its parameters are known.
std::string filledIn(std::string_view text, const Error& error, const Json& words) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('['), text.size());
    out +=
        slotsFilled(text.substr(0, open), error, words).value_or(std::string(text.substr(0, open)));
    text.remove_prefix(open);
    if (text.empty()) return out;
    const auto close = std::min(text.find(']'), text.size() - 1);
    out += slotsFilled(text.substr(1, close - 1), error, words).value_or("");
    text.remove_prefix(close + 1);
  }
  return out;
}

struct LanguageRange {
  std::string tag;  ///< the language alone: `en` of `en-GB`
  double weight = 1;
};

/// RFC 9110, 12.5.4. A weight that cannot be read counts as none given.
LanguageRange rangeOf(std::string_view text) {
  const auto semicolon = std::min(text.find(';'), text.size());
  const auto tag = trim(text.substr(0, semicolon));
  LanguageRange range;
  for (const char c : tag.substr(0, std::min(tag.find('-'), tag.size()))) {
    range.tag.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  const auto q = text.find("q=", semicolon);
  if (q == std::string_view::npos) return range;
  double weight = 1;
  const auto digits = trim(text.substr(q + 2));
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  if (failed == std::errc{} && weight >= 0 && weight <= 1) range.weight = weight;
  return range;
}

Reply problemReply(int status, Json body, std::string_view retry_after = "5") {
  Reply reply{.status = status, .type = "application/problem+json", .body = toJsonText(body)};
  reply.headers.emplace_back("Cache-Control", "no-store");
  if (status == 503 || status == 429) reply.headers.emplace_back("Retry-After", retry_after);
  return reply;
}

}  // namespace

Language languageOf(std::string_view accept) {
  double vietnamese = 0;
  double english = 0;
  double any = 0;
  while (!accept.empty()) {
    const auto end = std::min(accept.find(','), accept.size());
    const auto range = rangeOf(accept.substr(0, end));
    accept.remove_prefix(std::min(end + 1, accept.size()));
    if (range.tag == "vi") vietnamese = std::max(vietnamese, range.weight);
    if (range.tag == "en") english = std::max(english, range.weight);
    if (range.tag == "*") any = std::max(any, range.weight);
  }
  return english > std::max(vietnamese, any) ? Language::English : Language::Vietnamese;
}

int statusOf(const Error& error) {
  if (error.reason == "length_required") return 411;
  if (error.reason == "method_not_allowed") return 405;
  if (error.reason == "body_type_not_json") return 415;
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
  const auto found = catalogue.sentences.find(error.reason);
  if (found == catalogue.sentences.end()) return std::nullopt;
  return filledIn(found->get_ref<const std::string&>(), error, catalogue.words);
}

std::string word(std::string_view key, Language language) {
  const auto& words = catalogueOf(language).words;
  const auto found = words.find(std::string(key));
  return found == words.end() ? std::string(key) : found->get<std::string>();
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
  // Delays say how long they last; what is busy is so for moments.
  return problemReply(status, std::move(body), paramOf(error, "seconds").value_or("5"));
}

Reply internalProblem(std::string_view trace, Language language) {
  const Error internal{Code::Unavailable, "internal", {{"trace", std::string(trace)}}};
  return problemReply(500,
                      {{"type", "about:blank"},
                       {"title", titleOf(500, language)},
                       {"status", 500},
                       {"code", "internal"},
                       {"detail", sentence(internal, language).value_or("")},
                       {"traceId", trace}});
}

}  // namespace congvan::http
