// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/padding.h"

#include <optional>

namespace congvan::pades {
namespace {

struct Header {
  std::size_t content = 0;            ///< offset of the content octets
  std::optional<std::size_t> length;  ///< nullopt: indefinite
};

std::optional<Header> headerAt(BytesView bytes, std::size_t at) {
  if (at >= bytes.size()) return std::nullopt;
  const bool long_tag = (bytes[at++] & 0x1FU) == 0x1FU;
  while (long_tag && at < bytes.size() && (bytes[at] & 0x80U) != 0) ++at;
  if (long_tag) ++at;
  if (at >= bytes.size()) return std::nullopt;
  const auto first = bytes[at++];
  if (first == 0x80U) return Header{at, std::nullopt};
  if (first < 0x80U) return Header{at, first};
  std::size_t length = 0;
  for (auto left = first & 0x7FU; left > 0; --left) {
    if (at >= bytes.size() || length >> 48U != 0) return std::nullopt;
    length = length << 8U | bytes[at++];
  }
  return Header{at, length};
}

/// Walks the values inside indefinite ones; definite ones are passed whole. `depth` counts the open
/// indefinite values, so no stack grows with the input.
std::optional<std::size_t> endOfValue(BytesView bytes) {
  std::size_t at = 0;
  std::size_t depth = 0;
  while (true) {
    const auto header = headerAt(bytes, at);
    if (!header) return std::nullopt;
    const bool end_mark = depth > 0 && bytes[at] == 0 && header->length == std::size_t{0};
    if (!header->length) {
      ++depth;
      at = header->content;
    } else {
      if (*header->length > bytes.size() - header->content) return std::nullopt;
      at = header->content + *header->length;
      if (end_mark) --depth;
    }
    if (depth == 0) return at;
  }
}

}  // namespace

BytesView withoutPadding(BytesView contents) {
  const auto end = endOfValue(contents);
  return end ? contents.first(*end) : contents;
}

}  // namespace congvan::pades
