// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/secret.h"

#include <optional>

/// Messages between the service and its signer process, one after another on a socket: four octets
/// of length, the first the highest, and as many octets of message.
namespace congvan::pkcs11 {

/// The longest is an answer with an RSA key of 8,192 bits; one with another length is not ours.
inline constexpr std::size_t kFrameBytesMost = 4096;

/// A file descriptor that is closed with this.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

/// Unavailable `token_unavailable`: nobody reads any more.
Result<> writeFrame(const Descriptor& to, BytesView message);
/// The next message; nullopt at the end. Malformed `frame_malformed`: empty, too long or cut off.
/// Nothing is kept before its length is known to be allowed.
Result<std::optional<crypto::SecretBytes>> readFrame(const Descriptor& from);

}  // namespace congvan::pkcs11
