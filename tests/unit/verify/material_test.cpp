// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/material.h"

#include "tests/support/openssl_pki.h"

#include <gtest/gtest.h>

namespace congvan::verify {
namespace {

/// `both.pem` (two certificates and a CRL), `ca.der`, `list.der`, `ocsp.der`, all by openssl.
const test::TempFolder& material() {
  static const test::TempFolder kFolder;
  static const auto kMade = [] {
    test::mustRun(kFolder, "sh " CONGVAN_SOURCE_DIR "/tests/data/validation/make_pki.sh .");
    test::mustRun(kFolder, "cat root.pem signer.pem clean-2021.crl > both.pem");
    test::mustRun(kFolder, "openssl x509 -in root.pem -outform DER -out root.der");
    test::mustRun(kFolder, "openssl crl -in clean-2021.crl -outform DER -out list.der");
    return test::mustRun(kFolder,
                         "openssl ocsp -index db/index.txt -CA root.pem -rsigner root.pem -rkey "
                         "root.key -issuer root.pem -cert signer.pem -respout ocsp.der");
  }();
  return kFolder;
}

TEST(Material, IsToldFromItsBytes) {
  validation::Material found;
  for (const auto* const name : {"both.pem", "root.der", "list.der", "ocsp.der"}) {
    EXPECT_TRUE(addMaterial(found, material().bytes(name))) << name;
  }
  EXPECT_EQ(found.certificates.size(), 3U);
  EXPECT_EQ(found.crls.size(), 2U);
  EXPECT_EQ(found.ocsp_responses.size(), 1U);
  EXPECT_TRUE(found.anchors.empty()) << "extra material is never trusted";
}

TEST(Material, RefusesWhatIsNoneOfThese) {
  validation::Material found;
  EXPECT_FALSE(addMaterial(found, {}));
  EXPECT_FALSE(addMaterial(found, asBytes("text")));
  EXPECT_FALSE(addMaterial(found, asBytes("-----BEGIN X-----\n!!!\n-----END X-----\n")));
  EXPECT_FALSE(addMaterial(found, asBytes("-----BEGIN CERTIFICATE-----\nAAAA")));
}

TEST(Material, ReadsAnchorsAsPemOrDer) {
  EXPECT_EQ(readCertificates(material().bytes("root.pem"))->size(), 1U);
  EXPECT_EQ(readCertificates(material().bytes("root.der"))->size(), 1U);
  EXPECT_FALSE(readCertificates(asBytes("text")));
  EXPECT_FALSE(readCertificates(material().bytes("list.der")));
}

TEST(Material, RecognisesATrustList) {
  EXPECT_TRUE(isTrustList(asBytes("<?xml version='1.0'?><tsl:TrustServiceStatusList>")));
  EXPECT_FALSE(isTrustList(material().bytes("root.pem")));
}

}  // namespace
}  // namespace congvan::verify
