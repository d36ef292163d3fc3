// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Reading an HTTP/1.1 response (RFC 9112) as it arrives, within limits. Bytes in, no socket here.
namespace congvan::fetch {

struct Reply {
  int status = 0;
  std::map<std::string, std::string>
      headers;  ///< names in lower case; a repeated one is joined by `, `
  Bytes body;

  /// Without parameters, in lower case; empty when absent.
  std::string contentType() const;
};

/// One response to a request that is not HEAD. Not for two threads.
class ReplyParser {
 public:
  enum class State { More, Done, Malformed, TooLarge };

  explicit ReplyParser(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Takes the next bytes from the server.
  State feed(BytesView bytes);
  /// The server has closed the connection: Done only when that is how this body ends, or it had
  /// ended.
  State close();
  /// Valid once Done.
  Reply take() { return std::move(reply_); }

  static constexpr std::size_t kHeadBytesMax = 16U << 10U;

 private:
  enum class Body { Counted, Chunked, ToTheEnd };

  State advance();
  State readHead();
  State readBody();
  State readChunks();
  bool readHeaderLines(std::string_view lines);
  bool chooseBody();
  bool takeBody(std::size_t count);

  std::size_t body_bytes_max_;
  Bytes buffer_;
  State state_ = State::More;
  bool head_read_ = false;
  Body body_ = Body::ToTheEnd;
  std::size_t wanted_ = 0;  // of the body, or of the chunk at hand with its line end
  bool in_chunk_ = false;
  bool in_trailer_ = false;
  Reply reply_;
};

}  // namespace congvan::fetch
