// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/address_policy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace congvan::fetch {
namespace {

struct Range4 {
  std::array<std::uint8_t, 4> base;
  unsigned bits;
};

constexpr std::array kSpecial4{
    Range4{{0, 0, 0, 0}, 8},
    Range4{{10, 0, 0, 0}, 8},
    Range4{{100, 64, 0, 0}, 10},
    Range4{{127, 0, 0, 0}, 8},
    Range4{{169, 254, 0, 0}, 16},
    Range4{{172, 16, 0, 0}, 12},
    Range4{{192, 0, 0, 0}, 24},
    Range4{{192, 0, 2, 0}, 24},
    Range4{{192, 88, 99, 0}, 24},
    Range4{{192, 168, 0, 0}, 16},
    Range4{{198, 18, 0, 0}, 15},
    Range4{{198, 51, 100, 0}, 24},
    Range4{{203, 0, 113, 0}, 24},
    Range4{{224, 0, 0, 0}, 4},
    Range4{{240, 0, 0, 0}, 4},
};

std::uint32_t asNumber(const std::array<std::uint8_t, 4>& octets) {
  return (std::uint32_t{octets[0]} << 24U) | (std::uint32_t{octets[1]} << 16U) |
         (std::uint32_t{octets[2]} << 8U) | octets[3];
}

bool isPublic4(const std::array<std::uint8_t, 4>& octets) {
  return std::ranges::none_of(kSpecial4, [&](const Range4& range) {
    const unsigned shift = 32 - range.bits;
    return asNumber(octets) >> shift == asNumber(range.base) >> shift;
  });
}

using Octets6 = std::array<std::uint8_t, 16>;

std::array<std::uint8_t, 4> embedded(const Octets6& octets, std::size_t at) {
  return {octets[at], octets[at + 1], octets[at + 2], octets[at + 3]};
}

bool startsWith(const Octets6& octets, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), octets.begin());
}

bool isPublic6(const Octets6& octets) {
  if (startsWith(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}))
    return isPublic4(embedded(octets, 12));
  if (startsWith(octets, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}))
    return isPublic4(embedded(octets, 12));
  if (startsWith(octets, {0x20, 0x02})) return isPublic4(embedded(octets, 2));
  if (startsWith(octets, {0x20, 0x01, 0x0d, 0xb8})) return false;  // documentation
  if (startsWith(octets, {0x20, 0x01}) && octets[2] < 0x02)
    return false;  // 2001::/23, Teredo and others
  if (startsWith(octets, {0x3f, 0xff}) && (octets[2] & 0xf0U) == 0)
    return false;                      // documentation, RFC 9637
  return (octets[0] & 0xe0U) == 0x20;  // 2000::/3: global unicast
}

}  // namespace

bool isPublic(const Poco::Net::IPAddress& address) {
  if (address.family() == Poco::Net::IPAddress::IPv4 && address.length() == 4) {
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), address.addr(), octets.size());
    return isPublic4(octets);
  }
  if (address.length() != 16) return false;
  Octets6 octets{};
  std::memcpy(octets.data(), address.addr(), octets.size());
  return isPublic6(octets);
}

}  // namespace congvan::fetch
