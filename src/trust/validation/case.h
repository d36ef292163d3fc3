// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/validation/document.h"
#include "trust/validation/verdict.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// One signature or time-stamp on its way to a verdict: everything the checks may look at, gathered
/// before the first check runs. A check is one row of a table and one pure function from `Case` to
/// `Finding`.
namespace congvan::validation {

/// Which indication and sub-indication a failed check leads to (EN 319 102-1, tables 5 and 6).
struct Failure {
  Indication indication;
  SubIndication sub_indication;
};

struct Finding {
  CheckResult result = CheckResult::NotRun;
  std::string detail;
  std::optional<Failure> failure;
};

Finding pass(std::string detail);
Finding warn(std::string detail);
Finding notRun(std::string detail);
Finding failed(SubIndication sub_indication, std::string detail);     ///< TOTAL-FAILED
Finding undecided(SubIndication sub_indication, std::string detail);  ///< INDETERMINATE

/// How the signing certificate was found.
enum class Binding {
  Bound,              ///< the signed reference names exactly this certificate
  NoReference,        ///< no signed reference: found by the signer identifier alone
  ReferenceMismatch,  ///< the signed reference names another certificate
  NotFound,
};

struct SignerFacts {
  std::optional<pki::Certificate> certificate;
  Binding binding = Binding::NotFound;
  std::optional<crypto::SignatureCheck> value;  ///< nullopt: could not be tried
  std::optional<bool> intact;                   ///< digests and value together
};

struct Case {
  const evidence::SignerBlock& signer;
  const Policy& policy;
  Instant judged_at{};

  const evidence::Signature* signature = nullptr;  // exactly one of these two
  const evidence::Timestamp* timestamp = nullptr;

  SignerFacts facts;
  Instant control_time{};  ///< when it is known to have existed: best signature time, or the time
                           ///< of judgement
  bool proven = false;     ///< by a good time-stamp, not by being looked at now
  std::optional<pki::PathReport> path;
  std::string path_note;  ///< in which sense the path holds, when it needs saying
  std::vector<TimestampVerdict> timestamps;  ///< of this signature, judged
  bool timestamps_offered = false;           ///< some time-stamp claims to prove it, good or not
  std::optional<Instant> not_before_proof;   ///< a good content time-stamp: it was made after this
  std::optional<DocumentFinding> document;
};

struct Check {
  std::string_view name;
  Finding (*judge)(const Case&);
};

std::span<const Check> signatureChecks();
std::span<const Check> timestampChecks();

struct Judgement {
  Indication indication = Indication::TotalPassed;
  std::optional<SubIndication> sub_indication;
  std::vector<CheckLine> lines;
};

/// Runs every row. The first failure of the gravest kind decides: TOTAL-FAILED before
/// INDETERMINATE.
Judgement runChecks(std::span<const Check> checks, const Case& judged);

}  // namespace congvan::validation
