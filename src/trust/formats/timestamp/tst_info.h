// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "trust/crypto/digest.h"

#include <optional>
#include <string>

/// TSTInfo, the content of a time-stamp token (RFC 3161 2.4.2).
namespace congvan::timestamp {

struct TstInfo {
  std::string policy;
  std::optional<crypto::DigestAlgorithm> algorithm;  ///< nullopt: unknown to us
  Bytes imprint;
  Bytes serial;  ///< content octets
  Instant time{};
  Bytes nonce;  ///< content octets; empty when absent
  bool critical_extension = false;
};

/// nullopt: not one well-formed TSTInfo of version 1.
std::optional<TstInfo> readTstInfo(BytesView content);

}  // namespace congvan::timestamp
