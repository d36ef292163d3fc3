// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/open.h"

#include <algorithm>

namespace congvan::pdf {
namespace {

constexpr std::string_view kMark = "%PDF-";
constexpr std::size_t kHeaderWithin = 1024;  // ISO 32000-1, annex H, implementation note 13
// ISO 32000-1, annex C: readers need not take more indirect objects. Ours are numbered from /Size.
constexpr long long kObjectsMost = 8'388'607;

Error malformed(std::string reason, std::string detail) {
  return Error{Code::Malformed, std::move(reason), {}, std::move(detail)};
}

constexpr const char* kHasEncrypt = "has /Encrypt";

Error encrypted(std::string detail) {
  return malformed("pdf_encrypted", std::move(detail));
}

/// Where the header begins; npos: nowhere.
std::size_t headerAt(BytesView file) {
  return asText(file.first(std::min(file.size(), kHeaderWithin))).find(kMark);
}

std::shared_ptr<QPDF> process(BytesView file, Reading reading) {
  auto document = QPDF::create();
  document->setSuppressWarnings(true);
  document->setAttemptRecovery(reading == Reading::Recovering);
  document->processMemoryFile("pdf", asText(file).data(), file.size());
  return document;
}

Error translated(const QPDFExc& bad, Reading reading) {
  const auto refusal = refusalFor(bad);
  if (refusal.code == Code::TooLarge) return refusal;
  // With a password or without, deciphered or not (undeciphered.cpp): one answer.
  if (bad.getErrorCode() == qpdf_e_password) return encrypted(kHasEncrypt);
  const bool encryption = bad.getMessageDetail().find("ncrypt") != std::string::npos;
  if (bad.getErrorCode() == qpdf_e_unsupported && encryption) return encrypted(bad.what());
  return malformed(reading == Reading::Strict ? "pdf_damaged" : "pdf_malformed", bad.what());
}

/// /Size above the highest number is legal: the last objects may be free ones. Below it, some
/// readers drop the objects that it leaves out.
bool isHarmless(QPDF& document, const QPDFExc& warning) {
  if (warning.getMessageDetail().find("reported number of objects") == std::string::npos) {
    return false;
  }
  const auto table = document.getXRefTable();
  auto size = document.getTrailer().getKey("/Size");
  return size.isInteger() && (table.empty() || size.getIntValue() > table.rbegin()->first.getObj());
}

}  // namespace

Error refusalFor(const std::exception& thrown) {
  if (inflationExceeded()) return Error{Code::TooLarge, "pdf_too_complex", {}, thrown.what()};
  return malformed("pdf_malformed", thrown.what());
}

Result<std::shared_ptr<QPDF>> open(BytesView file, Reading reading, const OpenLimits& limits) {
  limitInflation({limits.stream_bytes, limits.inflated_bytes + 4 * file.size()});
  const auto header = headerAt(file);
  if (header == std::string_view::npos) return malformed("pdf_malformed", "no %PDF- header");
  const bool strict = reading == Reading::Strict;
  if (strict && header != 0) return malformed("pdf_damaged", "junk before the header");

  const auto opened = guarded<std::shared_ptr<QPDF>>([&]() -> Result<std::shared_ptr<QPDF>> {
    try {
      // Without repair first: it is cheap, and tells whether the repair would be a long one.
      if (!strict && file.size() > limits.recovery_bytes) return process(file, Reading::Strict);
      return process(file, reading);
    } catch (const QPDFExc& bad) {
      return translated(bad, reading);
    }
  });
  if (!opened) return opened.error();
  if (inflationExceeded()) return refusalFor(std::runtime_error("inflated beyond the limit"));
  auto document = *opened;
  if (document->isEncrypted()) return encrypted(kHasEncrypt);
  if (strict) {
    for (const auto& warning : document->getWarnings()) {
      if (!isHarmless(*document, warning)) return malformed("pdf_damaged", warning.what());
    }
    auto size = document->getTrailer().getKey("/Size");
    if (size.isInteger() && size.getIntValue() > kObjectsMost) {
      return Error{Code::TooLarge, "pdf_too_complex", {}, "/Size " + size.unparse()};
    }
  }
  return document;
}

}  // namespace congvan::pdf
