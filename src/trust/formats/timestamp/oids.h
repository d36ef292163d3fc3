// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Object identifiers of CMS, CAdES and RFC 3161 that timestamp and cades both use.
namespace congvan::timestamp::oid {

// Content types (RFC 5652, RFC 3161 2.4.2).
inline constexpr std::string_view kData = "1.2.840.113549.1.7.1";
inline constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";
inline constexpr std::string_view kTstInfo = "1.2.840.113549.1.9.16.1.4";

// Attributes of RFC 5652 section 11 and RFC 6211.
inline constexpr std::string_view kContentType = "1.2.840.113549.1.9.3";
inline constexpr std::string_view kMessageDigest = "1.2.840.113549.1.9.4";
inline constexpr std::string_view kSigningTime = "1.2.840.113549.1.9.5";
inline constexpr std::string_view kCountersignature = "1.2.840.113549.1.9.6";
inline constexpr std::string_view kAlgorithmProtection = "1.2.840.113549.1.9.52";

// Attributes of RFC 5035 and EN 319 122-1.
inline constexpr std::string_view kSigningCertificate = "1.2.840.113549.1.9.16.2.12";
inline constexpr std::string_view kSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
inline constexpr std::string_view kSignatureTimestamp = "1.2.840.113549.1.9.16.2.14";
inline constexpr std::string_view kSignaturePolicy = "1.2.840.113549.1.9.16.2.15";
inline constexpr std::string_view kCommitmentType = "1.2.840.113549.1.9.16.2.16";
inline constexpr std::string_view kContentTimestamp = "1.2.840.113549.1.9.16.2.20";
inline constexpr std::string_view kCertificateValues = "1.2.840.113549.1.9.16.2.23";
inline constexpr std::string_view kRevocationValues = "1.2.840.113549.1.9.16.2.24";
inline constexpr std::string_view kMimeType = "0.4.0.1733.2.1";
inline constexpr std::string_view kLongTermValidation = "0.4.0.1733.2.2";
inline constexpr std::string_view kArchiveTimestampV3 = "0.4.0.1733.2.4";
inline constexpr std::string_view kAtsHashIndexV1 = "0.4.0.1733.2.5";
inline constexpr std::string_view kAtsHashIndexV3 = "0.4.0.19122.1.5";
inline constexpr std::string_view kArchiveTimestampV1 = "1.2.840.113549.1.9.16.2.27";
inline constexpr std::string_view kArchiveTimestampV2 = "1.2.840.113549.1.9.16.2.48";
inline constexpr std::string_view kReferencesTimestamp = "1.2.840.113549.1.9.16.2.26";
inline constexpr std::string_view kSignatureAndReferencesTimestamp = "1.2.840.113549.1.9.16.2.25";

// ISO 32000-2 12.8.3.3.2.
inline constexpr std::string_view kAdobeRevocation = "1.2.840.113583.1.1.8";

// OtherRevocationInfoFormat (RFC 5940 2.1), and the bare answer that some makers put there.
inline constexpr std::string_view kOcspInCms = "1.3.6.1.5.5.7.16.2";
inline constexpr std::string_view kOcspBasic = "1.3.6.1.5.5.7.48.1.1";

// Signature algorithms whose CMS form the crypto room does not write.
inline constexpr std::string_view kRsaEncryption = "1.2.840.113549.1.1.1";

}  // namespace congvan::timestamp::oid
