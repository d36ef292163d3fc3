// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/level.h"

#include <algorithm>

namespace congvan::validation {
namespace {

using evidence::TimestampKind;

constexpr std::string_view kPadesSubfilter = "ETSI.CAdES.detached";

bool isAdes(const evidence::Signature& signature) {
  if (signature.signer.references.empty()) return false;
  return !signature.pdf || signature.pdf->subfilter == kPadesSubfilter;
}

/// In which revision the first long-term validation data came, as far as it came after the
/// signature.
std::size_t validationDataRevision(const evidence::PdfFacts& facts) {
  if (!facts.later_changes) return facts.revision;
  for (const auto& change : *facts.later_changes) {
    if (change.kind == evidence::ChangeKind::ValidationDataAdded) return change.revision;
  }
  return facts.revision;
}

bool isProlonged(const evidence::Signature& signature, const evidence::SignedFile& file) {
  if (!signature.pdf) {
    return std::ranges::any_of(signature.timestamps, [](const evidence::Timestamp& timestamp) {
      return timestamp.kind == TimestampKind::Archive;
    });
  }
  const auto data_revision = validationDataRevision(*signature.pdf);
  return std::ranges::any_of(file.pdf_timestamps, [&](const evidence::PdfFacts& facts) {
    return coverageEnd(facts) > coverageEnd(*signature.pdf) && facts.revision >= data_revision;
  });
}

/// The time-stamps that prove the signature, wherever they stand.
std::vector<const evidence::Timestamp*> proofsOf(const evidence::Signature& signature,
                                                 const evidence::SignedFile& file) {
  std::vector<const evidence::Timestamp*> proofs;
  for (const auto& timestamp : signature.timestamps) {
    if (timestamp.kind == TimestampKind::Signature && timestamp.imprint.matches()) {
      proofs.push_back(&timestamp);
    }
  }
  if (!proofs.empty() || !signature.pdf) return proofs;
  for (std::size_t i = 0; i < file.timestamps.size() && i < file.pdf_timestamps.size(); ++i) {
    const bool covers = coverageEnd(file.pdf_timestamps[i]) > coverageEnd(*signature.pdf);
    if (covers && file.timestamps[i].imprint.matches()) {
      proofs.push_back(&file.timestamps[i]);
      break;  // the first one is the T; later ones prolong
    }
  }
  return proofs;
}

/// Data that stood in the file before it was signed was not collected for this signature; a later
/// update or document time-stamp takes it over.
bool isTakenOver(const evidence::Signature& signature) {
  const auto& signer = signature.signer;
  if (!signature.pdf || !signer.crls.empty() || !signer.ocsp_responses.empty()) return true;
  if (!signature.pdf->later_changes) return false;
  return std::ranges::any_of(*signature.pdf->later_changes, [](const evidence::Change& change) {
    return change.kind == evidence::ChangeKind::ValidationDataAdded ||
           change.kind == evidence::ChangeKind::DocumentTimestampAdded;
  });
}

bool hasLongTermData(const evidence::Signature& signature,
                     const std::vector<const evidence::Timestamp*>& proofs,
                     Paths& paths) {
  if (!signature.signer.certificate || !paths.hasValidationData(*signature.signer.certificate)) {
    return false;
  }
  return std::ranges::all_of(proofs, [&](const evidence::Timestamp* timestamp) {
    return timestamp->signer.certificate && paths.hasValidationData(*timestamp->signer.certificate);
  });
}

}  // namespace

std::int64_t coverageEnd(const evidence::PdfFacts& facts) {
  if (facts.byte_range.size() < 2) return 0;
  return facts.byte_range[facts.byte_range.size() - 2] + facts.byte_range.back();
}

std::string levelOf(const evidence::Signature& signature,
                    const evidence::SignedFile& file,
                    Paths& paths) {
  if (!isAdes(signature)) return "NOT-ADES";
  const auto proofs = proofsOf(signature, file);
  if (proofs.empty()) return "B-B";
  if (!isTakenOver(signature) || !hasLongTermData(signature, proofs, paths)) return "B-T";
  return isProlonged(signature, file) ? "B-LTA" : "B-LT";
}

}  // namespace congvan::validation
