// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/name_constraints.h"

#include <algorithm>
#include <array>

namespace congvan::pki {
namespace {

/// How a name stands to a subtree.
enum class Inside { No, Partly, Yes, Undecided };

constexpr std::array<std::string_view, 9> kKindNames{"otherName",
                                                     "rfc822Name",
                                                     "dNSName",
                                                     "x400Address",
                                                     "directoryName",
                                                     "ediPartyName",
                                                     "uniformResourceIdentifier",
                                                     "iPAddress",
                                                     "registeredID"};

bool isInDomain(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

Inside insideDns(const std::string& name_text, const std::string& base_text) {
  if (base_text.empty()) return Inside::Yes;
  // A leading dot and a wildcard are not in RFC 5280's form of dNSName constraints.
  if (!isHostName(base_text) || !isHostNameOrWildcard(name_text)) return Inside::Undecided;
  const auto name = lowerAscii(name_text);
  const auto base = lowerAscii(base_text);
  if (!name.starts_with("*.")) return isInDomain(name, base) ? Inside::Yes : Inside::No;
  const auto parent = std::string_view(name).substr(2);
  if (isInDomain(parent, base)) return Inside::Yes;
  // `*.a` might be `x.a`, so it meets every subtree below `a` that starts one label down.
  const auto dot = base.find('.');
  const bool child = dot != std::string::npos && std::string_view(base).substr(dot + 1) == parent;
  return child ? Inside::Partly : Inside::No;
}

/// A host as e-mail and URI constraints name it: exactly this one, or with a leading dot all below.
Inside insideHost(const std::string& host, const std::string& base) {
  if (base.starts_with(".")) {
    if (!isHostName(base.substr(1))) return Inside::Undecided;
    return host.size() > base.size() && host.ends_with(base) ? Inside::Yes : Inside::No;
  }
  if (!isHostName(base)) return Inside::Undecided;
  return host == base ? Inside::Yes : Inside::No;
}

struct Mailbox {
  std::string local;
  std::string host;
};

std::optional<Mailbox> mailboxOf(const std::string& text) {
  const auto at = text.find('@');
  if (at == std::string::npos || at == 0 || text.find('@', at + 1) != std::string::npos) {
    return std::nullopt;
  }
  Mailbox box{text.substr(0, at), lowerAscii(text.substr(at + 1))};
  const bool printable =
      std::all_of(box.local.begin(), box.local.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!printable || !isHostName(box.host)) return std::nullopt;
  return box;
}

Inside insideEmail(const std::string& name, const std::string& base) {
  const auto box = mailboxOf(name);
  if (!box) return Inside::Undecided;
  if (base.empty()) return Inside::Yes;
  if (base.find('@') == std::string::npos) return insideHost(box->host, lowerAscii(base));
  const auto wanted = mailboxOf(base);
  if (!wanted) return Inside::Undecided;
  return box->local == wanted->local && box->host == wanted->host ? Inside::Yes : Inside::No;
}

/// The host of `scheme://user@host:port/…` (RFC 3986 3.2); empty when there is none.
std::string hostOfUri(std::string_view uri) {
  const auto slashes = uri.find("://");
  if (slashes == std::string_view::npos) return {};
  auto authority = uri.substr(slashes + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const auto user = authority.rfind('@');
  if (user != std::string_view::npos) authority.remove_prefix(user + 1);
  return lowerAscii(authority.substr(0, authority.find(':')));
}

bool looksLikeIpv4(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Inside insideUri(const std::string& name, const std::string& base) {
  const auto host = hostOfUri(name);
  // RFC 5280 4.2.1.10: without a host name in it, a URI is refused where URIs are constrained.
  if (!isHostName(host) || looksLikeIpv4(host)) return Inside::Undecided;
  if (base.empty()) return Inside::Yes;
  return insideHost(host, lowerAscii(base));
}

bool isPrefixMask(std::string_view mask) {
  bool ended = false;
  for (const char c : mask) {
    const auto octet = static_cast<unsigned char>(c);
    for (unsigned bit = 0x80; bit != 0; bit >>= 1U) {
      const bool set = (octet & bit) != 0;
      if (set && ended) return false;
      ended = ended || !set;
    }
  }
  return true;
}

Inside insideIp(const std::string& name, const std::string& base) {
  const bool name_good = name.size() == 4 || name.size() == 16;
  const bool base_good = base.size() == 8 || base.size() == 32;
  if (!name_good || !base_good) return Inside::Undecided;
  const auto half = base.size() / 2;
  if (!isPrefixMask(std::string_view(base).substr(half))) return Inside::Undecided;
  if (name.size() != half) return Inside::No;
  for (std::size_t i = 0; i < half; ++i) {
    if (((name[i] ^ base[i]) & base[half + i]) != 0) return Inside::No;
  }
  return Inside::Yes;
}

Inside insideSubtree(const GeneralName& name, const GeneralName& base) {
  switch (name.kind) {
    case GeneralNameKind::Dns:
      return insideDns(name.value, base.value);
    case GeneralNameKind::Email:
      return insideEmail(name.value, base.value);
    case GeneralNameKind::Uri:
      return insideUri(name.value, base.value);
    case GeneralNameKind::Ip:
      return insideIp(name.value, base.value);
    case GeneralNameKind::Directory:
      return name.directory.isWithin(base.directory) ? Inside::Yes : Inside::No;
    default:
      return Inside::Undecided;
  }
}

std::string refusedName(const GeneralName& name, std::string_view why) {
  return std::string(kKindNames.at(static_cast<std::size_t>(name.kind))) + " " + std::string(why);
}

std::optional<std::string> refusalBy(const Subtrees& subtrees, const GeneralName& name) {
  for (const auto& base : subtrees.excluded) {
    if (base.kind != name.kind) continue;
    const auto inside = insideSubtree(name, base);
    if (inside == Inside::Undecided) return refusedName(name, "cannot be compared");
    if (inside != Inside::No) return refusedName(name, "is excluded");
  }
  bool constrained = false;
  bool permitted = false;
  for (const auto& base : subtrees.permitted) {
    if (base.kind != name.kind) continue;
    const auto inside = insideSubtree(name, base);
    if (inside == Inside::Undecided) return refusedName(name, "cannot be compared");
    constrained = true;
    permitted = permitted || inside == Inside::Yes;
  }
  if (constrained && !permitted) return refusedName(name, "is not permitted");
  return std::nullopt;
}

/// Every name of the certificate that constraints speak about.
std::vector<GeneralName> constrainedNames(const CertificateFacts& facts) {
  std::vector<GeneralName> names;
  if (facts.alternative_names) names = *facts.alternative_names;
  if (!facts.subject.empty()) {
    names.push_back({GeneralNameKind::Directory, facts.subject_key, facts.subject});
  }
  // RFC 5280 asks for these only without a subjectAltName; a reader that shows the subject's
  // address would be deceived all the same.
  for (const auto& email : facts.subject.emails) names.push_back({GeneralNameKind::Email, email});
  return names;
}

std::size_t countOfKind(const std::vector<GeneralName>& names, GeneralNameKind kind) {
  return static_cast<std::size_t>(std::ranges::count(names, kind, &GeneralName::kind));
}

std::size_t comparisonsNeeded(const Subtrees& subtrees, const std::vector<GeneralName>& names) {
  std::size_t needed = 0;
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    const auto kind = static_cast<GeneralNameKind>(i);
    needed += countOfKind(names, kind) *
              (countOfKind(subtrees.permitted, kind) + countOfKind(subtrees.excluded, kind));
  }
  return needed;
}

}  // namespace

void NameConstraints::add(const CertificateFacts& authority) {
  if (authority.name_constraints) all_.push_back(&*authority.name_constraints);
}

std::optional<std::string> NameConstraints::refusal(const CertificateFacts& facts) {
  if (all_.empty()) return std::nullopt;
  const auto names = constrainedNames(facts);
  for (const auto* subtrees : all_) {
    comparisons_ += comparisonsNeeded(*subtrees, names);
    if (comparisons_ > kNameComparisonsMax) return "too many names and constraints to compare";
    for (const auto& name : names) {
      if (auto refused = refusalBy(*subtrees, name)) return refused;
    }
  }
  return std::nullopt;
}

}  // namespace congvan::pki
