// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/evidence/signed_file.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Reading CMS SignedData (RFC 5652 section 5), the part that time-stamp tokens and CAdES share.
///
/// It lives here because cades may use timestamp and not the other way round. Internal to formats/:
/// other rooms call cades::read and timestamp::read.
namespace congvan::timestamp {

struct MessageLimits {
  std::size_t input_bytes = 64U << 20U;
  std::size_t signers = 64;
  std::size_t certificates = 256;
  std::size_t revocations = 256;  ///< CRLs and OCSP answers together
  std::size_t attributes = 256;   ///< of one signer, signed and unsigned each
};

struct Attribute {
  std::string oid;
  BytesView whole;
  std::vector<BytesView> values;  ///< each with tag and length
};

/// Views into the message that it came from.
struct SignerInfo {
  BytesView whole;
  BytesView
      version;  ///< this and the next ones with tag and length, as archive time-stamps hash them
  BytesView identifier;
  BytesView issuer_der;  ///< empty when the signer is named by key identifier
  BytesView serial_der;
  BytesView key_identifier;
  BytesView digest_algorithm;
  std::string digest_oid;
  std::optional<BytesView> signed_attributes;  ///< `[0]`, with tag and length
  std::vector<Attribute> attributes;           ///< the signed ones
  BytesView signature_algorithm;
  BytesView signature;  ///< with tag and length
  BytesView value;
  std::vector<Attribute> unsigned_attributes;

  const Attribute* find(std::string_view oid) const;
};

/// A parsed message. Views point into it or into the bytes that were parsed, which must outlive it.
struct SignedData {
  Bytes owned;  ///< the message when it had to be rewritten from BER
  std::vector<std::string> digest_oids;
  std::string content_type;
  BytesView content_type_whole;
  std::optional<BytesView> content;            ///< the octets that are hashed
  std::vector<BytesView> certificate_choices;  ///< each whole, also those that are not X.509
  std::vector<BytesView> revocation_choices;
  std::vector<pki::Certificate> certificates;
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> ocsp_responses;
  std::vector<SignerInfo> signers;
  std::vector<std::string> breaches;  ///< of the message as a whole

  SignedData() = default;
  SignedData(SignedData&&) = default;
  SignedData& operator=(SignedData&&) = default;

  /// Zeros after the message are passed over: a PDF pads its hole with them.
  ///
  /// Malformed `cms_malformed`: not one ContentInfo with SignedData. TooLarge `cms_too_large`.
  static Result<SignedData> parse(BytesView message, const MessageLimits& limits = {});
};

/// Reads one SignerInfo standing alone, as a countersignature does. Malformed `cms_malformed`.
Result<SignerInfo> parseSignerInfo(BytesView der, const MessageLimits& limits = {});

/// Certificates, CRLs and OCSP answers collected from several places, each once.
struct Material {
  std::vector<pki::Certificate> certificates;
  std::vector<pki::Crl> crls;
  std::vector<pki::OcspResponse> ocsp_responses;

  void addCertificate(BytesView der);
  void addCrl(BytesView der);
  void addOcsp(BytesView der);
};

/// certificate-values, revocation-values and adbe-revocationInfoArchival of one signer. True when
/// revocation data stood there.
bool collectValidationData(const SignerInfo& signer,
                           Material& into,
                           const MessageLimits& limits = {});

using DigestOf = std::function<Bytes(crypto::DigestAlgorithm)>;

/// The digest of `bytes`, or nothing when the library does not offer the algorithm.
Bytes digestOrNothing(crypto::DigestAlgorithm algorithm, BytesView bytes);

/// Is `content` a set of signed attributes? A value over attributes is also one over a content that
/// consists of them, so such content must not count as signed without attributes.
bool looksLikeSignedAttributes(BytesView content);
inline constexpr std::string_view kContentIsSignedAttributes =
    "content-is-signed-attributes: the signature may be of another message";

/// What a SignerInfo signs.
struct Signed {
  DigestOf content;               ///< empty digest: the content is not at hand
  std::string_view content_type;  ///< dotted; empty for a countersignature, which names none
};

/// Everything that is needed to judge one signer. The bytes that were signed are the DER encoding
/// of the signed attributes (RFC 5652 5.4); when the file's own encoding is not DER and only that
/// one verifies, it is given instead and `signed-attributes-not-der` is a breach.
evidence::SignerBlock readSigner(const SignerInfo& signer,
                                 const SignedData& message,
                                 const Signed& what);

}  // namespace congvan::timestamp
