// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/crypto/digest.h"

namespace congvan::timestamp {

/// A port: somewhere that gives RFC 3161 tokens (the built-in authority, a server, a list of them).
class Source {
 public:
  virtual ~Source() = default;
  /// A DER TimeStampToken over `imprint`, already checked to answer the question (imprint, nonce).
  /// Unavailable: no authority answered.
  virtual Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) = 0;
  /// How many bytes a token of this source takes, for reserving space.
  virtual std::size_t tokenBytes() const { return 8192; }
};

}  // namespace congvan::timestamp
