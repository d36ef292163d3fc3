// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/make_ocsp.h"

#include "tests/unit/pki/test_pki.h"
#include "trust/crypto/der.h"
#include "trust/crypto/software_key.h"
#include "trust/pki/ocsp_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

namespace der = crypto::der;
using test::mustRun;
using test::run;
using testing::HasSubstr;
using testing::Not;

const std::string kResponder = test::kIds +
                               "keyUsage=critical,digitalSignature\n"
                               "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n";

/// A root, two people and a delegated responder, all by openssl, which also asks and judges.
class Responder {
 public:
  explicit Responder(const std::string& algorithm = "EC -pkeyopt ec_paramgen_curve:P-256") {
    pki.root("root");
    pki.person("an", "root");
    pki.person("binh", "root");
    pki.make("responder", {.issuer = "root", .extensions = kResponder, .algorithm = algorithm});
  }

  OcspSigner signer() const {
    const auto key = crypto::SoftwareKey::fromPem(pki.folder().text("responder.key"), {});
    return *OcspSigner::make(pki["responder"], std::make_shared<crypto::SoftwareKey>(*key));
  }
  Bytes asked(const std::string& options) const {
    mustRun(pki.folder(), "openssl ocsp -issuer root.pem " + options + " -reqout asked.der");
    return pki.folder().bytes("asked.der");
  }
  /// What openssl, which trusts the root alone, says of `answer` when it asks so.
  std::string judged(const Bytes& answer, const std::string& options) const {
    pki.folder().write("answer.der", BytesView(answer));
    return run(pki.folder(),
               "openssl ocsp -issuer root.pem -CAfile root.pem -respin answer.der " + options)
        .output;
  }

  test::TestPki pki;
};

OcspTimes anHour() {
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  return {now, now + std::chrono::hours(1)};
}

OcspEntry good(const OcspCertId& id) {
  return {.cert_id = id.der, .status = CertificateStatus::Good};
}

TEST(OcspRequest, SaysWhatOpensslAsksWithBothDigests) {
  const Responder world;
  const OcspIssuer root(world.pki["root"]);
  const OcspIssuer other(world.pki["an"]);
  for (const std::string digest : {"-sha1", "-sha256"}) {
    const auto request =
        readOcspRequest(world.asked(digest + " -cert an.pem " + digest + " -cert binh.pem"));
    ASSERT_TRUE(request) << digest;
    ASSERT_EQ(request->ids.size(), 2U);
    EXPECT_EQ(request->ids[0].serial, world.pki["an"].serialDer());
    EXPECT_EQ(request->ids[1].serial, world.pki["binh"].serialDer());
    EXPECT_EQ(request->nonce.size(), 16U);
    for (const auto& id : request->ids) {
      EXPECT_TRUE(root.isMeantBy(id)) << digest;
      EXPECT_FALSE(other.isMeantBy(id)) << digest;
    }
  }
  const auto unusual = readOcspRequest(world.asked("-sha384 -cert an.pem -no_nonce"));
  ASSERT_TRUE(unusual);
  EXPECT_FALSE(root.isMeantBy(unusual->ids[0]));
  EXPECT_TRUE(unusual->nonce.empty());
}

TEST(OcspRequest, PassesOverTheSignatureOfTheAsker) {
  const Responder world;
  const auto signed_one =
      readOcspRequest(world.asked("-cert an.pem -signer binh.pem -signkey binh.key"));
  ASSERT_TRUE(signed_one);
  EXPECT_EQ(signed_one->ids[0].serial, world.pki["an"].serialDer());
}

TEST(OcspRequest, RefusesEveryPieceOfOneAndWhatFollowsIt) {
  const Responder world;
  auto whole = world.asked("-cert an.pem -signer binh.pem -signkey binh.key");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto piece = readOcspRequest(BytesView(whole).first(size));
    ASSERT_FALSE(piece) << size;
    EXPECT_EQ(piece.error().reason, "ocsp_request_malformed");
  }
  whole.push_back(0);
  EXPECT_FALSE(readOcspRequest(whole));
}

/// Requests that openssl does not make.
struct Odd {
  std::size_t certificates = 1;
  std::size_t serial_bytes = 16;
  std::vector<Bytes> extensions = {};

  Bytes bytes() const {
    Bytes serial(serial_bytes, 0x42);
    const auto id = der::sequence({der::sequence({der::oid("1.3.14.3.2.26"), der::null()}),
                                   der::octetString(Bytes(20, 1)),
                                   der::octetString(Bytes(20, 2)),
                                   der::integer(serial)});
    Bytes list;
    for (std::size_t i = 0; i < certificates; ++i) append(list, der::sequence({id}));
    Bytes all;
    for (const auto& one : extensions) append(all, one);
    const auto wrapped = extensions.empty() ? Bytes{}
                                            : der::element(der::contextConstructed(2),
                                                           der::element(der::kSequence, all));
    return der::sequence({der::sequence({der::element(der::kSequence, list), wrapped})});
  }
};

Bytes extension(const std::string& oid, bool critical, const Bytes& value) {
  return der::sequence(
      {der::oid(oid), critical ? der::boolean(true) : Bytes{}, der::octetString(value)});
}
Bytes nonceOf(std::size_t bytes) {
  return extension("1.3.6.1.5.5.7.48.1.2", false, der::octetString(Bytes(bytes, 7)));
}

TEST(OcspRequest, KeepsToItsLimitsOnBothSides) {
  EXPECT_FALSE(readOcspRequest(Odd{.certificates = 0}.bytes()));
  EXPECT_TRUE(readOcspRequest(Odd{.certificates = 64}.bytes()));
  EXPECT_FALSE(readOcspRequest(Odd{.certificates = 65}.bytes()));

  for (const std::size_t bytes : {1U, 128U}) {
    const auto request = readOcspRequest(Odd{.extensions = {nonceOf(bytes)}}.bytes());
    ASSERT_TRUE(request) << bytes;
    EXPECT_EQ(request->nonce, Bytes(bytes, 7));
  }
  EXPECT_FALSE(readOcspRequest(Odd{.extensions = {nonceOf(0)}}.bytes()));
  EXPECT_FALSE(readOcspRequest(Odd{.extensions = {nonceOf(129)}}.bytes()));
  EXPECT_FALSE(readOcspRequest(Odd{.extensions = {nonceOf(8), nonceOf(8)}}.bytes()));

  const auto frame = Odd{.serial_bytes = 1000}.bytes().size() - 1000;
  EXPECT_TRUE(readOcspRequest(Odd{.serial_bytes = (16U << 10U) - frame}.bytes()));
  EXPECT_FALSE(readOcspRequest(Odd{.serial_bytes = (16U << 10U) - frame + 1}.bytes()));
}

TEST(OcspRequest, PassesOverUnknownExtensionsUnlessTheyAreCritical) {
  const auto with = [](bool critical) {
    return Odd{.extensions = {extension("1.3.6.1.4.1.32473.9", critical, der::null())}}.bytes();
  };
  EXPECT_TRUE(readOcspRequest(with(false)));
  EXPECT_FALSE(readOcspRequest(with(true)));
}

TEST(MakeOcsp, OpensslVerifiesTheChainWithTheRootAlone) {
  for (const std::string algorithm :
       {"EC -pkeyopt ec_paramgen_curve:P-256", "RSA -pkeyopt rsa_keygen_bits:2048"}) {
    const Responder world(algorithm);
    const auto signer = world.signer();
    for (const std::string digest : {"-sha1", "-sha256"}) {
      const auto question = digest + " -cert an.pem " + digest + " -cert binh.pem -no_nonce";
      const auto request = *readOcspRequest(world.asked(question));
      const auto times = anHour();
      std::vector<OcspEntry> entries = {good(request.ids[0]), good(request.ids[1])};
      entries[1].status = CertificateStatus::Revoked;
      entries[1].revoked = Revoked{times.now - std::chrono::hours(5),
                                   RevocationReason::KeyCompromise,
                                   times.now - std::chrono::hours(9)};

      const auto told = world.judged(*signer.answer(entries, {}, times), question);

      EXPECT_THAT(told, HasSubstr("Response verify OK")) << algorithm;
      EXPECT_THAT(told, HasSubstr("an.pem: good"));
      EXPECT_THAT(told, HasSubstr("binh.pem: revoked"));
      EXPECT_THAT(told, HasSubstr("Reason: keyCompromise"));
    }
  }
}

TEST(MakeOcsp, UnknownIsNeitherGoodNorRevoked) {
  const Responder world;
  const auto request = *readOcspRequest(world.asked("-cert an.pem -no_nonce"));
  const std::vector<OcspEntry> entries = {{.cert_id = request.ids[0].der}};
  const auto answer = *world.signer().answer(entries, {}, anHour());
  EXPECT_THAT(world.judged(answer, "-cert an.pem -no_nonce"), HasSubstr("an.pem: unknown"));
}

TEST(MakeOcsp, RepeatsTheNonceWhichOpensslCompares) {
  const Responder world;
  const auto request = *readOcspRequest(world.asked("-cert an.pem"));
  const std::vector<OcspEntry> entries = {good(request.ids[0])};
  const auto signer = world.signer();
  const auto judged = [&](BytesView nonce) {
    world.pki.folder().write("answer.der", BytesView(*signer.answer(entries, nonce, anHour())));
    return run(world.pki.folder(),
               "openssl ocsp -CAfile root.pem -reqin asked.der -respin answer.der")
        .output;
  };
  const auto right = judged(request.nonce);
  EXPECT_THAT(right, HasSubstr("Response verify OK"));
  EXPECT_THAT(right, Not(HasSubstr("nonce")));
  EXPECT_THAT(judged({}), HasSubstr("no nonce in response"));
  EXPECT_THAT(judged(Bytes(16, 1)), HasSubstr("Nonce Verify error"));
}

TEST(MakeOcsp, OurOwnReaderAgrees) {
  const Responder world;
  const auto request = *readOcspRequest(world.asked("-cert an.pem -no_nonce"));
  const auto times = anHour();
  const std::array<Certificate, 1> issuers{world.pki["root"]};
  const auto status = [&](const OcspEntry& entry, Instant at) {
    const std::vector<OcspEntry> entries = {entry};
    return ocspStatus(
        world.pki["an"], issuers, {*world.signer().answer(entries, {}, times)}, {.time = at});
  };
  EXPECT_EQ(status(good(request.ids[0]), times.now).status, CertificateStatus::Good);
  auto revoked = good(request.ids[0]);
  revoked.status = CertificateStatus::Revoked;
  revoked.revoked = Revoked{times.now, RevocationReason::Superseded, {}};
  const auto report = status(revoked, times.now);
  EXPECT_EQ(report.status, CertificateStatus::Revoked);
  EXPECT_EQ(report.revoked->reason, RevocationReason::Superseded);
  EXPECT_EQ(status(good(request.ids[0]), times.next_update + std::chrono::seconds(1)).status,
            CertificateStatus::Unknown);
}

TEST(MakeOcsp, AnswersAboutWhatExpiredSayHowFarBackTheyGo) {
  const Responder world;
  const auto request = *readOcspRequest(world.asked("-cert an.pem -no_nonce"));
  auto entry = good(request.ids[0]);
  entry.archive_cutoff = world.pki["root"].notBefore();
  const std::vector<OcspEntry> entries = {entry};
  const auto answer = *world.signer().answer(entries, {}, anHour());
  EXPECT_THAT(world.judged(answer, "-resp_text -noverify"), HasSubstr("Archive Cutoff"));
}

TEST(MakeOcsp, RefusesAnswersThatNobodyWouldBelieve) {
  const Responder world;
  const auto key = std::make_shared<crypto::SoftwareKey>(
      *crypto::SoftwareKey::fromPem(world.pki.folder().text("an.key"), {}));
  const auto reason = [](const auto& result) {
    return result ? std::string("(made)") : result.error().reason;
  };
  EXPECT_EQ(reason(OcspSigner::make(world.pki["an"], key)), "signer_not_responder");
  EXPECT_EQ(reason(OcspSigner::make(world.pki["responder"], key)), "signer_not_responder");

  const auto request = *readOcspRequest(world.asked("-cert an.pem"));
  const auto times = anHour();
  const std::vector<OcspEntry> entries = {good(request.ids[0])};
  EXPECT_EQ(reason(world.signer().answer(entries, {}, {times.now, times.now})), "ocsp_times");
  auto early = entries;
  early[0].status = CertificateStatus::Revoked;
  early[0].revoked = Revoked{times.now + std::chrono::seconds(1), {}, {}};
  EXPECT_EQ(reason(world.signer().answer(early, {}, times)), "ocsp_times");
}

TEST(MakeOcsp, ErrorsHaveTheNamesOfTheStandard) {
  const Responder world;
  for (const auto& [error, name] : {std::pair{OcspError::MalformedRequest, "malformedrequest"},
                                    std::pair{OcspError::TryLater, "trylater"},
                                    std::pair{OcspError::Unauthorized, "unauthorized"}}) {
    EXPECT_THAT(world.judged(makeOcspError(error), "-cert an.pem"), HasSubstr(name));
  }
}

}  // namespace
}  // namespace congvan::pki
