// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "tests/support/openssl_pki.h"
#include "trust/formats/pades/sign.h"

#include <string>
#include <vector>

/// What the benchmarks work on: plain PDFs of a given size, and signers whose certificates openssl
/// made.
namespace congvan::bench {

/// A PDF with a cross-reference table, `pages` pages and about `bytes` bytes that no filter makes
/// smaller, as in a scan.
inline Bytes pdfOfSize(std::size_t bytes, int pages) {
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

struct Signer {
  pki::Certificate certificate;
  crypto::SoftwareKey key;
};

/// Three officials (pdfsig stumbles over the same certificate twice in a file), P-256 or RSA-3072.
class Signers {
 public:
  explicit Signers(const std::string& key) {
    for (const auto* name : {"mot", "hai", "ba"}) {
      pki_.makeSigner(name, key);
      all_.push_back({pki_.certificate(name), pki_.key(name)});
    }
  }
  const Signer& operator[](std::size_t index) const { return all_[index % all_.size()]; }
  pki::Certificate root() const { return pki_.certificate("ca"); }
  const test::TempFolder& folder() const { return pki_.folder(); }

 private:
  test::OpensslPki pki_;
  std::vector<Signer> all_;
};

inline Bytes signatureOver(BytesView file, const Signer& signer, const std::string& field) {
  pades::SignOptions options;
  options.field = field;
  options.signing_time = SystemClock().now();
  auto update = pades::sign(file, signer.certificate, signer.key, options, nullptr);
  if (!update) throw std::runtime_error(update.error().reason + ": " + update.error().detail);
  return *update;
}

/// `file` with `count` signatures, one revision each.
inline Bytes signedTimes(Bytes file, const Signers& signers, int count) {
  for (int i = 0; i < count; ++i) {
    append(file,
           signatureOver(
               file, signers[static_cast<std::size_t>(i)], "Signature" + std::to_string(i + 1)));
  }
  return file;
}

}  // namespace congvan::bench
