// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/paths.h"

#include "base/encoding.h"
#include "trust/crypto/digest.h"
#include "trust/validation/algorithms.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace congvan::validation {
namespace {

constexpr int kChainLongest = 16;

std::string keyOf(const PathQuestion& question) {
  return fmt::format("{}/{}/{}/{}",
                     toHex(question.leaf.sha256()),
                     toMicros(question.time),
                     static_cast<int>(question.purpose),
                     static_cast<int>(question.revocation));
}

bool isSelfIssued(const pki::Certificate& certificate) {
  return std::ranges::equal(certificate.subjectDer(), certificate.issuerDer());
}

}  // namespace

Paths::Paths(const evidence::SignedFile& file, const Material& material, const Policy& policy)
    : policy_(policy), anchors_(material.anchors), stamping_anchors_(material.anchors) {
  const auto& stamping = material.timestamp_anchors;
  stamping_anchors_.insert(stamping_anchors_.end(), stamping.begin(), stamping.end());
  for (const auto& certificate : stamping_anchors_) addCertificate(certificate);
  for (const auto& certificate : material.certificates) addCertificate(certificate);
  for (const auto& certificate : file.certificates) addCertificate(certificate);
  for (const auto& crl : file.crls) addCrl(crl);
  for (const auto& response : file.ocsp_responses) addOcsp(response);
  for (const auto& signature : file.signatures) {
    addAll(signature.signer);
    for (const auto& timestamp : signature.timestamps) addAll(timestamp.signer);
  }
  for (const auto& timestamp : file.timestamps) addAll(timestamp.signer);
  crls_carried_ = crls_.size();
  ocsp_responses_carried_ = ocsp_responses_.size();
  for (const auto& crl : material.crls) addCrl(crl);
  for (const auto& response : material.ocsp_responses) addOcsp(response);
}

const pki::PathReport& Paths::ask(const PathQuestion& question) {
  const auto key = keyOf(question);
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;

  if (!request_) {
    request_ = pki::PathRequest{.leaf = question.leaf,
                                .anchors = {},
                                .intermediates = certificates_,
                                .crls = crls_,
                                .ocsp_responses = ocsp_responses_,
                                .later_revocation_data = true,
                                .conformance = pki::Conformance::Compatible};
  }
  request_->leaf = question.leaf;
  request_->time = question.time;
  request_->revocation = question.revocation;
  const bool stamping = question.purpose == Purpose::TimeStamping;
  request_->anchors = stamping ? stamping_anchors_ : anchors_;
  request_->extended_key_usage.clear();
  if (stamping) request_->extended_key_usage = {std::string(pki::kEkuTimeStamping)};
  // What counted as strong when the signature is proved to have existed counts for its path too.
  request_->allow_sha1 = question.time < sha1End();
  const auto rsa_1024_end = reliableUntil(crypto::KeyFamily::Rsa, 1024);
  request_->rsa_bits_min =
      rsa_1024_end && question.time < *rsa_1024_end ? 1024 : policy_.rsa_bits_min;
  return answers_.emplace(key, pki::validatePath(*request_)).first->second;
}

std::optional<pki::Certificate> Paths::find(const evidence::CertificateReference& reference) const {
  if (!reference.algorithm || !crypto::digestAvailable(*reference.algorithm)) return std::nullopt;
  if (*reference.algorithm == crypto::DigestAlgorithm::Sha256) {
    const auto found = certificates_by_digest_.find(reference.digest);
    if (found == certificates_by_digest_.end()) return std::nullopt;
    return certificates_.at(found->second);
  }
  const auto found = std::ranges::find_if(certificates_, [&](const pki::Certificate& certificate) {
    return crypto::digest(*reference.algorithm, certificate.der()) == reference.digest;
  });
  if (found == certificates_.end()) return std::nullopt;
  return *found;
}

std::optional<pki::Certificate> Paths::find(const evidence::SignerIdentifier& identifier) const {
  const auto is_named = [&](const pki::Certificate& certificate) {
    if (!identifier.key_identifier.empty()) {
      return certificate.subjectKeyIdentifier() == identifier.key_identifier;
    }
    return !identifier.serial_der.empty() && certificate.serialDer() == identifier.serial_der &&
           std::ranges::equal(certificate.issuerDer(), identifier.issuer_der);
  };
  const auto found = std::ranges::find_if(certificates_, is_named);
  if (found == certificates_.end()) return std::nullopt;
  return *found;
}

bool Paths::hasValidationData(const pki::Certificate& leaf) {
  if (const auto known = validation_data_.find(leaf.sha256()); known != validation_data_.end()) {
    return known->second;
  }
  auto current = leaf;
  bool complete = false;
  for (int depth = 0; depth < kChainLongest; ++depth) {
    if (isAnchor(current) || isSelfIssued(current)) {
      complete = true;
      break;
    }
    const auto issuer = issuerOf(current);
    if (!issuer || !hasStatus(current, *issuer)) break;
    current = *issuer;
  }
  validation_data_[leaf.sha256()] = complete;
  return complete;
}

void Paths::addAll(const evidence::SignerBlock& signer) {
  if (signer.certificate) addCertificate(*signer.certificate);
  for (const auto& certificate : signer.certificates) addCertificate(certificate);
  for (const auto& crl : signer.crls) addCrl(crl);
  for (const auto& response : signer.ocsp_responses) addOcsp(response);
}

void Paths::addCertificate(const pki::Certificate& certificate) {
  if (!certificates_by_digest_.emplace(certificate.sha256(), certificates_.size()).second) return;
  certificates_by_subject_.emplace(toBytes(certificate.subjectDer()), certificates_.size());
  certificates_.push_back(certificate);
}

void Paths::addCrl(const pki::Crl& crl) {
  const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha256, crl.der());
  if (revocation_seen_.insert(digest).second) crls_.push_back(crl);
}

void Paths::addOcsp(const pki::OcspResponse& response) {
  const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha256, response.der);
  if (revocation_seen_.insert(digest).second) ocsp_responses_.push_back(response);
}

std::optional<pki::Certificate> Paths::issuerOf(const pki::Certificate& certificate) const {
  const auto wanted = certificate.authorityKeyIdentifier();
  const auto [first, last] = certificates_by_subject_.equal_range(toBytes(certificate.issuerDer()));
  std::optional<pki::Certificate> by_name;
  for (auto each = first; each != last; ++each) {
    const auto& candidate = certificates_.at(each->second);
    if (!wanted.empty() && candidate.subjectKeyIdentifier() == wanted) return candidate;
    if (!by_name) by_name = candidate;
  }
  return by_name;
}

bool Paths::isAnchor(const pki::Certificate& certificate) const {
  return std::ranges::find(stamping_anchors_, certificate) != stamping_anchors_.end();
}

bool Paths::hasStatus(const pki::Certificate& certificate, const pki::Certificate& issuer) const {
  const std::vector<pki::Certificate> issuers{issuer};
  // Asked of the beginning of time, every answer is a later one: whether there is one is all that
  // is asked.
  const pki::StatusOptions options{.time = Instant{}, .accept_later = true};
  const auto is_known = [](const pki::StatusReport& report) {
    return report.status != pki::CertificateStatus::Unknown;
  };
  for (const auto& crl : std::span(crls_).first(crls_carried_)) {
    if (!std::ranges::equal(crl.issuerDer(), certificate.issuerDer())) continue;
    if (is_known(pki::crlStatus(certificate, issuers, crl, options))) return true;
  }
  const auto carried = std::span(ocsp_responses_).first(ocsp_responses_carried_);
  return std::ranges::any_of(carried, [&](const pki::OcspResponse& response) {
    return is_known(pki::ocspStatus(certificate, issuers, response, options));
  });
}

}  // namespace congvan::validation
