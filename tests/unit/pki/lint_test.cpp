// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/lint.h"

#include "tests/support/shell.h"
#include "tests/support/test_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

/// A self-signed certificate by the openssl command, with these extensions and options.
std::vector<std::string> errorsOf(const std::string& extensions,
                                  const std::string& options = "-days 365",
                                  const std::string& subject = "/C=VN/O=UBND/CN=Mau") {
  static const std::string key =
      "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -set_serial 0x0102030405060708090a0b0c";
  const test::TempFolder folder;
  folder.write("config",
               "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\nstring_mask="
               "utf8only\n[dn]\n[ext]\n" +
                   extensions);
  test::mustRun(
      folder,
      "openssl req -new -x509 -nodes -keyout key -utf8 -config config -extensions ext -subj '" +
          subject + "' -out certificate.pem " +
          (options.find("-newkey") == std::string::npos ? key + " " : "") + options);
  const auto certificate = Certificate::parsePem(folder.text("certificate.pem"));
  if (!certificate) throw std::runtime_error("the openssl command made something unreadable");
  std::vector<std::string> errors;
  for (const auto& finding : lintTbs(certificate->tbsDer())) {
    if (finding.severity == LintSeverity::Error) errors.push_back(finding.rule);
  }
  return errors;
}

const std::string kRoot =
    "basicConstraints=critical,CA:TRUE,pathlen:1\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";

TEST(Lint, FindsNothingWrongInAGoodRoot) {
  EXPECT_THAT(errorsOf(kRoot), IsEmpty());
}

TEST(Lint, FindsNothingAtAllInWhatWeIssue) {
  const test::Authority authority(crypto::KeyKind::P256);
  for (const auto* profile :
       {"person", "person-sim", "organisation-seal", "device", "tsa", "ocsp"}) {
    const auto made =
        authority.issue(profile, "Mẫu", crypto::SoftwareKey::generate(crypto::KeyKind::P256));
    for (const auto& finding : lintTbs(made.tbsDer())) {
      EXPECT_EQ(finding.severity, LintSeverity::Notice)
          << profile << ": " << finding.rule << " " << finding.detail;
    }
  }
  EXPECT_THAT(lintTbs(authority.root.tbsDer()), IsEmpty());
  EXPECT_THAT(lintTbs(authority.issuing.tbsDer()), IsEmpty());
}

TEST(Lint, SpeaksOfAuthorities) {
  EXPECT_THAT(
      errorsOf(
          "basicConstraints=CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n"),
      Contains("basic_constraints_critical"));
  EXPECT_THAT(errorsOf("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,"
                       "digitalSignature\nsubjectKeyIdentifier=hash\n"),
              Contains("key_cert_sign"));
  EXPECT_THAT(errorsOf("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyCertSign\n"),
              Contains("key_cert_sign"));
  EXPECT_THAT(
      errorsOf(
          "basicConstraints=critical,CA:FALSE,pathlen:0\nkeyUsage=critical,digitalSignature\n"),
      Contains("path_length"));
  EXPECT_THAT(errorsOf("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,"
                       "keyCertSign\nsubjectKeyIdentifier=none\n"),
              Contains("subject_key_identifier"));
  EXPECT_THAT(errorsOf("basicConstraints=CA:FALSE\nkeyUsage=critical,"
                       "digitalSignature\nnameConstraints=permitted;DNS:vn\n"),
              Contains("name_constraints"));
}

TEST(Lint, SpeaksOfPurposes) {
  const std::string leaf = "basicConstraints=critical,CA:FALSE\n";
  EXPECT_THAT(errorsOf(leaf), Contains("key_usage"));
  EXPECT_THAT(
      errorsOf(leaf + "keyUsage=critical,digitalSignature\nextendedKeyUsage=timeStamping\n"),
      Contains("time_stamping_alone"));
  EXPECT_THAT(errorsOf(leaf + "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,"
                              "timeStamping,emailProtection\n"),
              Contains("time_stamping_alone"));
  EXPECT_THAT(
      errorsOf(leaf +
               "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"),
      Not(Contains("time_stamping_alone")));
  EXPECT_THAT(
      errorsOf(leaf + "keyUsage=critical,digitalSignature\nextendedKeyUsage=anyExtendedKeyUsage\n"),
      Contains("any_purpose"));
  EXPECT_THAT(errorsOf(leaf + "keyUsage=critical,digitalSignature\nnoCheck=ignored\n"),
              Contains("ocsp_no_check"));
}

TEST(Lint, SpeaksOfNames) {
  EXPECT_THAT(errorsOf(kRoot, "-days 365", "/C=VN/C=VN/CN=x"), Contains("name_repeated"));
  EXPECT_THAT(errorsOf(kRoot, "-days 365", "/CN=" + std::string(64, 'x') + "/C=VN"), IsEmpty());
  EXPECT_THAT(errorsOf(kRoot, "-days 365", "/C=VN/CN=ten "), Contains("name_value_blank"));
  const std::string leaf =
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n";
  EXPECT_THAT(errorsOf(leaf + "subjectAltName=DNS:a_b.vn\n"), Contains("dns_form"));
  EXPECT_THAT(errorsOf(leaf + "subjectAltName=email:@vn\n"), Contains("email_form"));
  EXPECT_THAT(errorsOf(leaf + "subjectAltName=email:a@b.vn,DNS:a.vn,IP:10.0.0.1\n"), IsEmpty());
}

TEST(Lint, SpeaksOfKeysAndAlgorithms) {
  EXPECT_THAT(
      errorsOf(kRoot, "-newkey rsa:1024 -sha256 -set_serial 0x0102030405060708090a -days 9"),
      Contains("rsa_size"));
  EXPECT_THAT(errorsOf(kRoot,
                       "-newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3 -sha256 -set_serial "
                       "0x0102030405060708090a -days 9"),
              Contains("rsa_exponent"));
  EXPECT_THAT(errorsOf(kRoot, "-newkey rsa:2048 -sha1 -set_serial 0x0102030405060708090a -days 9"),
              Contains("signature_digest"));
  EXPECT_THAT(errorsOf(kRoot,
                       "-newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -sha256 -set_serial "
                       "0x0102030405060708090a -days 9"),
              Contains("curve"));
  EXPECT_THAT(errorsOf(kRoot,
                       "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit "
                       "-sha256 -set_serial 0x0102030405060708090a -days 9"),
              Contains("curve"));
}

TEST(Lint, SpeaksOfSerialNumbersAndTimes) {
  const std::string key =
      "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -days 9 -set_serial ";
  EXPECT_THAT(errorsOf(kRoot, key + "0"), Contains("serial_positive"));
  EXPECT_THAT(errorsOf(kRoot, key + "-5"), Contains("serial_positive"));
  EXPECT_THAT(errorsOf(kRoot, key + "1"), Contains("serial_unpredictable"));
  EXPECT_THAT(errorsOf(kRoot, key + "0x" + std::string(42, '1')), Contains("serial_length"));
  EXPECT_THAT(errorsOf(kRoot, key + "0x" + std::string(40, '1')), IsEmpty());
}

TEST(Lint, SpeaksOfExtensions) {
  EXPECT_THAT(errorsOf(kRoot + "1.2.3.4=critical,DER:0500\n"), Contains("extension_unknown"));
  EXPECT_THAT(errorsOf(kRoot + "1.2.3.4=DER:0500\n"), IsEmpty());
  EXPECT_THAT(errorsOf(kRoot + "crlDistributionPoints=URI:gopher://x\n"), Contains("crl_address"));
  EXPECT_THAT(errorsOf(kRoot + "authorityInfoAccess=critical,OCSP;URI:http://x.vn/\n"),
              Contains("access_critical"));
}

TEST(Lint, NeverReadsBeyondWhatItWasGiven) {
  const test::Authority authority(crypto::KeyKind::P256);
  const auto tbs = toBytes(authority.issuing.tbsDer());
  for (std::size_t size = 0; size < tbs.size(); ++size) {
    EXPECT_EQ(lintTbs(BytesView(tbs).first(size)).at(0).rule, "tbs_readable");
  }
  for (std::size_t at = 0; at < tbs.size(); ++at) {
    auto changed = tbs;
    changed[at] ^= 0x55U;
    lintTbs(changed);
  }
}

}  // namespace
}  // namespace congvan::pki
