// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/algorithms.h"
#include "trust/validation/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace congvan::validation {

Finding pass(std::string detail) {
  return {CheckResult::Pass, std::move(detail), {}};
}
Finding warn(std::string detail) {
  return {CheckResult::Warn, std::move(detail), {}};
}
Finding notRun(std::string detail) {
  return {CheckResult::NotRun, std::move(detail), {}};
}
Finding failed(SubIndication sub_indication, std::string detail) {
  return {CheckResult::Fail, std::move(detail), Failure{Indication::TotalFailed, sub_indication}};
}
Finding undecided(SubIndication sub_indication, std::string detail) {
  return {CheckResult::Fail, std::move(detail), Failure{Indication::Indeterminate, sub_indication}};
}

namespace {

/// Clocks of signers and time-stamping authorities may differ by this much without meaning
/// anything.
constexpr Duration kClockTolerance = std::chrono::minutes{1};

std::string titleOf(const pki::Certificate& certificate) {
  return fmt::format("{} (serial {})", certificate.subject(), certificate.serialHex());
}

bool onlyIntegrity(const Case& judged) {
  return judged.policy.checks == Checks::Integrity;
}

// ---- format, EN 319 102-1 5.2.2 ----

Finding formatIsSound(const Case& judged) {
  if (judged.signer.breaches.empty()) return pass("no rule of the format is broken");
  return failed(SubIndication::FormatFailure,
                fmt::format("{}", fmt::join(judged.signer.breaches, "; ")));
}

// ---- identification of the signing certificate, 5.2.3 ----

bool agreesOnSerial(const evidence::CertificateReference& reference,
                    const pki::Certificate& certificate) {
  return reference.serial_der.empty() || reference.serial_der == certificate.serialDer();
}

Finding signingCertificateIsBound(const Case& judged) {
  const auto& facts = judged.facts;
  switch (facts.binding) {
    case Binding::Bound:
      if (!agreesOnSerial(judged.signer.references.front(), *facts.certificate)) {
        return warn("the signed reference names " + titleOf(*facts.certificate) +
                    " by its digest, and another serial number beside it");
      }
      return pass("the signed reference names " + titleOf(*facts.certificate));
    case Binding::NoReference:
      return warn("no signed reference to the certificate; the signer identifier points at " +
                  titleOf(*facts.certificate));
    case Binding::ReferenceMismatch:
      return undecided(
          SubIndication::NoSigningCertificateFound,
          "the signed reference names another certificate than " + titleOf(*facts.certificate));
    case Binding::NotFound:
      break;
  }
  return undecided(SubIndication::NoSigningCertificateFound,
                   "the signer's certificate is neither in the file nor given");
}

// ---- cryptographic verification, 5.2.7 ----

std::string digestLine(const evidence::DigestCheck& digest) {
  return fmt::format(
      "{} {}",
      digest.what,
      digest.algorithm ? crypto::digestName(*digest.algorithm) : "unknown algorithm");
}

Finding digestsMatch(const Case& judged) {
  std::vector<std::string> good;
  for (const auto& digest : judged.signer.digests) {
    if (!digest.computed.empty() && !digest.matches()) {
      return failed(SubIndication::HashFailure,
                    digestLine(digest) + ": the signed data is not what was signed");
    }
  }
  for (const auto& digest : judged.signer.digests) {
    if (digest.computed.empty() && digest.algorithm && crypto::digestAvailable(*digest.algorithm)) {
      return undecided(SubIndication::SignedDataNotFound,
                       digestLine(digest) + ": the signed data is not at hand");
    }
    if (digest.computed.empty()) {
      return undecided(SubIndication::CryptoConstraintsFailureNoPoe,
                       digestLine(digest) + ": cannot be computed here");
    }
    good.push_back(digestLine(digest));
  }
  if (!good.empty()) return pass(fmt::format("{} matches", fmt::join(good, ", ")));
  if (judged.signer.signed_bytes.empty() && judged.signer.signed_digest.empty()) {
    return undecided(SubIndication::SignedDataNotFound, "the signed data is not at hand");
  }
  return pass("the value signs the content itself");
}

Finding imprintMatches(const Case& judged) {
  const auto& imprint = judged.timestamp->imprint;
  if (imprint.matches()) return pass(digestLine(imprint) + " matches");
  if (imprint.computed.empty()) {
    return undecided(SubIndication::SignedDataNotFound,
                     digestLine(imprint) + ": the stamped data is not at hand");
  }
  return failed(SubIndication::HashFailure, digestLine(imprint) + ": other data was stamped");
}

Finding valueVerifies(const Case& judged) {
  const auto& facts = judged.facts;
  if (!facts.value) return notRun("no certificate or no signed data to check it with");
  const auto how = judged.signer.algorithm ? crypto::algorithmName(*judged.signer.algorithm)
                                           : judged.signer.algorithm_name;
  switch (*facts.value) {
    case crypto::SignatureCheck::Good:
      return pass(how + " verifies with the certificate's key");
    case crypto::SignatureCheck::Bad:
      return failed(SubIndication::SigCryptoFailure,
                    how + " does not verify with the certificate's key");
    case crypto::SignatureCheck::Unsupported:
      break;
  }
  return undecided(SubIndication::CryptoConstraintsFailureNoPoe, how + " is not known here");
}

// ---- algorithm rules by date, 5.2.8 and 5.6.2 ----

Finding algorithmsHold(const Case& judged) {
  Algorithms algorithms{judged.signer, judged.facts.certificate, std::nullopt};
  if (judged.timestamp != nullptr) algorithms.imprint = judged.timestamp->imprint.algorithm;
  const auto ends = endsOf(algorithms, judged.policy.rsa_bits_min);
  std::vector<std::string> weak_then;
  std::vector<std::string> weak_now;
  for (const auto& end : ends) {
    const auto text = fmt::format("{} (relied on until {})", end.what, formatUtc(end.until));
    if (judged.control_time >= end.until) weak_then.push_back(text);
    if (judged.judged_at >= end.until) weak_now.push_back(text);
  }
  if (weak_now.empty()) return pass("every algorithm is still relied on");
  if (onlyIntegrity(judged)) return warn(fmt::format("weak: {}", fmt::join(weak_now, ", ")));
  if (weak_then.empty()) {
    return warn(fmt::format("weak now, proved to exist before: {}", fmt::join(weak_now, ", ")));
  }
  return undecided(
      judged.proven ? SubIndication::CryptoConstraintsFailure
                    : SubIndication::CryptoConstraintsFailureNoPoe,
      fmt::format("weak at {}: {}", formatUtc(judged.control_time), fmt::join(weak_then, ", ")));
}

// ---- certificate, 5.2.4 and 5.2.6 ----

std::string at(const Case& judged) {
  return fmt::format("at {} ({})",
                     formatUtc(judged.control_time),
                     judged.proven ? "proved by a time-stamp" : "time of judgement");
}

bool provedAfter(const Case& judged, Instant limit) {
  return judged.not_before_proof && *judged.not_before_proof >= limit;
}

Finding expired(const Case& judged, bool of_the_signer) {
  const auto& path = *judged.path;
  if (of_the_signer && provedAfter(judged, judged.facts.certificate->notAfter())) {
    return failed(SubIndication::Expired, path.reason);
  }
  if (judged.proven && !of_the_signer) {
    return undecided(SubIndication::CertificateChainGeneralFailure, path.reason);
  }
  // 5.6: a proof was offered, and itself can no longer be proved.
  if (!judged.proven && judged.timestamps_offered) {
    return undecided(SubIndication::NoPoe, path.reason + "; no time-stamp on it can be relied on");
  }
  return undecided(SubIndication::OutOfBoundsNoPoe, path.reason);
}

Finding notYetValid(const Case& judged, bool of_the_signer) {
  if (judged.proven && of_the_signer) {
    return failed(SubIndication::NotYetValid, judged.path->reason);
  }
  return undecided(SubIndication::OutOfBoundsNoPoe, judged.path->reason);
}

Finding pathHolds(const Case& judged) {
  if (onlyIntegrity(judged)) return notRun("integrity only");
  if (!judged.path) return notRun("no signing certificate");
  const auto& path = *judged.path;
  const bool of_the_signer = !path.at || *path.at == 0;
  switch (path.result) {
    case pki::PathResult::Ok:
    case pki::PathResult::Revoked:
    case pki::PathResult::RevocationUnknown:
      break;
    case pki::PathResult::NoChain:
      return undecided(SubIndication::NoCertificateChainFound, path.reason);
    case pki::PathResult::NotYetValid:
      return notYetValid(judged, of_the_signer);
    case pki::PathResult::Expired:
      return expired(judged, of_the_signer);
    case pki::PathResult::Constraint:
      return undecided(SubIndication::ChainConstraintsFailure, path.reason);
    case pki::PathResult::WeakAlgorithm:
      return undecided(judged.proven ? SubIndication::CryptoConstraintsFailure
                                     : SubIndication::CryptoConstraintsFailureNoPoe,
                       path.reason);
    case pki::PathResult::BadSignature:
    case pki::PathResult::Malformed:
      return undecided(SubIndication::CertificateChainGeneralFailure, path.reason);
  }
  const auto anchor =
      path.chain.empty() ? std::string("a trust anchor") : path.chain.back().certificate.subject();
  return pass(fmt::format("{} certificates up to {}, {}", path.chain.size(), anchor, at(judged)));
}

Finding revoked(const Case& judged) {
  const auto& path = *judged.path;
  const auto index = path.at.value_or(0);
  if (index != 0) return undecided(SubIndication::RevokedCaNoPoe, path.reason);
  const auto& status = index < path.chain.size() ? path.chain[index].status : pki::StatusReport{};
  // EN 319 102-1 5.2.6.4: on hold is neither good nor bad, and may end.
  if (status.revoked && status.revoked->reason == pki::RevocationReason::CertificateHold) {
    return undecided(SubIndication::TryLater, path.reason + "; it is suspended");
  }
  // The signer's own claim to have signed after the revocation can be believed: it speaks against
  // them.
  const bool after =
      status.revoked &&
      (provedAfter(judged, status.revoked->time) ||
       (judged.signer.claimed_time && *judged.signer.claimed_time >= status.revoked->time));
  if (after) return failed(SubIndication::Revoked, path.reason + "; it was made after that");
  return undecided(SubIndication::RevokedNoPoe,
                   path.reason + "; nothing proves that it was made before");
}

std::string statusLine(const pki::PathReport& path) {
  std::vector<std::string> parts;
  for (const auto& finding : path.chain) {
    if (finding.source.empty()) continue;
    parts.push_back(fmt::format("{}: {} of {}",
                                finding.certificate.commonName(),
                                finding.source,
                                formatUtc(finding.status.this_update)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Finding notRevoked(const Case& judged) {
  if (onlyIntegrity(judged)) return notRun("integrity only");
  if (judged.policy.revocation == pki::RevocationMode::Off) return notRun("switched off");
  if (!judged.path) return notRun("no signing certificate");
  const auto& path = *judged.path;
  switch (path.result) {
    case pki::PathResult::Revoked:
      return revoked(judged);
    case pki::PathResult::RevocationUnknown:
      return undecided(SubIndication::TryLater, path.reason);
    case pki::PathResult::Ok:
      break;
    default:
      return notRun("no path");
  }
  const bool all_known =
      path.chain.size() < 2 ||
      std::all_of(
          path.chain.begin(), path.chain.end() - 1, [](const pki::CertificateFinding& finding) {
            return finding.status.status == pki::CertificateStatus::Good;
          });
  const auto note = judged.path_note.empty() ? std::string() : "; " + judged.path_note;
  if (!all_known) return warn("the status of some certificate is not known" + note);
  if (!note.empty()) return warn("not revoked by " + statusLine(path) + note);
  return pass("not revoked by " + statusLine(path));
}

/// The purposes of an authority bind whom it certifies, as they do for time-stamping.
const pki::Certificate* limitedToOtherPurposes(const Case& judged) {
  if (!judged.facts.certificate->maySignDocuments()) return &*judged.facts.certificate;
  if (!judged.path) return nullptr;
  for (const auto& finding : judged.path->chain) {
    if (!finding.certificate.maySignDocuments()) return &finding.certificate;
  }
  return nullptr;
}

Finding keyUsageFits(const Case& judged) {
  if (!judged.facts.certificate) return notRun("no signing certificate");
  const auto& certificate = *judged.facts.certificate;
  // Whoever names this very certificate as trusted has chosen what to trust it for.
  if (judged.path && judged.path->chain.size() == 1) return pass("trusted directly");
  if (const auto* limited = limitedToOtherPurposes(judged)) {
    if (onlyIntegrity(judged)) return notRun("integrity only");
    return undecided(SubIndication::ChainConstraintsFailure,
                     fmt::format("extendedKeyUsage of {} names only other purposes: {}",
                                 titleOf(*limited),
                                 fmt::join(limited->extendedKeyUsage(), ", ")));
  }
  if (!certificate.hasKeyUsage()) return pass("the certificate names no key usage");
  const bool non_repudiation = certificate.keyUsage(pki::KeyUsage::NonRepudiation);
  if (non_repudiation) return pass("nonRepudiation");
  if (onlyIntegrity(judged)) return notRun("integrity only");
  if (judged.policy.require_non_repudiation) {
    return undecided(SubIndication::ChainConstraintsFailure, "nonRepudiation is not set");
  }
  if (certificate.keyUsage(pki::KeyUsage::DigitalSignature)) return pass("digitalSignature");
  return undecided(SubIndication::ChainConstraintsFailure,
                   "neither nonRepudiation nor digitalSignature is set");
}

// EN 319 422 5.2: digitalSignature, nonRepudiation or both.
Finding keyUsageFitsStamping(const Case& judged) {
  if (!judged.facts.certificate) return notRun("no signing certificate");
  const auto& certificate = *judged.facts.certificate;
  if (!certificate.hasKeyUsage()) return pass("the certificate names no key usage");
  if (certificate.keyUsage(pki::KeyUsage::DigitalSignature)) return pass("digitalSignature");
  if (certificate.keyUsage(pki::KeyUsage::NonRepudiation)) return pass("nonRepudiation");
  return undecided(SubIndication::ChainConstraintsFailure,
                   "neither nonRepudiation nor digitalSignature is set");
}

// RFC 3161 2.3: the extension has this one purpose and is critical.
Finding stampsOnly(const Case& judged) {
  if (!judged.facts.certificate) return notRun("no signing certificate");
  const auto& certificate = *judged.facts.certificate;
  const auto purposes = certificate.extendedKeyUsage();
  const bool stamps = std::ranges::find(purposes, pki::kEkuTimeStamping) != purposes.end();
  if (!stamps) {
    return undecided(SubIndication::ChainConstraintsFailure,
                     "extendedKeyUsage does not name timeStamping");
  }
  if (!certificate.extendedKeyUsageCritical()) {
    return undecided(SubIndication::ChainConstraintsFailure, "extendedKeyUsage is not critical");
  }
  if (purposes.size() > 1) {
    return undecided(SubIndication::ChainConstraintsFailure,
                     "extendedKeyUsage names other purposes besides timeStamping");
  }
  return pass("timeStamping, critical");
}

// ---- time, 5.5 ----

Finding timestampsProve(const Case& judged) {
  if (onlyIntegrity(judged)) return notRun("integrity only");
  if (judged.proven) return pass("existed at " + formatUtc(judged.control_time));
  if (!judged.timestamps_offered) return notRun("no time-stamp; judged as of now");
  return warn("no time-stamp on it can be relied on; judged as of now");
}

Finding timestampsAreGood(const Case& judged) {
  std::vector<std::string> parts;
  bool all_good = true;
  for (const auto& timestamp : judged.timestamps) {
    all_good = all_good && timestamp.indication == Indication::TotalPassed;
    parts.push_back(fmt::format("{} of {}: {}{}",
                                timestamp.id,
                                formatUtc(timestamp.time),
                                name(timestamp.indication),
                                timestamp.sub_indication
                                    ? fmt::format(" {}", name(*timestamp.sub_indication))
                                    : std::string()));
  }
  if (parts.empty()) return notRun("the signature carries no time-stamp");
  const auto text = fmt::format("{}", fmt::join(parts, "; "));
  return all_good ? pass(text) : warn(text);
}

Finding timestampsAreInOrder(const Case& judged) {
  if (!judged.proven || !judged.not_before_proof) return notRun("fewer than two proofs of time");
  if (*judged.not_before_proof <= judged.control_time + kClockTolerance) {
    return pass("content was stamped before the signature");
  }
  return undecided(SubIndication::TimestampOrderFailure,
                   fmt::format("content was stamped at {}, after the signature at {}",
                               formatUtc(*judged.not_before_proof),
                               formatUtc(judged.control_time)));
}

Finding notFromTheFuture(const Case& judged) {
  if (judged.timestamp->time <= judged.judged_at + kClockTolerance) {
    return pass(formatUtc(judged.timestamp->time));
  }
  return undecided(SubIndication::TimestampOrderFailure,
                   formatUtc(judged.timestamp->time) + " lies after the time of judgement");
}

Finding stampedBeforeItsProof(const Case& judged) {
  if (!judged.proven) return notRun("no later time-stamp covers it");
  if (judged.timestamp->time <= judged.control_time + kClockTolerance) {
    return pass("before the time-stamp that covers it, " + formatUtc(judged.control_time));
  }
  return undecided(SubIndication::TimestampOrderFailure,
                   "after the time-stamp that covers it, " + formatUtc(judged.control_time));
}

Finding claimedTimeIsPlausible(const Case& judged) {
  const auto& claimed = judged.signer.claimed_time;
  if (!claimed) return notRun("none claimed");
  const auto text = formatUtc(*claimed);
  if (judged.proven && *claimed > judged.control_time + kClockTolerance) {
    return warn(text + " is later than the proof " + formatUtc(judged.control_time));
  }
  if (*claimed > judged.judged_at + kClockTolerance) return warn(text + " lies in the future");
  if (judged.facts.certificate && !judged.facts.certificate->validAt(*claimed)) {
    return warn(text + " lies outside the certificate's validity");
  }
  return pass(text + ", a claim of the signer");
}

// ---- the document and the policy ----

Finding documentIsUnchanged(const Case& judged) {
  if (!judged.document) return notRun("not a PDF signature");
  const auto& document = *judged.document;
  if (!document.state) return undecided(SubIndication::SigConstraintsFailure, document.detail);
  if (*document.state == DocumentState::Modified) {
    return failed(SubIndication::FormatFailure, document.detail);
  }
  if (document.later_marks) return warn(document.detail + "; a later signature drew on a page");
  return pass(document.detail);
}

Finding policyIsKnown(const Case& judged) {
  if (!judged.signature->signature_policy) return notRun("no signature policy is named");
  return warn("signature policy " + *judged.signature->signature_policy +
              " is named; its rules are not applied");
}

constexpr auto kSignatureChecks = std::to_array<Check>({
    {"format", &formatIsSound},
    {"signing-certificate", &signingCertificateIsBound},
    {"digest", &digestsMatch},
    {"signature-value", &valueVerifies},
    {"document", &documentIsUnchanged},
    {"timestamps", &timestampsAreGood},
    {"best-signature-time", &timestampsProve},
    {"timestamp-order", &timestampsAreInOrder},
    {"path", &pathHolds},
    {"revocation", &notRevoked},
    {"key-usage", &keyUsageFits},
    {"algorithms", &algorithmsHold},
    {"claimed-time", &claimedTimeIsPlausible},
    {"signature-policy", &policyIsKnown},
});

constexpr auto kTimestampChecks = std::to_array<Check>({
    {"format", &formatIsSound},
    {"signing-certificate", &signingCertificateIsBound},
    {"imprint", &imprintMatches},
    {"digest", &digestsMatch},
    {"signature-value", &valueVerifies},
    {"path", &pathHolds},
    {"revocation", &notRevoked},
    {"key-usage", &keyUsageFitsStamping},
    {"extended-key-usage", &stampsOnly},
    {"algorithms", &algorithmsHold},
    {"time", &notFromTheFuture},
    {"timestamp-order", &stampedBeforeItsProof},
});

bool decides(const Failure& failure, const Judgement& so_far) {
  if (so_far.indication == Indication::TotalPassed) return true;
  return so_far.indication == Indication::Indeterminate &&
         failure.indication == Indication::TotalFailed;
}

}  // namespace

std::span<const Check> signatureChecks() {
  return kSignatureChecks;
}
std::span<const Check> timestampChecks() {
  return kTimestampChecks;
}

Judgement runChecks(std::span<const Check> checks, const Case& judged) {
  Judgement judgement;
  for (const auto& check : checks) {
    auto finding = check.judge(judged);
    if (finding.failure && decides(*finding.failure, judgement)) {
      judgement.indication = finding.failure->indication;
      judgement.sub_indication = finding.failure->sub_indication;
    }
    judgement.lines.push_back({std::string(check.name), finding.result, std::move(finding.detail)});
  }
  return judgement;
}

}  // namespace congvan::validation
