// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/evidence/signed_file.h"
#include "trust/pki/path.h"

#include <optional>
#include <string>
#include <vector>

/// Evidence + policy + time → verdict, after EN 319 102-1. Pure: no clock, no files, no network.
namespace congvan::validation {

enum class Indication { TotalPassed, TotalFailed, Indeterminate };

/// EN 319 102-1 clause 5.1.3, table 6.
enum class SubIndication {
  FormatFailure,
  HashFailure,
  SigCryptoFailure,
  Revoked,
  Expired,
  NotYetValid,
  SigConstraintsFailure,
  ChainConstraintsFailure,
  CertificateChainGeneralFailure,
  CryptoConstraintsFailure,
  CryptoConstraintsFailureNoPoe,
  PolicyProcessingError,
  TimestampOrderFailure,
  NoSigningCertificateFound,
  NoCertificateChainFound,
  NoCertificateChainFoundNoPoe,
  RevokedNoPoe,
  RevokedCaNoPoe,
  OutOfBoundsNoPoe,
  OutOfBoundsNotRevoked,
  RevocationOutOfBoundsNoPoe,
  NoPoe,
  TryLater,
  SignedDataNotFound,
};

enum class CheckResult { Pass, Warn, Fail, NotRun };

struct CheckLine {
  std::string name;  ///< stable: `digest`, `signature-value`, `path`, `revocation`, …
  CheckResult result;
  std::string detail;  ///< English, with the evidence: which certificate, which time, which rule
};

enum class DocumentState { AsSigned, Extended, Modified };

/// What a revision after the signature changed.
struct LaterChange {
  evidence::ChangeKind kind;
  std::string what;          ///< English: `page 2: content`, `field Seal: value`
  std::size_t revision = 0;  ///< 0: not known
  bool lawful = false;       ///< permitted after this signature
  bool operator==(const LaterChange&) const = default;
};

struct SignatureVerdict {
  std::string id;
  std::optional<std::string> field;
  Indication indication = Indication::Indeterminate;
  std::optional<SubIndication> sub_indication;
  std::string level;           ///< `B-B`, `B-T`, `B-LT`, `B-LTA`, `NOT-ADES`
  std::optional<bool> intact;  ///< digests and signature value, nothing else
  std::optional<DocumentState> document;
  std::string covers;
  std::vector<LaterChange> changes_after;
  std::string signer_subject;
  std::string signer_serial;
  std::optional<Instant> claimed_time;
  std::optional<Instant> best_signature_time;  ///< earliest proof that it existed
  std::vector<CheckLine> checks;
};

struct TimestampVerdict {
  std::string id;
  Instant time{};
  Indication indication = Indication::Indeterminate;
  std::optional<SubIndication> sub_indication;
  std::string covers;
  std::vector<CheckLine> checks;
};

enum class Overall { TotalPassed, TotalFailed, Indeterminate, NoSignature, Malformed };

struct FileVerdict {
  evidence::Format format = evidence::Format::None;
  Overall overall = Overall::NoSignature;
  std::vector<SignatureVerdict> signatures;
  std::vector<TimestampVerdict> timestamps;
  std::vector<std::string> problems;
};

enum class Checks {
  Full,
  Integrity,  ///< trust, revocation and time are left out of `overall`
};

/// What may be trusted and demanded. The default is strict.
struct Policy {
  Checks checks = Checks::Full;
  pki::RevocationMode revocation = pki::RevocationMode::Require;
  int rsa_bits_min = 2048;
  /// Later changes of a PDF that are lawful when no DocMDP says otherwise.
  bool allow_form_filling = true;
  bool allow_annotations = false;
  bool require_non_repudiation =
      false;  ///< keyUsage of the signing certificate, when the extension is there
};

/// Trust material handed in by the caller, beside what the file carries.
struct Material {
  std::vector<pki::Certificate> anchors;
  std::vector<pki::Certificate> timestamp_anchors;  ///< trusted for time-stamps and nothing else
  std::vector<pki::Certificate> certificates;
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> ocsp_responses;
};

/// `time`: the time of judgement. Linear in the number of signatures.
FileVerdict validate(const evidence::SignedFile& file,
                     const Material& material,
                     const Policy& policy,
                     Instant time);

/// `TOTAL-PASSED`, `HASH_FAILURE`, `as-signed`, … as they stand in reports.
std::string_view name(Indication indication);
std::string_view name(SubIndication sub_indication);
std::string_view name(Overall overall);
std::string_view name(DocumentState state);
std::string_view name(CheckResult result);
std::string_view name(evidence::Format format);
std::string_view name(evidence::ChangeKind kind);
/// `revision 4: field Seal: value`
std::string describe(const LaterChange& change);

}  // namespace congvan::validation
