// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Poco/Net/IPAddress.h>

/// Which addresses this service may call. An address that comes out of a certificate or a form
/// could otherwise make it talk to the machine's own services or its neighbours.
namespace congvan::fetch {

enum class Addresses {
  PublicOnly,  ///< refuses loopback, private, link-local, shared, documentation, multicast and
               ///< reserved ranges
  Any,         ///< an authority inside the province's own network
};

/// Reachable over the public internet (IANA special-purpose registries, RFC 6890). An IPv6 address
/// that embeds an IPv4 one (mapped, NAT64, 6to4) counts as what it embeds.
bool isPublic(const Poco::Net::IPAddress& address);

inline bool allows(Addresses policy, const Poco::Net::IPAddress& address) {
  return policy == Addresses::Any || isPublic(address);
}

}  // namespace congvan::fetch
