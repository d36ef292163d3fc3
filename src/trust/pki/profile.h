// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/pki/certificate.h"
#include "trust/pki/subject.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a kind of certificate looks like, read from a file that a certificate officer can read too
/// (`certs/profiles/*.yaml`).
namespace congvan::pki {

enum class Use { Forbidden, Optional, Required };

/// One line of a profile's subject; the lines stand in the order of the distinguished name.
struct SubjectRule {
  std::string attribute;  ///< short name, `OU`
  Use use = Use::Required;
  std::optional<std::string> fixed;  ///< this value and no other; put in when the request has none
  std::size_t most = 1;              ///< how often it may stand
  std::size_t longest = 64;          ///< characters; never above the standard's bound
  std::vector<std::string> forms;    ///< the value begins with one of these: `MST:`
};

/// Subtrees of names, as a profile writes them.
struct NameLists {
  std::vector<std::string> dns;    ///< `an-binh.gov.vn`: it and all below
  std::vector<std::string> email;  ///< a host, `.host` for all below, or one mailbox
  std::vector<std::string> ip;     ///< `10.0.0.0/8`, `fd00::/8`
  bool empty() const { return dns.empty() && email.empty() && ip.empty(); }
};

struct Profile {
  std::string name;
  std::string title_vi;
  std::string title_en;
  bool ca = false;
  bool self_signed = false;
  std::optional<int> path_length;  ///< how many CAs may follow below
  int validity_days = 0;
  std::vector<std::string> keys;  ///< of `P-256 P-384 P-521 RSA-2048 RSA-3072 RSA-4096`
  std::vector<SubjectRule> subject;
  std::vector<KeyUsage> key_usage;
  std::vector<std::string> extended_key_usage;  ///< dotted
  bool extended_key_usage_critical = false;
  std::vector<std::string> policies;  ///< dotted
  Use email = Use::Forbidden;         ///< subjectAltName rfc822Name
  Use dns = Use::Forbidden;           ///< subjectAltName dNSName and iPAddress
  /// Address patterns: `{base}` is the public address of the PKI listener, `{issuer}` the issuing
  /// authority's short name, and in `crl` that of one of its lists.
  std::vector<std::string> crl;
  std::vector<std::string> ca_issuers;
  std::vector<std::string> ocsp;
  bool ocsp_no_check = false;
  /// What the certificates below this authority may name (RFC 5280 4.2.1.10).
  NameLists permitted_names;
  NameLists excluded_names;
};

/// Reads and checks one profile.
///
/// Malformed: not YAML, an unknown key, a value of the wrong kind (`field` names it), or
/// `profile_contradiction` with `why`: the parts do not fit together (a CA without keyCertSign, a
/// time-stamping profile with a second purpose, a profile for subscribers beyond five years, …).
Result<Profile> readProfile(std::string_view yaml);

/// The dotted OID of a purpose as profiles name it (`timeStamping`), or of a dotted text itself.
std::optional<std::string> purposeOid(std::string_view name);
/// The key usage as profiles name it (`nonRepudiation`).
std::optional<KeyUsage> keyUsageNamed(std::string_view name);
std::string_view keyUsageName(KeyUsage usage);

/// NĐ 68/2024 Điều 9: twenty years for an authority, five for a subscriber.
inline constexpr int kCaDaysMax = 7305;
inline constexpr int kSubscriberDaysMax = 1827;

}  // namespace congvan::pki
