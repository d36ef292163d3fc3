// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "trust/crypto/signer.h"
#include "trust/pki/certificate.h"
#include "trust/pki/profile.h"
#include "trust/pki/subject.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Making certificates. The order is: build the to-be-signed bytes, lint them, let the caller
/// record them, sign, assemble, and prove that what was signed is what was linted.
namespace congvan::pki {

/// What stands for `{base}` and `{issuer}` in a profile's address patterns.
struct Addresses {
  std::string base;      ///< `http://ca.example.gov.vn/pki`, without a slash at the end
  std::string issuer;    ///< `cap-phat-1`: letters, digits and hyphens
  std::string crl = {};  ///< of one of its lists, where the issuer has several; empty: as `issuer`
};

/// The address that a pattern of `Profile::crl` stands for. Malformed `address_malformed`.
Result<std::string> crlAddress(const std::string& pattern, const Addresses& addresses);

struct CertificateRequest {
  std::vector<SubjectAttribute> subject;  ///< in any order; the profile's order is written
  /// DER of an authority's name as it stands in its own certificate, for a cross-certificate; then
  /// `subject` is empty.
  Bytes subject_name = {};
  Bytes spki;  ///< DER SubjectPublicKeyInfo; the holder's proof of possession is the caller's work
  Bytes serial;  ///< of `makeSerial`
  Instant not_before{};
  std::optional<Instant> not_after = {};  ///< absent: as long as the profile and the issuer allow
  Addresses addresses = {};
  std::vector<std::string> emails = {};
  std::vector<std::string> dns_names = {};
  std::vector<std::string> ip_addresses = {};
};

/// Sixteen random octets (128 bits), none of them lost to a leading zero.
Bytes makeSerial(Random& random);

/// RFC 7093 method 1: the first 160 bits of the SHA-256 of the key's bit string. Empty: not a
/// SubjectPublicKeyInfo.
Bytes keyIdentifier(BytesView spki);

/// The issuer's part in a certificate or CRL.
struct IssuerIdentity {
  Bytes name;            ///< DER
  Bytes key_identifier;  ///< its subjectKeyIdentifier
  Instant not_before{};
  Instant not_after{};
  std::optional<int> path_length;
};

IssuerIdentity issuerIdentity(const Certificate& authority);

/// Malformed: not a SubjectPublicKeyInfo. RuleRefused `key_not_allowed` with `key`: not one of the
/// kinds and sizes that the profile names; `key_form` with `key`: it is, in another form than the
/// one that `crypto::PublicKey::isPlain` means (compressed point, parameters spelt out,
/// RSASSA-PSS).
Result<> checkKey(const Profile& profile, BytesView spki);

/// DER TBSCertificate. `issuer` absent: self-signed. `algorithm` is what it will be signed with.
///
/// Malformed: `public_key_malformed`, `serial_malformed`, `address_malformed`.
/// RuleRefused, each with the parameter `attribute`: `subject_attribute_not_allowed`,
/// `…_missing`, `…_repeated`, `…_too_long`, `…_form` (not one of the profile's forms, or not the
/// fixed value), `…_text` (empty, not UTF-8, control characters).
/// RuleRefused: `key_not_allowed`, `key_form`, `email_not_allowed`, `email_required`,
/// `email_malformed`, the same with `dns`, `validity_beyond_profile`, `validity_outside_issuer`,
/// `issuer_path_length`, `issuer_required` (the profile is not self-signed), `issuer_not_allowed`,
/// and `subject_name_not_allowed`: not for an authority below another.
Result<Bytes> buildTbs(const Profile& profile,
                       const CertificateRequest& request,
                       const std::optional<IssuerIdentity>& issuer,
                       const crypto::SignatureAlgorithm& algorithm);

/// Reads what the TBS would become as a strict validator does, which shares nothing with the writer
/// and the lint, and holds its names against the constraints of `authorities`: the issuer's
/// certificate and those above it (RFC 5280 4.2.1.10).
///
/// RuleRefused `certificate_lint` with `finding`, `names_beyond_issuer` with `why`.
Result<> checkAsRead(BytesView tbs,
                     const crypto::SignatureAlgorithm& algorithm,
                     std::span<const Certificate> authorities);

/// DER of `SEQUENCE { tbs, algorithm, BIT STRING signature }`: a certificate or a CRL.
Bytes assembleSigned(BytesView tbs,
                     const crypto::SignatureAlgorithm& algorithm,
                     BytesView signature);

/// The certificate of a linted TBS and its signature value, proved: its TBS is `tbs` byte for
/// byte, the signature verifies under `key`, and it reads as `checkAsRead` says.
///
/// RuleRefused `certificate_lint`; Unavailable `signature_not_good`: the key's keeper returned
/// something else.
Result<Certificate> assemble(BytesView tbs,
                             const crypto::SignatureAlgorithm& algorithm,
                             BytesView signature,
                             const crypto::PublicKey& key);

/// Builds, lints, signs, proves. Refusals as above and of the signer; RuleRefused
/// `certificate_lint` with the parameter `finding`, `issuer_not_ca`, `signer_not_issuer`.
Result<Certificate> issueCertificate(const Profile& profile,
                                     const CertificateRequest& request,
                                     const Certificate& issuer,
                                     const crypto::Signer& signer);
/// The same for a root; `request.spki` is the signer's own key and may be left empty.
Result<Certificate> issueSelfSigned(const Profile& profile,
                                    CertificateRequest request,
                                    const crypto::Signer& signer);

}  // namespace congvan::pki
