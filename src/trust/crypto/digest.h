// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

/// Message digests by OpenSSL. Weak ones are computed (old signatures carry them) and judged
/// elsewhere.
namespace congvan::crypto {

enum class DigestAlgorithm {
  Md5,
  Sha1,
  Sha224,
  Sha256,
  Sha384,
  Sha512,
  Sha512_224,
  Sha512_256,
  Sha3_224,
  Sha3_256,
  Sha3_384,
  Sha3_512,
  Ripemd160,
  Shake256,  ///< with 64 bytes of output, as RFC 8419 wants beside Ed448
};

std::size_t digestSize(DigestAlgorithm algorithm);
/// `SHA-256`, `SHA3-512`, …
std::string_view digestName(DigestAlgorithm algorithm);
/// Dotted object identifier, and back (nullopt: not one of ours).
std::string_view digestOid(DigestAlgorithm algorithm);
std::optional<DigestAlgorithm> digestByOid(std::string_view oid);

/// Hashes while streaming. One object, one message; not for two threads at once.
/// Throws (a fault) when the library does not offer the algorithm; ask `digestAvailable` first.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  Digest& update(BytesView bytes);
  /// A second digest that has taken in the same bytes so far.
  Digest fork() const;
  /// The digest; the object is then spent.
  Bytes finish();

 private:
  struct State;
  explicit Digest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

bool digestAvailable(DigestAlgorithm algorithm);
Bytes digest(DigestAlgorithm algorithm, BytesView message);

}  // namespace congvan::crypto
