// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/alternative_names.h"

#include "trust/crypto/der.h"
#include "trust/pki/general_name.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

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

}  // namespace

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
