// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace congvan {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// The same memory seen as text, and as bytes. Views: the owner must outlive them.
inline std::string_view asText(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: char may alias
}
inline BytesView asBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()),
          text.size()};  // NOLINT: char may alias
}

inline Bytes toBytes(BytesView bytes) {
  return {bytes.begin(), bytes.end()};
}
inline Bytes toBytes(std::string_view text) {
  return toBytes(asBytes(text));
}
inline std::string toText(BytesView bytes) {
  return std::string(asText(bytes));
}

inline void append(Bytes& to, BytesView more) {
  to.insert(to.end(), more.begin(), more.end());
}
inline void append(Bytes& to, std::string_view more) {
  append(to, asBytes(more));
}

}  // namespace congvan
