// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/tsa_source.h"

#include "trust/formats/timestamp/token.h"

#include <fmt/format.h>

namespace congvan::fetch {
namespace {

// Tokens of one authority differ by a few octets (serial numbers, ECDSA values, fractions of a
// second).
constexpr std::size_t kTokenRoom = 512;

}  // namespace

HttpTimestampSource::HttpTimestampSource(TsaOptions options, Random& random)
    : options_(std::move(options)), random_(random), token_bytes_(options_.token_bytes) {}

Result<Bytes> HttpTimestampSource::stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) {
  std::string why;
  for (const std::string& url : options_.urls) {
    auto token = ask(url, algorithm, imprint);
    if (token) {
      remember(token->size());
      return token;
    }
    why += fmt::format(
        "{}{}: {} {}", why.empty() ? "" : "; ", url, token.error().reason, token.error().detail);
  }
  return Error{
      Code::Unavailable, "tsa_unavailable", {}, why.empty() ? "no authority is configured" : why};
}

Result<Bytes> HttpTimestampSource::ask(const std::string& url,
                                       crypto::DigestAlgorithm algorithm,
                                       BytesView imprint) {
  const auto request = timestamp::makeRequest(algorithm, imprint, random_);
  const auto reply = send({.url = url,
                           .content_type = "application/timestamp-query",
                           .accept = "application/timestamp-reply",
                           .body = request.der},
                          options_.limits);
  if (!reply) return reply.error();
  if (reply->status != 200)
    return Error{Code::Unavailable, "tsa_http_status", {}, std::to_string(reply->status)};
  if (reply->contentType() != "application/timestamp-reply") {
    return Error{Code::Unavailable, "tsa_content_type", {}, reply->contentType()};
  }
  return timestamp::readResponse(reply->body, request, algorithm, imprint);
}

void HttpTimestampSource::remember(std::size_t size) {
  std::size_t known = token_bytes_.load();
  while (size + kTokenRoom > known &&
         !token_bytes_.compare_exchange_weak(known, size + kTokenRoom)) {
  }
}

}  // namespace congvan::fetch
