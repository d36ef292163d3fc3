// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/frame.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace congvan::pkcs11 {
namespace {

constexpr std::size_t kLengthBytes = 4;

enum class Came { All, Nothing, Part };

Came receiveAll(int from, std::span<std::uint8_t> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const auto got = ::recv(from, into.data() + have, into.size() - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return have == 0 ? Came::Nothing : Came::Part;
    have += static_cast<std::size_t>(got);
  }
  return Came::All;
}

bool sendAll(int to, BytesView bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

Error malformed(std::string detail) {
  return {Code::Malformed, "frame_malformed", {}, std::move(detail)};
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<> writeFrame(const Descriptor& to, BytesView message) {
  if (message.empty() || message.size() > kFrameBytesMost) return malformed("to be sent");
  std::array<std::uint8_t, kLengthBytes> length{};
  for (std::size_t at = 0; at < kLengthBytes; ++at) {
    length[at] = static_cast<std::uint8_t>(message.size() >> (8 * (kLengthBytes - 1 - at)));
  }
  if (!sendAll(to.number(), length) || !sendAll(to.number(), message)) {
    return Error{Code::Unavailable, "token_unavailable", {}, std::strerror(errno)};
  }
  return kDone;
}

Result<std::optional<crypto::SecretBytes>> readFrame(const Descriptor& from) {
  std::array<std::uint8_t, kLengthBytes> octets{};
  const auto began = receiveAll(from.number(), octets);
  if (began == Came::Nothing) return std::optional<crypto::SecretBytes>();
  std::size_t length = 0;
  for (const auto octet : octets) length = length << 8U | octet;
  if (began == Came::Part || length == 0 || length > kFrameBytesMost) {
    return malformed("length " + std::to_string(length));
  }
  crypto::SecretBytes message(length);
  if (receiveAll(from.number(), {message.data(), length}) != Came::All) return malformed("cut off");
  return std::optional(std::move(message));
}

}  // namespace congvan::pkcs11
