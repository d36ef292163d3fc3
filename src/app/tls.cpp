// SPDX-License-Identifier: Apache-2.0
#include "app/tls.h"

#include "app/files.h"
#include "app/init.h"
#include "trust/pki/peer_name.h"

#include <algorithm>

namespace congvan::app {
namespace {

bool isOwn(House& house, const pki::Certificate& certificate) {
  return std::ranges::any_of(house.authority().authorities(), [&](const auto& one) {
    const auto& issuer = one.certificate;
    return std::ranges::equal(issuer.subjectDer(), certificate.issuerDer()) &&
           issuer.subjectKeyIdentifier() == certificate.authorityKeyIdentifier();
  });
}

bool hasKey(const pki::Certificate& certificate, const DataFolder& folder) {
  auto pem = readFile(folder.tlsKey(), 1U << 16U);
  if (!pem) return false;
  const auto key = crypto::SoftwareKey::fromPem(asText(*pem), {});
  crypto::wipe(pem->data(), pem->size());
  return key && std::ranges::equal(key->publicKey().spki(), certificate.spkiDer());
}

/// Whoever listens on all addresses is reached by names that only they know.
bool namesAddress(const pki::Certificate& certificate, const std::string& address) {
  if (address == "0.0.0.0" || address == "::") return true;
  return pki::matchesPeer(certificate.facts(), {pki::NameKind::Ip, address}) ||
         pki::matchesPeer(certificate.facts(), {pki::NameKind::Dns, address});
}

}  // namespace

Result<> makeTls(House& house, const DataFolder& folder, const Settings& settings) {
  const auto key = crypto::SoftwareKey::generate(crypto::KeyKind::P256);
  // Before the certificate: what cannot be written is not issued, at each try once more.
  auto new_key = folder.tlsKey();
  new_key += ".new";
  const auto key_pem = pemOf("PRIVATE KEY", key.pkcs8().view());
  const auto tried = writeSecretFile(new_key, key_pem.view());
  if (!tried) return tried;
  const auto record = house.authority().issueTls({settings.app.address}, key.publicKey().spki());
  if (!record) return record.error();
  auto chain = house.authority().chainOf(*record);
  if (!chain) return chain.error();
  const auto leaf = pki::Certificate::parse(record->der);
  if (!leaf) return leaf.error();
  auto pem = leaf->pem();
  for (const auto& above : *chain) pem += above.pem();
  // A crash between the two leaves a key that does not fit, and the next start makes both anew.
  auto new_certificate = folder.tlsCertificate();
  new_certificate += ".new";
  const auto kept = writeFile(new_certificate, {asBytes(pem)});
  if (!kept) return kept;
  std::error_code failed;
  std::filesystem::rename(new_key, folder.tlsKey(), failed);
  if (!failed) std::filesystem::rename(new_certificate, folder.tlsCertificate(), failed);
  if (!failed) return kDone;
  return Error{Code::Unavailable,
               "output_unwritable",
               {{"file", folder.tlsKey().string()}},
               failed.message()};
}

Result<> renewTls(House& house, const DataFolder& folder, const Settings& settings, When when) {
  if (!settings.app.tls) return kDone;
  const auto certificate = tlsCertificate(folder);
  if (!certificate) return certificate.error();
  if (!isOwn(house, *certificate)) return kDone;
  const bool fits = hasKey(*certificate, folder);
  if (!fits && when == When::Running) return kDone;
  const auto left = certificate->notAfter() - house.clock().now();
  const bool lasts = left > (certificate->notAfter() - certificate->notBefore()) / 3;
  if (fits && lasts && namesAddress(*certificate, settings.app.address)) return kDone;
  return makeTls(house, folder, settings);
}

Result<pki::Certificate> tlsCertificate(const DataFolder& folder) {
  const auto pem = readFile(folder.tlsCertificate(), 1U << 20U);
  if (!pem) return pem.error();
  return pki::Certificate::parsePem(asText(*pem));
}

}  // namespace congvan::app
