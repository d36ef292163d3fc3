// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/path_rules.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace congvan::pki {

/// Answers of signature checks that were made in one request: each is made once.
class SignatureMemo {
 public:
  /// Is `certificate` signed with `issuer`'s key?
  bool isSignedBy(const Certificate& certificate, const Certificate& issuer);
  bool isSignedBy(const Crl& crl, const Certificate& issuer);
  std::size_t made() const { return known_.size(); }

 private:
  std::map<std::pair<const void*, const void*>, bool> known_;
};

/// The revocation status of a chain's certificates from the data of the request.
///
/// A CRL counts when it is signed by the certificate's issuer in this chain, or by another
/// certificate of the CRL issuer's name that has a path of its own to the same anchor and is not
/// revoked (RFC 5280 6.3.3 (f)).
class PathRevocation {
 public:
  PathRevocation(const PathRequest& request, SignatureMemo& memo)
      : request_(request), memo_(memo) {}

  /// One finding a certificate, the anchor's being Unknown with reason `anchor`.
  std::vector<CertificateFinding> check(Chain chain);

 private:
  CertificateFinding checkOne(Chain chain, std::size_t at);
  StatusReport byCrls(Chain chain, std::size_t at);
  StatusReport byOcsp(Chain chain, std::size_t at);
  CertificateStatus statusOfDelegate(const Certificate& delegate, Chain chain, std::size_t at);
  bool isStrongEnough(const std::optional<crypto::SignatureAlgorithm>& algorithm) const;
  /// Why a CRL that covers the certificate does not count; empty: it does.
  std::string objection(const Crl& crl, Chain chain, std::size_t at);
  bool isTrustedSigner(const Certificate& signer,
                       const Certificate& anchor,
                       const Certificate& about);
  StatusOptions options() const;

  const PathRequest& request_;
  SignatureMemo& memo_;
  std::vector<const Certificate*> in_progress_;
  bool judging_delegate_ = false;
  std::map<std::pair<const Certificate*, const Certificate*>, bool> signers_;
};

/// The builder without revocation, for a CRL signer: its chain to one anchor, or empty.
std::vector<const Certificate*> chainOfSigner(const PathRequest& request,
                                              const Certificate& signer,
                                              const Certificate& anchor,
                                              SignatureMemo& memo);

}  // namespace congvan::pki
