// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/public_key.h"
#include "trust/pki/certificate.h"
#include "trust/pki/general_name.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What path validation asks of a certificate, read once when the certificate is parsed
/// (`Certificate::facts`). Inside this room only.
namespace congvan::pki {

/// Reason flags of a distribution point: bit i of RFC 5280 4.2.1.13's ReasonFlags.
using ReasonMask = std::uint16_t;
inline constexpr ReasonMask kEveryReason = 0x1FE;  ///< bits 1 to 8; bit 0 is unused

struct DistributionPoint {
  /// fullName, or the one full name that nameRelativeToCRLIssuer stands for; empty: no name.
  std::vector<GeneralName> names;
  std::optional<ReasonMask> reasons;
  std::vector<GeneralName> crl_issuer;
};

struct PolicyMapping {
  std::string issuer_domain;
  std::string subject_domain;
};

struct Subtrees {
  std::vector<GeneralName> permitted;
  std::vector<GeneralName> excluded;
};

struct AuthorityKey {
  std::optional<Bytes> key_identifier;
  std::vector<GeneralName> issuer;
  std::optional<Bytes> serial;
};

/// Every optional is empty when its extension is absent.
struct CertificateFacts {
  /// The first thing about this certificate that no reader may pass over; empty: none.
  std::string defect;
  /// The first breach of a MUST on the CA that leaves the meaning clear; empty: none. Refused under
  /// `Conformance::Strict` only.
  std::string breach;
  /// The same of policy extensions. A caller who states policies has them processed in full,
  /// critical or not (NIST's PKITS holds such certificates as valid), so it only counts for others.
  std::string policy_breach;

  int version = 1;
  Name issuer;
  Name subject;
  std::string issuer_key;   ///< Name::key of `issuer`
  std::string subject_key;  ///< Name::key of `subject`
  bool self_issued = false;
  std::optional<crypto::SignatureAlgorithm> algorithm;  ///< nullopt: not one we know
  std::string algorithm_oid;
  std::string key_defect;  ///< why the public key is never acceptable: curve, family, odd size
  crypto::KeyFamily key_family = crypto::KeyFamily::Other;
  int key_bits = 0;

  std::optional<bool> ca;
  bool ca_critical = false;
  std::optional<std::uint64_t> path_length;
  std::optional<std::uint16_t> key_usage;  ///< bit i is KeyUsage i
  std::optional<std::vector<std::string>> extended_key_usage;
  std::optional<Bytes> subject_key_identifier;
  std::optional<AuthorityKey> authority_key;
  std::optional<std::vector<GeneralName>> alternative_names;
  bool alternative_names_critical = false;
  std::optional<Subtrees> name_constraints;
  std::optional<std::vector<std::string>> policies;
  std::vector<PolicyMapping> policy_mappings;
  std::optional<std::uint64_t> require_explicit_policy;
  std::optional<std::uint64_t> inhibit_policy_mapping;
  std::optional<std::uint64_t> inhibit_any_policy;
  std::optional<std::vector<DistributionPoint>> crl_points;

  bool hasUsage(KeyUsage usage) const {
    return key_usage && ((*key_usage >> static_cast<unsigned>(usage)) & 1U) != 0;
  }
};

CertificateFacts readFacts(const Certificate& certificate);

/// Reads a DistributionPointName, relative names completed by `base`; fails `reader` when it is
/// none.
std::vector<GeneralName> readPointName(crypto::der::Reader& reader, const Name& base);
/// ReasonFlags from the content of a BIT STRING; nullopt when it is none.
std::optional<ReasonMask> readReasons(BytesView content);

}  // namespace congvan::pki
