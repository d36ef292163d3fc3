// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/make_crl.h"

#include "trust/crypto/der.h"
#include "trust/pki/build.h"

#include <algorithm>

namespace congvan::pki {

namespace der = crypto::der;

namespace {

constexpr std::size_t kCrlSerialBytesMax = 21;  // twenty and a sign octet

bool isSerial(const Bytes& serial) {
  const auto element = der::element(der::kInteger, serial);
  der::Reader reader(element);
  return !reader.integer().empty() && serial.size() <= kCrlSerialBytesMax;
}

Result<> checkEntries(std::span<const RevokedEntry> entries, const CrlRequest& request) {
  std::vector<const Bytes*> serials;
  serials.reserve(entries.size());
  for (const auto& entry : entries) {
    if (!isSerial(entry.serial)) return Error{Code::Malformed, "serial_malformed"};
    if (entry.reason == RevocationReason::RemoveFromCrl)
      return Error{Code::RuleRefused, "crl_reason"};
    if (entry.time > request.this_update) return Error{Code::RuleRefused, "crl_times"};
    serials.push_back(&entry.serial);
  }
  std::ranges::sort(serials, [](const Bytes* left, const Bytes* right) { return *left < *right; });
  const auto twice = std::ranges::adjacent_find(
      serials, [](const Bytes* left, const Bytes* right) { return *left == *right; });
  if (twice != serials.end()) return Error{Code::RuleRefused, "crl_entry_repeated"};
  return kDone;
}

Bytes entryExtensions(const RevokedEntry& entry) {
  Bytes list;
  if (entry.reason != RevocationReason::Unspecified) {
    const Bytes reason{der::kEnumerated, 1, static_cast<std::uint8_t>(entry.reason)};
    append(list, der::sequence({der::oid("2.5.29.21"), der::octetString(reason)}));
  }
  if (entry.invalidity_date) {
    append(list,
           der::sequence({der::oid("2.5.29.24"),
                          der::octetString(der::generalizedTime(*entry.invalidity_date))}));
  }
  return list.empty() ? list : der::element(der::kSequence, list);
}

Bytes entryList(std::span<const RevokedEntry> entries) {
  if (entries.empty()) return {};  // RFC 5280 5.1.2.6: absent, not empty
  Bytes list;
  list.reserve(entries.size() * 64);
  for (const auto& entry : entries) {
    append(list,
           der::sequence({der::element(der::kInteger, entry.serial),
                          der::time(entry.time),
                          entryExtensions(entry)}));
  }
  return der::element(der::kSequence, list);
}

Bytes crlExtensions(const Certificate& issuer, const CrlRequest& request) {
  const auto key =
      der::sequence({der::element(der::contextTag(0), issuerIdentity(issuer).key_identifier)});
  const auto number = der::integer(request.number);
  Bytes list = der::sequence({der::oid("2.5.29.35"), der::octetString(key)});
  append(list, der::sequence({der::oid("2.5.29.20"), der::octetString(number)}));
  if (request.distribution_point) {
    const auto uri = der::element(der::contextTag(6), asBytes(*request.distribution_point));
    const auto full_name = der::element(der::contextConstructed(0), uri);
    const auto point = der::sequence({der::element(der::contextConstructed(0), full_name)});
    append(list,
           der::sequence({der::oid("2.5.29.28"), der::boolean(true), der::octetString(point)}));
  }
  return der::element(der::contextConstructed(0), der::element(der::kSequence, list));
}

bool isAddress(const std::string& text) {
  return text.starts_with("http") && text.size() <= 1024 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

Result<> checkRequest(const Certificate& issuer,
                      const crypto::Signer& signer,
                      const CrlRequest& request) {
  if (!issuer.isCa() || !issuer.keyUsage(KeyUsage::CrlSign))
    return Error{Code::RuleRefused, "issuer_not_ca"};
  if (!(issuer.publicKey() == signer.publicKey()))
    return Error{Code::RuleRefused, "signer_not_issuer"};
  if (request.next_update <= request.this_update) return Error{Code::RuleRefused, "crl_times"};
  if (request.distribution_point && !isAddress(*request.distribution_point))
    return Error{Code::Malformed, "address_malformed"};
  return kDone;
}

}  // namespace

Result<Bytes> makeCrl(const Certificate& issuer,
                      const crypto::Signer& signer,
                      std::span<const RevokedEntry> entries,
                      const CrlRequest& request) {
  for (const auto& checked :
       {checkRequest(issuer, signer, request), checkEntries(entries, request)}) {
    if (!checked) return checked.error();
  }
  const auto algorithm = signer.algorithm();
  const auto tbs = der::sequence({der::integer(std::uint64_t{1}),
                                  crypto::encodeAlgorithm(algorithm),
                                  issuer.subjectDer(),
                                  der::time(request.this_update),
                                  der::time(request.next_update),
                                  entryList(entries),
                                  crlExtensions(issuer, request)});
  const auto signature = crypto::signMessage(signer, tbs);
  if (!signature) return signature.error();
  if (crypto::checkSignature(issuer.publicKey(), algorithm, tbs, *signature) !=
      crypto::SignatureCheck::Good) {
    return Error{Code::Unavailable, "signature_not_good"};
  }
  return assembleSigned(tbs, algorithm, *signature);
}

}  // namespace congvan::pki
