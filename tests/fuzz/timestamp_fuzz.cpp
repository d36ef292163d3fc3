// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/crypto/der.h"
#include "trust/crypto/software_key.h"
#include "trust/formats/timestamp/token.h"
namespace {

using namespace congvan;

struct FixedRandom final : Random {
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = 0x5a;
  }
};

// A refusal needs no certificate for time-stamping, so any one will do: what is fuzzed is the
// request.
const pki::Certificate& anyCertificate() {
  static const auto certificate = *pki::Certificate::parsePem(R"(-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUXFB9ZP1k/fuWqAl2jAQJNSziTlQwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjIxMDEzNDdaGA8yMTA5MDExMTEwMTM0
N1owDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOND
rzHP9pZoeLGhZaa64hQuxZbNRd1y7PlRekZ0+8zGK1n/ChawQIDyCPnyUx2TNr4o
Zj09YxCVa304g7H8NF+jUzBRMB0GA1UdDgQWBBRfyWixnHVCB84PN7Y/Uy87Xvg/
ZTAfBgNVHSMEGDAWgBRfyWixnHVCB84PN7Y/Uy87Xvg/ZTAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIFVNFT0ST/ba6weqIpEooHrp0ag7qFaJp2XF
5i+CJVLvAiEAzYNR9GZbPxc9lXHzPUUUEYrlzsth9vSeEAN0eq1qlkw=
-----END CERTIFICATE-----
)");
  return certificate;
}

}  // namespace

// Any bytes as token, as response, and as request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(data, size);
  const Bytes imprint(32, 1);
  if (const auto token = timestamp::read(
          input, evidence::TimestampKind::Signature, [&](auto) { return imprint; })) {
    fuzz::require(!token->signer.signed_bytes.empty() || !token->signer.breaches.empty(),
                  "a token without attributes is a breach");
  }
  FixedRandom random;
  const auto request = timestamp::makeRequest(crypto::DigestAlgorithm::Sha256, imprint, random);
  (void)timestamp::readResponse(input, request, crypto::DigestAlgorithm::Sha256, imprint);

  static const auto key = crypto::SoftwareKey::generate(crypto::KeyKind::P256);
  const Bytes response =
      timestamp::answer(input,
                        anyCertificate(),
                        key,
                        {.policies = {"1.2.3"}, .chain = {}, .accuracy_millis = 1000},
                        Bytes{1},
                        Instant{});
  crypto::der::Reader outer(response);
  crypto::der::Reader fields = outer.sequence();
  crypto::der::Reader status = fields.sequence();
  fuzz::require(status.smallInteger() == 2 && outer.finish(), "every answer is a TimeStampResp");
  return 0;
}
