// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "edge/fetch/address_policy.h"
#include "edge/fetch/reply_parser.h"

#include <string>

/// One HTTP exchange with a stranger: a deadline for all of it, a size limit, no redirects, no
/// cookies, no proxy, no kept connection, and only addresses that the policy allows (checked on the
/// address that is connected to, so a name that changes its address in between gains nothing).
namespace congvan::fetch {

struct ClientLimits {
  Duration time = std::chrono::seconds(
      10);  ///< from the first connect to the last byte; resolving a name is the system's time
  std::size_t reply_bytes = 1U << 20U;  ///< of the body
  Addresses addresses = Addresses::PublicOnly;
  std::string ca_file;  ///< PEM anchors for https; empty: the system's
};

struct Post {
  std::string url;  ///< http or https
  std::string content_type;
  std::string accept;
  Bytes body;
};

struct Get {
  std::string url;  ///< http or https
  std::string accept = "*/*";
};

/// Sends `post` and returns the reply, whatever its status.
///
/// Malformed `url_malformed`: not http(s), or with user information. Forbidden `address_refused`.
/// Unavailable `fetch_failed` (no such host, refused, broken off, TLS), `fetch_timed_out`,
/// `fetch_not_http`. TooLarge `fetch_too_large`. Safe from any thread.
Result<Reply> send(const Post& post, const ClientLimits& limits);
/// The same for what is only read.
Result<Reply> send(const Get& get, const ClientLimits& limits);

}  // namespace congvan::fetch
