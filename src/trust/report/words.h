// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/report/catalogue.h"
#include "trust/validation/verdict.h"

#include <string>
#include <string_view>

/// Which catalogue keys a verdict is told by; shared by text and page.
namespace congvan::report {

inline std::string intactKey(const validation::SignatureVerdict& signature) {
  if (!signature.intact) return "intact.null";
  return *signature.intact ? "intact.true" : "intact.false";
}

inline std::string documentKey(const validation::SignatureVerdict& signature) {
  if (!signature.document) return "document.null";
  return "document." + std::string(validation::name(*signature.document));
}

/// The sentence that belongs to an indication and its sub-indication.
template <typename Verdict>
std::string sentenceKey(const Verdict& verdict) {
  if (verdict.sub_indication)
    return "sub." + std::string(validation::name(*verdict.sub_indication));
  if (verdict.indication == validation::Indication::TotalPassed) return "sub.TOTAL-PASSED";
  return "indication." + std::string(validation::name(verdict.indication));
}

/// `Thêm chữ ký / Signature added: revision 4: field Seal: signature`
inline std::string changeText(const validation::LaterChange& change) {
  return sayBoth("change." + std::string(validation::name(change.kind))) + ": " +
         validation::describe(change);
}

inline std::string_view problemCode(std::string_view problem) {
  return problem.substr(0, problem.find(':'));
}

/// `Tệp PDF bị mã hóa / The PDF is encrypted [pdf_encrypted: has /Encrypt]`; one without words as
/// it is.
inline std::string problemText(const std::string& problem) {
  const auto key = "problem." + std::string(problemCode(problem));
  if (say(Language::Vietnamese, key) == key) return problem;
  return sayBoth(key) + " [" + problem + "]";
}

/// An encrypted file is none that is broken, though neither can be judged.
inline std::string overallKey(const validation::FileVerdict& verdict) {
  const bool encrypted = verdict.overall == validation::Overall::Malformed &&
                         !verdict.problems.empty() &&
                         problemCode(verdict.problems.front()) == "pdf_encrypted";
  return "overall." + (encrypted ? "ENCRYPTED" : std::string(validation::name(verdict.overall)));
}

template <typename Verdict>
std::string indicationText(const Verdict& verdict) {
  std::string text(validation::name(verdict.indication));
  if (verdict.sub_indication)
    text += " / " + std::string(validation::name(*verdict.sub_indication));
  return text;
}

}  // namespace congvan::report
