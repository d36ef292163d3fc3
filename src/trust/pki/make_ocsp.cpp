// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/make_ocsp.h"

#include "trust/crypto/der.h"
#include "trust/pki/ocsp.h"

#include <algorithm>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

Bytes enumerated(std::uint8_t value) {
  return {der::kEnumerated, 1, value};
}

/// Extension ::= SEQUENCE { extnID, extnValue }, not critical.
Bytes plainExtension(const Bytes& oid, BytesView value) {
  return der::sequence({oid, der::octetString(value)});
}

Bytes certStatus(const OcspEntry& entry) {
  if (entry.status == CertificateStatus::Good) return {der::contextTag(0), 0};
  if (entry.status == CertificateStatus::Unknown || !entry.revoked) return {der::contextTag(2), 0};
  Bytes reason;
  if (entry.revoked->reason != RevocationReason::Unspecified) {
    reason = der::element(der::contextConstructed(0),
                          enumerated(static_cast<std::uint8_t>(entry.revoked->reason)));
  }
  return der::element(der::contextConstructed(1),
                      {der::generalizedTime(entry.revoked->time), reason});
}

Bytes singleExtensions(const OcspEntry& entry) {
  static const auto kCutoff = der::oid("1.3.6.1.5.5.7.48.1.6");
  static const auto kInvalidityDate = der::oid("2.5.29.24");
  Bytes list;
  if (entry.archive_cutoff) {
    append(list, plainExtension(kCutoff, der::generalizedTime(*entry.archive_cutoff)));
  }
  if (entry.revoked && entry.revoked->invalidity_date) {
    append(list,
           plainExtension(kInvalidityDate, der::generalizedTime(*entry.revoked->invalidity_date)));
  }
  if (list.empty()) return list;
  return der::element(der::contextConstructed(1), der::element(der::kSequence, list));
}

Bytes responseExtensions(BytesView nonce) {
  static const auto kNonce = der::oid("1.3.6.1.5.5.7.48.1.2");
  if (nonce.empty()) return {};
  const auto list = der::sequence({plainExtension(kNonce, der::octetString(nonce))});
  return der::element(der::contextConstructed(1), list);
}

bool timesFit(std::span<const OcspEntry> entries, const OcspTimes& times) {
  return times.now < times.next_update && std::ranges::none_of(entries, [&](const auto& entry) {
           return entry.revoked && entry.revoked->time > times.now;
         });
}

}  // namespace

Bytes makeOcspError(OcspError error) {
  return der::sequence({enumerated(static_cast<std::uint8_t>(error))});
}

OcspSigner::OcspSigner(Certificate certificate, std::shared_ptr<const crypto::Signer> key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {
  // The standard's name of a key, whatever one thinks of SHA-1; shorter than the subject, and the
  // certificate of the key before has another.
  const auto key_hash = crypto::digest(crypto::DigestAlgorithm::Sha1, keyBits(certificate_));
  responder_id_ = der::element(der::contextConstructed(2), der::octetString(key_hash));
  algorithm_ = crypto::encodeAlgorithm(key_->algorithm());
  certificates_ = der::element(der::contextConstructed(0), der::sequence({certificate_.der()}));
}

Result<OcspSigner> OcspSigner::make(Certificate certificate,
                                    std::shared_ptr<const crypto::Signer> key) {
  const auto purposes = certificate.extendedKeyUsage();
  const bool delegated = std::ranges::find(purposes, kEkuOcspSigning) != purposes.end();
  if (!delegated || !(certificate.publicKey() == key->publicKey())) {
    return Error{Code::RuleRefused, "signer_not_responder"};
  }
  return OcspSigner(std::move(certificate), std::move(key));
}

Result<Bytes> OcspSigner::answer(std::span<const OcspEntry> entries,
                                 BytesView nonce,
                                 const OcspTimes& times) const {
  static const auto kBasic = der::oid("1.3.6.1.5.5.7.48.1.1");
  if (!timesFit(entries, times)) return Error{Code::RuleRefused, "ocsp_times"};
  const auto now = der::generalizedTime(times.now);
  const auto next_update =
      der::element(der::contextConstructed(0), der::generalizedTime(times.next_update));
  Bytes singles;
  for (const auto& entry : entries) {
    append(singles,
           der::sequence(
               {entry.cert_id, certStatus(entry), now, next_update, singleExtensions(entry)}));
  }
  const auto tbs = der::sequence(
      {responder_id_, now, der::element(der::kSequence, singles), responseExtensions(nonce)});
  const auto signature = crypto::signMessage(*key_, tbs);
  if (!signature) return signature.error();
  const auto basic = der::sequence({tbs, algorithm_, der::bitString(*signature), certificates_});
  const auto body = der::sequence({kBasic, der::octetString(basic)});
  return der::sequence({enumerated(0), der::element(der::contextConstructed(0), body)});
}

}  // namespace congvan::pki
