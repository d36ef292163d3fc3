// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/pki/revocation.h"

#include <array>

namespace congvan {
namespace {

/// Any certificate will do; the answers under test are signed by nobody it knows.
constexpr std::string_view kIssuer = R"(-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUAj/BW1xBHnRNopCCNxbAw9YeY+cwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjIxMDIwMzhaGA8yMTI2MTAyOTEwMjAz
OFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIf0
srPlMl38F33revYXnklttJtHY9A31L6kDrMpEJOY1S3AMvcVwWmxyqshfa13JQPk
ntrqCBPKSQgqu0cQ/BajUzBRMB0GA1UdDgQWBBQTP/0o5cJsgAuYZqdGUd9HVPY9
5zAfBgNVHSMEGDAWgBQTP/0o5cJsgAuYZqdGUd9HVPY95zAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQCAkV23gWKV7q6WkM0/C/UJZYSinqKNnhc8
FKdw0NR15AIhAPfIM4OvysBMXwm6hB4cuESWxVCWUuGfULrr6BEZh5lK
-----END CERTIFICATE-----
)";

void checkOcsp(BytesView input) {
  static const auto kCertificate = *pki::Certificate::parsePem(kIssuer);
  const pki::OcspResponse response{toBytes(input)};
  const std::array<pki::Certificate, 1> issuers{kCertificate};
  const auto report =
      pki::ocspStatus(kCertificate, issuers, response, {.time = kCertificate.notBefore()});
  fuzz::require(report.status == pki::CertificateStatus::Unknown,
                "nobody but the issuer's key makes a status");
  fuzz::require(!report.reason.empty(), "Unknown has a reason");
  (void)pki::ocspCertificates(response);
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  congvan::checkOcsp({data, size});
  return 0;
}
