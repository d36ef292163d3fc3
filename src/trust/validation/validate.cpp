// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/case.h"
#include "trust/validation/level.h"
#include "trust/validation/paths.h"
#include "trust/validation/signer.h"
#include "trust/validation/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::validation {
namespace {

using evidence::TimestampKind;

/// A judged time-stamp and what it may prove.
struct Stamp {
  TimestampVerdict verdict;
  bool intact = false;
  std::int64_t reaches = 0;  ///< PDF document time-stamps: up to which byte
  bool good() const { return verdict.indication == Indication::TotalPassed; }
};

std::optional<Instant> earlier(std::optional<Instant> left, std::optional<Instant> right) {
  if (!left || !right) return left ? left : right;
  return std::min(*left, *right);
}

class Validation {
 public:
  Validation(const evidence::SignedFile& file,
             const Material& material,
             const Policy& policy,
             Instant time)
      : file_(file), policy_(policy), now_(time), paths_(file, material, policy) {}

  FileVerdict run();

 private:
  void judgeDocumentTimestamps();
  Stamp judgeTimestamp(const evidence::Timestamp& timestamp, std::optional<Instant> proof);
  void answerTimestampPath(Case& judged);
  std::vector<Stamp> judgeOwnTimestamps(const evidence::Signature& signature,
                                        std::optional<Instant> proof);
  SignatureVerdict judgeSignature(const evidence::Signature& signature);
  void placeInTime(Case& judged, const std::vector<Stamp>& own);
  std::optional<Instant> documentProof(std::int64_t beyond) const;
  bool documentProofOffered(std::int64_t beyond) const;
  bool full() const { return policy_.checks == Checks::Full; }

  const evidence::SignedFile& file_;
  const Policy& policy_;
  Instant now_;
  Paths paths_;
  std::vector<Stamp> document_stamps_;  // parallel to file_.timestamps
};

/// The earliest good document time-stamp that reaches beyond `beyond`.
std::optional<Instant> Validation::documentProof(std::int64_t beyond) const {
  std::optional<Instant> proof;
  for (const auto& stamp : document_stamps_) {
    if (stamp.good() && stamp.reaches > beyond) proof = earlier(proof, stamp.verdict.time);
  }
  return proof;
}

bool Validation::documentProofOffered(std::int64_t beyond) const {
  return std::ranges::any_of(
      document_stamps_, [&](const Stamp& stamp) { return stamp.intact && stamp.reaches > beyond; });
}

/// From the last one to the first, so that each is judged with the proof that later ones give it.
void Validation::judgeDocumentTimestamps() {
  document_stamps_.resize(file_.timestamps.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < file_.timestamps.size(); ++i) {
    order.push_back(i);
    if (i < file_.pdf_timestamps.size()) {
      document_stamps_[i].reaches = coverageEnd(file_.pdf_timestamps[i]);
    }
  }
  std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) {
    return document_stamps_[left].reaches > document_stamps_[right].reaches;
  });
  for (const auto i : order) {
    const auto reaches = document_stamps_[i].reaches;
    auto stamp = judgeTimestamp(file_.timestamps[i], documentProof(reaches));
    stamp.reaches = reaches;
    if (i < file_.pdf_timestamps.size()) stamp.verdict.covers = coverage(file_.pdf_timestamps[i]);
    document_stamps_[i] = std::move(stamp);
  }
}

/// A token is judged now, or at the time up to which a later one proves it (EN 319 102-1, 5.6.2).
void Validation::answerTimestampPath(Case& judged) {
  if (!full() || !judged.facts.certificate) return;
  PathQuestion question{
      *judged.facts.certificate, judged.control_time, Purpose::TimeStamping, policy_.revocation};
  judged.path = paths_.ask(question);
  if (judged.proven || judged.path->result != pki::PathResult::RevocationUnknown) return;

  // No data fresh enough for today, as always when a file is checked years later with nothing but
  // what it carries: data issued after the token was made still says that the authority was in
  // order then.
  question.revocation = pki::RevocationMode::Try;
  if (paths_.ask(question).result != pki::PathResult::Ok) return;
  question.revocation = policy_.revocation;
  question.time = judged.timestamp->time;
  const auto& then = paths_.ask(question);
  if (then.result != pki::PathResult::Ok) return;
  judged.path = then;
  judged.path_note = "issued after the token; nothing newer is at hand";
}

Stamp Validation::judgeTimestamp(const evidence::Timestamp& timestamp,
                                 std::optional<Instant> proof) {
  Case judged{.signer = timestamp.signer, .policy = policy_, .judged_at = now_};
  judged.timestamp = &timestamp;
  judged.facts = judgeSigner(timestamp.signer, paths_);
  judged.proven = proof.has_value();
  judged.control_time = proof.value_or(now_);
  answerTimestampPath(judged);

  auto judgement = runChecks(timestampChecks(), judged);
  Stamp stamp;
  stamp.intact = judged.facts.intact == true && timestamp.imprint.matches();
  stamp.verdict = TimestampVerdict{.id = timestamp.id,
                                   .time = timestamp.time,
                                   .indication = judgement.indication,
                                   .sub_indication = judgement.sub_indication,
                                   .covers = timestamp.covers,
                                   .checks = std::move(judgement.lines)};
  return stamp;
}

/// Archive time-stamps first, newest first: each proves what stood there when it was made, the
/// signed content time-stamps always and of the others those that it names.
std::vector<Stamp> Validation::judgeOwnTimestamps(const evidence::Signature& signature,
                                                  std::optional<Instant> proof) {
  std::vector<const evidence::Timestamp*> order;
  for (const auto& timestamp : signature.timestamps) order.push_back(&timestamp);
  std::ranges::stable_sort(order, [](const auto* left, const auto* right) {
    const bool left_archive = left->kind == TimestampKind::Archive;
    const bool right_archive = right->kind == TimestampKind::Archive;
    if (left_archive != right_archive) return left_archive;
    return left_archive && left->time > right->time;
  });
  std::vector<Stamp> stamps;
  std::vector<const evidence::Timestamp*> archives;  // the good ones so far
  for (const auto* timestamp : order) {
    auto own_proof = proof;
    for (const auto* archive : archives) {
      const bool covers =
          timestamp->kind == TimestampKind::Content ||
          std::ranges::find(archive->protects, timestamp->id) != archive->protects.end();
      if (covers) own_proof = earlier(own_proof, archive->time);
    }
    auto stamp = judgeTimestamp(*timestamp, own_proof);
    if (timestamp->kind == TimestampKind::Archive && stamp.good()) archives.push_back(timestamp);
    stamps.push_back(std::move(stamp));
  }
  return stamps;
}

/// Best signature time: the earliest good proof (5.5.4), else the time of judgement.
void Validation::placeInTime(Case& judged, const std::vector<Stamp>& own) {
  judged.control_time = now_;
  if (!full()) return;
  const auto beyond = judged.signature->pdf ? coverageEnd(*judged.signature->pdf) : 0;
  std::optional<Instant> best = documentProof(beyond);
  judged.timestamps_offered = documentProofOffered(beyond);
  const auto is_content = [&](const Stamp& stamp) {
    const auto& all = judged.signature->timestamps;
    return std::ranges::any_of(all, [&](const evidence::Timestamp& timestamp) {
      return timestamp.id == stamp.verdict.id && timestamp.kind == TimestampKind::Content;
    });
  };
  for (const auto& stamp : own) {
    if (is_content(stamp)) {
      if (stamp.good()) {
        judged.not_before_proof =
            std::max(judged.not_before_proof.value_or(stamp.verdict.time), stamp.verdict.time);
      }
      continue;
    }
    judged.timestamps_offered = judged.timestamps_offered || stamp.intact;
    if (stamp.good()) best = earlier(best, stamp.verdict.time);
  }
  judged.proven = best.has_value();
  judged.control_time = best.value_or(now_);
}

SignatureVerdict Validation::judgeSignature(const evidence::Signature& signature) {
  const auto beyond = signature.pdf ? coverageEnd(*signature.pdf) : 0;
  const auto own = judgeOwnTimestamps(
      signature, signature.pdf ? documentProof(beyond) : std::optional<Instant>{});

  Case judged{.signer = signature.signer, .policy = policy_, .judged_at = now_};
  judged.signature = &signature;
  judged.facts = judgeSigner(signature.signer, paths_);
  for (const auto& stamp : own) judged.timestamps.push_back(stamp.verdict);
  placeInTime(judged, own);
  if (full() && judged.facts.certificate) {
    judged.path = paths_.ask(
        {*judged.facts.certificate, judged.control_time, Purpose::Signing, policy_.revocation});
  }
  if (signature.pdf) judged.document = judgeDocument(*signature.pdf, file_.damaged, policy_);

  auto judgement = runChecks(signatureChecks(), judged);
  SignatureVerdict verdict;
  verdict.id = signature.id;
  verdict.indication = judgement.indication;
  verdict.sub_indication = judgement.sub_indication;
  verdict.checks = std::move(judgement.lines);
  verdict.level = levelOf(signature, file_, paths_);
  verdict.intact = judged.facts.intact;
  verdict.covers = signature.covers;
  if (judged.document) {
    verdict.field = signature.pdf->field;
    verdict.document = judged.document->state;
    verdict.covers = judged.document->covers;
    verdict.changes_after = judged.document->changes_after;
  } else if (verdict.intact == true) {
    verdict.document = DocumentState::AsSigned;
  }
  if (judged.facts.certificate) {
    verdict.signer_subject = judged.facts.certificate->subject();
    verdict.signer_serial = judged.facts.certificate->serialHex();
  }
  verdict.claimed_time = signature.signer.claimed_time;
  if (judged.proven) verdict.best_signature_time = judged.control_time;
  return verdict;
}

/// The only place that decides the one word for a file.
Overall decideOverall(const FileVerdict& verdict) {
  const auto says = [&](Indication indication) {
    return std::ranges::any_of(verdict.signatures, [&](const SignatureVerdict& signature) {
      return signature.indication == indication;
    });
  };
  // A broken document time-stamp means that bytes under it changed, whoever signed them.
  const bool stamp_failed =
      std::ranges::any_of(verdict.timestamps, [](const TimestampVerdict& timestamp) {
        return timestamp.indication == Indication::TotalFailed;
      });
  if (says(Indication::TotalFailed) || stamp_failed) return Overall::TotalFailed;
  if (verdict.signatures.empty()) return Overall::NoSignature;
  if (says(Indication::Indeterminate)) return Overall::Indeterminate;
  return Overall::TotalPassed;
}

FileVerdict Validation::run() {
  judgeDocumentTimestamps();
  FileVerdict verdict;
  verdict.format = file_.format;
  verdict.problems = file_.problems;
  for (const auto& signature : file_.signatures) {
    verdict.signatures.push_back(judgeSignature(signature));
  }
  for (auto& stamp : document_stamps_) verdict.timestamps.push_back(std::move(stamp.verdict));
  verdict.overall = decideOverall(verdict);
  return verdict;
}

}  // namespace

FileVerdict validate(const evidence::SignedFile& file,
                     const Material& material,
                     const Policy& policy,
                     Instant time) {
  return Validation(file, material, policy, time).run();
}

}  // namespace congvan::validation
