// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <memory>
#include <string>

namespace congvan::crypto {

/// Overwrites memory in a way the compiler keeps.
void wipe(void* memory, std::size_t size);

/// Bytes that are wiped when freed: keys, PINs, key-encryption keys. Never printed or logged.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(BytesView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit SecretBytes(std::string_view text) : SecretBytes(asBytes(text)) {}
  ~SecretBytes() { wipe(bytes_.data(), bytes_.size()); }
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    wipe(bytes_.data(), bytes_.size());
    bytes_ = std::move(other.bytes_);
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  BytesView view() const { return bytes_; }
  std::uint8_t* data() { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;  // never resized after construction, so no stale copy is left behind
};

/// True when equal; the time depends on the lengths only.
bool equalConstantTime(BytesView left, BytesView right);

}  // namespace congvan::crypto
