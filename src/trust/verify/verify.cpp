// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/verify.h"

#include "trust/crypto/digest.h"
#include "trust/formats/cades/read.h"
#include "trust/formats/pades/read.h"
#include "trust/pki/certificate.h"
#include "trust/verify/sniff.h"

#include <algorithm>
#include <iterator>

namespace congvan::verify {
namespace {

using crypto::DigestAlgorithm;
using evidence::SignedFile;
using validation::FileVerdict;
using validation::Overall;

FileVerdict unread(evidence::Format format, Overall overall, std::vector<std::string> problems) {
  FileVerdict verdict;
  verdict.format = format;
  verdict.overall = overall;
  verdict.problems = std::move(problems);
  return verdict;
}

FileVerdict malformed(evidence::Format format, const Error& error) {
  return unread(format,
                Overall::Malformed,
                {error.detail.empty() ? error.reason : error.reason + ": " + error.detail});
}

FileVerdict unsupported(const Sniffed& sniffed) {
  const auto what = sniffed.container == Container::SignedXml ? "XML signature (XAdES)"
                                                              : "signed ZIP container (ASiC)";
  return unread(sniffed.format,
                Overall::Indeterminate,
                {std::string("format-not-supported: ") + what + " is recognised, not judged"});
}

SignedFile asFile(cades::Message message) {
  SignedFile file;
  file.format = evidence::Format::Cades;
  file.signatures = std::move(message.signatures);
  // A countersignature is a signature of its own: somebody vouches for the one before it.
  std::ranges::move(message.countersignatures, std::back_inserter(file.signatures));
  return file;
}

bool fits(const cades::Message& message) {
  return !message.signatures.empty() &&
         std::ranges::all_of(message.signatures, [](const evidence::Signature& signature) {
           return std::ranges::all_of(signature.signer.digests,
                                      [](const auto& digest) { return digest.matches(); });
         });
}

/// Of several contents the first one that the signatures speak of; else the first at all.
Result<SignedFile> readCms(BytesView der, const std::vector<BytesView>& contents) {
  if (contents.empty()) {
    auto message = cades::read(der, {});
    if (!message) return message.error();
    return asFile(std::move(*message));
  }
  std::optional<cades::Message> first;
  for (const auto content : contents) {
    auto message = cades::readBeside(der, content);
    if (!message) return message.error();
    if (fits(*message)) return asFile(std::move(*message));
    if (!first) first = std::move(*message);
  }
  return asFile(std::move(*first));
}

Result<Outcome> readAndJudge(const Sniffed& sniffed, const Request& request) {
  const auto judge = [&](const SignedFile& file) {
    return validation::validate(file, request.material, request.policy, request.time);
  };
  if (sniffed.container == Container::Pdf) {
    auto reading = pades::readAndHash(request.file);
    if (!reading) return reading.error();
    return Outcome{judge(reading->file), std::move(reading->sha256)};
  }
  const auto unwrapped = sniffed.container == Container::CmsPem ? cmsFromText(asText(request.file))
                                                                : std::optional<Bytes>{};
  const auto file = readCms(unwrapped ? BytesView(*unwrapped) : request.file, request.contents);
  if (!file) return file.error();
  return Outcome{judge(*file), {}};
}

Outcome judgeFile(const Request& request) {
  const auto sniffed = sniff(request.file);
  switch (sniffed.container) {
    case Container::Empty:
      return {unread(sniffed.format, Overall::Malformed, {"empty: the file has no bytes"}), {}};
    case Container::Plain:
      return {unread(sniffed.format, Overall::NoSignature, {}), {}};
    case Container::SignedXml:
    case Container::SignedZip:
      return {unsupported(sniffed), {}};
    case Container::Pdf:
    case Container::Cms:
    case Container::CmsPem:
      break;
  }
  auto outcome = readAndJudge(sniffed, request);
  if (!outcome) return {malformed(sniffed.format, outcome.error()), {}};
  return std::move(*outcome);
}

}  // namespace

Outcome verify(const Request& request) {
  const pki::CertificatesReadOnce read_once;
  auto outcome = judgeFile(request);
  if (outcome.sha256.empty()) {
    outcome.sha256 = crypto::digest(DigestAlgorithm::Sha256, request.file);
  }
  return outcome;
}

}  // namespace congvan::verify
