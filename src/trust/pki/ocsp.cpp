// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/ocsp.h"

#include "trust/crypto/der.h"
#include "trust/crypto/digest.h"
#include "trust/pki/certificate_facts.h"
#include "trust/pki/crl.h"

#include <algorithm>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

constexpr std::string_view kOcspBasic = "1.3.6.1.5.5.7.48.1.1";
constexpr std::string_view kArchiveCutoff = "1.3.6.1.5.5.7.48.1.6";
constexpr std::string_view kNonce = "1.3.6.1.5.5.7.48.1.2";
constexpr std::string_view kExtendedRevoke = "1.3.6.1.5.5.7.48.1.9";
constexpr std::size_t kResponseBytesMax = 1U << 20U;
constexpr std::size_t kResponseCertificatesMax = 32;

struct SingleAnswer {
  std::string digest_oid;
  BytesView name_hash, key_hash, serial;
  CertificateStatus status = CertificateStatus::Unknown;
  Revoked revoked{};
  Instant this_update{};
  std::optional<Instant> next_update;
  std::optional<Instant> archive_cutoff;
  bool unknown_critical = false;
};

/// Views into the response given.
struct BasicAnswer {
  BytesView data, algorithm, signature;
  BytesView responder_name;  ///< DER Name, or empty
  BytesView responder_key;   ///< SHA-1 of the key's bits, or empty
  Instant produced_at{};
  std::vector<SingleAnswer> singles;
  std::vector<BytesView> certificates;
  bool unknown_critical = false;
};

/// True when an extension is critical and not one we know. A cutoff found is handed out.
bool readOcspExtensions(der::Reader& wrapper, std::optional<Instant>* cutoff) {
  bool unknown = false;
  auto list = wrapper.sequence();
  while (!list.atEnd()) {
    auto fields = list.sequence();
    const auto oid = der::oidText(fields.expect(der::kOid));
    const bool critical = fields.peek() == der::kBoolean && fields.boolean();
    der::Reader value(fields.expect(der::kOctetString));
    if (!fields.finish()) list.fail();
    if (oid == kArchiveCutoff && cutoff != nullptr) {
      const auto time = value.time();
      if (value.finish()) *cutoff = time;
    } else if (critical && oid != kNonce && oid != kExtendedRevoke) {
      unknown = true;
    }
  }
  if (!list.finish() || !wrapper.finish()) wrapper.fail();
  return unknown;
}

Revoked readRevokedInfo(BytesView content, der::Reader& fields) {
  Revoked revoked;
  der::Reader info(content);
  revoked.time = info.time();
  if (info.peek() == der::contextConstructed(0)) {
    auto wrapper = info.nested(der::contextConstructed(0));
    const auto reason = wrapper.expect(der::kEnumerated);
    const bool known = reason.size() == 1 && reason[0] <= 10 && reason[0] != 7;
    if (!wrapper.finish() || !known) fields.fail();
    if (known) revoked.reason = static_cast<RevocationReason>(reason[0]);
  }
  if (!info.finish()) fields.fail();
  return revoked;
}

SingleAnswer readSingle(der::Reader& list) {
  SingleAnswer single;
  auto fields = list.sequence();
  auto id = fields.sequence();
  auto algorithm = id.sequence();
  single.digest_oid = algorithm.oid();
  single.name_hash = id.expect(der::kOctetString);
  single.key_hash = id.expect(der::kOctetString);
  single.serial = id.integer();
  if (!id.finish()) fields.fail();
  const auto status = fields.any();
  if (status.tag == der::contextTag(0) && status.content.empty()) {
    single.status = CertificateStatus::Good;
  } else if (status.tag == der::contextConstructed(1)) {
    single.status = CertificateStatus::Revoked;
    single.revoked = readRevokedInfo(status.content, fields);
  } else if (status.tag != der::contextTag(2)) {
    fields.fail();
  }
  single.this_update = fields.time();
  if (fields.peek() == der::contextConstructed(0)) {
    auto wrapper = fields.nested(der::contextConstructed(0));
    single.next_update = wrapper.time();
    if (!wrapper.finish()) fields.fail();
  }
  if (fields.peek() == der::contextConstructed(1)) {
    auto wrapper = fields.nested(der::contextConstructed(1));
    single.unknown_critical = readOcspExtensions(wrapper, &single.archive_cutoff);
    if (!wrapper.good()) fields.fail();
  }
  if (!fields.finish()) list.fail();
  return single;
}

bool readData(BasicAnswer& answer) {
  der::Reader around(answer.data);
  auto data = around.sequence();
  if (data.peek() == der::contextConstructed(0)) {
    auto wrapper = data.nested(der::contextConstructed(0));
    if (wrapper.smallInteger() != 0 || !wrapper.finish()) return false;
  }
  if (data.peek() == der::contextConstructed(1)) {
    auto wrapper = data.nested(der::contextConstructed(1));
    answer.responder_name = wrapper.expectWhole(der::kSequence);
    if (!wrapper.finish()) return false;
  } else {
    auto wrapper = data.nested(der::contextConstructed(2));
    answer.responder_key = wrapper.expect(der::kOctetString);
    if (!wrapper.finish() || answer.responder_key.empty()) return false;
  }
  answer.produced_at = data.time();
  auto list = data.sequence();
  while (!list.atEnd()) answer.singles.push_back(readSingle(list));
  if (!list.finish()) return false;
  if (data.peek() == der::contextConstructed(1)) {
    auto wrapper = data.nested(der::contextConstructed(1));
    answer.unknown_critical = readOcspExtensions(wrapper, nullptr);
    if (!wrapper.good()) return false;
  }
  return data.finish();
}

bool readBasic(BytesView basic, BasicAnswer& answer) {
  der::Reader around(basic);
  auto fields = around.sequence();
  answer.data = fields.expectWhole(der::kSequence);
  answer.algorithm = fields.expectWhole(der::kSequence);
  const auto signature = fields.expect(der::kBitString);
  if (!fields.good() || signature.empty() || signature[0] != 0) return false;
  answer.signature = signature.subspan(1);
  if (fields.peek() == der::contextConstructed(0)) {
    auto wrapper = fields.nested(der::contextConstructed(0));
    auto list = wrapper.sequence();
    while (!list.atEnd() && answer.certificates.size() < kResponseCertificatesMax) {
      answer.certificates.push_back(list.expectWhole(der::kSequence));
    }
    if (!list.finish() || !wrapper.finish()) return false;
  }
  return fields.finish() && around.finish() && readData(answer);
}

/// Why there is no answer in it; empty when `answer` was read.
std::string readResponse(BytesView bytes, BasicAnswer& answer) {
  if (bytes.size() > kResponseBytesMax) return "malformed: larger than 1 MiB";
  der::Reader outer(bytes);
  auto response = outer.sequence();
  if (response.peek() != der::kEnumerated) {
    return readBasic(bytes, answer) ? "" : "malformed: not an OCSP response";
  }
  const auto status = response.expect(der::kEnumerated);
  if (status.size() == 1 && status[0] != 0) {
    return "error-response: the responder answered with status " + std::to_string(status[0]);
  }
  auto wrapper = response.nested(der::contextConstructed(0));
  auto body = wrapper.sequence();
  const bool basic_type = body.oid() == kOcspBasic;
  const auto basic = body.expect(der::kOctetString);
  const bool complete = body.finish() && wrapper.finish() && response.finish() && outer.finish() &&
                        status.size() == 1;
  if (!complete || !basic_type) return "malformed: not a basic OCSP response";
  return readBasic(basic, answer) ? "" : "malformed: BasicOCSPResponse";
}

bool isAbout(const SingleAnswer& single,
             const Certificate& certificate,
             const Certificate& issuer) {
  const auto algorithm = crypto::digestByOid(single.digest_oid);
  if (!algorithm || !crypto::digestAvailable(*algorithm)) return false;
  const auto serial = certificate.serialDer();
  if (asText(single.serial) != asText(serial)) return false;
  const auto name = crypto::digest(*algorithm, issuer.subjectDer());
  const auto key = crypto::digest(*algorithm, keyBits(issuer));
  return asText(single.name_hash) == asText(name) && asText(single.key_hash) == asText(key);
}

bool isNamedAs(const Certificate& candidate, const BasicAnswer& answer) {
  if (!answer.responder_name.empty()) {
    der::Reader reader(answer.responder_name);
    return readName(reader) == candidate.facts().subject && reader.finish();
  }
  const auto key = crypto::digest(crypto::DigestAlgorithm::Sha1, keyBits(candidate));
  return asText(key) == asText(answer.responder_key);
}

bool hasSigned(const Certificate& signer, BytesView algorithm, BytesView message, BytesView value) {
  const auto parsed = crypto::parseAlgorithm(algorithm);
  if (!parsed || signer.facts().key_family == crypto::KeyFamily::Other) return false;
  return crypto::checkSignature(signer.publicKey(), *parsed, message, value) ==
         crypto::SignatureCheck::Good;
}

/// RFC 6960 4.2.2.2: issued directly by the CA itself, for this purpose, and in force.
bool isDelegate(const Certificate& candidate, const Certificate& issuer, Instant produced_at) {
  const auto& facts = candidate.facts();
  const auto& purposes = facts.extended_key_usage;
  if (!purposes || std::ranges::find(*purposes, kEkuOcspSigning) == purposes->end()) return false;
  if (!facts.defect.empty() || !facts.key_defect.empty()) return false;
  if (facts.key_usage && !facts.hasUsage(KeyUsage::DigitalSignature) &&
      !facts.hasUsage(KeyUsage::NonRepudiation)) {
    return false;
  }
  if (facts.issuer_key != issuer.facts().subject_key || !candidate.validAt(produced_at)) {
    return false;
  }
  return hasSigned(
      issuer, candidate.signatureAlgorithmDer(), candidate.tbsDer(), candidate.signatureValue());
}

struct Signer {
  bool found = false;
  std::optional<Certificate> delegate;
};

Signer signerOf(const BasicAnswer& answer,
                const Certificate& issuer,
                std::span<const Certificate> others) {
  const auto signs = [&](const Certificate& candidate) {
    return isNamedAs(candidate, answer) &&
           hasSigned(candidate, answer.algorithm, answer.data, answer.signature);
  };
  if (signs(issuer)) return {true, std::nullopt};
  const auto delegated = [&](const Certificate& candidate) {
    return isDelegate(candidate, issuer, answer.produced_at) && signs(candidate);
  };
  for (const auto der_bytes : answer.certificates) {
    auto candidate = Certificate::parse(der_bytes);
    if (candidate && delegated(*candidate)) return {true, std::move(*candidate)};
  }
  for (const auto& candidate : others) {
    if (delegated(candidate)) return {true, candidate};
  }
  return {};
}

std::string untimely(const BasicAnswer& answer,
                     const SingleAnswer& single,
                     const StatusOptions& options) {
  if (answer.produced_at < single.this_update) {
    return "bad-produced-at: produced before what it states";
  }
  if (single.next_update && answer.produced_at > *single.next_update) {
    return "bad-produced-at: produced after nextUpdate";
  }
  if (answer.produced_at > options.time && !options.accept_later) {
    return "not-yet-issued: producedAt is after the time asked about";
  }
  return staleness(single.this_update, single.next_update, options);
}

int gravity(const StatusReport& report) {
  switch (report.status) {
    case CertificateStatus::Revoked:
      return 2;
    case CertificateStatus::Unknown:
      return 1;
    case CertificateStatus::Good:
      return 0;
  }
  return 1;
}

StatusReport reportOf(const BasicAnswer& answer,
                      const SingleAnswer& single,
                      const Certificate& certificate,
                      const StatusOptions& options) {
  StatusReport report;
  report.this_update = single.this_update;
  report.next_update = single.next_update;
  report.produced_at = answer.produced_at;
  if (single.unknown_critical) {
    report.reason = "unknown-extension: an unknown critical extension";
    return report;
  }
  report.reason = untimely(answer, single, options);
  if (!report.reason.empty()) return report;
  if (single.status == CertificateStatus::Revoked) {
    applyRevoked(report, single.revoked, options);
    return report;
  }
  if (single.status == CertificateStatus::Unknown) {
    report.reason = "unknown: the responder does not know the certificate";
    return report;
  }
  const bool kept = single.archive_cutoff && *single.archive_cutoff <= certificate.notAfter();
  if (single.this_update > certificate.notAfter() && !kept) {
    report.reason = "expired-before: answered after the certificate expired";
    return report;
  }
  report.status = CertificateStatus::Good;
  return report;
}

}  // namespace

BytesView keyBits(const Certificate& certificate) {
  der::Reader reader(certificate.spkiDer());
  auto fields = reader.sequence();
  fields.expect(der::kSequence);
  const auto bits = fields.expect(der::kBitString);
  return bits.empty() ? bits : bits.subspan(1);
}

OcspAnswer ocspAnswer(const Certificate& certificate,
                      std::span<const Certificate> issuers,
                      std::span<const Certificate> delegates,
                      const OcspResponse& response,
                      const StatusOptions& options) {
  BasicAnswer answer;
  OcspAnswer result;
  result.report.reason = readResponse(response.der, answer);
  if (!result.report.reason.empty()) return result;
  result.report.reason = "no-data: no answer about this certificate";
  const auto algorithm = crypto::parseAlgorithm(answer.algorithm);
  if (algorithm) result.algorithm = *algorithm;
  for (const auto& issuer : issuers) {
    if (issuer.facts().subject_key != certificate.facts().issuer_key) continue;
    std::vector<const SingleAnswer*> about;
    for (const auto& single : answer.singles) {
      if (isAbout(single, certificate, issuer)) about.push_back(&single);
    }
    if (about.empty()) continue;
    const auto signer = signerOf(answer, issuer, delegates);
    if (!signer.found) {
      result.report.reason = "bad-signature: not signed by the issuer or its delegate";
      continue;
    }
    if (answer.unknown_critical) {
      result.report.reason = "unknown-extension: an unknown critical extension";
      continue;
    }
    result.responder = signer.delegate;
    result.report = reportOf(answer, *about.front(), certificate, options);
    // Several answers about one certificate: the gravest holds, or an attacker would choose.
    for (const auto* single : about) {
      auto report = reportOf(answer, *single, certificate, options);
      if (gravity(report) > gravity(result.report)) result.report = std::move(report);
    }
    return result;
  }
  return result;
}

StatusReport ocspStatus(const Certificate& certificate,
                        std::span<const Certificate> issuers,
                        const OcspResponse& response,
                        const StatusOptions& options) {
  return ocspAnswer(certificate, issuers, issuers, response, options).report;
}

std::vector<Certificate> ocspCertificates(const OcspResponse& response) {
  BasicAnswer answer;
  std::vector<Certificate> certificates;
  if (!readResponse(response.der, answer).empty()) return certificates;
  for (const auto der_bytes : answer.certificates) {
    auto certificate = Certificate::parse(der_bytes);
    if (certificate) certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

}  // namespace congvan::pki
