// SPDX-License-Identifier: Apache-2.0
#include "office/signing/timestamps.h"

#include <algorithm>

namespace congvan::signing {

OrderedTimestamps::OrderedTimestamps(std::vector<Named> sources, const Clock& clock, Duration time)
    : sources_(std::move(sources)), clock_(clock), time_(time) {}

Result<Bytes> OrderedTimestamps::stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) {
  const auto end = clock_.now() + time_;
  Error none{Code::Unavailable, "tsa_unavailable"};
  for (const auto& [name, source] : sources_) {
    if (clock_.now() >= end) {
      none.detail += name + ": no time left; ";
      continue;
    }
    auto token = source->stamp(algorithm, imprint);
    if (token) return token;
    none.detail += name + ": " + token.error().reason + " " + token.error().detail + "; ";
  }
  return none;
}

std::size_t OrderedTimestamps::tokenBytes() const {
  std::size_t most = 0;
  for (const auto& one : sources_) most = std::max(most, one.source->tokenBytes());
  return most;
}

}  // namespace congvan::signing
