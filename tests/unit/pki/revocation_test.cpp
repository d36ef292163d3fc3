// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/revocation.h"

#include "tests/unit/pki/test_pki.h"
#include "trust/pki/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

using test::kCa;
using test::kIds;
using test::kPerson;
using test::kRoot;
using test::RevokedEntry;
using test::soon;
using test::TestPki;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kJanuary = std::chrono::sys_days{std::chrono::January / 1 / 2026};

struct Province {
  TestPki pki;
  Province() {
    pki.root("root");
    pki.authority("issuing", "root");
    pki.person("leaf", "issuing");
    pki.person("other", "issuing");
  }
  PathRequest asked(std::vector<Crl> crls, std::vector<OcspResponse> answers = {}) const {
    PathRequest request{
        .leaf = pki["leaf"], .anchors = {pki["root"]}, .intermediates = {pki["issuing"]}};
    request.crls = std::move(crls);
    request.ocsp_responses = std::move(answers);
    request.time = soon();
    return request;
  }
  Crl rootCrl() const { return pki.crl({.issuer = "root"}); }
};

TEST(Revocation, IsGoodWhenEveryCrlIsThereAndSilent) {
  const Province province;

  const auto report = validatePath(province.asked(
      {province.rootCrl(),
       province.pki.crl({.issuer = "issuing", .revoked = {RevokedEntry{"other"}}})}));

  ASSERT_EQ(report.result, PathResult::Ok) << report.reason;
  EXPECT_EQ(report.chain[0].status.status, CertificateStatus::Good);
  EXPECT_EQ(report.chain[0].source, "crl");
  EXPECT_EQ(report.chain[1].status.status, CertificateStatus::Good);
  EXPECT_EQ(report.chain[2].status.reason, "anchor");
}

TEST(Revocation, NamesTheRevokedCertificateItsTimeAndReason) {
  const Province province;

  const auto report = validatePath(province.asked(
      {province.rootCrl(),
       province.pki.crl(
           {.issuer = "issuing", .revoked = {{"leaf", "260101000000Z", "keyCompromise"}}})}));

  EXPECT_EQ(report.result, PathResult::Revoked);
  EXPECT_EQ(report.at, 0U);
  ASSERT_TRUE(report.chain.at(0).status.revoked);
  EXPECT_EQ(report.chain[0].status.revoked->time, Instant(kJanuary));
  EXPECT_EQ(report.chain[0].status.revoked->reason, RevocationReason::KeyCompromise);
}

TEST(Revocation, IsUnknownWithoutDataAndCountsOnlyWhenRequired) {
  const Province province;
  auto request = province.asked({province.rootCrl()});

  const auto report = validatePath(request);
  EXPECT_EQ(report.result, PathResult::RevocationUnknown);
  EXPECT_EQ(report.at, 0U);
  EXPECT_THAT(report.chain.at(0).status.reason, StartsWith("no-data"));
  request.revocation = RevocationMode::Try;
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.crls = {province.pki.crl({.issuer = "issuing", .revoked = {RevokedEntry{"leaf"}}})};
  EXPECT_EQ(validatePath(request).result, PathResult::Revoked) << "a found revocation counts";
  request.revocation = RevocationMode::Off;
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
}

TEST(Revocation, ARevocationOutweighsExpiryAndExpiryOutweighsMissingData) {
  Province province;
  province.pki.make("leaf", {.issuer = "issuing", .extensions = kPerson, .days = 5});
  auto request = province.asked(
      {province.pki.crl({.issuer = "root", .days = 60}),
       province.pki.crl({.issuer = "issuing", .revoked = {RevokedEntry{"leaf"}}, .days = 60})});
  request.time = soon() + std::chrono::days(8);

  EXPECT_EQ(validatePath(request).result, PathResult::Revoked);
  request.crls.clear();
  EXPECT_EQ(validatePath(request).result, PathResult::Expired);
  request.time = soon();
  EXPECT_EQ(validatePath(request).result, PathResult::RevocationUnknown);
}

TEST(Revocation, RefusesStaleAndFutureCrls) {
  const Province province;
  const auto crl = province.pki.crl({.issuer = "issuing", .days = 10});
  auto request = province.asked({province.pki.crl({.issuer = "root", .days = 60}), crl});

  request.time = *crl.nextUpdate();
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  request.time = *crl.nextUpdate() + std::chrono::seconds(1);
  EXPECT_THAT(validatePath(request).chain.at(0).status.reason, StartsWith("stale"));
  request.time = crl.thisUpdate() - std::chrono::seconds(1);
  const auto early = validatePath(request);
  EXPECT_THAT(early.chain.at(0).status.reason, StartsWith("not-yet-issued"));
}

TEST(Revocation, LaterDataTellsWhetherItWasRevokedByThen) {
  const Province province;
  auto request = province.asked(
      {province.rootCrl(),
       province.pki.crl({.issuer = "issuing",
                         .revoked = {{"leaf", "300101000000Z", "cessationOfOperation"}},
                         .last_update = "300201000000Z",
                         .next_update = "300202000000Z"})});
  request.later_revocation_data = true;

  // The root's CRL covers now; the other was issued years after.
  const auto before = validatePath(request);
  EXPECT_EQ(before.result, PathResult::Ok) << before.reason;
  EXPECT_EQ(before.chain[0].status.status, CertificateStatus::Good);
  EXPECT_TRUE(before.chain[0].status.revoked) << "the later revocation stays visible";

  request.crls[0] = province.pki.crl({.issuer = "root", .days = 2000});
  request.time = Instant(std::chrono::sys_days{std::chrono::January / 15 / 2030});
  EXPECT_EQ(validatePath(request).result, PathResult::Revoked);
}

TEST(Revocation, LaterDataSaysNothingOfACertificateThatHadExpired) {
  Province province;
  province.pki.make("leaf", {.issuer = "issuing", .extensions = kPerson, .days = 5});
  auto request = province.asked(
      {province.rootCrl(),
       province.pki.crl(
           {.issuer = "issuing", .last_update = "300201000000Z", .next_update = "300202000000Z"})});
  request.later_revocation_data = true;

  const auto dropped = validatePath(request);
  EXPECT_EQ(dropped.result, PathResult::RevocationUnknown);
  EXPECT_THAT(dropped.chain.at(0).status.reason, StartsWith("expired-before"));
  // expiredCertsOnCRL promises that nothing was dropped since 2020.
  request.crls[1] =
      province.pki.crl({.issuer = "issuing",
                        .extensions = "2.5.29.60=ASN1:GENERALIZEDTIME:20200101000000Z\n",
                        .last_update = "300201000000Z",
                        .next_update = "300202000000Z"});
  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
}

TEST(Revocation, TakesACrlByAnotherKeyOfTheCaThatHasItsOwnPath) {
  Province province;
  province.pki.make("signer",
                    {.issuer = "root",
                     .subject = "/C=VN/CN=issuing",
                     .extensions = kIds + "keyUsage=critical,cRLSign\n"});
  province.pki.root("elsewhere");
  province.pki.make("forger",
                    {.issuer = "elsewhere",
                     .subject = "/C=VN/CN=issuing",
                     .extensions = kIds + "keyUsage=critical,cRLSign\n"});
  auto request = province.asked({province.rootCrl(), province.pki.crl({.issuer = "signer"})});
  request.intermediates.push_back(province.pki["signer"]);
  auto forged = province.asked({province.rootCrl(), province.pki.crl({.issuer = "forger"})});
  forged.intermediates.push_back(province.pki["forger"]);

  EXPECT_EQ(validatePath(request).result, PathResult::Ok);
  const auto report = validatePath(forged);
  EXPECT_EQ(report.result, PathResult::RevocationUnknown);
  EXPECT_THAT(report.chain.at(0).status.reason, StartsWith("untrusted"));
}

TEST(Revocation, ARevokedCrlSignerSignsNothing) {
  Province province;
  province.pki.make("signer",
                    {.issuer = "root",
                     .subject = "/C=VN/CN=issuing",
                     .extensions = kIds + "keyUsage=critical,cRLSign\n"});
  auto request =
      province.asked({province.pki.crl({.issuer = "root", .revoked = {RevokedEntry{"signer"}}}),
                      province.pki.crl({.issuer = "signer"})});
  request.intermediates.push_back(province.pki["signer"]);

  EXPECT_EQ(validatePath(request).result, PathResult::RevocationUnknown);
}

TEST(Revocation, ACrlOfAnotherPartitionDoesNotCover) {
  Province province;
  province.pki.make("leaf",
                    {.issuer = "issuing",
                     .extensions = kPerson + "crlDistributionPoints=URI:http://ca.vn/1.crl\n"});
  const auto partition = [&](const std::string& uri) {
    return province.pki.crl(
        {.issuer = "issuing",
         .extensions = "issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:" + uri + "\n"});
  };

  EXPECT_EQ(
      validatePath(province.asked({province.rootCrl(), partition("http://ca.vn/1.crl")})).result,
      PathResult::Ok);
  EXPECT_EQ(
      validatePath(province.asked({province.rootCrl(), partition("http://ca.vn/2.crl")})).result,
      PathResult::RevocationUnknown);
}

TEST(Revocation, PartitionsByReasonAreNeededAll) {
  Province province;
  const auto some = [&](const std::string& reasons) {
    return province.pki.crl(
        {.issuer = "issuing",
         .extensions =
             "issuingDistributionPoint=critical,@p\n[p]\nonlysomereasons=" + reasons + "\n"});
  };
  const auto first = some("keyCompromise,CACompromise,AACompromise");
  const auto second =
      some("affiliationChanged,superseded,cessationOfOperation,certificateHold,privilegeWithdrawn");

  const auto half = validatePath(province.asked({province.rootCrl(), first}));
  EXPECT_EQ(half.result, PathResult::RevocationUnknown);
  EXPECT_THAT(half.chain.at(0).status.reason, StartsWith("partial"));
  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), first, second})).result,
            PathResult::Ok);
}

TEST(Revocation, ADeltaAddsToTheCompleteCrlThatItNames) {
  const Province province;
  const auto complete = province.pki.crl({.issuer = "issuing", .number = 5});
  const auto delta = [&](int base) {
    return province.pki.crl(
        {.issuer = "issuing",
         .revoked = {RevokedEntry{"leaf"}},
         .extensions = "2.5.29.27=critical,ASN1:INTEGER:" + std::to_string(base) + "\n",
         .number = 6});
  };

  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), complete, delta(5)})).result,
            PathResult::Revoked);
  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), complete, delta(6)})).result,
            PathResult::Ok)
      << "the delta starts after the complete CRL";
  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), delta(5)})).result,
            PathResult::RevocationUnknown)
      << "a delta alone says nothing";
}

TEST(Revocation, AHoldEndsWithTheNextCrlAndNothingElseDoes) {
  const Province province;
  const auto listed = [&](const std::string& reason) {
    return province.pki.crl({.issuer = "issuing",
                             .revoked = {{"leaf", "260101000000Z", reason}},
                             .last_update = "260301000000Z",
                             .next_update = "400101000000Z"});
  };
  const auto silent = province.pki.crl({.issuer = "issuing", .number = 2});

  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), listed("certificateHold")})).result,
            PathResult::Revoked);
  EXPECT_EQ(
      validatePath(province.asked({province.rootCrl(), listed("certificateHold"), silent})).result,
      PathResult::Ok);
  EXPECT_EQ(validatePath(province.asked({province.rootCrl(), listed("superseded"), silent})).result,
            PathResult::Revoked);
}

TEST(Revocation, OcspAnswersByTheIssuerAndByItsDelegate) {
  Province province;
  province.pki.make("responder",
                    {.issuer = "issuing",
                     .extensions = kIds + "keyUsage=critical,digitalSignature\n"
                                          "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n"});
  province.pki.make("pretender", {.issuer = "issuing", .extensions = kPerson});
  const auto answered = [&](const std::string& signer, std::vector<RevokedEntry> revoked) {
    auto request = province.asked({province.rootCrl()},
                                  {province.pki.ocsp("issuing", signer, "leaf", revoked)});
    return validatePath(request);
  };

  EXPECT_EQ(answered("issuing", {}).result, PathResult::Ok);
  const auto delegated = answered("responder", {});
  EXPECT_EQ(delegated.result, PathResult::Ok) << delegated.reason;
  EXPECT_EQ(delegated.chain[0].source, "ocsp");
  EXPECT_TRUE(delegated.chain[0].status.produced_at);
  EXPECT_EQ(answered("responder", {{"leaf", "260101000000Z", "superseded"}}).result,
            PathResult::Revoked);
  const auto pretended = answered("pretender", {});
  EXPECT_EQ(pretended.result, PathResult::RevocationUnknown);
  EXPECT_THAT(pretended.reason, HasSubstr("bad-signature"));
}

// RFC 6960 4.2.2.2.1: without ocsp-nocheck the delegate's own status has to be found.
TEST(Revocation, ADelegateWhoseOwnStatusIsUnknownSaysGoodOfNobody) {
  Province province;
  province.pki.make("responder",
                    {.issuer = "issuing",
                     .extensions = kIds + "keyUsage=critical,digitalSignature\n"
                                          "extendedKeyUsage=OCSPSigning\n"});
  const auto about = [&](const std::string& name,
                         const std::string& signer,
                         std::vector<RevokedEntry> revoked = {}) {
    return province.pki.ocsp("issuing", signer, name, revoked);
  };
  const auto answered = [&](std::vector<OcspResponse> responses,
                            std::vector<Crl> crls = {},
                            RevocationMode mode = RevocationMode::Require) {
    crls.push_back(province.rootCrl());
    auto request = province.asked(std::move(crls), std::move(responses));
    request.revocation = mode;
    return validatePath(request);
  };
  const auto good = about("leaf", "responder");

  const auto unknown = answered({good});
  EXPECT_EQ(unknown.result, PathResult::RevocationUnknown);
  EXPECT_THAT(unknown.reason, HasSubstr("delegate-unknown"));
  EXPECT_EQ(answered({good, about("responder", "responder")}).result, PathResult::RevocationUnknown)
      << "it vouches for itself";
  EXPECT_EQ(answered({good}, {}, RevocationMode::Try).result, PathResult::Ok);
  EXPECT_EQ(answered({good, about("responder", "issuing")}).result, PathResult::Ok);
  EXPECT_EQ(answered({good, about("responder", "issuing", {{"responder"}})}).result,
            PathResult::RevocationUnknown);
  EXPECT_EQ(answered({about("leaf", "responder", {{"leaf"}})}).result, PathResult::Revoked)
      << "a revocation is believed all the same";
}

TEST(Revocation, ADelegateWithAShortKeyAnswersForNobody) {
  Province province;
  for (const auto bits : {1024, 2048}) {
    province.pki.make("responder",
                      {.issuer = "issuing",
                       .extensions = kIds + "keyUsage=critical,digitalSignature\n"
                                            "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n",
                       .algorithm = "RSA -pkeyopt rsa_keygen_bits:" + std::to_string(bits)});
    const auto report = validatePath(
        province.asked({province.rootCrl()}, {province.pki.ocsp("issuing", "responder", "leaf")}));
    EXPECT_EQ(report.result, bits < 2048 ? PathResult::RevocationUnknown : PathResult::Ok) << bits;
  }
}

TEST(Revocation, ADelegateFromAnotherIssuerAnswersForNobody) {
  Province province;
  province.pki.root("elsewhere");
  province.pki.make("responder",
                    {.issuer = "elsewhere",
                     .extensions = kIds + "keyUsage=critical,digitalSignature\n"
                                          "extendedKeyUsage=OCSPSigning\n"});

  auto request =
      province.asked({province.rootCrl()}, {province.pki.ocsp("issuing", "responder", "leaf")});
  request.intermediates.push_back(province.pki["responder"]);

  EXPECT_EQ(validatePath(request).result, PathResult::RevocationUnknown);
}

TEST(Revocation, AnIntermediateThatStealsTheIssuersNameAnswersForNobody) {
  Province province;
  province.pki.root("elsewhere");
  province.pki.make("thief",
                    {.issuer = "elsewhere", .subject = "/C=VN/CN=issuing", .extensions = kCa});

  auto request =
      province.asked({province.rootCrl()}, {province.pki.ocsp("thief", "thief", "leaf")});
  request.intermediates.push_back(province.pki["thief"]);

  EXPECT_EQ(validatePath(request).result, PathResult::RevocationUnknown);
}

TEST(Revocation, AGoodAnswerDoesNotHideARevocationElsewhere) {
  const Province province;

  const auto report = validatePath(
      province.asked({province.rootCrl(),
                      province.pki.crl({.issuer = "issuing", .revoked = {RevokedEntry{"leaf"}}})},
                     {province.pki.ocsp("issuing", "issuing", "leaf")}));

  EXPECT_EQ(report.result, PathResult::Revoked);
}

TEST(OcspStatus, GoesStaleAtNextUpdateOrAfterADayWithout) {
  const Province province;
  const std::vector<Certificate> issuers{province.pki["issuing"]};
  const auto dated = province.pki.ocsp("issuing", "issuing", "leaf", {}, "-ndays 2");
  const auto open = province.pki.ocsp("issuing", "issuing", "leaf", {}, "");
  const auto at = [&](const OcspResponse& response, Instant time) {
    return ocspStatus(province.pki["leaf"], issuers, response, {.time = time}).status;
  };

  EXPECT_EQ(at(dated, soon() + std::chrono::hours(40)), CertificateStatus::Good);
  EXPECT_EQ(at(dated, soon() + std::chrono::hours(50)), CertificateStatus::Unknown);
  EXPECT_EQ(at(open, soon() + std::chrono::hours(23)), CertificateStatus::Good);
  EXPECT_EQ(at(open, soon() + std::chrono::hours(25)), CertificateStatus::Unknown);
  EXPECT_EQ(at(open, soon() - std::chrono::hours(1)), CertificateStatus::Unknown);
}

TEST(OcspStatus, ReadsABareBasicResponseAndItsCertificates) {
  const Province province;
  const auto response = province.pki.ocsp("issuing", "issuing", "leaf");
  province.pki.folder().write("whole.ocsp", response.der);
  // The basic response is the OCTET STRING inside; openssl finds it by offset.
  const auto listing =
      test::mustRun(province.pki.folder(), "openssl asn1parse -inform DER -in whole.ocsp");
  const auto line = listing.rfind("\n", listing.find("OCTET STRING"));
  const auto header = listing.substr(line + 1, listing.find("OCTET STRING") - line);
  const auto offset = std::stoul(header);
  const auto length = std::stoul(header.substr(header.find("l=") + 2));
  const auto head = std::stoul(header.substr(header.find("hl=") + 3));
  ASSERT_GT(length, 0U);
  const auto start = response.der.begin() + static_cast<std::ptrdiff_t>(offset + head);
  const OcspResponse bare{Bytes(start, response.der.end())};
  const std::vector<Certificate> issuers{province.pki["issuing"]};

  EXPECT_EQ(ocspStatus(province.pki["leaf"], issuers, bare, {.time = soon()}).status,
            CertificateStatus::Good);
  EXPECT_EQ(ocspCertificates(response).size(), 1U);
}

TEST(Crl, RefusesWhatIsNotOne) {
  EXPECT_EQ(Crl::parse({}).error().reason, "crl_malformed");
  EXPECT_EQ(Crl::parseAny(asBytes("no block here")).error().reason, "crl_malformed");
  const Province province;
  const auto good = province.rootCrl();
  EXPECT_TRUE(Crl::parse(good.der(), good.der().size()));
  EXPECT_EQ(Crl::parse(good.der(), good.der().size() - 1).error().code, Code::TooLarge);
  auto longer = toBytes(good.der());
  longer.push_back(0);
  EXPECT_EQ(Crl::parse(longer).error().code, Code::Malformed);
}

TEST(Crl, TellsIssuerAndTimes) {
  const Province province;
  const auto crl = province.pki.crl(
      {.issuer = "issuing", .last_update = "260301000000Z", .next_update = "260401000000Z"});

  EXPECT_EQ(crl.issuer(), "CN=issuing,C=VN");
  EXPECT_EQ(formatUtc(crl.thisUpdate()), "2026-03-01T00:00:00Z");
  EXPECT_EQ(formatUtc(*crl.nextUpdate()), "2026-04-01T00:00:00Z");
}

}  // namespace
}  // namespace congvan::pki
