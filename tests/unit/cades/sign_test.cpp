// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/sign.h"

#include "tests/support/openssl_pki.h"
#include "trust/formats/cades/read.h"

#include <gtest/gtest.h>

namespace congvan::cades {
namespace {

using crypto::DigestAlgorithm;
using crypto::Scheme;
using test::mustRun;
using test::OpensslPki;

constexpr std::string_view kDirective = "Chỉ thị số 05/CT-UBND\n";

const OpensslPki& people() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeSigner("rsa", OpensslPki::kRsa2048);
    fresh->makeSigner("p256", OpensslPki::kP256);
    fresh->makeSigner("p384", OpensslPki::kP384);
    fresh->makeSigner("p521", OpensslPki::kP521);
    return fresh;
  }();
  return *made;
}

struct Case {
  std::string name;
  std::string signer;
  Scheme scheme;
  DigestAlgorithm digest;
};

crypto::SoftwareKey keyFor(const Case& c) {
  return *people().key(c.signer).withAlgorithm(
      {c.scheme, c.digest, c.digest, crypto::digestSize(c.digest)});
}

class EveryKey : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    Cades,
    EveryKey,
    testing::Values(Case{"RsaSha256", "rsa", Scheme::RsaPkcs1, DigestAlgorithm::Sha256},
                    Case{"RsaSha512", "rsa", Scheme::RsaPkcs1, DigestAlgorithm::Sha512},
                    Case{"PssSha256", "rsa", Scheme::RsaPss, DigestAlgorithm::Sha256},
                    Case{"PssSha384", "rsa", Scheme::RsaPss, DigestAlgorithm::Sha384},
                    Case{"P256Sha256", "p256", Scheme::Ecdsa, DigestAlgorithm::Sha256},
                    Case{"P384Sha384", "p384", Scheme::Ecdsa, DigestAlgorithm::Sha384},
                    Case{"P521Sha512", "p521", Scheme::Ecdsa, DigestAlgorithm::Sha512}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(EveryKey, DetachedVerifiesWithOpenssl) {
  const auto key = keyFor(GetParam());
  const auto digest = crypto::digest(GetParam().digest, asBytes(kDirective));
  const auto cms = sign(digest, people().certificate(GetParam().signer), key, {}, nullptr);
  ASSERT_TRUE(cms) << cms.error().reason;

  const auto& folder = people().folder();
  folder.write("ours.p7s", *cms);
  folder.write("text", kDirective);
  const auto ran =
      test::run(folder,
                "openssl cms -verify -cades -binary -inform DER -in ours.p7s -content text "
                "-CAfile ca.pem -purpose any -out back && cmp back text");
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST_P(EveryKey, AttachedVerifiesWithOpensslAndReadsBack) {
  const auto key = keyFor(GetParam());
  const auto digest = crypto::digest(GetParam().digest, asBytes(kDirective));
  const SignOptions options{.algorithm = {},
                            .chain = {people().certificate("ca")},
                            .signing_time = fromUnix(1790000000),
                            .content = toBytes(kDirective)};
  const auto cms = sign(digest, people().certificate(GetParam().signer), key, options, nullptr);
  ASSERT_TRUE(cms) << cms.error().reason;

  people().folder().write("ours.p7m", *cms);
  const auto ran = test::run(
      people().folder(),
      "openssl cms -verify -cades -binary -inform DER -in ours.p7m -CAfile ca.pem -purpose any");
  EXPECT_EQ(ran.status, 0) << ran.output;

  const auto back = read(*cms, {});
  ASSERT_TRUE(back);
  ASSERT_EQ(back->signatures.size(), 1U);
  EXPECT_EQ(toText(*back->content), kDirective);
  const auto& signer = back->signatures[0].signer;
  EXPECT_TRUE(signer.breaches.empty()) << signer.breaches.front();
  EXPECT_TRUE(signer.digests.at(0).matches());
  EXPECT_EQ(signer.algorithm, key.algorithm());
  EXPECT_EQ(signer.claimed_time, fromUnix(1790000000));
  EXPECT_EQ(signer.certificate, people().certificate(GetParam().signer));
  EXPECT_EQ(signer.certificates.size(), 2U);
  EXPECT_EQ(
      crypto::checkSignature(key.publicKey(), *signer.algorithm, signer.signed_bytes, signer.value),
      crypto::SignatureCheck::Good);
}

TEST_P(EveryKey, SizeBoundIsNeverPassedAndIsNear) {
  const auto key = keyFor(GetParam());
  const auto prepared = prepare(crypto::digest(GetParam().digest, asBytes(kDirective)),
                                people().certificate(GetParam().signer),
                                {.algorithm = key.algorithm(),
                                 .chain = {people().certificate("ca")},
                                 .signing_time = {},
                                 .content = {}});
  ASSERT_TRUE(prepared);
  const auto cms = complete(*prepared, *key.signDigest(prepared->to_be_signed));
  ASSERT_TRUE(cms);
  EXPECT_GE(sizeBound(*prepared, 0), cms->size());
  EXPECT_LE(sizeBound(*prepared, 0), cms->size() + 24);
  EXPECT_GE(sizeBound(*prepared, 5000), sizeBound(*prepared, 0) + 5000);
}

TEST(CadesSign, IsDerAndHasNoSigningTimeUnlessAsked) {
  const auto key = people().key("p256");
  const auto cms = sign(crypto::digest(DigestAlgorithm::Sha256, asBytes(kDirective)),
                        people().certificate("p256"),
                        key,
                        {},
                        nullptr);
  ASSERT_TRUE(cms);
  people().folder().write("der.p7s", *cms);
  // openssl writes DER, so reading and writing must give the same file.
  mustRun(people().folder(),
          "openssl cms -cmsout -inform DER -in der.p7s -outform DER -out again.p7s && cmp der.p7s "
          "again.p7s");
  EXPECT_EQ(mustRun(people().folder(), "openssl cms -cmsout -print -inform DER -in der.p7s")
                .find("signingTime"),
            std::string::npos);
}

TEST(CadesSign, RefusesAValueOfAnotherKey) {
  const auto prepared = prepare(crypto::digest(DigestAlgorithm::Sha256, asBytes(kDirective)),
                                people().certificate("p256"),
                                {.algorithm = {}, .chain = {}, .signing_time = {}, .content = {}});
  ASSERT_TRUE(prepared);
  const auto other = crypto::SoftwareKey::generate(crypto::KeyKind::P256);
  const auto refused = complete(*prepared, *other.signDigest(prepared->to_be_signed));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "signature_not_by_certificate");
}

TEST(CadesSign, RefusesASchemeThatIsNotOfTheKey) {
  const auto refused = prepare(Bytes(32),
                               people().certificate("rsa"),
                               {.algorithm = {}, .chain = {}, .signing_time = {}, .content = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "scheme_not_for_key");
}

TEST(CadesSign, RefusesWeakDigestsAndWrongLengths) {
  const auto weak =
      prepare(Bytes(20),
              people().certificate("rsa"),
              {.algorithm = {Scheme::RsaPkcs1, DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, 20},
               .chain = {},
               .signing_time = {},
               .content = {}});
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().reason, "digest_too_weak");
  const auto wrong = prepare(Bytes(31),
                             people().certificate("p256"),
                             {.algorithm = {}, .chain = {}, .signing_time = {}, .content = {}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, "digest_wrong_size");
}

}  // namespace
}  // namespace congvan::cades
