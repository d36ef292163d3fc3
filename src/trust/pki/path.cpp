// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/path.h"

#include "trust/pki/certificate_facts.h"
#include "trust/pki/path_revocation.h"
#include "trust/pki/path_rules.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace congvan::pki {
namespace {

constexpr std::size_t kChainLengthMax = 64;
constexpr std::size_t kSignaturesMax = 2048;
/// A web of authorities that certify each other has more ways than anyone can walk, though each
/// signature is checked but once.
constexpr std::size_t kStepsMax = 20'000;

/// How much a failed candidate tells: the further its check went, the better it explains.
int depthOf(PathResult result) {
  switch (result) {
    case PathResult::Ok:
      return 9;
    case PathResult::Revoked:
      return 8;
    case PathResult::RevocationUnknown:
      return 7;
    case PathResult::Expired:
    case PathResult::NotYetValid:
      return 6;
    case PathResult::Constraint:
      return 5;
    case PathResult::WeakAlgorithm:
      return 4;
    case PathResult::Malformed:
      return 3;
    case PathResult::BadSignature:
      return 2;
    case PathResult::NoChain:
      return 1;
  }
  return 0;
}

struct Issuer {
  const Certificate* certificate;
  bool is_anchor;
};

/// Walks from the leaf towards the anchors, depth first, best candidates first.
///
/// The first walk turns back at authorities that cannot be right whatever comes above; only when it
/// finds nothing does a second one, without turning back, look for the candidate that explains the
/// failure best.
class PathBuilder {
 public:
  enum class Walk { Fitting, Explaining };

  PathBuilder(const PathRequest& request, SignatureMemo& memo) : request_(request), memo_(memo) {
    for (const auto& anchor : request.anchors) index_[subjectOf(anchor)].push_back({&anchor, true});
    std::unordered_set<std::string_view> seen;
    for (const auto& anchor : request.anchors) seen.insert(asText(anchor.sha256()));
    for (const auto& one : request.intermediates) {
      if (seen.insert(asText(one.sha256())).second) index_[subjectOf(one)].push_back({&one, false});
    }
  }

  /// Calls `judge(chain)` for each complete chain until it answers true.
  template <typename Judge>
  bool walk(Walk mode, Judge judge) {
    mode_ = mode;
    tried_ = 0;
    steps_ = 0;
    chain_ = {&request_.leaf};
    if (isAnchor(request_.leaf)) return judge(Chain(chain_));
    return step(judge);
  }

  /// The longest piece that was built, when no chain was complete.
  const std::vector<const Certificate*>& longest() const { return longest_; }
  /// A certificate on the way whose only candidate issuers did not sign it.
  const Certificate* badlySigned() const { return badly_signed_; }

 private:
  static const std::string& subjectOf(const Certificate& certificate) {
    return certificate.facts().subject_key;
  }

  bool isAnchor(const Certificate& certificate) const {
    return std::ranges::find(request_.anchors, certificate) != request_.anchors.end();
  }

  /// The same entity may stand on a path once, whatever certificate speaks for it (RFC 4158 2.4.2).
  bool isOnPath(const Certificate& candidate) const {
    return std::ranges::any_of(chain_, [&](const Certificate* one) {
      return *one == candidate || (subjectOf(*one) == subjectOf(candidate) &&
                                   asText(one->spkiDer()) == asText(candidate.spkiDer()));
    });
  }

  static bool keyIdsMatch(const Certificate& child, const Certificate& issuer) {
    const auto& wanted = child.facts().authority_key;
    const auto& given = issuer.facts().subject_key_identifier;
    if (!wanted || !wanted->key_identifier || !given) return true;
    return *wanted->key_identifier == *given;
  }

  std::vector<Issuer> candidatesFor(const Certificate& child) const {
    const auto found = index_.find(child.facts().issuer_key);
    if (found == index_.end()) return {};
    auto candidates = found->second;
    if (candidates.size() < 2) return candidates;
    const auto rank = [&](const Issuer& issuer) {
      return (keyIdsMatch(child, *issuer.certificate) ? 0 : 4) +
             (issuer.certificate->validAt(request_.time) ? 0 : 2) + (issuer.is_anchor ? 0 : 1);
    };
    std::ranges::stable_sort(candidates, {}, rank);
    return candidates;
  }

  bool isExhausted() const {
    return tried_ >= kPathsTried || steps_ >= kStepsMax || memo_.made() >= kSignaturesMax;
  }

  template <typename Judge>
  bool step(Judge& judge) {
    if (chain_.size() > longest_.size()) longest_ = chain_;
    if (chain_.size() >= kChainLengthMax) return false;
    ++steps_;
    const auto& child = *chain_.back();
    bool named = false;
    bool signed_well = false;
    for (const auto& issuer : candidatesFor(child)) {
      if (isExhausted()) return false;
      if (isOnPath(*issuer.certificate)) continue;
      if (mode_ == Walk::Fitting &&
          checkAuthority(request_, *issuer.certificate, issuer.is_anchor)) {
        continue;
      }
      named = true;
      if (!memo_.isSignedBy(child, *issuer.certificate)) continue;
      signed_well = true;
      chain_.push_back(issuer.certificate);
      const bool done = issuer.is_anchor ? tryChain(judge) : step(judge);
      chain_.pop_back();
      if (done) return true;
    }
    if (named && !signed_well && badly_signed_ == nullptr) badly_signed_ = &child;
    return false;
  }

  template <typename Judge>
  bool tryChain(Judge& judge) {
    ++tried_;
    return judge(Chain(chain_));
  }

  const PathRequest& request_;
  SignatureMemo& memo_;
  std::unordered_map<std::string_view, std::vector<Issuer>> index_;  // by subject
  Walk mode_ = Walk::Fitting;
  int tried_ = 0;
  std::size_t steps_ = 0;
  std::vector<const Certificate*> chain_;
  std::vector<const Certificate*> longest_;
  const Certificate* badly_signed_ = nullptr;
};

std::vector<CertificateFinding> findingsWithoutStatus(Chain chain, bool complete) {
  std::vector<CertificateFinding> findings;
  for (const auto* certificate : chain) {
    findings.push_back({*certificate, {.reason = "not-checked"}, {}});
  }
  if (complete) findings.back().status.reason = "anchor";
  return findings;
}

PathReport failed(const Problem& problem, std::vector<CertificateFinding> chain) {
  return {problem.result, problem.at, problem.reason, std::move(chain)};
}

/// The first certificate from the anchor's side whose status has this value, for `what`.
std::optional<Problem> worstStatus(const std::vector<CertificateFinding>& findings,
                                   CertificateStatus status,
                                   PathResult result) {
  for (std::size_t at = findings.size() - 1; at-- > 0;) {
    const auto& finding = findings[at];
    if (finding.status.status != status) continue;
    const auto what = status == CertificateStatus::Revoked
                          ? "revoked on " + formatUtc(finding.status.revoked->time)
                          : "revocation status unknown: " + finding.status.reason;
    return Problem{result, at, describe(at, finding.certificate, what)};
  }
  return std::nullopt;
}

/// Rules first, then a revocation that was found, then validity, then missing revocation data: what
/// is certain outweighs what time or other data might change.
PathReport judgeChain(const PathRequest& request, Chain chain, PathRevocation& revocation) {
  if (const auto problem = checkRules(request, chain)) {
    return failed(*problem, findingsWithoutStatus(chain, true));
  }
  auto findings = revocation.check(chain);
  const auto revoked = worstStatus(findings, CertificateStatus::Revoked, PathResult::Revoked);
  if (revoked) return failed(*revoked, std::move(findings));
  if (const auto problem = checkTimes(request, chain)) return failed(*problem, std::move(findings));
  if (request.revocation == RevocationMode::Require) {
    const auto unknown =
        worstStatus(findings, CertificateStatus::Unknown, PathResult::RevocationUnknown);
    if (unknown) return failed(*unknown, std::move(findings));
  }
  return {PathResult::Ok, std::nullopt, {}, std::move(findings)};
}

PathReport incomplete(const PathRequest& request, const PathBuilder& builder) {
  PathReport report;
  const auto& longest = builder.longest();
  report.chain = findingsWithoutStatus(longest, false);
  const auto place = [&](const Certificate* wanted) {
    const auto found = std::ranges::find(longest, wanted);
    return found == longest.end() ? std::size_t{0}
                                  : static_cast<std::size_t>(found - longest.begin());
  };
  if (const auto* child = builder.badlySigned()) {
    report.result = PathResult::BadSignature;
    report.at = place(child);
    report.reason = describe(*report.at, *child, "not signed by the issuer it names");
  } else {
    report.result = PathResult::NoChain;
    const auto& last = longest.empty() ? request.leaf : *longest.back();
    report.reason = "no path to an anchor: no issuer found for " + last.subject();
  }
  return report;
}

}  // namespace

std::vector<const Certificate*> chainOfSigner(const PathRequest& request,
                                              const Certificate& signer,
                                              const Certificate& anchor,
                                              SignatureMemo& memo) {
  PathRequest about{.leaf = signer,
                    .anchors = {anchor},
                    .intermediates = request.intermediates,
                    .time = request.time,
                    .revocation = RevocationMode::Off,
                    .rsa_bits_min = request.rsa_bits_min,
                    .allow_sha1 = request.allow_sha1,
                    .anchor_checks = request.anchor_checks,
                    .conformance = request.conformance};
  PathBuilder builder(about, memo);
  std::vector<const Certificate*> found;
  builder.walk(PathBuilder::Walk::Fitting, [&](Chain chain) {
    if (checkRules(about, chain) || checkTimes(about, chain)) return false;
    found.assign(chain.begin(), chain.end());
    return true;
  });
  // The chain outlives `about`: its ends are given back as the caller's own objects.
  const auto own = [&](const Certificate* one) -> const Certificate* {
    if (*one == signer) return &signer;
    if (*one == anchor) return &anchor;
    const auto known = std::ranges::find(request.intermediates, *one);
    return known == request.intermediates.end() ? one : &*known;
  };
  std::ranges::transform(found, found.begin(), own);
  return found;
}

PathReport validatePath(const PathRequest& request) {
  SignatureMemo memo;
  PathRevocation revocation(request, memo);
  PathBuilder builder(request, memo);
  PathReport best;
  bool judged = false;
  const auto judge = [&](Chain chain) {
    auto report = judgeChain(request, chain, revocation);
    const bool good = report.result == PathResult::Ok;
    if (!judged || depthOf(report.result) > depthOf(best.result)) best = std::move(report);
    judged = true;
    return good;
  };
  if (builder.walk(PathBuilder::Walk::Fitting, judge)) return best;
  if (!judged) builder.walk(PathBuilder::Walk::Explaining, judge);
  return judged ? best : incomplete(request, builder);
}

}  // namespace congvan::pki
