// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/sniff.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>

namespace congvan::verify {
namespace {

using evidence::Format;

constexpr std::size_t kPdfHeaderWithin =
    1024;  // ISO 32000-1 H.3: viewers accept junk before the header
constexpr std::size_t kLooked = 1U << 20U;  // of a text or of each end of an archive
constexpr std::size_t kCmsTextMost = 96U << 20U;

// OBJECT IDENTIFIER 1.2.840.113549.1.7.2, id-signedData
constexpr std::array<std::uint8_t, 11> kSignedData{
    0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};

bool contains(BytesView where, std::string_view what) {
  return asText(where).find(what) != std::string_view::npos;
}

BytesView head(BytesView file, std::size_t most) {
  return file.first(std::min(file.size(), most));
}
BytesView tail(BytesView file, std::size_t most) {
  return file.last(std::min(file.size(), most));
}

bool looksLikeCms(BytesView file) {
  if (file.empty() || file.front() != 0x30) return false;
  const auto start = head(file, 24);
  return std::search(start.begin(), start.end(), kSignedData.begin(), kSignedData.end()) !=
         start.end();
}

Sniffed sniffZip(BytesView file) {
  const auto begin = head(file, kLooked);
  const auto end = tail(file, kLooked);
  const auto anywhere = [&](std::string_view what) {
    return contains(begin, what) || contains(end, what);
  };
  if (anywhere("application/vnd.etsi.asic-s+zip")) return {Container::SignedZip, Format::AsicS};
  if (anywhere("application/vnd.etsi.asic-e+zip")) return {Container::SignedZip, Format::AsicE};
  // Names of entries stand in clear in the central directory at the end.
  const bool signatures = anywhere("META-INF/") && (anywhere("signature") || anywhere("timestamp"));
  if (signatures) return {Container::SignedZip, Format::AsicE};
  if (anywhere("_xmlsignatures/")) return {Container::SignedZip, Format::None};
  return {};
}

Sniffed sniffXml(BytesView file) {
  constexpr std::string_view kDsig = "http://www.w3.org/2000/09/xmldsig#";
  if (contains(head(file, kLooked), kDsig) || contains(tail(file, kLooked), kDsig)) {
    return {Container::SignedXml, Format::Xades};
  }
  return {};
}

/// The first character that is neither a byte order mark nor white space.
char firstCharacter(BytesView file) {
  auto text = asText(head(file, 256));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : text[at];
}

}  // namespace

std::optional<Bytes> cmsFromText(std::string_view text) {
  if (text.size() > kCmsTextMost) return std::nullopt;
  for (const auto* const label : {"CMS", "PKCS7", "PKCS #7 SIGNED DATA"}) {
    const auto opening = std::string("-----BEGIN ") + label + "-----";
    const auto begin = text.find(opening);
    if (begin == std::string_view::npos) continue;
    const auto end = text.find("-----END ", begin);
    if (end == std::string_view::npos) return std::nullopt;
    const auto from = begin + opening.size();
    auto der = fromBase64(text.substr(from, end - from));
    return der && looksLikeCms(*der) ? std::optional<Bytes>(std::move(*der)) : std::nullopt;
  }
  if (!text.starts_with("MI")) return std::nullopt;  // base64 of a long SEQUENCE
  auto der = fromBase64(text);
  return der && looksLikeCms(*der) ? std::optional<Bytes>(std::move(*der)) : std::nullopt;
}

Sniffed sniff(BytesView file) {
  if (file.empty()) return {Container::Empty, Format::None};
  // CMS first: a signed PDF inside it shows its header early too.
  if (looksLikeCms(file)) return {Container::Cms, Format::Cades};
  if (contains(head(file, kPdfHeaderWithin), "%PDF-")) return {Container::Pdf, Format::Pades};
  if (asText(head(file, 4)) == std::string_view("PK\x03\x04", 4)) return sniffZip(file);
  if (firstCharacter(file) == '<') return sniffXml(file);
  if (contains(head(file, kLooked), "-----BEGIN ") || asText(file).starts_with("MI")) {
    if (cmsFromText(asText(file))) return {Container::CmsPem, Format::Cades};
  }
  return {};
}

}  // namespace congvan::verify
