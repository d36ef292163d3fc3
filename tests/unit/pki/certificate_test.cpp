// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/certificate.h"

#include "base/encoding.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

const std::string kMake =
    "openssl req -new -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout key -utf8"
    " -days 30 -out certificate.pem ";

Certificate made(const test::TempFolder& folder, const std::string& options) {
  test::mustRun(folder, kMake + options);
  return *Certificate::parsePem(folder.text("certificate.pem"));
}

std::string said(const test::TempFolder& folder, const std::string& options) {
  auto text = test::mustRun(folder, "openssl x509 -in certificate.pem -noout " + options);
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.find('=') + 1);
}

TEST(Certificate, AgreesWithTheOpensslCommand) {
  const test::TempFolder folder;
  const auto certificate =
      made(folder, "-subj '/C=VN/O=Sở Y tế, tỉnh Mẫu/CN=Đỗ Thị \"Hạnh\"' -set_serial 0xff00112233");

  EXPECT_EQ(certificate.subject(), said(folder, "-subject -nameopt RFC2253,-esc_msb,utf8"));
  EXPECT_EQ(certificate.issuer(), certificate.subject());
  EXPECT_EQ(certificate.commonName(), "Đỗ Thị \"Hạnh\"");
  EXPECT_EQ(certificate.serialHex(), "ff00112233");
  EXPECT_EQ(toHex(certificate.serialDer()), "00ff00112233");
  auto fingerprint = said(folder, "-fingerprint -sha256");
  std::erase(fingerprint, ':');
  EXPECT_EQ(toHex(*fromHex(fingerprint)), toHex(certificate.sha256()));
  EXPECT_EQ(certificate.pem(), test::mustRun(folder, "openssl x509 -in certificate.pem"));
  test::mustRun(folder,
                "openssl x509 -in certificate.pem -noout -pubkey | openssl pkey -pubin -outform "
                "DER -out public");
  EXPECT_EQ(toBytes(certificate.spkiDer()), folder.bytes("public"));
  EXPECT_EQ(certificate.publicKey().spki(), folder.bytes("public"));
}

TEST(Certificate, ReadsItsExtensions) {
  const test::TempFolder folder;
  const auto certificate = made(
      folder,
      "-subj /CN=x -addext basicConstraints=critical,CA:TRUE,pathlen:3"
      " -addext keyUsage=critical,keyCertSign,nonRepudiation,decipherOnly -addext "
      "extendedKeyUsage=critical,timeStamping,1.2.3.4"
      " -addext "
      "'crlDistributionPoints=URI:http://a.vn/x.crl,URI:ldap://a.vn/x,URI:https://b.vn/y.crl'"
      " -addext "
      "'authorityInfoAccess=OCSP;URI:http://o.vn/,caIssuers;URI:http://c.vn/c.crt,OCSP;DNS:no.vn'"
      " -addext noCheck=ignored");

  EXPECT_TRUE(certificate.isCa());
  EXPECT_EQ(certificate.pathLength(), 3);
  EXPECT_TRUE(certificate.keyUsage(KeyUsage::KeyCertSign));
  EXPECT_TRUE(certificate.keyUsage(KeyUsage::NonRepudiation));
  EXPECT_TRUE(certificate.keyUsage(KeyUsage::DecipherOnly)) << "the ninth bit";
  EXPECT_FALSE(certificate.keyUsage(KeyUsage::DigitalSignature));
  EXPECT_EQ(certificate.extendedKeyUsage(),
            (std::vector<std::string>{std::string(kEkuTimeStamping), "1.2.3.4"}));
  EXPECT_TRUE(certificate.extendedKeyUsageCritical());
  EXPECT_EQ(certificate.crlAddresses(),
            (std::vector<std::string>{"http://a.vn/x.crl", "https://b.vn/y.crl"}));
  EXPECT_EQ(certificate.ocspAddresses(), std::vector<std::string>{"http://o.vn/"});
  EXPECT_EQ(certificate.caIssuersAddresses(), std::vector<std::string>{"http://c.vn/c.crt"});
  EXPECT_TRUE(certificate.hasOcspNoCheck());
  EXPECT_EQ(certificate.subjectKeyIdentifier(), certificate.authorityKeyIdentifier());
  EXPECT_EQ(certificate.subjectKeyIdentifier().size(), 20U);
}

TEST(Certificate, AnswersForExtensionsItDoesNotHave) {
  const test::TempFolder folder;
  folder.write("config", "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=x\n");
  const auto certificate = made(folder, "-config config");

  EXPECT_TRUE(certificate.extensions().empty());
  EXPECT_FALSE(certificate.hasKeyUsage());
  EXPECT_FALSE(certificate.keyUsage(KeyUsage::DigitalSignature));
  EXPECT_FALSE(certificate.isCa());
  EXPECT_EQ(certificate.pathLength(), std::nullopt);
  EXPECT_TRUE(certificate.subjectKeyIdentifier().empty());
  EXPECT_TRUE(certificate.crlAddresses().empty());
}

TEST(Certificate, IsValidThroughItsLastSecond) {
  const test::TempFolder folder;
  const auto certificate = made(folder, "-subj /CN=x");
  EXPECT_TRUE(certificate.validAt(certificate.notBefore()));
  EXPECT_FALSE(certificate.validAt(certificate.notBefore() - Duration(1)));
  EXPECT_TRUE(certificate.validAt(certificate.notAfter()));
  EXPECT_TRUE(certificate.validAt(certificate.notAfter() + std::chrono::milliseconds(999)));
  EXPECT_FALSE(certificate.validAt(certificate.notAfter() + std::chrono::seconds(1)));
}

TEST(Certificate, NegativeSerialNumbersAreShownAsSuch) {
  const test::TempFolder folder;
  EXPECT_EQ(made(folder, "-subj /CN=x -set_serial -256").serialHex(), "-0100");
  EXPECT_EQ(made(folder, "-subj /CN=x -set_serial -1").serialHex(), "-01");
  EXPECT_EQ(made(folder, "-subj /CN=x -set_serial 0").serialHex(), "00");
}

TEST(Certificate, RefusesAnythingButOneDerCertificate) {
  const test::TempFolder folder;
  const auto good = toBytes(made(folder, "-subj /CN=x").der());
  auto longer = good;
  longer.push_back(0);
  EXPECT_EQ(Certificate::parse(longer).error().reason, "certificate_malformed");
  for (std::size_t size = 0; size < good.size(); size += 13) {
    EXPECT_EQ(Certificate::parse(BytesView(good).first(size)).error().reason,
              "certificate_malformed");
  }
  EXPECT_EQ(Certificate::parse(Bytes(64U << 10U)).error().code, Code::Malformed);
  EXPECT_EQ(Certificate::parse(Bytes((64U << 10U) + 1)).error().code, Code::TooLarge);
}

TEST(Certificate, ReadsBundlesWithTextBetween) {
  const test::TempFolder folder;
  const auto first = made(folder, "-subj /CN=first");
  const auto key = folder.text("key");
  const auto second = made(folder, "-subj /CN=second");
  const auto bundle = "first\n" + first.pem() + key + "\nand second\n" + second.pem() + "end";

  const auto read = Certificate::parsePemBundle(bundle);

  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0], first);
  EXPECT_EQ((*read)[1], second);
  EXPECT_EQ(*Certificate::parsePem(bundle), first);
  EXPECT_FALSE(Certificate::parsePemBundle(bundle, 1)) << "one too many";
  EXPECT_FALSE(Certificate::parsePemBundle(key)) << "none";
  auto broken = bundle;
  broken.replace(broken.rfind("-----BEGIN") + 40, 4, "!!!!");
  EXPECT_FALSE(Certificate::parsePemBundle(broken));
}

TEST(Certificate, AKeyOfAnUnknownKindDoesNotHideTheRest) {
  const test::TempFolder folder;
  auto der = toBytes(made(folder, "-subj /CN=x").der());
  const auto ec_key = *fromHex("06072a8648ce3d0201");  // id-ecPublicKey
  const auto at = std::search(der.begin(), der.end(), ec_key.begin(), ec_key.end());
  ASSERT_NE(at, der.end());
  *(at + 8) = 0x7F;

  const auto certificate = Certificate::parse(der);

  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->publicKey().family(), crypto::KeyFamily::Other);
  EXPECT_EQ(certificate->commonName(), "x");
}

}  // namespace
}  // namespace congvan::pki
