// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/crypto/public_key.h"
#include "trust/pki/subject.h"

#include <string>
#include <vector>

namespace congvan::pki {

/// A PKCS#10 request (RFC 2986) whose signature was checked: whoever made it holds the key.
/// What it says of a subject is a wish; the office decides what stands in the certificate.
struct CertificateSigningRequest {
  Bytes spki;
  crypto::PublicKey key;
  std::vector<SubjectAttribute> subject;  ///< the attributes this service knows, in UTF-8
  std::vector<std::string> emails;        ///< wished for in subjectAltName
  std::vector<std::string> dns_names;
};

/// DER, or the first `CERTIFICATE REQUEST` block of a PEM text.
///
/// Malformed `request_malformed`; RuleRefused `possession_not_proved`: the signature is not the
/// key's, or of a kind not known. TooLarge over 64 KiB.
Result<CertificateSigningRequest> readSigningRequest(BytesView bytes);

}  // namespace congvan::pki
