// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/public_key.h"
#include "trust/pki/certificate.h"
#include "trust/pki/revocation.h"

#include <optional>
#include <string>
#include <vector>

/// What was *found* in a signed file: plain values, parsed once, no judgement and no logic.
/// Readers in formats/ fill it, validation/ judges it.
namespace congvan::evidence {

enum class Format { None, Pades, Cades, Xades, AsicE, AsicS };

/// A digest that somebody claimed, and what was computed here over the data it speaks of.
struct DigestCheck {
  std::string what;  ///< `message-digest`, `imprint`, `reference file.txt`, …
  std::optional<crypto::DigestAlgorithm> algorithm;  ///< nullopt: unknown to us
  Bytes claimed;
  Bytes computed;  ///< empty: the data is missing, or the algorithm is unknown or gone
  bool matches() const { return !computed.empty() && computed == claimed; }
};

/// ESSCertID / ESSCertIDv2 (RFC 5035) or xades:SigningCertificate(V2): which certificate was meant.
struct CertificateReference {
  std::optional<crypto::DigestAlgorithm> algorithm;
  Bytes digest;
  Bytes issuer_der;  ///< of issuerSerial; empty when absent
  Bytes serial_der;  ///< content octets; empty when absent
  /// Is `certificate` the one that is meant? By its digest alone.
  bool means(const pki::Certificate& certificate) const {
    return algorithm && crypto::digestAvailable(*algorithm) &&
           crypto::digest(*algorithm, certificate.der()) == digest;
  }
};

/// How a CMS SignerInfo names its certificate: by issuer and serial number, or by key identifier.
struct SignerIdentifier {
  Bytes issuer_der;
  Bytes serial_der;  ///< content octets
  Bytes key_identifier;
};

/// Everything that is needed to ask "did this certificate's key sign this?".
struct SignerBlock {
  std::vector<DigestCheck> digests;
  Bytes signed_bytes;   ///< what the signature value covers: DER of the signed attributes,
                        ///< SignedInfo, or content
  Bytes signed_digest;  ///< its digest when the bytes are not kept (content signed without
                        ///< attributes); else empty
  Bytes value;          ///< the signature value
  std::optional<crypto::SignatureAlgorithm> algorithm;  ///< nullopt: unknown, see `algorithm_name`
  std::string algorithm_name;                           ///< OID or URI as written
  /// The certificate that the signer identifier points at, if it was found. Candidates otherwise.
  std::optional<pki::Certificate> certificate;
  std::vector<CertificateReference>
      references;  ///< first one is the signing certificate; empty: attribute absent
  std::vector<pki::Certificate> certificates;  ///< all found beside the signature
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> ocsp_responses;
  std::optional<Instant> claimed_time;  ///< signing-time, /M or SigningTime: a claim, no proof
  /// Breaches of the format's own rules, each `stable-word: detail`. A breach named here makes the
  /// format check fail.
  std::vector<std::string> breaches;
  /// For finding the certificate outside the file. Empty in formats other than CMS.
  SignerIdentifier identifier;
};

enum class TimestampKind { Content, Signature, Document, Archive };

/// An RFC 3161 token.
struct Timestamp {
  std::string id;
  TimestampKind kind = TimestampKind::Signature;
  Instant time{};
  std::string policy;  ///< dotted OID
  Bytes serial;
  DigestCheck imprint;       ///< over what the token has to cover
  SignerBlock signer;        ///< the token's own signature
  std::string covers;        ///< as in the report
  std::size_t revision = 0;  ///< PDF document timestamps: 1-based revision that holds it; else 0
  /// Archive time-stamps: the other time-stamps of the signature that this one covers too, by id.
  std::vector<std::string> protects;
  Bytes der;
};

/// What later revisions of a PDF did. Named by the reader, judged by validation.
enum class ChangeKind {
  SignatureAdded,
  SignatureDrawn,  ///< a mark where no field was
  DocumentTimestampAdded,
  ValidationDataAdded,  ///< DSS, VRI
  FieldFilled,          ///< value or appearance of an existing form field
  EmptyFieldAdded,      ///< a new unsigned signature or form field
  AnnotationAdded,
  AnnotationChanged,
  AnnotationRemoved,
  MetadataChanged,  ///< Info, XMP
  PageChanged,      ///< content, resources, boxes, rotation of an existing page
  PageAdded,
  PageRemoved,
  CatalogChanged,      ///< names, actions, layers, AcroForm defaults, …
  LockedFieldChanged,  ///< a field that an earlier FieldMDP or Lock forbids
  ObjectUndefined,  ///< an object that an earlier revision referred to without defining it appears
  SignatureRemoved,
  Unexplained,  ///< the difference could not be attributed: never lawful
};

struct Change {
  ChangeKind kind;
  std::string what;          ///< for a person: `page 2: content`, `field Seal: value`
  std::size_t revision = 0;  ///< 1-based revision that made it
  bool operator==(const Change&) const = default;
};

struct PdfFacts {
  std::string field;  ///< full field name
  std::string subfilter;
  bool is_timestamp = false;  ///< /DocTimeStamp
  std::vector<std::int64_t> byte_range;
  std::size_t revision = 0;        ///< 1-based revision the byte range covers; 0: none exactly
  std::size_t revisions = 0;       ///< in the file
  bool covers_whole_file = false;  ///< everything but its own /Contents, to the last byte
  std::optional<int> doc_mdp;      ///< 1..3 when this is the certification signature
  /// What came after this signature, oldest first. nullopt: could not be compared (say why in
  /// breaches).
  std::optional<std::vector<Change>> later_changes;
  /// The strictest permission level that governs changes after this signature: a DocMDP level of
  /// this or an earlier signature (1..3), if any.
  std::optional<int> changes_allowed;
};

struct Signature {
  std::string id;
  SignerBlock signer;
  std::vector<Timestamp>
      timestamps;  ///< content, signature and archive timestamps of this signature
  std::optional<PdfFacts> pdf;
  std::string covers;  ///< formats other than PDF: `whole-file`, `part`, …
  bool has_validation_data =
      false;  ///< certificates and revocation data embedded for the long term
  std::vector<std::string> commitments;
  std::optional<std::string> signature_policy;  ///< dotted OID or URI
};

struct SignedFile {
  Format format = Format::None;
  std::vector<Signature> signatures;
  std::vector<Timestamp> timestamps;           ///< document timestamps
  std::vector<PdfFacts> pdf_timestamps;        ///< parallel to `timestamps` in a PDF
  std::vector<pki::Certificate> certificates;  ///< of the whole file (DSS)
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> ocsp_responses;
  /// Damage and oddities of the container, each `stable-word: detail`.
  std::vector<std::string> problems;
  /// The strict reader could not read it and a recovering one could: no document state better than
  /// unknown.
  bool damaged = false;
};

}  // namespace congvan::evidence
