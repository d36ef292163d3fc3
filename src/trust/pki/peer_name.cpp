// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/peer_name.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace congvan::pki {
namespace {

bool matchesHost(const std::string& pattern_text, const std::string& host_text) {
  const auto pattern = lowerAscii(pattern_text);
  const auto host = lowerAscii(host_text);
  if (!isHostName(host) || !isHostNameOrWildcard(pattern)) return false;
  if (!pattern.starts_with("*.")) return pattern == host;
  const auto parent = std::string_view(pattern).substr(2);
  const auto dot = host.find('.');
  if (parent.find('.') == std::string_view::npos || dot == std::string::npos) return false;
  return std::string_view(host).substr(dot + 1) == parent;
}

/// The octets of an address in text, as iPAddress carries them; empty when it is none.
std::string addressOctets(const std::string& text) {
  std::array<char, 16> octets{};
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return {octets.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return {octets.data(), 16};
  return {};
}

bool matchesMailbox(const std::string& name, const std::string& wanted) {
  const auto at = name.rfind('@');
  if (at == std::string::npos || wanted.size() != name.size()) return false;
  const auto host = std::string_view(name).substr(at);
  return std::string_view(name).substr(0, at) == std::string_view(wanted).substr(0, at) &&
         lowerAscii(host) == lowerAscii(std::string_view(wanted).substr(at));
}

}  // namespace

bool matchesPeer(const CertificateFacts& facts, const PeerName& peer) {
  if (!facts.alternative_names) return false;
  const auto octets = peer.kind == NameKind::Ip ? addressOctets(peer.value) : std::string();
  return std::ranges::any_of(*facts.alternative_names, [&](const GeneralName& name) {
    switch (peer.kind) {
      case NameKind::Dns:
        return name.kind == GeneralNameKind::Dns && matchesHost(name.value, peer.value);
      case NameKind::Ip:
        return name.kind == GeneralNameKind::Ip && !octets.empty() && name.value == octets;
      case NameKind::Rfc822:
        return name.kind == GeneralNameKind::Email && matchesMailbox(name.value, peer.value);
    }
    return false;
  });
}

}  // namespace congvan::pki
