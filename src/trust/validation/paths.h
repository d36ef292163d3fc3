// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/validation/verdict.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// All the certificates and revocation data of one validation, pooled once, and the path questions
/// asked of them.
namespace congvan::validation {

enum class Purpose { Signing, TimeStamping };

struct PathQuestion {
  pki::Certificate leaf;
  Instant time{};
  Purpose purpose = Purpose::Signing;
  pki::RevocationMode revocation = pki::RevocationMode::Require;
};

/// Answers are kept, so that fifty signatures by one person cost one path. Lives for one call of
/// `validate`: not for two threads at once.
class Paths {
 public:
  Paths(const evidence::SignedFile& file, const Material& material, const Policy& policy);

  /// The path at `question.time`; revocation data issued later counts, because it says more, not
  /// less.
  const pki::PathReport& ask(const PathQuestion& question);

  /// A certificate of the pool with this digest, or nullopt.
  std::optional<pki::Certificate> find(const evidence::CertificateReference& reference) const;

  /// The certificate of the pool that a CMS signer identifier names, or nullopt.
  std::optional<pki::Certificate> find(const evidence::SignerIdentifier& identifier) const;

  /// Whether the file itself carries revocation data for every certificate from `leaf` up to, not
  /// including, a self-issued one or an anchor: what makes a signature B-LT, whether anybody trusts
  /// it or not.
  bool hasValidationData(const pki::Certificate& leaf);

 private:
  void addAll(const evidence::SignerBlock& signer);
  void addCertificate(const pki::Certificate& certificate);
  void addCrl(const pki::Crl& crl);
  void addOcsp(const pki::OcspResponse& response);
  std::optional<pki::Certificate> issuerOf(const pki::Certificate& certificate) const;
  bool isAnchor(const pki::Certificate& certificate) const;
  bool hasStatus(const pki::Certificate& certificate, const pki::Certificate& issuer) const;

  const Policy& policy_;
  std::vector<pki::Certificate> anchors_;
  std::vector<pki::Certificate> stamping_anchors_;  // those, and what is trusted for stamps alone
  std::vector<pki::Certificate> certificates_;
  std::vector<pki::Crl> crls_;
  std::vector<pki::OcspResponse> ocsp_responses_;
  std::size_t crls_carried_ = 0;  // those of the file stand first, before the caller's
  std::size_t ocsp_responses_carried_ = 0;
  std::optional<pki::PathRequest>
      request_;  // made at the first question, then only leaf and time change
  std::map<Bytes, std::size_t> certificates_by_digest_;
  std::multimap<Bytes, std::size_t> certificates_by_subject_;
  std::set<Bytes> revocation_seen_;  // digests of the CRLs and OCSP answers in the pool
  std::map<std::string, pki::PathReport> answers_;
  std::map<Bytes, bool> validation_data_;
};

}  // namespace congvan::validation
