// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/fetch/http_client.h"
#include "office/audit/witnessing.h"

namespace congvan::fetch {

/// A witness over HTTP (C2SP tlog-witness): `POST URL/add-checkpoint`. Safe from any thread.
class HttpWitness final : public audit::WitnessClient {
 public:
  /// `url`: the witness's submission prefix, http or https, no slash at its end. It stands in the
  /// settings, so any address is allowed, also one in the province's own network.
  explicit HttpWitness(std::string url) : url_(std::move(url)) {}

  /// Refusals of `send`. Unavailable `witness_refused` with `status`: it does not know this log or
  /// its key, or is not well. Conflict `witness_disagrees`: 422, or 409 without a size.
  Result<std::variant<Cosigned, Seen>> ask(const tlog::AddCheckpoint& request) override;

 private:
  std::string url_;
};

}  // namespace congvan::fetch
