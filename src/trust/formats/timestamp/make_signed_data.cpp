// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/timestamp/make_signed_data.h"

#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"

#include <algorithm>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;
using crypto::DigestAlgorithm;

// RFC 5754 2: for SHA-2 the parameters are left out.
Bytes digestAlgorithm(DigestAlgorithm algorithm) {
  return der::sequence({der::oid(crypto::digestOid(algorithm))});
}

// RFC 5754 3.2: for PKCS #1 v1.5 every reader knows rsaEncryption, which leaves the digest to the
// digestAlgorithm field; algorithm protection ties the two together.
Bytes signatureAlgorithm(const crypto::SignatureAlgorithm& algorithm) {
  if (algorithm.scheme == crypto::Scheme::RsaPkcs1) {
    return der::sequence({der::oid(oid::kRsaEncryption), der::null()});
  }
  return crypto::encodeAlgorithm(algorithm);
}

Bytes serialNumber(const pki::Certificate& certificate) {
  return der::element(der::kInteger, certificate.serialDer());
}

Bytes attribute(std::string_view oid, BytesView value) {
  return der::sequence({der::oid(oid), der::element(der::kSet, value)});
}

// ESSCertIDv2 (RFC 5035 section 4). SHA-256 is the default, which DER leaves out.
Bytes signingCertificate(DigestAlgorithm algorithm, const pki::Certificate& certificate) {
  Bytes id;
  if (algorithm != DigestAlgorithm::Sha256) id = digestAlgorithm(algorithm);
  append(id, der::octetString(crypto::digest(algorithm, certificate.der())));
  const Bytes name = der::element(der::contextConstructed(4), certificate.issuerDer());
  append(id, der::sequence({der::sequence({name}), serialNumber(certificate)}));
  return der::sequence({der::sequence({der::sequence({id})})});
}

Bytes algorithmProtection(const crypto::SignatureAlgorithm& algorithm) {
  Bytes signature = signatureAlgorithm(algorithm);
  signature.front() = der::contextConstructed(1);  // [1] IMPLICIT
  return der::sequence({digestAlgorithm(algorithm.digest), signature});
}

Bytes certificateSet(const std::vector<pki::Certificate>& certificates) {
  std::vector<Bytes> encoded;
  for (const pki::Certificate& certificate : certificates) {
    Bytes bytes = toBytes(certificate.der());
    if (std::ranges::find(encoded, bytes) == encoded.end()) encoded.push_back(std::move(bytes));
  }
  return setOf(std::move(encoded), der::contextConstructed(0));
}

Bytes signerInfo(const Assembly& parts, const pki::Certificate& certificate) {
  Bytes signed_attributes = toBytes(parts.signed_attributes);
  signed_attributes.front() = der::contextConstructed(0);  // [0] IMPLICIT
  Bytes unsigned_attributes;
  if (parts.signature_timestamp) {
    unsigned_attributes =
        der::element(der::contextConstructed(1),
                     attribute(oid::kSignatureTimestamp, *parts.signature_timestamp));
  }
  return der::sequence({der::integer(1),
                        der::sequence({certificate.issuerDer(), serialNumber(certificate)}),
                        digestAlgorithm(parts.algorithm.digest),
                        signed_attributes,
                        signatureAlgorithm(parts.algorithm),
                        der::octetString(parts.value),
                        unsigned_attributes});
}

}  // namespace

bool schemeFitsKey(const crypto::SignatureAlgorithm& algorithm,
                   const pki::Certificate& certificate) {
  switch (algorithm.scheme) {
    case crypto::Scheme::RsaPkcs1:
    case crypto::Scheme::RsaPss:
      return certificate.publicKey().family() == crypto::KeyFamily::Rsa;
    case crypto::Scheme::Ecdsa:
      return certificate.publicKey().family() == crypto::KeyFamily::Ec;
    case crypto::Scheme::Ed25519:
    case crypto::Scheme::Ed448:
    case crypto::Scheme::Dsa:
      return false;
  }
  return false;
}

bool digestFitForSigning(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Sha256:
    case DigestAlgorithm::Sha384:
    case DigestAlgorithm::Sha512:
    case DigestAlgorithm::Sha512_256:
    case DigestAlgorithm::Sha3_256:
    case DigestAlgorithm::Sha3_384:
    case DigestAlgorithm::Sha3_512:
      return true;
    case DigestAlgorithm::Md5:
    case DigestAlgorithm::Sha1:
    case DigestAlgorithm::Sha224:
    case DigestAlgorithm::Sha512_224:
    case DigestAlgorithm::Sha3_224:
    case DigestAlgorithm::Ripemd160:
    case DigestAlgorithm::Shake256:  // belongs to Ed448, which no authority here signs with
      return false;
  }
  return false;
}

Bytes makeSignedAttributes(const SignedAttributes& what, const pki::Certificate& certificate) {
  std::vector<Bytes> attributes{
      attribute(oid::kContentType, der::oid(what.content_type)),
      attribute(oid::kMessageDigest, der::octetString(what.content_digest)),
      attribute(oid::kSigningCertificateV2, signingCertificate(what.algorithm.digest, certificate)),
      attribute(oid::kAlgorithmProtection, algorithmProtection(what.algorithm)),
  };
  if (what.signing_time)
    attributes.push_back(attribute(oid::kSigningTime, der::time(*what.signing_time)));
  return setOf(std::move(attributes));
}

Bytes assemble(const Assembly& parts, const pki::Certificate& certificate) {
  Bytes encapsulated = der::oid(parts.content_type);
  if (parts.content)
    append(encapsulated,
           der::element(der::contextConstructed(0), der::octetString(*parts.content)));
  // RFC 5652 5.1: version 3 when the content is anything but id-data, else 1.
  const std::uint64_t version = parts.content_type == oid::kData ? 1 : 3;
  const Bytes signed_data =
      der::sequence({der::integer(version),
                     der::element(der::kSet, digestAlgorithm(parts.algorithm.digest)),
                     der::sequence({encapsulated}),
                     parts.certificates.empty() ? Bytes{} : certificateSet(parts.certificates),
                     der::element(der::kSet, signerInfo(parts, certificate))});
  return der::sequence(
      {der::oid(oid::kSignedData), der::element(der::contextConstructed(0), signed_data)});
}

std::size_t largestValue(const crypto::SignatureAlgorithm& algorithm,
                         const pki::Certificate& certificate) {
  const std::size_t octets = (static_cast<std::size_t>(certificate.publicKey().bits()) + 7) / 8;
  if (algorithm.scheme != crypto::Scheme::Ecdsa) return octets;
  // Two INTEGERs, each with a sign octet, a tag and up to two length octets, in a SEQUENCE.
  return 2 * (octets + 4) + 4;
}

}  // namespace congvan::timestamp
