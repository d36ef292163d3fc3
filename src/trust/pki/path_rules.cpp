// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/path_rules.h"

#include "trust/pki/certificate_facts.h"
#include "trust/pki/name_constraints.h"
#include "trust/pki/peer_name.h"
#include "trust/pki/policy_tree.h"

#include <algorithm>

namespace congvan::pki {
namespace {

constexpr std::string_view kAnyPurpose = "2.5.29.37.0";
constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";

struct Fault {
  PathResult result;
  std::string what;
};
using Finding = std::optional<Fault>;

Fault malformed(std::string what) {
  return {PathResult::Malformed, std::move(what)};
}
Fault constraint(std::string what) {
  return {PathResult::Constraint, std::move(what)};
}
Fault weak(std::string what) {
  return {PathResult::WeakAlgorithm, std::move(what)};
}

bool isStrict(const PathRequest& request) {
  return request.conformance == Conformance::Strict;
}

Finding checkForm(const PathRequest& request, const CertificateFacts& facts) {
  if (!facts.defect.empty()) return malformed(facts.defect);
  if (!isStrict(request)) return std::nullopt;
  if (!facts.breach.empty()) return malformed(facts.breach);
  if (!request.policy && !facts.policy_breach.empty()) return malformed(facts.policy_breach);
  if (facts.version != 3) return malformed("not of version 3");
  return std::nullopt;
}

/// RFC 5280 4.2.1.1: only a self-signed certificate may do without.
Finding checkAuthorityKey(const PathRequest& request, const CertificateFacts& facts) {
  if (!isStrict(request)) return std::nullopt;
  if (facts.authority_key && facts.authority_key->key_identifier) return std::nullopt;
  return malformed("no authority key identifier (RFC 5280 4.2.1.1)");
}

Finding checkKey(const PathRequest& request, const CertificateFacts& facts) {
  if (!facts.key_defect.empty()) return weak(facts.key_defect);
  if (facts.key_family == crypto::KeyFamily::Rsa && facts.key_bits < request.rsa_bits_min) {
    return weak("RSA key of " + std::to_string(facts.key_bits) + " bits");
  }
  return std::nullopt;
}

bool isBroken(const PathRequest& request, crypto::DigestAlgorithm digest) {
  switch (digest) {
    case crypto::DigestAlgorithm::Md5:
    case crypto::DigestAlgorithm::Ripemd160:
      return true;
    case crypto::DigestAlgorithm::Sha1:
      return !request.allow_sha1;
    default:
      return false;
  }
}

Finding checkSignatureAlgorithm(const PathRequest& request, const CertificateFacts& facts) {
  if (!facts.algorithm) return weak("signature algorithm " + facts.algorithm_oid + " is unknown");
  const auto scheme = facts.algorithm->scheme;
  if (scheme == crypto::Scheme::Dsa) return weak("DSA signatures are not accepted");
  const bool hashes = scheme != crypto::Scheme::Ed25519 && scheme != crypto::Scheme::Ed448;
  if (hashes && isBroken(request, facts.algorithm->digest)) {
    return weak("signed with " + std::string(crypto::digestName(facts.algorithm->digest)));
  }
  const auto& allowed = request.signature_algorithms;
  if (!allowed.empty() && std::ranges::find(allowed, facts.algorithm_oid) == allowed.end()) {
    return weak("signature algorithm " + facts.algorithm_oid + " is not among those allowed");
  }
  return std::nullopt;
}

std::vector<std::string> requiredPurposes(const PathRequest& request) {
  auto purposes = request.extended_key_usage;
  if (request.kind == PeerKind::Server) purposes.emplace_back(kServerAuth);
  if (request.kind == PeerKind::Client) purposes.emplace_back(kClientAuth);
  return purposes;
}

enum class AnyPurpose { Counts, DoesNotCount };

Finding checkPurposes(const PathRequest& request, const CertificateFacts& facts, AnyPurpose any) {
  if (!facts.extended_key_usage) return std::nullopt;
  const auto& given = *facts.extended_key_usage;
  const auto has = [&](std::string_view oid) {
    return std::ranges::find(given, oid) != given.end();
  };
  if (any == AnyPurpose::Counts && has(kAnyPurpose)) return std::nullopt;
  for (const auto& purpose : requiredPurposes(request)) {
    if (!has(purpose)) return constraint("extended key usage does not allow " + purpose);
  }
  return std::nullopt;
}

/// RFC 5280 6.1.4 (k) to (n) and what conforming CA certificates carry besides.
Finding checkIssuing(const PathRequest& request, const CertificateFacts& facts) {
  if (!facts.ca.value_or(false)) return constraint("not a CA (basicConstraints)");
  if (facts.key_usage && !facts.hasUsage(KeyUsage::KeyCertSign)) {
    return constraint("key usage does not allow signing certificates");
  }
  if (isStrict(request) && !facts.subject_key_identifier) {
    return malformed("a CA without subject key identifier (RFC 5280 4.2.1.2)");
  }
  return checkPurposes(request, facts, AnyPurpose::Counts);
}

bool isSelfSigned(const Certificate& certificate) {
  const auto& facts = certificate.facts();
  return facts.self_issued ||
         (facts.algorithm &&
          crypto::checkSignature(certificate.publicKey(),
                                 *facts.algorithm,
                                 certificate.tbsDer(),
                                 certificate.signatureValue()) == crypto::SignatureCheck::Good);
}

Finding checkAnchorAsAuthority(const PathRequest& request, const Certificate& anchor) {
  const auto& facts = anchor.facts();
  const auto& checks = request.anchor_checks;
  if (checks.form) {
    if (auto fault = checkForm(request, facts)) return fault;
    if (auto fault = checkAuthorityKey(request, facts); fault && !isSelfSigned(anchor))
      return fault;
    if (isStrict(request) && facts.ca.value_or(false) && !facts.ca_critical) {
      return malformed("basicConstraints is not critical (RFC 5280 4.2.1.9)");
    }
  }
  if (!checks.constraints) return std::nullopt;
  if (checks.form && isStrict(request)) return checkIssuing(request, facts);
  // Old roots are of version 1 or say nothing of being a CA; they were chosen as anchors all the
  // same.
  if (facts.ca == false) return constraint("not a CA (basicConstraints)");
  if (facts.key_usage && !facts.hasUsage(KeyUsage::KeyCertSign)) {
    return constraint("key usage does not allow signing certificates");
  }
  return checkPurposes(request, facts, AnyPurpose::Counts);
}

enum class Place { Between, Anchor };

Finding checkAsAuthority(const PathRequest& request, const Certificate& authority, Place place) {
  const auto& facts = authority.facts();
  if (auto fault = checkKey(request, facts)) return fault;
  if (place == Place::Anchor) return checkAnchorAsAuthority(request, authority);
  if (auto fault = checkForm(request, facts)) return fault;
  if (auto fault = checkAuthorityKey(request, facts)) return fault;
  if (auto fault = checkSignatureAlgorithm(request, facts)) return fault;
  return checkIssuing(request, facts);
}

constexpr std::string_view usageName(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::DigitalSignature:
      return "digitalSignature";
    case KeyUsage::NonRepudiation:
      return "nonRepudiation";
    case KeyUsage::KeyEncipherment:
      return "keyEncipherment";
    case KeyUsage::DataEncipherment:
      return "dataEncipherment";
    case KeyUsage::KeyAgreement:
      return "keyAgreement";
    case KeyUsage::KeyCertSign:
      return "keyCertSign";
    case KeyUsage::CrlSign:
      return "cRLSign";
    case KeyUsage::EncipherOnly:
      return "encipherOnly";
    case KeyUsage::DecipherOnly:
      return "decipherOnly";
  }
  return "?";
}

/// What the request wants of the leaf itself.
Finding checkWanted(const PathRequest& request, const CertificateFacts& facts) {
  const auto any = request.kind == PeerKind::Any ? AnyPurpose::Counts : AnyPurpose::DoesNotCount;
  if (auto fault = checkPurposes(request, facts, any)) return fault;
  for (const auto usage : request.key_usage) {
    if (facts.key_usage && !facts.hasUsage(usage)) {
      return constraint("key usage lacks " + std::string(usageName(usage)));
    }
  }
  for (const auto& peer : request.peer_names) {
    if (!matchesPeer(facts, peer)) return constraint("not made out to " + peer.value);
  }
  return std::nullopt;
}

Finding checkLeaf(const PathRequest& request, const CertificateFacts& facts, bool is_anchor) {
  if (auto fault = checkKey(request, facts)) return fault;
  if (!is_anchor) {
    if (auto fault = checkForm(request, facts)) return fault;
    if (auto fault = checkAuthorityKey(request, facts)) return fault;
    if (auto fault = checkSignatureAlgorithm(request, facts)) return fault;
  }
  return checkWanted(request, facts);
}

std::optional<Problem> located(const Finding& finding, std::size_t at, Chain chain) {
  if (!finding) return std::nullopt;
  return Problem{finding->result, at, describe(at, *chain[at], finding->what)};
}

std::optional<Problem> checkEach(const PathRequest& request, Chain chain) {
  const auto anchor = chain.size() - 1;
  for (std::size_t at = anchor; at > 0; --at) {
    const auto finding =
        checkAsAuthority(request, *chain[at], at == anchor ? Place::Anchor : Place::Between);
    if (finding) return located(finding, at, chain);
  }
  return located(checkLeaf(request, chain[0]->facts(), anchor == 0), 0, chain);
}

/// RFC 5280 6.1.4 (l), (m); self-issued certificates do not count, also not for `depth_max`.
std::optional<Problem> checkLengths(const PathRequest& request, Chain chain) {
  const auto anchor = chain.size() - 1;
  std::uint64_t left = chain.size();
  const auto& anchor_length = chain[anchor]->facts().path_length;
  if (request.anchor_checks.constraints && anchor_length) left = std::min(left, *anchor_length);
  std::size_t intermediates = 0;
  for (std::size_t at = anchor; at-- > 1;) {
    const auto& facts = chain[at]->facts();
    if (!facts.self_issued) {
      if (left == 0) return located(constraint("path length constraint passed"), at, chain);
      --left;
      ++intermediates;
    }
    if (facts.path_length) left = std::min(left, *facts.path_length);
  }
  if (request.depth_max &&
      intermediates > static_cast<std::size_t>(std::max(0, *request.depth_max))) {
    return located(constraint("more intermediates than allowed"), 0, chain);
  }
  return std::nullopt;
}

std::optional<Problem> checkNames(const PathRequest& request, Chain chain) {
  const auto anchor = chain.size() - 1;
  NameConstraints constraints;
  if (request.anchor_checks.constraints && anchor > 0) constraints.add(chain[anchor]->facts());
  for (std::size_t at = anchor; at-- > 0;) {
    const auto& facts = chain[at]->facts();
    // RFC 5280 6.1.3 (b): self-issued certificates are free, save the last one.
    if (at == 0 || !facts.self_issued) {
      const auto refused = constraints.refusal(facts);
      if (refused) return located(constraint("name constraints: " + *refused), at, chain);
    }
    constraints.add(facts);
  }
  return std::nullopt;
}

std::optional<Problem> checkPolicies(const PathRequest& request, Chain chain) {
  const auto anchor = chain.size() - 1;
  if (anchor == 0) return std::nullopt;
  PolicyTree tree(request.policy.value_or(PolicyRequest{}), anchor);
  const auto none = [&](std::size_t at) {
    return located(constraint("no valid certificate policy"), at, chain);
  };
  if (request.anchor_checks.constraints && !tree.addAnchor(chain[anchor]->facts())) {
    return none(anchor);
  }
  for (std::size_t at = anchor; at-- > 1;) {
    if (!tree.addAuthority(chain[at]->facts())) return none(at);
  }
  if (!tree.addLeaf(chain[0]->facts()) || !tree.satisfied()) return none(0);
  return std::nullopt;
}

}  // namespace

std::string describe(std::size_t at, const Certificate& certificate, std::string_view what) {
  auto text = "certificate " + std::to_string(at) + " (";
  text += certificate.subject();
  return text + "): " + std::string(what);
}

std::optional<Problem> checkAuthority(const PathRequest& request,
                                      const Certificate& authority,
                                      bool is_anchor) {
  const auto finding =
      checkAsAuthority(request, authority, is_anchor ? Place::Anchor : Place::Between);
  if (finding) return Problem{finding->result, 0, finding->what};
  const bool timeless = is_anchor && !request.anchor_checks.validity;
  if (timeless || authority.validAt(request.time)) return std::nullopt;
  return Problem{PathResult::Expired, 0, "not valid at this time"};
}

std::optional<Problem> checkRules(const PathRequest& request, Chain chain) {
  if (auto problem = checkEach(request, chain)) return problem;
  if (auto problem = checkLengths(request, chain)) return problem;
  if (auto problem = checkNames(request, chain)) return problem;
  return checkPolicies(request, chain);
}

std::optional<Problem> checkTimes(const PathRequest& request, Chain chain) {
  for (std::size_t at = chain.size(); at-- > 0;) {
    const bool anchor = at + 1 == chain.size();
    if (anchor && at > 0 && !request.anchor_checks.validity) continue;
    const auto& certificate = *chain[at];
    if (certificate.validAt(request.time)) continue;
    if (request.time < certificate.notBefore()) {
      return Problem{
          PathResult::NotYetValid,
          at,
          describe(at, certificate, "not valid before " + formatUtc(certificate.notBefore()))};
    }
    return Problem{
        PathResult::Expired,
        at,
        describe(at, certificate, "not valid after " + formatUtc(certificate.notAfter()))};
  }
  return std::nullopt;
}

}  // namespace congvan::pki
