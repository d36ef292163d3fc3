// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "trust/crypto/public_key.h"
#include "trust/pki/certificate.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// Writing CMS SignedData with one signer, in DER: what tokens and CAdES signatures share. The
/// private key is never here: the attributes come out, the signature value goes in.
///
/// Internal to formats/: other rooms call cades::prepare and timestamp::answer.
namespace congvan::timestamp {

/// Does a key of this family sign with this scheme, and is the digest one that new signatures may
/// use (SHA-2 or SHA-3, 256 bits and more)?
bool schemeFitsKey(const crypto::SignatureAlgorithm& algorithm,
                   const pki::Certificate& certificate);
bool digestFitForSigning(crypto::DigestAlgorithm algorithm);

struct SignedAttributes {
  std::string_view content_type;
  BytesView content_digest;
  crypto::SignatureAlgorithm algorithm;
  std::optional<Instant> signing_time;
};

/// content-type, message-digest, signing-certificate-v2 (with issuerSerial, hashed with the
/// signature's digest), CMS-algorithm-protection, and signing-time when asked for: the DER SET OF
/// that is signed.
Bytes makeSignedAttributes(const SignedAttributes& what, const pki::Certificate& certificate);

struct Assembly {
  std::string_view content_type;
  std::optional<BytesView> content;
  BytesView signed_attributes;  ///< as `makeSignedAttributes` gave it
  crypto::SignatureAlgorithm algorithm;
  BytesView value;
  std::optional<BytesView> signature_timestamp;
  /// Embedded, each once; empty: none at all.
  std::vector<pki::Certificate> certificates;
};

/// The DER ContentInfo; `certificate` is the signer's, named by issuer and serial number.
Bytes assemble(const Assembly& parts, const pki::Certificate& certificate);

/// The longest value that a key of this certificate can make with `algorithm`.
std::size_t largestValue(const crypto::SignatureAlgorithm& algorithm,
                         const pki::Certificate& certificate);

}  // namespace congvan::timestamp
