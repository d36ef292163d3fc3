// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/path.h"

#include "tests/unit/pki/test_pki.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

using test::kCa;
using test::kIds;
using test::kPerson;
using test::kRoot;
using test::soon;
using test::TestPki;
using testing::HasSubstr;

PathRequest asked(const TestPki& pki,
                  const std::string& leaf,
                  const std::vector<std::string>& intermediates,
                  const std::vector<std::string>& anchors = {"root"}) {
  PathRequest request{.leaf = pki[leaf]};
  for (const auto& name : intermediates) request.intermediates.push_back(pki[name]);
  for (const auto& name : anchors) request.anchors.push_back(pki[name]);
  request.time = soon();
  request.revocation = RevocationMode::Off;
  return request;
}

void makeThreeLevels(TestPki& pki) {
  pki.root("root");
  pki.authority("issuing", "root");
  pki.person("leaf", "issuing");
}

TEST(Path, RunsFromTheLeafToTheAnchor) {
  TestPki pki;
  makeThreeLevels(pki);

  const auto report = validatePath(asked(pki, "leaf", {"issuing"}));

  ASSERT_EQ(report.result, PathResult::Ok) << report.reason;
  ASSERT_EQ(report.chain.size(), 3U);
  EXPECT_EQ(report.chain[0].certificate, pki["leaf"]);
  EXPECT_EQ(report.chain[2].certificate, pki["root"]);
  EXPECT_EQ(report.chain[0].status.reason, "not-checked");
  EXPECT_EQ(report.chain[2].status.reason, "anchor");
  EXPECT_FALSE(report.at);
}

TEST(Path, MayEndAtAnIntermediateThatIsTrustedItself) {
  TestPki pki;
  makeThreeLevels(pki);

  const auto report = validatePath(asked(pki, "leaf", {"root"}, {"issuing"}));

  EXPECT_EQ(report.result, PathResult::Ok) << report.reason;
  EXPECT_EQ(report.chain.size(), 2U);
}

TEST(Path, TakesALeafThatIsAnAnchor) {
  TestPki pki;
  makeThreeLevels(pki);

  const auto report = validatePath(asked(pki, "leaf", {}, {"leaf"}));

  EXPECT_EQ(report.result, PathResult::Ok) << report.reason;
  EXPECT_EQ(report.chain.size(), 1U);
}

TEST(Path, SaysWhichIssuerIsMissing) {
  TestPki pki;
  makeThreeLevels(pki);

  const auto report = validatePath(asked(pki, "leaf", {}));

  EXPECT_EQ(report.result, PathResult::NoChain);
  EXPECT_THAT(report.reason, HasSubstr("CN=leaf"));
  EXPECT_EQ(report.chain.size(), 1U);
}

TEST(Path, RefusesASignatureByAnotherKeyOfTheSameName) {
  TestPki pki;
  pki.root("root");
  pki.authority("issuing", "root");
  pki.make("impostor", {.issuer = "root", .subject = "/C=VN/CN=issuing", .extensions = kCa});
  pki.person("leaf", "impostor");

  const auto report = validatePath(asked(pki, "leaf", {"issuing"}));

  EXPECT_EQ(report.result, PathResult::BadSignature);
  EXPECT_EQ(report.at, 0U);
}

TEST(Path, RefusesAnIntermediateThatIsNotACa) {
  TestPki pki;
  pki.root("root");
  pki.person("person", "root");
  pki.person("leaf", "person");

  const auto report = validatePath(asked(pki, "leaf", {"person"}));

  EXPECT_EQ(report.result, PathResult::Constraint);
  EXPECT_EQ(report.at, 1U);
  EXPECT_THAT(report.reason, HasSubstr("not a CA"));
}

TEST(Path, RefusesACaWhoseKeyMayNotSignCertificates) {
  TestPki pki;
  pki.root("root");
  pki.make("issuing",
           {.issuer = "root",
            .extensions = kIds + "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n"});
  pki.person("leaf", "issuing");

  const auto report = validatePath(asked(pki, "leaf", {"issuing"}));

  EXPECT_EQ(report.result, PathResult::Constraint);
  EXPECT_THAT(report.reason, HasSubstr("key usage"));
}

TEST(Path, TriesTheOtherCertificateOfACrossCertifiedCa) {
  TestPki pki;
  pki.root("old");
  pki.root("root");
  pki.make("issuing", {.issuer = "old", .extensions = kCa, .days = 10});
  pki.make("crossed",
           {.issuer = "root", .subject = "/C=VN/CN=issuing", .extensions = kCa, .key = "issuing"});
  pki.person("leaf", "issuing");
  auto request = asked(pki, "leaf", {"issuing", "crossed"}, {"old", "root"});
  request.time = soon() + std::chrono::days(20);  // the first way has expired

  const auto report = validatePath(request);

  ASSERT_EQ(report.result, PathResult::Ok) << report.reason;
  EXPECT_EQ(report.chain[1].certificate, pki["crossed"]);
}

TEST(Path, ComesBackFromAWayThatBreaksAConstraint) {
  TestPki pki;
  pki.root("narrow");
  pki.make("root", {.extensions = kRoot});
  pki.make("issuing",
           {.issuer = "narrow",
            .extensions = kCa + "nameConstraints=critical,permitted;DNS:example.vn\n"});
  pki.make("crossed",
           {.issuer = "root", .subject = "/C=VN/CN=issuing", .extensions = kCa, .key = "issuing"});
  pki.make("leaf", {.issuer = "issuing", .extensions = kPerson + "subjectAltName=DNS:other.vn\n"});

  const auto report = validatePath(asked(pki, "leaf", {"issuing", "crossed"}, {"narrow", "root"}));

  EXPECT_EQ(report.result, PathResult::Ok) << report.reason;
}

TEST(Path, EndsWhenAuthoritiesCertifyEachOther) {
  TestPki pki;
  pki.root("root");
  pki.root("a");
  pki.root("b");
  pki.make("a-by-b", {.issuer = "b", .subject = "/C=VN/CN=a", .extensions = kCa, .key = "a"});
  pki.make("b-by-a", {.issuer = "a", .subject = "/C=VN/CN=b", .extensions = kCa, .key = "b"});
  pki.person("leaf", "a");

  const auto report = validatePath(asked(pki, "leaf", {"a", "b", "a-by-b", "b-by-a"}));

  EXPECT_EQ(report.result, PathResult::NoChain);
}

TEST(Path, CountsAuthoritiesAgainstThePathLength) {
  TestPki pki;
  pki.root("root");
  pki.make("first",
           {.issuer = "root",
            .extensions = kIds + "basicConstraints=critical,CA:TRUE,pathlen:0\n"
                                 "keyUsage=critical,keyCertSign,cRLSign\n"});
  pki.authority("second", "first");
  pki.person("near", "first");
  pki.person("far", "second");

  EXPECT_EQ(validatePath(asked(pki, "near", {"first"})).result, PathResult::Ok);
  const auto report = validatePath(asked(pki, "far", {"first", "second"}));
  EXPECT_EQ(report.result, PathResult::Constraint);
  EXPECT_EQ(report.at, 1U);
}

TEST(Path, DoesNotCountSelfIssuedAuthorities) {
  TestPki pki;
  pki.root("root");
  const auto limited = kIds +
                       "basicConstraints=critical,CA:TRUE,pathlen:0\n"
                       "keyUsage=critical,keyCertSign,cRLSign\n";
  pki.make("old", {.issuer = "root", .subject = "/C=VN/CN=issuing", .extensions = limited});
  pki.make("new", {.issuer = "old", .subject = "/C=VN/CN=issuing", .extensions = limited});
  pki.person("leaf", "new");
  auto request = asked(pki, "leaf", {"old", "new"});
  request.depth_max = 1;

  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
}

TEST(Path, KeepsToTheDepthAsked) {
  TestPki pki;
  makeThreeLevels(pki);
  auto request = asked(pki, "leaf", {"issuing"});

  request.depth_max = 1;
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.depth_max = 0;
  EXPECT_EQ(validatePath(request).result, PathResult::Constraint);
}

TEST(Path, IsValidFromTheFirstToTheLastSecond) {
  TestPki pki;
  makeThreeLevels(pki);
  auto request = asked(pki, "leaf", {"issuing"});

  request.time = pki["leaf"].notBefore();
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.time = pki["root"].notBefore() - std::chrono::seconds(1);
  EXPECT_EQ(validatePath(request).result, PathResult::NotYetValid);
  request.time = pki["root"].notAfter() + std::chrono::milliseconds(999);
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.time = pki["leaf"].notAfter() + std::chrono::days(1);
  const auto report = validatePath(request);
  EXPECT_EQ(report.result, PathResult::Expired);
  EXPECT_EQ(report.at, 2U) << "named from the anchor's side";
  EXPECT_THAT(report.reason, HasSubstr("not valid after"));
}

TEST(Path, AsksEveryAuthorityAndTheLeafForThePurpose) {
  TestPki pki;
  pki.root("root");
  pki.make("issuing",
           {.issuer = "root", .extensions = kCa + "extendedKeyUsage=clientAuth,timeStamping\n"});
  pki.make(
      "stamper",
      {.issuer = "issuing", .extensions = kPerson + "extendedKeyUsage=critical,timeStamping\n"});
  pki.make("mailer",
           {.issuer = "issuing", .extensions = kPerson + "extendedKeyUsage=emailProtection\n"});
  auto stamping = asked(pki, "stamper", {"issuing"});
  auto mailing = asked(pki, "mailer", {"issuing"});

  stamping.extended_key_usage = {std::string(kEkuTimeStamping)};
  EXPECT_EQ(validatePath(stamping).result, PathResult::Ok);
  mailing.extended_key_usage = {"1.3.6.1.5.5.7.3.4"};
  const auto report = validatePath(mailing);
  EXPECT_EQ(report.result, PathResult::Constraint);
  EXPECT_EQ(report.at, 1U);
}

TEST(Path, AsksTheLeafForItsKeyUsage) {
  TestPki pki;
  makeThreeLevels(pki);
  auto request = asked(pki, "leaf", {"issuing"});

  request.key_usage = {KeyUsage::NonRepudiation};
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.key_usage = {KeyUsage::KeyEncipherment};
  EXPECT_EQ(validatePath(request).result, PathResult::Constraint);
}

TEST(Path, FindsEveryPeerNameInTheCertificate) {
  TestPki pki;
  pki.root("root");
  pki.make("leaf",
           {.issuer = "root",
            .extensions = kPerson + "subjectAltName=DNS:*.tinh.gov.vn,IP:10.0.0.1,"
                                    "email:Van.Thu@tinh.gov.vn\n"});
  const auto answer = [&](std::vector<PeerName> names) {
    auto request = asked(pki, "leaf", {});
    request.peer_names = std::move(names);
    return validatePath(request).result;
  };

  EXPECT_EQ(answer({{NameKind::Dns, "so.tinh.gov.vn"}, {NameKind::Ip, "10.0.0.1"}}),
            PathResult::Ok);
  EXPECT_EQ(answer({{NameKind::Rfc822, "Van.Thu@TINH.gov.vn"}}), PathResult::Ok);
  EXPECT_EQ(answer({{NameKind::Rfc822, "van.thu@tinh.gov.vn"}}), PathResult::Constraint);
  EXPECT_EQ(answer({{NameKind::Dns, "tinh.gov.vn"}}), PathResult::Constraint);
  EXPECT_EQ(answer({{NameKind::Dns, "a.so.tinh.gov.vn"}}), PathResult::Constraint);
  EXPECT_EQ(answer({{NameKind::Dns, "so.tinh.gov.vn"}, {NameKind::Ip, "10.0.0.2"}}),
            PathResult::Constraint);
}

TEST(Path, RefusesAnUnknownCriticalExtension) {
  TestPki pki;
  pki.root("root");
  pki.make("leaf", {.issuer = "root", .extensions = kPerson + "1.2.3.4=critical,ASN1:NULL\n"});
  pki.make("harmless", {.issuer = "root", .extensions = kPerson + "1.2.3.4=ASN1:NULL\n"});

  const auto report = validatePath(asked(pki, "leaf", {}));

  EXPECT_EQ(report.result, PathResult::Malformed);
  EXPECT_THAT(report.reason, HasSubstr("1.2.3.4"));
  EXPECT_EQ(validatePath(asked(pki, "harmless", {})).result, PathResult::Ok);
}

TEST(Path, RefusesWeakKeysAndDigests) {
  TestPki pki;
  pki.root("root");
  pki.make(
      "rsa1024",
      {.issuer = "root", .extensions = kPerson, .algorithm = "RSA -pkeyopt rsa_keygen_bits:1024"});
  pki.make("p192",
           {.issuer = "root",
            .extensions = kPerson,
            .algorithm = "EC -pkeyopt ec_paramgen_curve:prime192v1"});
  pki.make("explicit",
           {.issuer = "root",
            .extensions = kPerson,
            .algorithm = "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"});
  pki.make("sha1", {.issuer = "root", .extensions = kPerson, .digest = "sha1"});

  for (const auto* name : {"rsa1024", "p192", "explicit", "sha1"}) {
    EXPECT_EQ(validatePath(asked(pki, name, {})).result, PathResult::WeakAlgorithm) << name;
  }
  auto old = asked(pki, "sha1", {});
  old.allow_sha1 = true;
  EXPECT_EQ(validatePath(old).result, PathResult::Ok);
  auto short_key = asked(pki, "rsa1024", {});
  short_key.rsa_bits_min = 1024;
  EXPECT_EQ(validatePath(short_key).result, PathResult::Ok);
}

TEST(Path, TakesOnlyTheSignatureAlgorithmsAsked) {
  TestPki pki;
  makeThreeLevels(pki);
  auto request = asked(pki, "leaf", {"issuing"});

  request.signature_algorithms = {"1.2.840.10045.4.3.2"};
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.signature_algorithms = {"1.2.840.113549.1.1.11"};
  EXPECT_EQ(validatePath(request).result, PathResult::WeakAlgorithm);
}

TEST(Path, PassesOverMissingKeyIdentifiersOnlyWhenToldTo) {
  TestPki pki;
  pki.make("root", {.extensions = "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n"});
  pki.make(
      "leaf",
      {.issuer = "root", .extensions = "keyUsage=digitalSignature\nauthorityKeyIdentifier=none\n"});
  auto request = asked(pki, "leaf", {});

  EXPECT_EQ(validatePath(request).result, PathResult::Malformed);
  request.conformance = Conformance::Compatible;
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
}

TEST(Path, HeedsWhatTheAnchorSaysUnlessToldNotTo) {
  TestPki pki;
  pki.make(
      "root",
      {.extensions = kRoot + "nameConstraints=critical,permitted;DNS:tinh.gov.vn\n", .days = 5});
  pki.make("leaf", {.issuer = "root", .extensions = kPerson + "subjectAltName=DNS:other.vn\n"});
  auto request = asked(pki, "leaf", {});
  request.time = soon() + std::chrono::days(8);

  EXPECT_EQ(validatePath(request).result, PathResult::Constraint);
  request.anchor_checks.constraints = false;
  EXPECT_EQ(validatePath(request).result, PathResult::Expired);
  request.anchor_checks.validity = false;
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
}

TEST(Path, ComparesNamesAcrossStringTypes) {
  TestPki pki;
  pki.make("root", {.subject = "/C=VN/O=Tỉnh  An Giang/CN=Root", .extensions = kRoot});
  pki.person("leaf", "root");
  pki.make("again",
           {.subject = "/C=VN/O=TỈnh an giang/CN=ROOT", .extensions = kRoot, .key = "root"});

  // Letters of ASCII without case, others as they are, spaces as one.
  EXPECT_EQ(validatePath(asked(pki, "leaf", {}, {"again"})).result, PathResult::NoChain);
  pki.make("again",
           {.subject = "/C=VN/O=tỉnh an GIANG/CN=ROOT", .extensions = kRoot, .key = "root"});
  EXPECT_EQ(validatePath(asked(pki, "leaf", {}, {"again"})).result, PathResult::Ok);
}

TEST(Path, HoldsThePolicyThatIsAsked) {
  TestPki pki;
  pki.root("root");
  pki.make("issuing", {.issuer = "root", .extensions = kCa + "certificatePolicies=1.2.3,1.2.4\n"});
  pki.make("leaf", {.issuer = "issuing", .extensions = kPerson + "certificatePolicies=1.2.3\n"});
  auto request = asked(pki, "leaf", {"issuing"});

  request.policy = PolicyRequest{.initial_set = {"1.2.3"}, .explicit_policy = true};
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.policy = PolicyRequest{.initial_set = {"1.2.4"}, .explicit_policy = true};
  EXPECT_EQ(validatePath(request).result, PathResult::Constraint);
  request.policy = PolicyRequest{.initial_set = {"1.2.4"}};
  EXPECT_EQ(validatePath(request).result, PathResult::Ok) << "no policy is required";
}

}  // namespace
}  // namespace congvan::pki
