// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/certificate.h"
#include "trust/pki/revocation.h"

#include <optional>
#include <string>
#include <vector>

/// Certification path building and validation (RFC 5280 section 6), the only way in.
/// No X509_STORE is used above this room.
namespace congvan::pki {

enum class RevocationMode {
  Require,  ///< every certificate but the anchor must be found not revoked
  Try,      ///< a found revocation counts, missing data does not
  Off,
};

enum class PeerKind { Any, Server, Client };
enum class NameKind { Dns, Ip, Rfc822 };
struct PeerName {
  NameKind kind;
  std::string value;
};

/// What of an anchor's own certificate binds a path. RFC 5280 6.1.1 (d) takes only name and key
/// from an anchor; a certificate chosen as anchor says more, and all of it is heeded unless told
/// otherwise.
struct AnchorChecks {
  bool validity = true;
  bool constraints = true;  ///< basicConstraints, key usage, EKU, names, policies
  bool form = true;         ///< what RFC 5280 demands of a CA certificate's form
};

/// How much of RFC 5280's demands on *issuers* a validator insists on.
enum class Conformance {
  /// Also refuses what conforming CAs must not issue though its meaning is clear: missing or
  /// critical
  /// key identifiers, a missing version 3, keyCertSign without cA, dNSNames that are no host names,
  /// wrong criticality, serial numbers over 20 octets, CRLs without a number.
  Strict,
  /// Passes over those: old certificates of real authorities have them.
  Compatible,
};

/// RFC 5280 6.1.1 (c)–(g).
struct PolicyRequest {
  std::vector<std::string> initial_set;  ///< dotted; empty: any policy
  bool explicit_policy = false;
  bool inhibit_mapping = false;
  bool inhibit_any = false;
};

struct PathRequest {
  Certificate leaf;
  std::vector<Certificate> anchors;        ///< trusted as they are; may be intermediates
  std::vector<Certificate> intermediates;  ///< untrusted material to build with
  std::vector<Crl> crls;
  std::vector<OcspResponse> ocsp_responses;
  Instant time{};
  RevocationMode revocation = RevocationMode::Require;
  /// Accept revocation data issued after `time` (see StatusOptions::accept_later).
  bool later_revocation_data = false;

  PeerKind kind = PeerKind::Any;
  std::vector<PeerName> peer_names;  ///< every one must match
  std::vector<std::string>
      extended_key_usage;  ///< dotted OIDs; each must be allowed by leaf and CAs
  std::vector<KeyUsage>
      key_usage;                 ///< each must be asserted by the leaf when the extension is there
  std::optional<int> depth_max;  ///< intermediates allowed between leaf and anchor
  std::vector<std::string>
      signature_algorithms;  ///< dotted OIDs allowed; empty: all but the broken ones
  int rsa_bits_min = 2048;
  bool allow_sha1 = false;  ///< judging old files: weakness is then reported by date elsewhere
  std::optional<PolicyRequest> policy;
  AnchorChecks anchor_checks;
  Conformance conformance = Conformance::Strict;
};

enum class PathResult {
  Ok,
  NoChain,  ///< no path to an anchor
  NotYetValid,
  Expired,
  Revoked,
  RevocationUnknown,  ///< Require, and no usable data for some certificate
  Constraint,         ///< basicConstraints, name constraints, policy, path length, key usage, EKU
  WeakAlgorithm,
  BadSignature,  ///< a certificate on the only candidate path does not verify
  Malformed,     ///< a certificate breaks RFC 5280 in a way that must be refused
};

struct CertificateFinding {
  Certificate certificate;
  StatusReport status;  ///< Unknown with reason `anchor` or `not-checked` where nothing was asked
  std::string source;   ///< `crl`, `ocsp` or empty
};

struct PathReport {
  PathResult result = PathResult::NoChain;
  /// Which certificate of `chain` the result speaks of (0 is the leaf), when it speaks of one.
  std::optional<std::size_t> at;
  std::string reason;  ///< for a person, English, names the certificate and rule
  std::vector<CertificateFinding>
      chain;  ///< leaf first, anchor last; the best candidate when not Ok
};

/// Builds candidate paths (bounded), validates each, answers the first good one, else the verdict
/// of the best candidate. Never throws for bad certificates. Cost is bounded by `kPathsTried`.
PathReport validatePath(const PathRequest& request);

inline constexpr int kPathsTried = 256;

}  // namespace congvan::pki
