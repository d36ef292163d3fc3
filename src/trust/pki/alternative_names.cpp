// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/alternative_names.h"

#include "trust/crypto/der.h"
#include "trust/pki/general_name.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace congvan::pki {
namespace {

constexpr std::size_t kNamesMax = 64;
constexpr std::size_t kMailboxMax = 254;

bool isLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Result<> checkUse(Use use, bool present, const std::string& what) {
  if (use == Use::Forbidden && present) return Error{Code::RuleRefused, what + "_not_allowed"};
  if (use == Use::Required && !present) return Error{Code::RuleRefused, what + "_required"};
  return kDone;
}

/// Four or sixteen octets; empty when it is no address.
Bytes addressOctets(const std::string& text) {
  Bytes octets(4);
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return octets;
  octets.resize(16);
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return octets;
  return {};
}

Error malformedName(const char* reason, const std::string& value) {
  return Error{Code::RuleRefused, reason, {{"value", value}}};
}

/// Octets of the address and of its mask behind them (RFC 5280 4.2.1.10); empty when it is no
/// network, or one whose address has bits beyond its length.
Bytes networkOctets(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {};
  auto octets = addressOctets(text.substr(0, slash));
  std::size_t length = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data() + slash + 1, end, length);
  const auto size = octets.size();
  if (size == 0 || failed != std::errc{} || stop != end || length > size * 8) return {};
  for (std::size_t at = 0; at < size; ++at) {
    const auto bits = std::min<std::size_t>(8, length - std::min(length, at * 8));
    const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - bits));
    if ((octets[at] & ~mask) != 0) return {};
    octets.push_back(mask);
  }
  return octets;
}

bool isMailboxSubtree(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  return isHostName(text) || isIssuableMailbox(text);
}

Bytes subtrees(const NameLists& names, unsigned tag) {
  namespace der = crypto::der;
  Bytes list;
  const auto add = [&](unsigned kind, BytesView base) {
    append(list, der::sequence({der::element(der::contextTag(kind), base)}));
  };
  for (const auto& mailbox : names.email) add(1, asBytes(mailbox));
  for (const auto& host : names.dns) add(2, asBytes(host));
  for (const auto& network : names.ip) add(7, networkOctets(network));
  return list.empty() ? Bytes() : der::element(der::contextConstructed(tag), list);
}

}  // namespace

bool areSubtrees(const NameLists& names) {
  return std::ranges::all_of(names.dns, isHostName) &&
         std::ranges::all_of(names.email, isMailboxSubtree) &&
         std::ranges::none_of(names.ip,
                              [](const auto& text) { return networkOctets(text).empty(); });
}

Bytes encodeNameConstraints(const Profile& profile) {
  const auto permitted = subtrees(profile.permitted_names, 0);
  const auto excluded = subtrees(profile.excluded_names, 1);
  if (permitted.empty() && excluded.empty()) return {};
  return crypto::der::sequence({permitted, excluded});
}

bool isIssuableHost(std::string_view text) {
  return isHostName(text) && text.find('.') != std::string_view::npos;
}

bool isIssuableMailbox(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > kMailboxMax || at == std::string_view::npos || at == 0 || at > 64) return false;
  const auto local = text.substr(0, at);
  const bool atoms = std::ranges::all_of(local, [](char c) {
    return isLetterOrDigit(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
  return atoms && local.front() != '.' && local.back() != '.' &&
         local.find("..") == std::string_view::npos && isIssuableHost(text.substr(at + 1));
}

Result<Bytes> encodeAlternativeNames(const Profile& profile, const CertificateRequest& request) {
  namespace der = crypto::der;
  const bool hosts = !request.dns_names.empty() || !request.ip_addresses.empty();
  for (const auto& checked : {checkUse(profile.email, !request.emails.empty(), "email"),
                              checkUse(profile.dns, hosts, "dns")}) {
    if (!checked) return checked.error();
  }
  if (request.emails.size() + request.dns_names.size() + request.ip_addresses.size() > kNamesMax) {
    return Error{Code::TooMany, "alternative_names_too_many"};
  }
  Bytes names;
  for (const auto& email : request.emails) {
    if (!isIssuableMailbox(email)) return malformedName("email_malformed", email);
    append(names, der::element(der::contextTag(1), asBytes(email)));
  }
  for (const auto& host : request.dns_names) {
    if (!isIssuableHost(host)) return malformedName("dns_malformed", host);
    append(names, der::element(der::contextTag(2), asBytes(host)));
  }
  for (const auto& address : request.ip_addresses) {
    const auto octets = addressOctets(address);
    if (octets.empty()) return malformedName("dns_malformed", address);
    append(names, der::element(der::contextTag(7), octets));
  }
  return names.empty() ? Bytes() : der::element(der::kSequence, names);
}

}  // namespace congvan::pki
