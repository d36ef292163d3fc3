// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "tests/support/shell.h"
#include "trust/crypto/software_key.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace congvan::crypto {
namespace {

const Bytes kMessage = toBytes(std::string_view("Công văn số 12/UBND-VP"));

SecretBytes passphrase(std::string_view text) {
  return SecretBytes(text);
}

SignatureAlgorithm pss(DigestAlgorithm digest) {
  return {Scheme::RsaPss, digest, digest, digestSize(digest)};
}

TEST(SoftwareKey, EveryKindSignsWhatItsPublicKeyChecks) {
  for (const auto kind : {KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa2048}) {
    const auto key = SoftwareKey::generate(kind);
    auto value = *signMessage(key, kMessage);

    EXPECT_EQ(checkSignature(key.publicKey(), key.algorithm(), kMessage, value),
              SignatureCheck::Good);
    value[value.size() / 2] ^= 1U;
    EXPECT_EQ(checkSignature(key.publicKey(), key.algorithm(), kMessage, value),
              SignatureCheck::Bad);
  }
}

TEST(SoftwareKey, TheDigestFollowsTheCurve) {
  EXPECT_EQ(SoftwareKey::generate(KeyKind::P256).algorithm().digest, DigestAlgorithm::Sha256);
  EXPECT_EQ(SoftwareKey::generate(KeyKind::P384).algorithm().digest, DigestAlgorithm::Sha384);
  EXPECT_EQ(SoftwareKey::generate(KeyKind::P521).algorithm().digest, DigestAlgorithm::Sha512);
}

TEST(SoftwareKey, OpensslVerifiesItsSignatures) {
  const test::TempFolder folder;
  folder.write("message", kMessage);
  for (const auto kind : {KeyKind::P256, KeyKind::Rsa2048}) {
    const auto key = SoftwareKey::generate(kind);
    folder.write("public", key.publicKey().spki());
    folder.write("value", *signMessage(key, kMessage));

    const auto ran = test::run(
        folder, "openssl dgst -sha256 -verify public -keyform DER -signature value message");

    EXPECT_EQ(ran.status, 0) << ran.output;
  }
}

TEST(SoftwareKey, ReadsTheFormsThatOpensslWrites) {
  const test::TempFolder folder;
  const std::array commands{
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key",
      "openssl ecparam -genkey -noout -name prime256v1 -out key",
      "openssl genrsa -traditional -out key 2048",
      "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key",
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes-256-cbc -pass "
      "pass:mật-khẩu -out key",
      "openssl genrsa -traditional -aes128 -passout pass:mật-khẩu -out key 2048",
      "openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key",
  };
  for (const auto* command : commands) {
    test::mustRun(folder, command);
    test::mustRun(folder,
                  "openssl pkey -in key -passin pass:mật-khẩu -pubout -outform DER -out public");

    const auto key = SoftwareKey::fromPem(folder.text("key"), passphrase("mật-khẩu"));

    ASSERT_TRUE(key) << command << ": " << key.error().detail;
    EXPECT_EQ(toHex(key->publicKey().spki()), toHex(folder.bytes("public"))) << command;
    EXPECT_EQ(
        checkSignature(key->publicKey(), key->algorithm(), kMessage, *signMessage(*key, kMessage)),
        SignatureCheck::Good)
        << command;
  }
}

TEST(SoftwareKey, TellsAWrongPassphraseFromABrokenKey) {
  const test::TempFolder folder;
  test::mustRun(folder,
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc"
                " -pass pass:right -out key");
  const auto pem = folder.text("key");

  EXPECT_EQ(SoftwareKey::fromPem(pem, passphrase("wrong")).error().reason, "key_passphrase_wrong");
  EXPECT_EQ(SoftwareKey::fromPem(pem, passphrase("")).error().reason, "key_passphrase_wrong");
  EXPECT_EQ(SoftwareKey::fromPem("nothing of the kind", passphrase("")).error().reason,
            "key_malformed");
  EXPECT_EQ(SoftwareKey::fromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                                 passphrase(""))
                .error()
                .reason,
            "key_malformed");
  EXPECT_EQ(SoftwareKey::fromPem(std::string(300'000, 'A'), passphrase("")).error().reason,
            "key_malformed");
}

TEST(SoftwareKey, RefusesAKeyWhoseNumbersDoNotBelongTogether) {
  auto der = SoftwareKey::generate(KeyKind::Rsa2048).pkcs8();
  der.data()[60] ^= 1U;  // inside the modulus
  const auto pem =
      "-----BEGIN PRIVATE KEY-----\n" + toBase64(der.view()) + "\n-----END PRIVATE KEY-----\n";

  const auto key = SoftwareKey::fromPem(pem, passphrase(""));

  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, "key_malformed");
}

TEST(SoftwareKey, RefusesKindsItCannotSignDigestsWith) {
  const test::TempFolder folder;
  for (const auto* command : {"openssl genpkey -algorithm ED25519 -out key",
                              "openssl genpkey -algorithm X25519 -out key",
                              "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
                              " -pkeyopt ec_param_enc:explicit -out key"}) {
    test::mustRun(folder, command);
    const auto key = SoftwareKey::fromPem(folder.text("key"), passphrase(""));
    ASSERT_FALSE(key) << command;
    EXPECT_EQ(key.error().reason, "key_kind_unsupported") << command;
  }
}

TEST(SoftwareKey, ComesBackFromPkcs8) {
  const auto key = SoftwareKey::generate(KeyKind::P256);
  const auto der = key.pkcs8();

  const auto again = SoftwareKey::fromPkcs8(der.view());

  ASSERT_TRUE(again);
  EXPECT_EQ(again->publicKey().spki(), key.publicKey().spki());
  const auto cut = der.view().first(der.size() - 1);
  EXPECT_EQ(SoftwareKey::fromPkcs8(cut).error().reason, "key_malformed");
  auto longer = toBytes(der.view());
  longer.push_back(0);
  EXPECT_EQ(SoftwareKey::fromPkcs8(longer).error().reason, "key_malformed");
}

TEST(SoftwareKey, SignsWithPssWhenAsked) {
  const test::TempFolder folder;
  const auto key =
      *SoftwareKey::generate(KeyKind::Rsa2048).withAlgorithm(pss(DigestAlgorithm::Sha384));
  folder.write("message", kMessage);
  folder.write("public", key.publicKey().spki());
  folder.write("value", *signMessage(key, kMessage));

  const auto ran =
      test::run(folder,
                "openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48"
                " -verify public -keyform DER -signature value message");

  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST(SoftwareKey, RefusesASchemeOfAnotherKeyFamily) {
  const auto ec = SoftwareKey::generate(KeyKind::P256);
  EXPECT_EQ(ec.withAlgorithm(pss(DigestAlgorithm::Sha256)).error().reason, "scheme_not_for_key");
  const auto rsa = SoftwareKey::generate(KeyKind::Rsa2048);
  EXPECT_EQ(rsa.withAlgorithm({Scheme::Ecdsa}).error().reason, "scheme_not_for_key");
}

TEST(SoftwareKey, RefusesADigestOfTheWrongLength) {
  const auto key = SoftwareKey::generate(KeyKind::P256);
  EXPECT_EQ(key.signDigest(Bytes(20)).error().reason, "digest_length");
  EXPECT_EQ(key.signDigest({}).error().reason, "digest_length");
}

TEST(SoftwareKey, IsSharedByThreads) {
  const auto key = SoftwareKey::generate(KeyKind::P256);
  std::array<int, 4> good{};
  std::vector<std::thread> threads;
  for (auto& count : good) {
    threads.emplace_back([&key, &count] {
      for (int i = 0; i < 50; ++i) {
        const auto value = signMessage(key, kMessage);
        count += checkSignature(key.publicKey(), key.algorithm(), kMessage, *value) ==
                 SignatureCheck::Good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array{50, 50, 50, 50}));
}

TEST(PublicKey, NamesItsFamilyAndCurve) {
  EXPECT_EQ(SoftwareKey::generate(KeyKind::P256).publicKey().curve(), "P-256");
  EXPECT_EQ(SoftwareKey::generate(KeyKind::P384).publicKey().curve(), "P-384");
  const auto rsa = SoftwareKey::generate(KeyKind::Rsa2048).publicKey();
  EXPECT_EQ(rsa.curve(), "");
  EXPECT_EQ(rsa.family(), KeyFamily::Rsa);
  EXPECT_EQ(rsa.bits(), 2048);
}

TEST(PublicKey, RefusesWhatIsNotOneSubjectPublicKeyInfo) {
  auto spki = SoftwareKey::generate(KeyKind::P256).publicKey().spki();
  EXPECT_TRUE(PublicKey::parse(spki));
  spki.push_back(0);
  EXPECT_EQ(PublicKey::parse(spki).error().reason, "public_key_malformed");
  spki.pop_back();
  spki.back() ^= 1U;  // no longer a point of the curve
  EXPECT_FALSE(PublicKey::parse(spki));
  EXPECT_FALSE(PublicKey::parse({}));
}

TEST(PublicKey, AKeyNobodyCanReadChecksNothing) {
  const PublicKey none(nullptr);
  EXPECT_EQ(none.family(), KeyFamily::Other);
  EXPECT_EQ(none.bits(), 0);
  EXPECT_TRUE(none.spki().empty());
  EXPECT_NE(checkSignature(none, {}, kMessage, Bytes(64)), SignatureCheck::Good);
}

TEST(PublicKey, EdwardsKeysNeedTheWholeMessage) {
  const test::TempFolder folder;
  test::mustRun(folder,
                "openssl genpkey -algorithm ED25519 -out key"
                " && openssl pkey -in key -pubout -outform DER -out public");
  folder.write("message", kMessage);
  test::mustRun(folder, "openssl pkeyutl -sign -rawin -inkey key -in message -out value");
  const auto key = *PublicKey::parse(folder.bytes("public"));
  const auto value = folder.bytes("value");

  EXPECT_EQ(checkSignature(key, {Scheme::Ed25519}, kMessage, value), SignatureCheck::Good);
  EXPECT_EQ(checkDigestSignature(key, {Scheme::Ed25519}, Bytes(32), value),
            SignatureCheck::Unsupported);
  EXPECT_EQ(checkSignature(key, {Scheme::Ecdsa}, kMessage, value), SignatureCheck::Bad);
}

TEST(Algorithm, IdentifiersAreReadAsWritten) {
  for (const auto scheme : {Scheme::RsaPkcs1, Scheme::RsaPss, Scheme::Ecdsa, Scheme::Dsa}) {
    for (const auto digest : {DigestAlgorithm::Sha1,
                              DigestAlgorithm::Sha224,
                              DigestAlgorithm::Sha256,
                              DigestAlgorithm::Sha384,
                              DigestAlgorithm::Sha512,
                              DigestAlgorithm::Sha3_256,
                              DigestAlgorithm::Sha3_512}) {
      const SignatureAlgorithm algorithm{scheme, digest, digest, digestSize(digest)};
      const auto again = parseAlgorithm(encodeAlgorithm(algorithm));
      ASSERT_TRUE(again) << algorithmName(algorithm);
      EXPECT_EQ(*again, algorithm) << algorithmName(algorithm);
    }
  }
  EXPECT_EQ(parseAlgorithm(encodeAlgorithm({Scheme::Ed25519}))->scheme, Scheme::Ed25519);
  EXPECT_EQ(parseAlgorithm(encodeAlgorithm({Scheme::Ed448}))->scheme, Scheme::Ed448);
}

TEST(Algorithm, PssParametersAreReadWithTheirDefaults) {
  const auto bare = *parseAlgorithm(*fromHex("300d06092a864886f70d01010a3000"));
  EXPECT_EQ(bare,
            (SignatureAlgorithm{Scheme::RsaPss, DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, 20}));
  const SignatureAlgorithm mixed{Scheme::RsaPss, DigestAlgorithm::Sha512, DigestAlgorithm::Sha1, 0};
  EXPECT_EQ(*parseAlgorithm(encodeAlgorithm(mixed)), mixed);
}

TEST(Algorithm, AKeysIdentifierNeedsTheDigestFromOutside) {
  const auto rsa = *fromHex("300d06092a864886f70d0101010500");
  EXPECT_EQ(parseAlgorithm(rsa).error().reason, "algorithm_unknown");
  EXPECT_EQ(parseAlgorithm(rsa, DigestAlgorithm::Sha512)->digest, DigestAlgorithm::Sha512);
  const auto ec = *fromHex("301306072a8648ce3d020106082a8648ce3d030107");
  EXPECT_EQ(parseAlgorithm(ec, DigestAlgorithm::Sha256)->scheme, Scheme::Ecdsa);
}

TEST(Algorithm, RefusesJunk) {
  EXPECT_EQ(parseAlgorithm({}).error().reason, "algorithm_malformed");
  EXPECT_EQ(parseAlgorithm(*fromHex("30030601"
                                    "2a"))
                .error()
                .reason,
            "algorithm_unknown");
  EXPECT_EQ(parseAlgorithm(*fromHex("300f06092a864886f70d01010b05000500")).error().reason,
            "algorithm_malformed");
  EXPECT_EQ(parseAlgorithm(*fromHex("300b06092a864886f70d01010a")).error().reason,
            "algorithm_unknown")
      << "RSASSA-PSS without parameters";
  // A salt of 2049 bytes, then a trailer field that is not 1.
  EXPECT_FALSE(parseAlgorithm(*fromHex("301306092a864886f70d01010a3006a20402020801")));
  EXPECT_FALSE(parseAlgorithm(*fromHex("301206092a864886f70d01010a3005a303020102")));
}

TEST(Algorithm, NamesAreForPeople) {
  EXPECT_EQ(algorithmName(pss(DigestAlgorithm::Sha256)), "RSA-PSS with SHA-256");
  EXPECT_EQ(algorithmName({Scheme::Ed25519}), "Ed25519");
}

}  // namespace
}  // namespace congvan::crypto
