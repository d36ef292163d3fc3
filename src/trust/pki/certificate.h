// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "trust/crypto/public_key.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

typedef struct x509_st X509;  // OpenSSL's own forward declaration

/// X.509 certificates (RFC 5280) as read; nothing here says whether to believe one.
namespace congvan::pki {

/// keyUsage bits, RFC 5280 4.2.1.3.
enum class KeyUsage : unsigned {
  DigitalSignature = 0,
  NonRepudiation,
  KeyEncipherment,
  DataEncipherment,
  KeyAgreement,
  KeyCertSign,
  CrlSign,
  EncipherOnly,
  DecipherOnly,
};

/// One extension as it stands; `value` is what the OCTET STRING holds and lives as long as its
/// certificate.
struct Extension {
  std::string oid;
  bool critical = false;
  BytesView value;
};

struct CertificateFacts;  // certificate_facts.h, for this room only

/// Parsed once, shared by copies, never changed: safe from any thread.
class Certificate {
 public:
  /// Malformed `certificate_malformed`: not exactly one DER certificate, or one that OpenSSL cannot
  /// read. TooLarge: over 64 KiB.
  static Result<Certificate> parse(BytesView der);
  /// The first `CERTIFICATE` block of a PEM text.
  static Result<Certificate> parsePem(std::string_view pem);
  /// Every `CERTIFICATE` block, at most `most`; Malformed when there is none or one is bad.
  static Result<std::vector<Certificate>> parsePemBundle(std::string_view pem,
                                                         std::size_t most = 4096);

  BytesView der() const;
  std::string pem() const;
  BytesView tbsDer() const;                 ///< what is signed
  BytesView signatureAlgorithmDer() const;  ///< AlgorithmIdentifier outside the TBSCertificate
  BytesView signatureValue() const;         ///< empty when it is not whole octets
  BytesView spkiDer() const;                ///< SubjectPublicKeyInfo, also of a key nobody can read
  const Bytes& sha256() const;              ///< digest of the DER: identity of a certificate
  /// RFC 4514 text with UTF-8 kept, `CN=Nguyễn Văn A,OU=…,C=VN`.
  std::string subject() const;
  std::string issuer() const;
  std::string commonName() const;  ///< of the subject; empty when there is none
  BytesView subjectDer() const;
  BytesView issuerDer() const;
  /// Lower-case hex of the INTEGER's magnitude, at least two digits, `-` in front when negative.
  std::string serialHex() const;
  Bytes serialDer() const;  ///< content octets of the INTEGER
  Instant notBefore() const;
  Instant notAfter() const;
  /// Inside its validity, both ends included (RFC 5280 4.1.2.5).
  bool validAt(Instant time) const;
  /// A key of a kind the library does not know has family `Other` and checks nothing.
  crypto::PublicKey publicKey() const;
  /// Every extension in order, repeated ones too.
  const std::vector<Extension>& extensions() const;
  /// The first with this dotted OID, or nullptr.
  const Extension* extension(std::string_view oid) const;
  Bytes subjectKeyIdentifier() const;    ///< empty when absent
  Bytes authorityKeyIdentifier() const;  ///< keyIdentifier field; empty when absent

  bool hasKeyUsage() const;
  bool keyUsage(KeyUsage usage) const;  ///< false when the extension is absent
  bool isCa() const;                    ///< basicConstraints cA
  /// Dotted OIDs of extendedKeyUsage; empty when absent.
  std::vector<std::string> extendedKeyUsage() const;
  bool extendedKeyUsageCritical() const;
  /// Whether extendedKeyUsage leaves room for signing documents: it is absent, or names a purpose
  /// besides those of servers, logins, programs, time-stamps and OCSP answers.
  bool maySignDocuments() const;
  std::optional<int> pathLength() const;                ///< basicConstraints; absent: no bound
  std::vector<std::string> crlAddresses() const;        ///< http(s) URIs of cRLDistributionPoints
  std::vector<std::string> ocspAddresses() const;       ///< of authorityInfoAccess
  std::vector<std::string> caIssuersAddresses() const;  ///< of authorityInfoAccess
  bool hasOcspNoCheck() const;

  X509* handle() const;
  const CertificateFacts& facts() const;  ///< what path validation asks, read at parse
  bool operator==(const Certificate& other) const { return sha256() == other.sha256(); }

 private:
  static Result<Certificate> parseAnew(BytesView der);
  struct Parsed;
  explicit Certificate(std::shared_ptr<const Parsed> parsed);
  std::shared_ptr<const Parsed> parsed_;
};

/// While one lives, its thread reads equal certificates once: a file with many signatures carries
/// the same chain in each. The first 256 are kept.
class CertificatesReadOnce {
 public:
  CertificatesReadOnce();
  ~CertificatesReadOnce();
  CertificatesReadOnce(const CertificatesReadOnce&) = delete;
  CertificatesReadOnce& operator=(const CertificatesReadOnce&) = delete;

  const Certificate* find(BytesView der) const;
  void keep(const Certificate& certificate);

 private:
  CertificatesReadOnce* before_;
  std::vector<Certificate> known_;
};

inline constexpr std::string_view kEkuTimeStamping = "1.3.6.1.5.5.7.3.8";
inline constexpr std::string_view kEkuOcspSigning = "1.3.6.1.5.5.7.3.9";
inline constexpr std::string_view kEkuDocumentSigning = "1.3.6.1.5.5.7.3.36";

}  // namespace congvan::pki
