// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/timestamp/openssl_ts.h"
#include "trust/crypto/random.h"
#include "trust/formats/timestamp/token.h"

#include <gtest/gtest.h>

namespace congvan::timestamp {
namespace {

using crypto::DigestAlgorithm;
using test::mustRun;
using test::OpensslPki;

const OpensslPki& server() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeTimestampAuthority("tsa", OpensslPki::kRsa2048);
    test::writeTsConfig(*fresh, "tsa");
    return fresh;
  }();
  return *made;
}

const Bytes kImprint = crypto::digest(DigestAlgorithm::Sha256, asBytes("signature value"));

Request ask(DigestAlgorithm algorithm, BytesView imprint) {
  crypto::SystemRandom random;
  return makeRequest(algorithm, imprint, random);
}

Bytes replyOfOpenssl(const Request& request) {
  server().folder().write("request.tsq", request.der);
  mustRun(server().folder(),
          "openssl ts -reply -config ts.cnf -queryfile request.tsq -out reply.tsr 2>/dev/null");
  return server().folder().bytes("reply.tsr");
}

TEST(TimestampClient, AsksWhatOpensslUnderstands) {
  const auto request = ask(DigestAlgorithm::Sha256, kImprint);
  server().folder().write("request.tsq", request.der);
  const auto text = mustRun(server().folder(), "openssl ts -query -in request.tsq -text");
  EXPECT_NE(text.find("Hash Algorithm: sha256"), std::string::npos) << text;
  EXPECT_NE(text.find("Certificate required: yes"), std::string::npos) << text;
  EXPECT_EQ(request.nonce.size(), 16U);
}

TEST(TimestampClient, TakesTheTokenOfOpenssl) {
  for (const auto algorithm :
       {DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512}) {
    const auto imprint = crypto::digest(algorithm, asBytes("signature value"));
    const auto request = ask(algorithm, imprint);
    const auto token = readResponse(replyOfOpenssl(request), request, algorithm, imprint);
    ASSERT_TRUE(token) << token.error().detail;
    const auto stamp = read(*token, evidence::TimestampKind::Signature, [](DigestAlgorithm asked) {
      return crypto::digest(asked, asBytes("signature value"));
    });
    ASSERT_TRUE(stamp);
    EXPECT_TRUE(stamp->imprint.matches());
    EXPECT_TRUE(stamp->signer.digests.at(0).matches());
    EXPECT_EQ(stamp->policy, "1.2.3.4.1");
    EXPECT_EQ(stamp->signer.certificate, server().certificate("tsa"));
    EXPECT_TRUE(stamp->signer.breaches.empty()) << stamp->signer.breaches.front();
  }
}

TEST(TimestampClient, RefusesTheAnswerToAnotherQuestion) {
  const auto first = ask(DigestAlgorithm::Sha256, kImprint);
  const auto second = ask(DigestAlgorithm::Sha256, kImprint);
  const auto reply = replyOfOpenssl(first);
  const auto other_nonce = readResponse(reply, second, DigestAlgorithm::Sha256, kImprint);
  ASSERT_FALSE(other_nonce);
  EXPECT_EQ(other_nonce.error().reason, "tsa_answer_wrong");
  const auto other_imprint = readResponse(reply, first, DigestAlgorithm::Sha256, Bytes(32));
  ASSERT_FALSE(other_imprint);
  EXPECT_EQ(other_imprint.error().reason, "tsa_answer_wrong");
}

TEST(TimestampClient, SaysThatTheAuthorityRefused) {
  const auto imprint = crypto::digest(DigestAlgorithm::Sha3_256, asBytes("x"));
  const auto request = ask(DigestAlgorithm::Sha3_256, imprint);
  const auto refused =
      readResponse(replyOfOpenssl(request), request, DigestAlgorithm::Sha3_256, imprint);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  EXPECT_EQ(refused.error().reason, "tsa_refused");
}

TEST(TimestampClient, RefusesATamperedAnswerWhereverItWasTouched) {
  const auto request = ask(DigestAlgorithm::Sha256, kImprint);
  const auto reply = replyOfOpenssl(request);
  ASSERT_TRUE(readResponse(reply, request, DigestAlgorithm::Sha256, kImprint));
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < reply.size(); ++at) {
    Bytes touched = reply;
    touched[at] ^= 0x01;
    if (readResponse(touched, request, DigestAlgorithm::Sha256, kImprint)) ++accepted;
  }
  // Nothing but the root certificate that the authority added, and the free text of the status, is
  // left uncovered.
  EXPECT_LE(accepted, server().certificate("ca").der().size() + 64);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, reply.size() / 2, reply.size() - 1}) {
    EXPECT_FALSE(
        readResponse(BytesView(reply).first(size), request, DigestAlgorithm::Sha256, kImprint));
  }
}

TEST(TimestampToken, RefusesWhatIsNoToken) {
  server().folder().write("text", "x");
  mustRun(server().folder(),
          "openssl cms -sign -binary -in text -signer tsa.pem -inkey tsa.key -outform DER "
          "-nodetach -out not-token.p7m");
  for (const Bytes& bad : {Bytes{}, toBytes("x"), server().folder().bytes("not-token.p7m")}) {
    const auto refused = read(bad, evidence::TimestampKind::Signature, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "timestamp_malformed");
  }
}

}  // namespace
}  // namespace congvan::timestamp
