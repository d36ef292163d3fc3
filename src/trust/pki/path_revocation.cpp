// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/path_revocation.h"

#include "trust/pki/certificate_facts.h"
#include "trust/pki/crl.h"
#include "trust/pki/ocsp.h"

#include <algorithm>

namespace congvan::pki {
namespace {

/// Chains of CRL signers that vouch for each other end here.
constexpr std::size_t kSignersDeepMax = 4;

const StatusReport kDelegateUnknown{
    .reason = "delegate-unknown: nothing says that the OCSP responder's certificate is good"};

/// A revocation that is found outweighs any other word; then Good; then the first reason.
const StatusReport& weightier(const StatusReport& left, const StatusReport& right) {
  if (left.status == CertificateStatus::Revoked) return left;
  if (right.status == CertificateStatus::Revoked) return right;
  if (left.status == CertificateStatus::Good) return left;
  if (right.status == CertificateStatus::Good) return right;
  return left.reason.starts_with("no-data") ? right : left;
}

bool isShortRsa(const CertificateFacts& facts, int bits_min) {
  return facts.key_family == crypto::KeyFamily::Rsa && facts.key_bits < bits_min;
}

}  // namespace

bool SignatureMemo::isSignedBy(const Certificate& certificate, const Certificate& issuer) {
  const auto key = std::make_pair(static_cast<const void*>(certificate.der().data()),
                                  static_cast<const void*>(issuer.der().data()));
  const auto [found, added] = known_.try_emplace(key, false);
  const auto& facts = certificate.facts();
  if (added && facts.algorithm && issuer.publicKey().handle() != nullptr) {
    found->second =
        crypto::checkSignature(issuer.publicKey(),
                               *facts.algorithm,
                               certificate.tbsDer(),
                               certificate.signatureValue()) == crypto::SignatureCheck::Good;
  }
  return found->second;
}

bool SignatureMemo::isSignedBy(const Crl& crl, const Certificate& issuer) {
  const auto key = std::make_pair(static_cast<const void*>(crl.der().data()),
                                  static_cast<const void*>(issuer.der().data()));
  const auto [found, added] = known_.try_emplace(key, false);
  if (added) found->second = isCrlSignedBy(crl, issuer);
  return found->second;
}

StatusOptions PathRevocation::options() const {
  return {.time = request_.time, .age_max = {}, .accept_later = request_.later_revocation_data};
}

std::vector<CertificateFinding> PathRevocation::check(Chain chain) {
  std::vector<CertificateFinding> findings;
  for (std::size_t at = 0; at + 1 < chain.size(); ++at) findings.push_back(checkOne(chain, at));
  findings.push_back({*chain.back(), {.reason = "anchor"}, {}});
  return findings;
}

CertificateFinding PathRevocation::checkOne(Chain chain, std::size_t at) {
  CertificateFinding finding{*chain[at], {.reason = "not-checked"}, {}};
  if (request_.revocation == RevocationMode::Off) return finding;
  const auto ocsp = byOcsp(chain, at);
  const auto crl = byCrls(chain, at);
  const auto& heavier = weightier(ocsp, crl);
  finding.status = heavier;
  if (heavier.status != CertificateStatus::Unknown)
    finding.source = &heavier == &ocsp ? "ocsp" : "crl";
  return finding;
}

StatusReport PathRevocation::byOcsp(Chain chain, std::size_t at) {
  StatusReport best{.reason = "no-data: no OCSP answer"};
  for (const auto& response : request_.ocsp_responses) {
    const auto answer = ocspAnswer(
        *chain[at], std::span(chain[at + 1], 1), request_.intermediates, response, options());
    if (answer.algorithm && !isStrongEnough(answer.algorithm)) continue;
    if (answer.responder && isShortRsa(answer.responder->facts(), request_.rsa_bits_min)) continue;
    if (!answer.responder || answer.responder->hasOcspNoCheck()) {
      best = weightier(best, answer.report);
      continue;
    }
    const auto own = statusOfDelegate(*answer.responder, chain, at);
    if (own == CertificateStatus::Revoked) continue;
    const bool doubtful = own == CertificateStatus::Unknown &&
                          answer.report.status == CertificateStatus::Good &&
                          request_.revocation == RevocationMode::Require;
    best = weightier(best, doubtful ? kDelegateUnknown : answer.report);
  }
  return best;
}

/// RFC 6960 4.2.2.2.1: a delegate without ocsp-nocheck is subject to revocation itself. Another
/// such delegate does not vouch for it.
CertificateStatus PathRevocation::statusOfDelegate(const Certificate& delegate,
                                                   Chain chain,
                                                   std::size_t at) {
  if (judging_delegate_) return CertificateStatus::Unknown;
  std::vector<const Certificate*> delegated{&delegate};
  for (auto above = at + 1; above < chain.size(); ++above) delegated.push_back(chain[above]);
  judging_delegate_ = true;
  const auto ocsp = byOcsp(delegated, 0);
  judging_delegate_ = false;
  return weightier(ocsp, byCrls(delegated, 0)).status;
}

bool PathRevocation::isStrongEnough(
    const std::optional<crypto::SignatureAlgorithm>& algorithm) const {
  if (!algorithm) return false;
  const bool edwards =
      algorithm->scheme == crypto::Scheme::Ed25519 || algorithm->scheme == crypto::Scheme::Ed448;
  if (edwards) return true;
  if (algorithm->digest == crypto::DigestAlgorithm::Sha1) return request_.allow_sha1;
  return algorithm->digest != crypto::DigestAlgorithm::Md5;
}

StatusReport PathRevocation::byCrls(Chain chain, std::size_t at) {
  std::vector<const Crl*> usable;
  std::string objected;
  for (const auto& crl : request_.crls) {
    if (!crlScope(*chain[at], crl)) continue;
    auto why = objection(crl, chain, at);
    if (why.empty()) {
      usable.push_back(&crl);
    } else {
      objected = std::move(why);
    }
  }
  if (usable.empty() && !objected.empty()) return {.reason = objected};
  return statusByCrls(*chain[at], usable, options());
}

std::string PathRevocation::objection(const Crl& crl, Chain chain, std::size_t at) {
  const auto& parsed = crl.parsed();
  const bool strict = request_.conformance == Conformance::Strict;
  if (strict && !parsed.number) return "malformed: no cRLNumber (RFC 5280 5.2.3)";
  if (!isStrongEnough(parsed.signature_algorithm)) return "weak: the CRL's signature algorithm";
  if (memo_.isSignedBy(crl, *chain[at + 1])) return {};
  const auto signs = [&](const Certificate& candidate) {
    return candidate.facts().subject_key == parsed.issuers.front() &&
           memo_.isSignedBy(crl, candidate) &&
           isTrustedSigner(candidate, *chain.back(), *chain[at]);
  };
  const bool trusted = signs(*chain.back()) || std::ranges::any_of(request_.intermediates, signs) ||
                       signs(request_.leaf);
  return trusted ? "" : "untrusted: no CRL by a signer with a path to the same anchor";
}

bool PathRevocation::isTrustedSigner(const Certificate& signer,
                                     const Certificate& anchor,
                                     const Certificate& about) {
  if (signer == anchor) return true;
  const auto same = [&](const Certificate* other) { return *other == signer; };
  // A CRL issuer whose own status stands in the CRLs it signs: its word is taken about itself only,
  // while its path is being judged.
  if (std::ranges::any_of(in_progress_, same)) return about == signer;
  if (in_progress_.size() >= kSignersDeepMax) return false;
  const auto key = std::make_pair(&signer, &anchor);
  if (const auto known = signers_.find(key); known != signers_.end()) return known->second;

  const auto chain = chainOfSigner(request_, signer, anchor, memo_);
  bool good = !chain.empty();
  if (good) {
    in_progress_.push_back(&signer);
    for (const auto& finding : check(chain)) {
      const bool unknown_counts =
          request_.revocation == RevocationMode::Require && finding.status.reason != "anchor";
      good = good && finding.status.status != CertificateStatus::Revoked &&
             (finding.status.status == CertificateStatus::Good || !unknown_counts);
    }
    in_progress_.pop_back();
  }
  signers_[key] = good;
  return good;
}

}  // namespace congvan::pki
