// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/material.h"

#include "base/encoding.h"

namespace congvan::verify {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kBlocksMost = 4096;

bool looksLikeOcsp(BytesView der) {
  // OCSPResponse ::= SEQUENCE { ENUMERATED, … }: the tag after the outer header is 0x0A.
  if (der.size() < 8 || der[0] != 0x30) return false;
  const std::size_t header = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7FU);
  return header < der.size() && der[header] == 0x0A;
}

Result<> addDer(validation::Material& material, BytesView der) {
  if (looksLikeOcsp(der)) {
    material.ocsp_responses.push_back({toBytes(der)});
    return kDone;
  }
  if (auto certificate = pki::Certificate::parse(der)) {
    material.certificates.push_back(std::move(*certificate));
    return kDone;
  }
  auto crl = pki::Crl::parse(der);
  if (!crl) return Error{Code::Malformed, "material_malformed", {}, crl.error().detail};
  material.crls.push_back(std::move(*crl));
  return kDone;
}

Result<> addPem(validation::Material& material, std::string_view text) {
  std::size_t blocks = 0;
  for (auto at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at)) {
    const auto body = text.find(kDashes, at + kBegin.size());
    const auto end = body == std::string_view::npos ? body : text.find("-----END ", body);
    if (end == std::string_view::npos || ++blocks > kBlocksMost) {
      return Error{Code::Malformed, "material_malformed"};
    }
    const auto from = body + kDashes.size();
    const auto der = fromBase64(text.substr(from, end - from));
    if (!der) return Error{Code::Malformed, "material_malformed", {}, der.error().detail};
    const auto added = addDer(material, *der);
    if (!added) return added;
    at = end + 1;
  }
  return kDone;
}

}  // namespace

Result<std::vector<pki::Certificate>> readCertificates(BytesView bytes) {
  if (asText(bytes).find(kBegin) != std::string_view::npos) {
    return pki::Certificate::parsePemBundle(asText(bytes));
  }
  auto one = pki::Certificate::parse(bytes);
  if (!one) return Error{Code::Malformed, "anchor_malformed", {}, one.error().detail};
  return std::vector<pki::Certificate>{std::move(*one)};
}

bool isTrustList(BytesView bytes) {
  const auto start = asText(bytes).substr(0, 4096);
  return start.find("TrustServiceStatusList") != std::string_view::npos;
}

Result<> addMaterial(validation::Material& material, BytesView bytes) {
  if (bytes.empty()) return Error{Code::Malformed, "material_malformed"};
  if (asText(bytes).find(kBegin) != std::string_view::npos) return addPem(material, asText(bytes));
  return addDer(material, bytes);
}

}  // namespace congvan::verify
