// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include "base/encoding.h"

#include <algorithm>

namespace congvan {
namespace {

Error badUuid() {
  return Error{Code::Malformed, "id_malformed"};
}

}  // namespace

std::string Uuid::text() const {
  auto hex = toHex(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

Result<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return badUuid();
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen != (text[i] == '-')) return badUuid();
    if (!hyphen) hex.push_back(text[i]);
  }
  const auto decoded = fromHex(hex);
  if (!decoded) return badUuid();
  return fromBytes(*decoded);
}

Result<Uuid> Uuid::fromBytes(BytesView bytes) {
  if (bytes.size() != 16) return badUuid();
  Uuid uuid;
  std::ranges::copy(bytes, uuid.bytes.begin());
  return uuid;
}

Uuid makeUuid(const Clock& clock, Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes);
  const auto millis = static_cast<std::uint64_t>(toMicros(clock.now()) / 1000);
  for (std::size_t i = 0; i < 6; ++i) {
    uuid.bytes.at(i) = static_cast<std::uint8_t>(millis >> (8 * (5 - i)));
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | 0x70U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
  return uuid;
}

}  // namespace congvan
