// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "tests/unit/timestamp/openssl_ts.h"
#include "trust/crypto/der.h"
#include "trust/crypto/random.h"
#include "trust/formats/timestamp/token.h"

#include <gtest/gtest.h>

namespace congvan::timestamp {
namespace {

using crypto::DigestAlgorithm;
using test::mustRun;
using test::OpensslPki;
namespace der = crypto::der;

const Instant kNow = fromUnix(1795000000) + std::chrono::milliseconds{250};
const std::string kPolicy = "1.3.6.1.4.1.99999.1.2";
const std::string kOtherPolicy = "1.3.6.1.4.1.99999.1.3";

const OpensslPki& authorities() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeTimestampAuthority("tsa-p256", OpensslPki::kP256);
    fresh->makeTimestampAuthority("tsa-p384", OpensslPki::kP384);
    fresh->makeTimestampAuthority("tsa-rsa", OpensslPki::kRsa2048);
    fresh->makeSigner("person", OpensslPki::kP256);
    fresh->folder().write("data", "Quyết định\n");
    return fresh;
  }();
  return *made;
}

Bytes answerTo(BytesView request, const std::string& who, std::uint32_t accuracy_millis = 1000) {
  const auto& pki = authorities();
  return answer(request,
                pki.certificate(who),
                pki.key(who),
                {.policies = {kPolicy, kOtherPolicy},
                 .chain = {pki.certificate("ca")},
                 .accuracy_millis = accuracy_millis},
                Bytes{0x9a, 0x01},
                kNow);
}

std::string printed(BytesView response) {
  authorities().folder().write("response.tsr", response);
  return mustRun(authorities().folder(), "openssl ts -reply -in response.tsr -text");
}

Bytes query(const std::string& arguments) {
  mustRun(authorities().folder(),
          "openssl ts -query -data data " + arguments + " -out query.tsq 2>/dev/null");
  return authorities().folder().bytes("query.tsq");
}

class EveryAuthorityKey : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Timestamp,
                         EveryAuthorityKey,
                         testing::Values("tsa-p256", "tsa-p384", "tsa-rsa"),
                         [](const auto& tested) { return tested.param.substr(4); });

TEST_P(EveryAuthorityKey, AnswersWhatOpensslVerifies) {
  for (const auto* arguments : {"-sha256 -cert", "-sha384 -cert", "-sha512 -no_nonce -cert"}) {
    const auto response = answerTo(query(arguments), GetParam());
    authorities().folder().write("response.tsr", response);
    const auto ran =
        test::run(authorities().folder(),
                  "openssl ts -verify -queryfile query.tsq -in response.tsr -CAfile ca.pem && "
                  "openssl ts -verify -data data -in response.tsr -CAfile ca.pem");
    EXPECT_EQ(ran.status, 0) << arguments << ran.output;
  }
}

TEST(TimestampAuthority, LeavesItsCertificateOutUnlessAsked) {
  const auto response = answerTo(query("-sha256"), "tsa-p256");
  authorities().folder().write("response.tsr", response);
  const auto ran =
      test::run(authorities().folder(),
                "openssl ts -verify -queryfile query.tsq -in response.tsr -CAfile ca.pem "
                "-untrusted tsa-p256.pem");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_LT(response.size() + 500, answerTo(query("-sha256 -cert"), "tsa-p256").size());
}

TEST(TimestampAuthority, SaysPolicyAccuracySerialAndTime) {
  const auto text = printed(answerTo(query("-sha256 -cert"), "tsa-p256"));
  EXPECT_NE(text.find("Policy OID: " + kPolicy), std::string::npos) << text;
  EXPECT_NE(text.find("Accuracy: 0x01 seconds, unspecified millis"), std::string::npos) << text;
  EXPECT_NE(text.find("Serial number: 0x9A01"), std::string::npos) << text;
  EXPECT_NE(text.find("Time stamp: Nov 18 11:06:40 2026 GMT"), std::string::npos) << text;
}

TEST(TimestampAuthority, GivesMillisecondsWhenItsAccuracyPromisesThem) {
  const auto text = printed(answerTo(query("-sha256 -cert"), "tsa-p256", 50));
  EXPECT_NE(text.find("0x32 millis"), std::string::npos) << text;
  EXPECT_NE(text.find("11:06:40.25 2026 GMT"), std::string::npos) << text;
}

struct Refused {
  std::string arguments;
  std::string text;  // of openssl for the failure bit
};

TEST(TimestampAuthority, RefusesWithTheBitOfTheReason) {
  for (const auto& [arguments, text] :
       {Refused{"-sha1 -cert", "unrecognized or unsupported algorithm"},
        Refused{"-md5 -cert", "unrecognized or unsupported algorithm"},
        Refused{"-sha224 -cert", "unrecognized or unsupported algorithm"},
        Refused{"-sha256 -tspolicy 1.2.3.4", "requested TSA policy is not supported"}}) {
    const auto said = printed(answerTo(query(arguments), "tsa-p256"));
    EXPECT_NE(said.find("Status: Rejected"), std::string::npos) << said;
    EXPECT_NE(said.find(text), std::string::npos) << said;
  }
}

TEST(TimestampAuthority, AcceptsThePoliciesItHas) {
  for (const auto& policy : {kPolicy, kOtherPolicy}) {
    const auto said = printed(answerTo(query("-sha256 -tspolicy " + policy), "tsa-p256"));
    EXPECT_NE(said.find("Status: Granted"), std::string::npos) << said;
    EXPECT_NE(said.find("Policy OID: " + policy), std::string::npos) << said;
  }
}

TEST(TimestampAuthority, DoesNotClaimThatItsTokensAreOrdered) {
  EXPECT_NE(printed(answerTo(query("-sha256"), "tsa-p256")).find("Ordering: no"),
            std::string::npos);
}

TEST(TimestampAuthority, HasNoTokenWhileNobodyVouchesForItsTime) {
  const auto& pki = authorities();
  const auto untimed = [&](BytesView request) {
    return printed(answer(request,
                          pki.certificate("tsa-p256"),
                          pki.key("tsa-p256"),
                          {.policies = {kPolicy}, .chain = {}},
                          Bytes{1},
                          std::nullopt));
  };
  const auto said = untimed(query("-sha256"));
  EXPECT_NE(said.find("Status: Rejected"), std::string::npos) << said;
  EXPECT_NE(said.find("the TSA's time source is not available"), std::string::npos) << said;
  EXPECT_NE(untimed(query("-sha1")).find("unrecognized or unsupported algorithm"),
            std::string::npos)
      << "what is wrong with the request is told all the same";
}

Bytes question(BytesView imprint, BytesView after) {
  const Bytes algorithm =
      der::sequence({der::oid(crypto::digestOid(DigestAlgorithm::Sha256)), der::null()});
  return der::sequence(
      {der::integer(1), der::sequence({algorithm, der::octetString(imprint)}), after});
}

TEST(TimestampAuthority, RefusesWhatIsNoRequest) {
  const Bytes good = question(Bytes(32), {});
  ASSERT_NE(printed(answerTo(good, "tsa-p256")).find("Granted"), std::string::npos);
  Bytes longer = good;
  longer.push_back(0);
  const Bytes nothing;
  for (const Bytes& bad : {nothing,
                           Bytes{0x30},
                           toBytes("GET / HTTP/1.1"),
                           longer,
                           question(Bytes(31), {}),
                           question({}, {}),
                           question(Bytes(32), der::octetString(Bytes(1)))}) {
    EXPECT_NE(printed(answerTo(bad, "tsa-p256")).find("the data submitted has the wrong format"),
              std::string::npos);
  }
}

TEST(TimestampAuthority, RefusesAnotherVersion) {
  Bytes request = question(Bytes(32), {});
  request[4] = 2;
  EXPECT_NE(printed(answerTo(request, "tsa-p256")).find("transaction not permitted or supported"),
            std::string::npos);
}

TEST(TimestampAuthority, EchoesNoncesUpToItsLimit) {
  Bytes nonce(64, 0x5a);
  EXPECT_NE(printed(answerTo(question(Bytes(32), der::element(der::kInteger, nonce)), "tsa-p256"))
                .find("Granted"),
            std::string::npos);
  nonce.push_back(0x5a);
  EXPECT_NE(printed(answerTo(question(Bytes(32), der::element(der::kInteger, nonce)), "tsa-p256"))
                .find("Rejected"),
            std::string::npos);
}

TEST(TimestampAuthority, RefusesAnyExtension) {
  const Bytes extension = der::sequence({der::oid("1.2.3.4"), der::octetString(Bytes(1))});
  const auto said = printed(answerTo(
      question(Bytes(32), der::element(der::contextConstructed(0), extension)), "tsa-p256"));
  EXPECT_NE(said.find("requested extension is not supported"), std::string::npos) << said;
}

TEST(TimestampAuthority, RefusesRequestsOverItsSize) {
  // An extension makes a well-formed request of any size; at the limit it is read, above it is not.
  const auto of_size = [](std::size_t padding) {
    const Bytes extension = der::sequence({der::oid("1.2.3.4"), der::octetString(Bytes(padding))});
    return question(Bytes(32), der::element(der::contextConstructed(0), extension));
  };
  std::size_t padding = 3900;
  while (of_size(padding + 1).size() <= 4096) ++padding;
  EXPECT_NE(printed(answerTo(of_size(padding), "tsa-p256")).find("extension is not supported"),
            std::string::npos);
  EXPECT_NE(printed(answerTo(of_size(padding + 1), "tsa-p256")).find("wrong format"),
            std::string::npos);
}

TEST(TimestampAuthority, DoesNotSignWithACertificateThatIsNotForTimestamping) {
  const auto said = printed(answerTo(query("-sha256 -cert"), "person"));
  EXPECT_NE(said.find("Rejected"), std::string::npos) << said;
}

TEST(TimestampAuthority, DoesNotSignWithAKeyThatIsNotOfItsCertificate) {
  const auto& pki = authorities();
  const auto response =
      answer(query("-sha256"),
             pki.certificate("tsa-p256"),
             pki.key("person"),
             {.policies = {kPolicy, kOtherPolicy}, .chain = {}, .accuracy_millis = 1000},
             Bytes{1},
             kNow);
  EXPECT_NE(printed(response).find("Rejected"), std::string::npos);
}

TEST(TimestampToken, OursReadsBack) {
  crypto::SystemRandom random;
  const auto imprint = crypto::digest(DigestAlgorithm::Sha256, asBytes("value"));
  const auto request = makeRequest(DigestAlgorithm::Sha256, imprint, random);
  const auto token =
      readResponse(answerTo(request.der, "tsa-rsa"), request, DigestAlgorithm::Sha256, imprint);
  ASSERT_TRUE(token) << token.error().reason << token.error().detail;
  const auto stamp =
      read(*token, evidence::TimestampKind::Signature, [](DigestAlgorithm algorithm) {
        return crypto::digest(algorithm, asBytes("value"));
      });
  ASSERT_TRUE(stamp);
  EXPECT_TRUE(stamp->imprint.matches());
  EXPECT_EQ(stamp->time, fromUnix(1795000000));
  EXPECT_EQ(stamp->policy, kPolicy);
  EXPECT_EQ(toHex(stamp->serial), "009a01");
  EXPECT_EQ(stamp->signer.certificate, authorities().certificate("tsa-rsa"));
  EXPECT_TRUE(stamp->signer.breaches.empty()) << stamp->signer.breaches.front();
}

}  // namespace
}  // namespace congvan::timestamp
