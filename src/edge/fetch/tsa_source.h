// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/fetch/http_client.h"
#include "trust/formats/timestamp/source.h"

#include <atomic>
#include <string>
#include <vector>

namespace congvan::fetch {

struct TsaOptions {
  std::vector<std::string> urls;  ///< asked in this order until one answers
  ClientLimits limits{.time = std::chrono::seconds(10),
                      .reply_bytes = 64U << 10U,
                      .addresses = Addresses::PublicOnly,
                      .ca_file = {}};
  std::size_t token_bytes = 8192;  ///< first guess of a token's size
};

/// Time-stamps from authorities on the network, by RFC 3161 over HTTP (3.4): no redirects, and the
/// reply must be `application/timestamp-reply`. A token is given out only when it answers the
/// question and its own signature verifies; whether the authority is to be trusted is for
/// validation.
///
/// Safe from any thread when `random` is.
class HttpTimestampSource final : public timestamp::Source {
 public:
  /// `random` outlives this; it makes the nonces.
  HttpTimestampSource(TsaOptions options, Random& random);

  /// Unavailable `tsa_unavailable`: none answered usefully; `detail` says why, one `url: reason`
  /// each.
  Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) override;
  /// The larger of the first guess and the largest token seen, with some room.
  std::size_t tokenBytes() const override { return token_bytes_.load(); }

 private:
  Result<Bytes> ask(const std::string& url, crypto::DigestAlgorithm algorithm, BytesView imprint);
  void remember(std::size_t size);

  TsaOptions options_;
  Random& random_;
  std::atomic<std::size_t> token_bytes_;
};

}  // namespace congvan::fetch
