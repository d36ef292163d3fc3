// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"

#include "base/encoding.h"
#include "base/text.h"
#include "edge/http/wiping.h"
#include "trust/crypto/digest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace congvan::http {
namespace {

constexpr std::size_t kSecretLongest = 256;
constexpr std::size_t kKeyLongest = 128;

/// RFC 6266 with RFC 8187: an ASCII stand-in and the real name.
std::string dispositionFor(std::string_view name) {
  constexpr std::string_view kDWithStroke = "Đ";
  std::string ascii;
  std::string encoded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    const bool goes_on = (byte & 0xC0U) == 0x80U;  // of a character that has its stand-in
    if (name.substr(i).starts_with(kDWithStroke)) {
      ascii.push_back('D');
    } else if (!goes_on) {
      ascii.push_back(plain ? c : '_');
    }
    if (plain) {
      encoded.push_back(c);
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace

Result<> withBody(const Request& request, const std::function<void(Fields&)>& read) {
  const WipingWhatIsFreed wiping;
  const auto json = parseJson(request.body);
  if (!json) return json.error();
  Fields fields(*json);
  read(fields);
  return fields.finish();
}

crypto::SecretBytes secretField(Fields& fields, std::string_view name) {
  const auto text = fields.rawText(name, kSecretLongest);
  // Keyboards differ in whether a letter with marks is one code point or several (RFC 8265, 4.2.2).
  auto normal = toNfc(text);
  if (!normal) fields.refuse(name, "not_unicode");
  crypto::SecretBytes secret{normal ? std::string_view(*normal) : text};
  if (normal) crypto::wipe(normal->data(), normal->size());
  return secret;
}

Result<std::string> readTextBody(const Request& request, std::string_view name) {
  constexpr std::size_t kLongest = 2000;
  return readBody<std::string>(request,
                               [&](Fields& fields) { return fields.text(name, kLongest); });
}

Result<crypto::SecretBytes> readPinBody(const Request& request) {
  return readBody<crypto::SecretBytes>(request,
                                       [](Fields& fields) { return secretField(fields, "pin"); });
}

Result<Uuid> pathId(const Request& request, std::string_view name) {
  return Uuid::parse(request.parameter(name));
}

Uuid idField(Fields& fields, std::string_view name) {
  const auto text = fields.text(name, 36);
  const auto id = Uuid::parse(text);
  if (!id) fields.refuse(name, "not_an_id");
  return id ? *id : Uuid{};
}

std::optional<Uuid> optionalIdField(Fields& fields, std::string_view name) {
  const auto text = fields.optionalText(name, 36);
  if (!text) return std::nullopt;
  const auto id = Uuid::parse(*text);
  if (id) return *id;
  fields.refuse(name, "not_an_id");
  return std::nullopt;
}

Result<std::int64_t> ifMatch(const Request& request) {
  const auto header = headerValue(request.headers, "if-match");
  if (!header) return Error{Code::Malformed, "if_match_missing"};
  std::int64_t version = 0;
  const std::string_view text = *header;
  const bool framed =
      text.size() > 3 && text.starts_with("\"v") && text.ends_with('"') && text[2] != '-';
  const auto digits = framed ? text.substr(2, text.size() - 3) : std::string_view{};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (!framed || failed != std::errc{} || end != digits.data() + digits.size()) {
    return Error{Code::Malformed, "if_match_malformed"};
  }
  return version;
}

Result<directory::Caller> callerOf(const Request& request, std::string_view content) {
  auto caller = *request.caller;
  const auto key = headerValue(request.headers, "idempotency-key");
  if (!key) return caller;
  // No blanks: a use case of two halves keeps a second key that is told apart by one.
  const bool visible = std::ranges::all_of(*key, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!visible || key->empty() || key->size() > kKeyLongest)
    return Error{Code::Malformed, "idempotency_key_malformed"};
  const auto if_match = headerValue(request.headers, "if-match").value_or("");
  crypto::Digest print(crypto::DigestAlgorithm::Sha256);
  for (const std::string_view part : {std::string_view(request.method),
                                      std::string_view(request.path),
                                      std::string_view(if_match),
                                      std::string_view(request.body),
                                      content}) {
    print.update(asBytes(part)).update(asBytes("\n"));
  }
  caller.once = work::IdempotencyKey{
      .scope = caller.person.text() + " " + request.method + " " + request.path,
      .key = *key,
      .fingerprint = print.finish()};
  return caller;
}

Result<PageRequest> pageOf(const Request& request) {
  PageRequest page;
  if (const auto after = request.queryValue("after")) {
    const auto id = Uuid::parse(*after);
    if (!id) return id.error();
    page.after = *id;
  }
  if (const auto limit = request.queryValue("limit")) {
    const auto [end, failed] =
        std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
    const bool read = failed == std::errc{} && end == limit->data() + limit->size();
    if (!read || page.limit < 1 || page.limit > 200)
      return Error{Code::Malformed, "limit_malformed"};
  }
  return page;
}

Reply jsonReply(const Json& json) {
  auto reply = jsonReply(200, toJsonText(json));
  reply.headers.emplace_back("Cache-Control", "private, no-store");
  return reply;
}

Reply resourceReply(int status, const Json& json, std::int64_t version) {
  auto reply = jsonReply(json);
  reply.status = status;
  reply.headers.emplace_back("ETag", "\"v" + std::to_string(version) + "\"");
  return reply;
}

Reply listReply(Json items, std::string_view last_id, int limit) {
  const bool full = items.size() >= static_cast<std::size_t>(limit);
  Json page = {{"items", std::move(items)}, {"next", nullptr}};
  if (full) page["next"] = last_id;
  return jsonReply(page);
}

Reply wholeListReply(Json items) {
  return jsonReply({{"items", std::move(items)}, {"next", nullptr}});
}

Reply fileReply(std::shared_ptr<work::OpenBlob> blob,
                std::string_view type,
                std::string_view name) {
  Reply reply{.type = std::string(type), .blob = std::move(blob)};
  reply.headers.emplace_back("Content-Disposition", dispositionFor(name));
  reply.headers.emplace_back("Cache-Control", "private, no-store");
  reply.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  return reply;
}

}  // namespace congvan::http
