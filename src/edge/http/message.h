// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "office/directory/types.h"
#include "office/work/blobs.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A request and a reply as endpoints see them. Neither knows of Poco.
namespace congvan::http {

/// Names in lower case, in the order received.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that (lower-case) name.
std::optional<std::string> headerValue(const Headers& headers, std::string_view name);

/// The body of an upload, still on the wire. It ends exactly at Content-Length.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t length() const = 0;
  /// Hands the whole body to `sink` in blocks of at most 64 KiB.
  /// Malformed `body_truncated`: the sender stopped early. Otherwise what `sink` refused.
  virtual Result<> pump(const std::function<Result<>(BytesView)>& sink) = 0;
};

struct Route;

struct Request {
  std::string method;
  std::string path;                               ///< decoded, without the query
  std::map<std::string, std::string> query;       ///< decoded; a name given twice is refused before
  std::map<std::string, std::string> parameters;  ///< of the route's pattern
  Headers headers;
  std::string body;                         ///< of routes that take JSON or small bytes
  BodySource* upload = nullptr;             ///< of routes that stream
  std::string client;                       ///< address
  std::string trace;                        ///< request id, also in the reply and the log
  std::optional<directory::Caller> caller;  ///< on every route but public ones
  std::string session_token;                ///< of the cookie, when there is one

  const Route* route = nullptr;  ///< filled by the dispatcher, as the next: for whoever counts
  std::string refusal;           ///< reason of the problem it was answered with

  const std::string& parameter(std::string_view name) const;
  std::optional<std::string> queryValue(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string type = "application/json";
  std::string body = {};
  Headers headers = {};
  /// Streamed instead of `body` when set.
  std::shared_ptr<work::OpenBlob> blob = {};
};

Reply jsonReply(int status, std::string json);

}  // namespace congvan::http
