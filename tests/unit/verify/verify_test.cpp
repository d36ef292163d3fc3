// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/verify.h"

#include "base/encoding.h"
#include "tests/support/openssl_pki.h"
#include "trust/crypto/digest.h"
#include "trust/verify/material.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace congvan::verify {
namespace {

using validation::Overall;
using validation::SubIndication;

/// CMS files made by the openssl command with the keys of make_pki.sh.
const test::TempFolder& files() {
  static const test::TempFolder kFolder;
  static const auto kMade = [] {
    test::mustRun(kFolder, "sh " CONGVAN_SOURCE_DIR "/tests/data/validation/make_pki.sh .");
    const std::string sign =
        "openssl cms -sign -cades -binary -in content -signer signer.pem -inkey signer.key ";
    test::mustRun(kFolder, sign + "-nodetach -outform DER -out attached.p7m");
    test::mustRun(kFolder, sign + "-nodetach -outform PEM -out attached.pem");
    test::mustRun(kFolder, sign + "-outform DER -out detached.p7s");
    return test::mustRun(kFolder,
                         "printf other > other-content; base64 detached.p7s > detached.b64");
  }();
  return kFolder;
}

Request requestFor(BytesView file) {
  Request request;
  request.file = file;
  request.time = *parseTime("2021-06-15T00:00:00Z");
  request.material.anchors = *readCertificates(files().bytes("root.pem"));
  (void)addMaterial(request.material, files().bytes("clean-2021.crl"));
  return request;
}

Overall overallOf(std::string_view text) {
  return verify(requestFor(asBytes(text))).verdict.overall;
}

TEST(Verify, PassesWhatOpensslSigned) {
  for (const auto* const name : {"attached.p7m", "attached.pem"}) {
    const auto file = files().bytes(name);
    const auto outcome = verify(requestFor(file));
    EXPECT_EQ(outcome.verdict.overall, Overall::TotalPassed) << name;
    EXPECT_EQ(outcome.verdict.format, evidence::Format::Cades);
    EXPECT_EQ(outcome.verdict.signatures.at(0).level, "B-B");
  }
}

TEST(Verify, FindsTheContentOfADetachedSignatureAmongSeveral) {
  const auto content = files().bytes("content");
  const auto other = files().bytes("other-content");
  for (const auto* const name : {"detached.p7s", "detached.b64"}) {
    const auto file = files().bytes(name);
    auto request = requestFor(file);
    EXPECT_EQ(verify(request).verdict.signatures.at(0).sub_indication,
              SubIndication::SignedDataNotFound);
    request.contents = {other};
    EXPECT_EQ(verify(request).verdict.signatures.at(0).sub_indication, SubIndication::HashFailure);
    request.contents = {other, content};
    EXPECT_EQ(verify(request).verdict.overall, Overall::TotalPassed);
  }
}

// Strip the attributes off a detached signature and its value signs their encoding instead.
TEST(Verify, NeverTakesSignedAttributesForTheContent) {
  for (const auto* const attributes : {"attributes", "attributes.ber"}) {
    test::mustRun(files(),
                  std::string("openssl cms -sign -noattr -binary -outform DER -signer signer.pem "
                              "-inkey signer.key -out bare.p7s -in ") +
                      attributes);
    const auto file = files().bytes("bare.p7s");
    const auto content = files().bytes(attributes);
    auto request = requestFor(file);
    request.contents = {content};
    const auto verdict = verify(request).verdict;
    EXPECT_EQ(verdict.overall, Overall::TotalFailed) << attributes;
    EXPECT_EQ(verdict.signatures.at(0).sub_indication, SubIndication::FormatFailure);
  }
}

TEST(Verify, FailsOnEveryFlippedBitOfTheContent) {
  const auto file = files().bytes("attached.p7m");
  const auto content = files().bytes("content");
  const auto at =
      std::search(file.begin(), file.end(), content.begin(), content.end()) - file.begin();
  for (std::size_t i = 0; i < content.size(); ++i) {
    auto tampered = file;
    tampered[static_cast<std::size_t>(at) + i] ^= 0x01;
    EXPECT_EQ(verify(requestFor(tampered)).verdict.overall, Overall::TotalFailed);
  }
}

// Unsigned parts (the set of certificates, say) may change harmlessly; what must not happen is a
// crash, or a pass for other content or another signer.
TEST(Verify, NeverPassesAnotherSignerOrContentWhateverByteIsFlipped) {
  const auto file = files().bytes("attached.p7m");
  const auto sound = verify(requestFor(file)).verdict.signatures.at(0);
  for (std::size_t i = 0; i < file.size(); ++i) {
    auto tampered = file;
    tampered[i] ^= 0xFF;
    const auto outcome = verify(requestFor(tampered));
    if (outcome.verdict.overall != Overall::TotalPassed) continue;
    EXPECT_EQ(outcome.verdict.signatures.at(0).signer_serial, sound.signer_serial) << i;
    EXPECT_EQ(outcome.verdict.signatures.at(0).intact, true) << i;
  }
}

TEST(Verify, AnswersEveryTruncationWithoutPassing) {
  const auto file = files().bytes("attached.p7m");
  for (std::size_t size = 0; size < file.size(); size += 7) {
    const auto overall = verify(requestFor(BytesView(file).first(size))).verdict.overall;
    EXPECT_NE(overall, Overall::TotalPassed) << size;
  }
}

TEST(Verify, SaysWhatCannotBeASignedFile) {
  EXPECT_EQ(overallOf(""), Overall::Malformed);
  EXPECT_EQ(overallOf("xin chào"), Overall::NoSignature);
  EXPECT_EQ(overallOf("%PDF-1.7\nbroken"), Overall::Malformed);
}

TEST(Verify, NamesAFormatThatIsNotBuiltYetAndNeverPassesIt) {
  for (const auto* const text : {"<a xmlns='http://www.w3.org/2000/09/xmldsig#'/>",
                                 "PK\x03\x04mimetypeapplication/vnd.etsi.asic-e+zip"}) {
    for (const auto checks : {validation::Checks::Full, validation::Checks::Integrity}) {
      auto request = requestFor(asBytes(text));
      request.policy.checks = checks;
      const auto outcome = verify(request);
      EXPECT_EQ(outcome.verdict.overall, Overall::Indeterminate);
      ASSERT_EQ(outcome.verdict.problems.size(), 1U);
      EXPECT_EQ(outcome.verdict.problems[0].rfind("format-not-supported: ", 0), 0U);
    }
  }
}

TEST(Verify, HashesTheWholeFileHoweverBig) {
  const std::string big((1U << 20U) + 1, 'x');
  for (const auto& text : {std::string("abc"), big}) {
    EXPECT_EQ(verify(requestFor(asBytes(text))).sha256,
              crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(text)));
  }
}

}  // namespace
}  // namespace congvan::verify
