// SPDX-License-Identifier: Apache-2.0
#include "edge/http/trusted_proxies.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace congvan::http {
namespace {

using Poco::Net::IPAddress;

/// A listener of both families sees IPv4 peers as `::ffff:10.1.2.3`.
std::optional<IPAddress> addressOf(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  if (text.starts_with(kMapped) && text.find('.') != text.npos) text.remove_prefix(kMapped.size());
  IPAddress address;
  if (!IPAddress::tryParse(std::string(text), address)) return std::nullopt;
  return address;
}

/// `/16` as a mask; without one, all bits.
std::optional<IPAddress> maskOf(std::string_view length, IPAddress::Family family) {
  const unsigned most = family == IPAddress::IPv4 ? 32 : 128;
  unsigned bits = most;
  if (!length.empty()) {
    const auto* end = length.data() + length.size();
    const auto read = std::from_chars(length.data() + 1, end, bits);
    if (read.ec != std::errc{} || read.ptr != end || bits == 0 || bits > most) return std::nullopt;
  }
  return IPAddress(bits, family);
}

/// All that `X-Forwarded-For` names, nearest last.
std::vector<std::string_view> forwardedFor(const Headers& headers) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : headers) {
    if (name != "x-forwarded-for") continue;
    std::string_view rest = value;
    for (auto comma = rest.find(','); comma != rest.npos; comma = rest.find(',')) {
      names.push_back(trim(rest.substr(0, comma)));
      rest.remove_prefix(comma + 1);
    }
    names.push_back(trim(rest));
  }
  return names;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& texts) {
  TrustedProxies proxies;
  for (const std::string_view text : texts) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto address = addressOf(text.substr(0, slash));
    const auto mask = address ? maskOf(text.substr(slash), address->family()) : std::nullopt;
    if (!mask) return Error{Code::Malformed, "proxy_malformed", {{"address", std::string(text)}}};
    proxies.networks_.push_back({*address & *mask, *mask});
  }
  return proxies;
}

bool TrustedProxies::contains(std::string_view text) const {
  const auto address = addressOf(text);
  if (!address) return false;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return network.first.family() == address->family() &&
           (*address & network.mask) == network.first;
  });
}

std::string TrustedProxies::clientOf(const std::string& peer, const Headers& headers) const {
  auto client = peer;
  const auto names = forwardedFor(headers);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto address = addressOf(*name);
    if (!contains(client) || !address) break;
    client = address->toString();
  }
  return client;
}

}  // namespace congvan::http
