// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "base/json.h"
#include "base/time.h"
#include "tests/support/shell.h"
#include "trust/pki/revocation.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace congvan::pki {
namespace {

/// Cases of one file; the test is skipped where this machine has no corpora.
std::vector<Json> casesOf(const std::string& file) {
  std::vector<Json> cases;
  std::ifstream lines(test::corpora() / "x509" / file);
  for (std::string line; std::getline(lines, line);) {
    auto json = parseJson(line, {.bytes = 16U << 20U});
    if (json) cases.push_back(std::move(*json));
  }
  return cases;
}

std::string word(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::Good:
      return "good";
    case CertificateStatus::Revoked:
      return "revoked";
    case CertificateStatus::Unknown:
      break;
  }
  return "unknown";
}

StatusOptions optionsOf(const Json& input) {
  return {.time = *parseTime(input.at("time").get<std::string>()),
          .age_max = std::chrono::seconds(input.at("max_age_s").get<int>())};
}

TEST(Corpora, CrlStatusAgreesWithChromium) {
  if (test::corpora().empty()) GTEST_SKIP() << "no folder of outside cases (CONGVAN_CORPORA)";
  const auto cases = casesOf("crl-status.jsonl");
  ASSERT_FALSE(cases.empty());
  for (const auto& one : cases) {
    const auto& input = one.at("input");
    const auto certificate = Certificate::parsePem(input.at("cert").get<std::string>());
    ASSERT_TRUE(certificate);
    std::vector<Certificate> issuers;
    for (const auto& pem : input.at("issuers")) {
      issuers.push_back(*Certificate::parsePem(pem.get<std::string>()));
    }
    const auto crl = Crl::parse(*fromBase64(input.at("crl").get<std::string>()));
    const auto said = crl ? crlStatus(*certificate, issuers, *crl, optionsOf(input)).status
                          : CertificateStatus::Unknown;
    EXPECT_EQ(word(said), one.at("expected").get<std::string>()) << input.at("id");
  }
}

TEST(Corpora, OcspStatusAgreesWithChromium) {
  if (test::corpora().empty()) GTEST_SKIP() << "no folder of outside cases (CONGVAN_CORPORA)";
  const auto cases = casesOf("ocsp-status.jsonl");
  ASSERT_FALSE(cases.empty());
  for (const auto& one : cases) {
    const auto& input = one.at("input");
    const auto certificate = Certificate::parsePem(input.at("cert").get<std::string>());
    const std::vector<Certificate> issuers{
        *Certificate::parsePem(input.at("issuer").get<std::string>())};
    const OcspResponse response{*fromBase64(input.at("response").get<std::string>())};
    const auto said = ocspStatus(*certificate, issuers, response, optionsOf(input)).status;
    EXPECT_EQ(word(said), one.at("expected").get<std::string>()) << input.at("id");
  }
}

}  // namespace
}  // namespace congvan::pki
