// SPDX-License-Identifier: Apache-2.0
#include "app/bench/material.h"

#include "app/embedded.h"
#include "trust/crypto/random.h"
#include "trust/formats/pades/sign.h"
#include "trust/pki/build.h"

#include <stdexcept>

namespace congvan::bench {
namespace {

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().detail);
  return std::move(*result);
}

pki::Profile profileNamed(std::string_view name) {
  return must(pki::readProfile(embeddedText(app::embeddedProfiles(), name).value()));
}

pki::CertificateRequest requestFor(const std::string& name, Bytes spki) {
  crypto::SystemRandom random;
  return {.subject = {{"C", "VN"}, {"O", "Tỉnh An Bình"}, {"CN", name}},
          .spki = std::move(spki),
          .serial = pki::makeSerial(random),
          .not_before = std::chrono::floor<std::chrono::seconds>(SystemClock().now()),
          .addresses = {"http://bench.example/pki", "goc"}};
}

}  // namespace

Bytes pdfOfSize(std::size_t bytes, int pages) {
  std::string text = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::vector<std::size_t> offsets;
  const auto object = [&](const std::string& body) {
    offsets.push_back(text.size());
    text += std::to_string(offsets.size()) + " 0 obj\n" + body + "\nendobj\n";
  };
  std::string kids;
  for (int page = 0; page < pages; ++page) kids += std::to_string(3 + 2 * page) + " 0 R ";
  object("<< /Type /Catalog /Pages 2 0 R >>");
  object("<< /Type /Pages /Kids [ " + kids + "] /Count " + std::to_string(pages) +
         " /MediaBox [0 0 595 842] >>");
  std::uint32_t noise = 20261122;
  for (int page = 0; page < pages; ++page) {
    object("<< /Type /Page /Parent 2 0 R /Resources << >> /Contents " +
           std::to_string(4 + 2 * page) + " 0 R >>");
    std::string content(bytes / static_cast<std::size_t>(pages), '\0');
    for (auto& byte : content) {
      noise = noise * 1664525 + 1013904223;
      byte = static_cast<char>(noise >> 24U);
    }
    object("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content +
           "\nendstream");
  }
  const auto table = text.size();
  text += "xref\n0 " + std::to_string(offsets.size() + 1) + "\n0000000000 65535 f \n";
  for (const auto offset : offsets) {
    char line[32];
    std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
    text += line;
  }
  text += "trailer\n<< /Size " + std::to_string(offsets.size() + 1) +
          " /Root 1 0 R >>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
  return toBytes(std::string_view(text));
}

Officials makeOfficials(crypto::KeyKind kind, int count) {
  const auto root_key = crypto::SoftwareKey::generate(kind);
  Officials made{
      must(pki::issueSelfSigned(
          profileNamed("root"), requestFor("Gốc", root_key.publicKey().spki()), root_key)),
      {}};
  const auto profile = profileNamed("person");
  for (int i = 1; i <= count; ++i) {
    auto key = crypto::SoftwareKey::generate(kind);
    const auto request = requestFor("Người ký " + std::to_string(i), key.publicKey().spki());
    made.signers.push_back(
        {must(pki::issueCertificate(profile, request, made.root, root_key)), std::move(key)});
  }
  return made;
}

Bytes signatureOver(BytesView file, const Signer& signer, const std::string& field) {
  pades::SignOptions options;
  options.field = field;
  options.signing_time = SystemClock().now();
  return must(pades::sign(file, signer.certificate, signer.key, options, nullptr));
}

Bytes signedTimes(Bytes file, std::span<const Signer> signers, int count) {
  for (int i = 0; i < count; ++i) {
    const auto& signer = signers[static_cast<std::size_t>(i) % signers.size()];
    append(file, signatureOver(file, signer, "Signature" + std::to_string(i + 1)));
  }
  return file;
}

}  // namespace congvan::bench
