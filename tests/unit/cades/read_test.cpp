// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/read.h"

#include "tests/support/openssl_pki.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Messages made by openssl, as other people's tools make them.
namespace congvan::cades {
namespace {

using crypto::DigestAlgorithm;
using test::mustRun;
using test::OpensslPki;
using testing::StartsWith;

constexpr std::string_view kDecision = "Quyết định số 12/QĐ-UBND\r\n";

const OpensslPki& others() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeSigner("rsa", OpensslPki::kRsa2048);
    fresh->makeSigner("p256", OpensslPki::kP256);
    fresh->makeSigner("p384", OpensslPki::kP384);
    fresh->makeTimestampAuthority("tsa", OpensslPki::kP256);
    fresh->folder().write("text", kDecision);
    return fresh;
  }();
  return *made;
}

// `openssl cms -sign` over the text with these arguments, in DER or BER as they say.
Bytes signedBy(const std::string& arguments, const std::string& tool = "cms") {
  mustRun(others().folder(),
          "openssl " + tool + " -sign -binary -in text -outform DER -out theirs.p7s " + arguments);
  return others().folder().bytes("theirs.p7s");
}

ContentDigest digestOf(std::string_view content) {
  return
      [content](DigestAlgorithm algorithm) { return crypto::digest(algorithm, asBytes(content)); };
}

bool valueVerifies(const evidence::SignerBlock& signer) {
  if (!signer.certificate || !signer.algorithm) return false;
  const auto key = signer.certificate->publicKey();
  const auto check =
      signer.signed_bytes.empty()
          ? crypto::checkDigestSignature(key, *signer.algorithm, signer.signed_digest, signer.value)
          : crypto::checkSignature(key, *signer.algorithm, signer.signed_bytes, signer.value);
  return check == crypto::SignatureCheck::Good;
}

void expectGood(const Result<Message>& message, std::size_t signers) {
  ASSERT_TRUE(message) << message.error().detail;
  ASSERT_EQ(message->signatures.size(), signers);
  for (const auto& signature : message->signatures) {
    EXPECT_THAT(signature.signer.breaches, testing::IsEmpty());
    EXPECT_TRUE(valueVerifies(signature.signer));
    for (const auto& digest : signature.signer.digests) EXPECT_TRUE(digest.matches());
  }
}

struct Made {
  std::string name;
  std::string arguments;
  std::size_t signers = 1;
  std::string tool = "cms";
};

class EveryMaker : public testing::TestWithParam<Made> {};
INSTANTIATE_TEST_SUITE_P(
    CadesRead,
    EveryMaker,
    testing::Values(Made{"Rsa", "-cades -signer rsa.pem -inkey rsa.key"},
                    Made{"RsaSha512", "-cades -md sha512 -signer rsa.pem -inkey rsa.key"},
                    Made{"RsaSha1", "-md sha1 -signer rsa.pem -inkey rsa.key"},
                    Made{"Pss",
                         "-cades -signer rsa.pem -inkey rsa.key -keyopt rsa_padding_mode:pss "
                         "-keyopt rsa_pss_saltlen:20"},
                    Made{"P256", "-cades -signer p256.pem -inkey p256.key"},
                    Made{"P384", "-cades -md sha384 -signer p384.pem -inkey p384.key"},
                    Made{"WithoutAttributes", "-noattr -signer p256.pem -inkey p256.key"},
                    Made{"NamedByKey", "-keyid -signer p256.pem -inkey p256.key"},
                    Made{"TwoSigners",
                         "-cades -signer rsa.pem -inkey rsa.key -signer p256.pem -inkey p256.key",
                         2},
                    Made{"WithOthersCertificates",
                         "-certfile ca.pem -signer rsa.pem -inkey rsa.key"},
                    Made{"OldPkcs7", "-signer rsa.pem -inkey rsa.key", 1, "smime"}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(EveryMaker, ReadsDetached) {
  const auto der = signedBy(GetParam().arguments, GetParam().tool);
  expectGood(read(der, digestOf(kDecision)), GetParam().signers);
}

TEST_P(EveryMaker, ReadsAttachedInBer) {
  // -stream writes indefinite lengths and the content in pieces.
  // openssl 3.0 cannot do that with RSA-PSS.
  const bool streams = GetParam().name != "Pss";
  const auto ber = signedBy(GetParam().arguments + (streams ? " -nodetach -stream" : " -nodetach"),
                            GetParam().tool);
  ASSERT_EQ(ber.at(1) == 0x80, streams);
  const auto message = read(ber, {});
  expectGood(message, GetParam().signers);
  EXPECT_EQ(toText(message->content.value_or(Bytes{})), kDecision);
}

TEST_P(EveryMaker, SeesThatTheContentIsAnother) {
  const auto message =
      read(signedBy(GetParam().arguments, GetParam().tool), digestOf("another content"));
  ASSERT_TRUE(message);
  for (const auto& signature : message->signatures) {
    const bool digests = testing::Matches(testing::Each(testing::ResultOf(
        [](const auto& d) { return d.matches(); }, true)))(signature.signer.digests);
    EXPECT_FALSE(digests && valueVerifies(signature.signer));
  }
}

TEST(CadesRead, NeedsTheContentOfADetachedSignature) {
  const auto message = read(signedBy("-cades -signer p256.pem -inkey p256.key"), {});
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->content);
  EXPECT_TRUE(message->signatures[0].signer.digests.at(0).computed.empty());
}

TEST(CadesRead, SaysWhenTheContentStandsTwice) {
  const auto message =
      read(signedBy("-nodetach -signer p256.pem -inkey p256.key"), digestOf("outside"));
  ASSERT_TRUE(message);
  EXPECT_THAT(message->signatures[0].signer.breaches,
              testing::ElementsAre(StartsWith("content-twice")));
  EXPECT_TRUE(message->signatures[0].signer.digests.at(0).matches()) << "the inner content counts";
}

// What it costs to hash the content beside must not decide whether there is any.
TEST(CadesRead, SaysWhenTheContentStandsTwiceAndOneCannotBeHashed) {
  const auto message = read(signedBy("-nodetach -signer p256.pem -inkey p256.key"),
                            [](crypto::DigestAlgorithm) { return Bytes{}; });
  ASSERT_TRUE(message);
  EXPECT_THAT(message->signatures[0].signer.breaches,
              testing::ElementsAre(StartsWith("content-twice")));
}

TEST(CadesRead, ReadsReferencesAndClaims) {
  const auto message = read(signedBy("-cades -signer p256.pem -inkey p256.key -certfile ca.pem"),
                            digestOf(kDecision));
  ASSERT_TRUE(message);
  const auto& signer = message->signatures[0].signer;
  const auto certificate = others().certificate("p256");
  ASSERT_EQ(signer.references.size(), 1U);
  EXPECT_EQ(signer.references[0].digest,
            crypto::digest(*signer.references[0].algorithm, certificate.der()));
  EXPECT_EQ(signer.certificate, certificate);
  EXPECT_EQ(signer.certificates.size(), 2U);
  EXPECT_TRUE(signer.claimed_time);
  EXPECT_EQ(signer.identifier.serial_der, certificate.serialDer());
}

TEST(CadesRead, NamesTheSignerWhoseCertificateIsNotInside) {
  const auto message =
      read(signedBy("-nocerts -signer p256.pem -inkey p256.key"), digestOf(kDecision));
  ASSERT_TRUE(message);
  const auto& signer = message->signatures[0].signer;
  EXPECT_FALSE(signer.certificate);
  EXPECT_EQ(signer.identifier.issuer_der, toBytes(others().certificate("p256").issuerDer()));
  EXPECT_EQ(signer.identifier.serial_der, others().certificate("p256").serialDer());
}

TEST(CadesRead, KeepsItsLimits) {
  const auto two =
      signedBy("-certfile ca.pem -signer rsa.pem -inkey rsa.key -signer p256.pem -inkey p256.key");
  EXPECT_TRUE(read(two, {}, {.input_bytes = two.size(), .signers = 2, .certificates = 3}));
  for (const Limits& under :
       {Limits{.input_bytes = two.size() - 1, .signers = 2, .certificates = 3},
        Limits{.input_bytes = two.size(), .signers = 1, .certificates = 3},
        Limits{.input_bytes = two.size(), .signers = 2, .certificates = 2}}) {
    const auto refused = read(two, {}, under);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::TooLarge);
    EXPECT_EQ(refused.error().reason, "cms_too_large");
  }
}

TEST(CadesRead, PassesOverPaddingAndNothingElse) {
  for (const auto* arguments :
       {"-signer p256.pem -inkey p256.key", "-nodetach -stream -signer p256.pem -inkey p256.key"}) {
    Bytes padded = signedBy(arguments);
    padded.resize(padded.size() + 500);
    EXPECT_TRUE(read(padded, digestOf(kDecision)));
    padded.back() = 1;
    const auto refused = read(padded, digestOf(kDecision));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "cms_malformed");
  }
}

TEST(CadesRead, RefusesEveryTruncation) {
  for (const auto* arguments : {"-cades -signer p256.pem -inkey p256.key",
                                "-nodetach -stream -signer p256.pem -inkey p256.key"}) {
    const Bytes whole = signedBy(arguments);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto refused = read(BytesView(whole).first(size), digestOf(kDecision));
      ASSERT_FALSE(refused) << size;
      ASSERT_EQ(refused.error().reason, "cms_malformed");
    }
  }
}

TEST(CadesRead, NoTouchedBitOfTheSignedPartGoesUnseen) {
  const Bytes whole = signedBy("-cades -nocerts -signer p256.pem -inkey p256.key");
  const auto certificate = others().certificate("p256");
  std::size_t unseen = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned bit : {0U, 3U, 7U}) {
      Bytes touched = whole;
      touched[at] = static_cast<std::uint8_t>(touched[at] ^ (1U << bit));
      const auto message = read(touched, digestOf(kDecision));
      if (!message || message->signatures.size() != 1) continue;
      auto signer = message->signatures[0].signer;
      signer.certificate = certificate;
      const bool named = signer.identifier.issuer_der == toBytes(certificate.issuerDer()) &&
                         signer.identifier.serial_der == certificate.serialDer();
      if (named && signer.breaches.empty() && signer.digests.size() == 1 &&
          signer.digests[0].matches() && valueVerifies(signer))
        ++unseen;
    }
  }
  EXPECT_LE(unseen, 6U) << "only the two version numbers are free";
}

TEST(CadesRead, RefusesWhatIsNotSignedData) {
  mustRun(others().folder(),
          "openssl cms -encrypt -binary -in text -outform DER -out enveloped.p7m p256.pem");
  mustRun(others().folder(),
          "openssl cms -data_create -binary -in text -outform DER -out data.p7m");
  for (const Bytes& bad : {others().folder().bytes("enveloped.p7m"),
                           others().folder().bytes("data.p7m"),
                           toBytes("%PDF-1.7"),
                           Bytes{},
                           toBytes(others().certificate("p256").der())}) {
    const auto refused = read(bad, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "cms_malformed");
  }
}

TEST(CadesRead, BoundsNesting) {
  const auto nested = [](int levels, std::uint8_t length) {
    Bytes bytes;
    for (int i = 0; i < levels; ++i) append(bytes, Bytes{0x30, length});
    return bytes;
  };
  // A million levels of indefinite length must neither be followed nor overflow the stack.
  EXPECT_FALSE(read(nested(1'000'000, 0x80), {}));
  EXPECT_FALSE(read(nested(1'000'000, 0x00), {}));
}

TEST(CadesRead, ReadsCountersignatures) {
  // openssl has no command for them: they come from the corpora.
  const auto folder = test::corpora();
  if (folder.empty()) GTEST_SKIP() << "no corpora beside the checkout";
  std::ifstream file(folder / "ades/dss/cades/counterSig.p7m", std::ios::binary);
  const auto message = read(toBytes(std::string(std::istreambuf_iterator<char>(file), {})), {});
  ASSERT_TRUE(message);
  ASSERT_EQ(message->countersignatures.size(), 1U);
  EXPECT_EQ(message->countersignatures[0].id, "s1-c1");
  EXPECT_TRUE(valueVerifies(message->countersignatures[0].signer));
  EXPECT_TRUE(message->countersignatures[0].signer.digests.at(0).matches());
}

TEST(CadesRead, CollectsRevocationData) {
  mustRun(
      others().folder(),
      "touch index.txt && printf "
      "'[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\ndefault_md=sha256\\ndefault_crl_days="
      "30\\n' > ca.cnf && "
      "openssl ca -gencrl -config ca.cnf -cert ca.pem -keyfile ca.key -out ca.crl 2>/dev/null && "
      "openssl crl2pkcs7 -in ca.crl -certfile p256.pem -outform DER -out with-crl.p7b");
  const auto message = read(others().folder().bytes("with-crl.p7b"), {});
  ASSERT_TRUE(message) << message.error().detail;
  EXPECT_TRUE(message->signatures.empty()) << "certificates and CRLs alone are no signature";
}

}  // namespace
}  // namespace congvan::cades
