// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/message.h"

#include <Poco/Net/IPAddress.h>

#include <string>
#include <string_view>
#include <vector>

/// Who is believed when they say for whom they ask. Nobody, unless the settings name them: anybody
/// can write `X-Forwarded-For`.
namespace congvan::http {

class TrustedProxies {
 public:
  TrustedProxies() = default;

  /// Addresses and networks: `10.1.2.3`, `10.1.0.0/16`, `::1`. Malformed `proxy_malformed` with
  /// `address`.
  static Result<TrustedProxies> parse(const std::vector<std::string>& texts);

  bool contains(std::string_view address) const;

  /// The address that a request comes from: `peer`, or behind trusted proxies the last one named
  /// in `X-Forwarded-For` that is not one of them. What stands before a text that is no address is
  /// not believed either.
  std::string clientOf(const std::string& peer, const Headers& headers) const;

 private:
  struct Network {
    Poco::Net::IPAddress first;
    Poco::Net::IPAddress mask;
  };
  std::vector<Network> networks_;
};

}  // namespace congvan::http
