// SPDX-License-Identifier: Apache-2.0
#include "office/authority/ocsp_desk.h"
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"
#include "tests/support/shell.h"

#include <atomic>
#include <thread>

namespace congvan {
namespace {

using authority::CertificateKind;
using authority::CertificateRecord;
using authority::CertificateState;
using pki::CertificateStatus;
using test::backendName;
using test::onBoth;

class Ocsp : public test::OfficeTest {
 protected:
  pki::Certificate issuer(const std::string& name) {
    return must(pki::Certificate::parse(must(world().ca->issuerCertificate(name))));
  }
  static pki::Certificate certificateOf(const CertificateRecord& record) {
    return must(pki::Certificate::parse(record.der));
  }
  /// A request as the openssl command makes it; `options` names certificates as `-cert 0.pem`.
  Bytes asked(const std::vector<pki::Certificate>& about,
              const std::string& options,
              const std::string& issuer_name = "ca1") {
    const test::TempFolder folder;
    folder.write("issuer.pem", issuer(issuer_name).pem());
    folder.write("goc.pem", issuer("goc").pem());
    for (std::size_t i = 0; i < about.size(); ++i) {
      folder.write(std::to_string(i) + ".pem", about[i].pem());
    }
    test::mustRun(folder, "openssl ocsp -issuer issuer.pem " + options + " -reqout asked.der");
    return folder.bytes("asked.der");
  }
  Bytes askedAbout(const CertificateRecord& record, const std::string& options = "-no_nonce") {
    return asked({certificateOf(record)}, "-cert 0.pem " + options);
  }
  /// What our own validator reads in an answer about `record`.
  pki::StatusReport read(const CertificateRecord& record,
                         const authority::StatusAnswer& answer,
                         const std::string& issuer_name = "ca1") {
    const std::array<pki::Certificate, 1> issuers{issuer(issuer_name)};
    return pki::ocspStatus(
        certificateOf(record), issuers, {answer.der}, {.time = world().clock.now()});
  }
  CertificateStatus status(authority::OcspDesk& desk, const CertificateRecord& record) {
    return read(record, desk.answer(askedAbout(record))).status;
  }
  std::unique_ptr<authority::OcspDesk> newDesk(authority::OcspOptions options = {}) {
    auto& w = world();
    return std::make_unique<authority::OcspDesk>(
        w.transactions, w.certificates, *w.ca, w.clock, options);
  }
  void revoke(authority::Authority& by, const CertificateRecord& record) {
    auto& w = world();
    must(by.revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  }
  std::vector<CertificateRecord> responders() {
    return must(world().transactions.read<std::vector<CertificateRecord>>([&](work::Tx& tx) {
      return world().certificates.ofHolder(tx, {}, CertificateKind::Ocsp);
    }));
  }
  static std::string errorOf(const authority::StatusAnswer& answer) {
    const test::TempFolder folder;
    folder.write("answer.der", BytesView(answer.der));
    return test::run(folder, "openssl ocsp -noverify -respin answer.der").output;
  }
};
INSTANTIATE_TEST_SUITE_P(Both, Ocsp, onBoth(), backendName);

TEST_P(Ocsp, TellsARevocationAtOnceWhateverInstanceMadeIt) {
  auto& w = world();
  const auto desk = newDesk();
  const auto first = w.certify(w.head);
  const auto second = w.certify(w.checker);
  EXPECT_EQ(status(*desk, first), CertificateStatus::Good);
  EXPECT_EQ(status(*desk, second), CertificateStatus::Good);
  EXPECT_EQ(status(*desk, first), CertificateStatus::Good);
  EXPECT_EQ(desk->counts().from_memory, 1U);

  revoke(*w.ca, first);
  const auto report = read(first, desk->answer(askedAbout(first)));
  EXPECT_EQ(report.status, CertificateStatus::Revoked);
  EXPECT_EQ(report.revoked->reason, pki::RevocationReason::KeyCompromise);
  EXPECT_EQ(status(*desk, second), CertificateStatus::Good);

  auto other = w.newAuthority(w.server_secret);
  must(other->start());
  revoke(*other, second);
  EXPECT_EQ(status(*desk, second), CertificateStatus::Revoked);
}

TEST_P(Ocsp, TellsASuspensionAndItsReleaseAtOnceAlsoWithAnInvalidityDate) {
  auto& w = world();
  const auto desk = newDesk();
  const auto record = w.certify(w.head);
  EXPECT_EQ(status(*desk, record), CertificateStatus::Good);
  must(w.ca->suspend(w.officer, record.id, w.clock.now() - std::chrono::hours(24)));
  const auto report = read(record, desk->answer(askedAbout(record)));
  EXPECT_EQ(report.status, CertificateStatus::Revoked);
  EXPECT_EQ(report.revoked->reason, pki::RevocationReason::CertificateHold);
  auto content = w.personRequest(w.head);
  content.type = authority::RequestType::Release;
  content.certificate = record.id;
  w.approved(must(w.requests.enter(w.department_clerk, content)));
  EXPECT_EQ(status(*desk, record), CertificateStatus::Good);
  EXPECT_EQ(status(*newDesk(), record), CertificateStatus::Good);
}

TEST_P(Ocsp, AnswersFromMemoryUntilHalfTheLifeIsOver) {
  auto& w = world();
  const auto desk = newDesk();
  const auto question = askedAbout(w.certify(w.head));
  const auto first = desk->answer(question);
  ASSERT_TRUE(first.keep);
  EXPECT_EQ(first.keep->next_update - first.keep->made, std::chrono::hours(1));
  w.clock.advance(std::chrono::minutes(29));
  const auto again = desk->answer(question);
  EXPECT_EQ(again.der, first.der);
  EXPECT_EQ(again.keep->tag, first.keep->tag);
  EXPECT_LE(again.keep->max_age, std::chrono::minutes(1));
  w.clock.advance(std::chrono::minutes(1));
  const auto later = desk->answer(question);
  EXPECT_GT(later.keep->made, first.keep->made);
  EXPECT_NE(later.keep->tag, first.keep->tag);
}

TEST_P(Ocsp, SignsAnewForEachNonceAndForSeveralCertificates) {
  auto& w = world();
  const auto desk = newDesk();
  const auto one = w.certify(w.head);
  const auto two = w.certify(w.checker);
  revoke(*w.ca, two);
  const auto both = asked({certificateOf(one), certificateOf(two)},
                          "-sha1 -cert 0.pem -sha256 -cert 1.pem -no_nonce");
  const auto answer = desk->answer(both);
  EXPECT_FALSE(answer.keep);
  EXPECT_EQ(read(one, answer).status, CertificateStatus::Good);
  EXPECT_EQ(read(two, answer).status, CertificateStatus::Revoked);

  const auto with_nonce = askedAbout(one, "");
  const auto answered = desk->answer(with_nonce);
  EXPECT_FALSE(answered.keep);
  const auto nonce = must(pki::readOcspRequest(with_nonce)).nonce;
  EXPECT_NE(std::search(answered.der.begin(), answered.der.end(), nonce.begin(), nonce.end()),
            answered.der.end());
  EXPECT_EQ(desk->counts().from_memory, 0U);
}

TEST_P(Ocsp, DoesNotKnowSerialsThatWereNeverIssued) {
  auto& w = world();
  const auto desk = newDesk();
  const auto record = w.certify(w.head);
  const auto never = certificateOf(record);
  for (const std::string serial : {"1", "0x7fffffffffffffffffffffffffffffff", "-5", "0"}) {
    const auto answer = desk->answer(asked({}, "-serial " + serial + " -no_nonce"));
    EXPECT_FALSE(answer.keep) << serial;
    EXPECT_THAT(errorOf(answer), ::testing::Not(::testing::HasSubstr("Error"))) << serial;
    EXPECT_EQ(read(record, answer).reason, "no-data: no answer about this certificate");
  }
  EXPECT_EQ(desk->counts().refused, 0U);
}

TEST_P(Ocsp, TreatsAbandonedSerialsAsTheListDoes) {
  auto& w = world();
  const auto desk = newDesk();
  w.events.crash_at = audit::EventKind::CertificateIssued;
  EXPECT_THROW(static_cast<void>(w.certify(w.head)), test::FailingEvents::Crash);
  w.events.crash_at.reset();
  const auto serial = [&] {
    return must(w.transactions.read<std::vector<CertificateRecord>>([&](work::Tx& tx) {
             return w.certificates.ofHolder(
                 tx, {.person = w.head.person.value}, CertificateKind::Person);
           }))
        .at(0)
        .serial;
  }();
  const auto text = [&] {
    const test::TempFolder folder;
    folder.write("answer.der",
                 BytesView(desk->answer(asked({}, "-serial 0x" + serial + " -no_nonce")).der));
    return test::run(folder, "openssl ocsp -noverify -resp_text -respin answer.der").output;
  };
  EXPECT_THAT(text(), ::testing::HasSubstr("Cert Status: unknown")) << "intended, not issued";
  w.clock.advance(std::chrono::minutes(3));
  must(w.ca->settle());
  EXPECT_THAT(text(), ::testing::HasSubstr("Cert Status: revoked"));
}

TEST_P(Ocsp, SpeaksForItsOwnIssuersAndForOneAtATime) {
  auto& w = world();
  const auto desk = newDesk();
  const auto leaf = w.certify(w.head);
  const auto leaf_certificate = certificateOf(leaf);
  const auto issuing = issuer("ca1");

  const auto by_root = desk->answer(asked({issuing}, "-cert 0.pem -no_nonce", "goc"));
  const std::array<pki::Certificate, 1> root{issuer("goc")};
  EXPECT_EQ(pki::ocspStatus(issuing, root, {by_root.der}, {.time = w.clock.now()}).status,
            CertificateStatus::Good);

  const auto mixed =
      asked({leaf_certificate, issuing}, "-cert 0.pem -issuer goc.pem -cert 1.pem -no_nonce");
  EXPECT_THAT(errorOf(desk->answer(mixed)), ::testing::HasSubstr("unauthorized"));
  // The responder's own certificate is no issuer.
  const auto foreign = asked({leaf_certificate}, "-cert 0.pem -no_nonce", "ocsp-ca1");
  EXPECT_THAT(errorOf(desk->answer(foreign)), ::testing::HasSubstr("unauthorized"));
  EXPECT_THAT(errorOf(desk->answer(toBytes("garbage"))), ::testing::HasSubstr("malformedrequest"));
  EXPECT_THAT(errorOf(desk->answer({})), ::testing::HasSubstr("malformedrequest"));
  EXPECT_EQ(desk->counts().refused, 4U);
}

TEST_P(Ocsp, IsSignedByADelegateWhoseCertificateWentThroughTheLog) {
  auto& w = world();
  const auto desk = newDesk();
  const auto made = responders();
  ASSERT_EQ(made.size(), 2U) << "one for each issuer";
  for (const auto& one : made) {
    EXPECT_EQ(w.eventsOf(one.id.value), "certificate.intended certificate.issued");
    EXPECT_TRUE(must(w.issuance_desk.proof(w.officer, one.id)).issued.proof);
  }
  const auto answer = desk->answer(askedAbout(w.certify(w.head)));
  const auto inside = pki::ocspCertificates({answer.der});
  ASSERT_EQ(inside.size(), 1U);
  EXPECT_EQ(inside[0], issuer("ocsp-ca1"));
  EXPECT_TRUE(inside[0].hasOcspNoCheck());
  EXPECT_EQ(inside[0].extendedKeyUsage(), std::vector<std::string>{"1.3.6.1.5.5.7.3.9"});
}

TEST_P(Ocsp, RenewsItsDelegateAndTakesOverWhatAnotherInstanceRenewed) {
  auto& w = world();
  const auto desk = newDesk();
  auto other = w.newAuthority(w.server_secret);
  must(other->start());
  const auto record = w.certify(w.head);
  const auto question = askedAbout(record);
  const auto signerNow = [&] { return pki::ocspCertificates({desk->answer(question).der}).at(0); };
  const auto before = signerNow();
  must(w.ca->settle());
  EXPECT_EQ(signerNow(), before) << "not before it is time";

  w.clock.advance(std::chrono::hours(24 * 61));
  EXPECT_EQ(signerNow(), before) << "it answers while it lasts";
  must(other->settle());
  EXPECT_EQ(responders().size(), 4U);
  EXPECT_EQ(signerNow(), before);
  must(w.ca->settle());
  EXPECT_EQ(responders().size(), 4U) << "the other instance's is taken over";
  EXPECT_NE(signerNow(), before);
  EXPECT_EQ(status(*desk, record), CertificateStatus::Good);

  // One that is revoked goes at once, and so does what it signed.
  const auto compromised = signerNow();
  for (const auto& one : responders()) {
    if (certificateOf(one) == compromised) revoke(*w.ca, one);
  }
  must(w.ca->settle());
  EXPECT_NE(signerNow(), compromised);
}

TEST_P(Ocsp, SaysTryLaterWhenItsDelegateIsOver) {
  auto& w = world();
  const auto desk = newDesk();
  const auto question = askedAbout(w.certify(w.head));
  w.clock.advance(std::chrono::hours(24 * 90) - std::chrono::minutes(10));
  const auto last = desk->answer(question);
  ASSERT_TRUE(last.keep);
  EXPECT_EQ(last.keep->next_update, issuer("ocsp-ca1").notAfter());
  w.clock.advance(std::chrono::minutes(10));
  EXPECT_THAT(errorOf(desk->answer(question)), ::testing::HasSubstr("trylater"));
  EXPECT_EQ(desk->counts().failed, 1U);
}

TEST_P(Ocsp, SaysTryLaterWhenTheStorageFails) {
  auto& w = world();
  test::FaultyDatabase faulty(database());
  storage::SqlTransactions transactions(
      faulty, w.random, {.attempts = 2, .longest_delay = std::chrono::milliseconds(1)});
  authority::OcspDesk desk(transactions, w.certificates, *w.ca, w.clock);
  const auto record = w.certify(w.head);
  const auto question = askedAbout(record);
  EXPECT_EQ(read(record, desk.answer(question)).status, CertificateStatus::Good);
  faulty.loseEvery(test::Fault::When::Before);
  EXPECT_THAT(errorOf(desk.answer(question)), ::testing::HasSubstr("trylater"))
      << "what is in memory may be over";
  EXPECT_THAT(errorOf(desk.answer(askedAbout(record, ""))), ::testing::HasSubstr("trylater"));
  faulty.loseAt(0, test::Fault::When::Before);
  EXPECT_EQ(read(record, desk.answer(question)).status, CertificateStatus::Good);
}

TEST_P(Ocsp, KeepsNoMoreAnswersThanItMay) {
  auto& w = world();
  const auto desk = newDesk({.kept_most = 2});
  std::vector<Bytes> questions;
  for (const auto& holder : {w.head, w.checker, w.chairman}) {
    questions.push_back(askedAbout(w.certify(holder)));
  }
  for (const auto& question : questions) EXPECT_TRUE(desk->answer(question).keep);
  EXPECT_EQ(desk->counts().fresh, 3U);
  EXPECT_TRUE(desk->answer(questions[2]).keep);
  EXPECT_EQ(desk->counts().from_memory, 1U) << "the newest is there";
  EXPECT_TRUE(desk->answer(questions[0]).keep);
  EXPECT_EQ(desk->counts().fresh, 4U) << "the oldest is not";
}

TEST_P(Ocsp, VouchesForWhatExpiredSinceItKeepsEverything) {
  auto& w = world();
  const auto desk = newDesk();
  const auto record = w.certify(w.head);
  w.clock.advance(record.not_after - w.clock.now() + std::chrono::hours(24));
  must(w.ca->settle());
  EXPECT_EQ(status(*desk, record), CertificateStatus::Good)
      << "an answer after the end counts with an archive cutoff";
}

TEST_P(Ocsp, MissesNoRevocationWhileManyAsk) {
  auto& w = world();
  const auto desk = newDesk();
  const auto record = w.certify(w.head);
  const auto question = askedAbout(record);
  const auto good = desk->answer(question).der;
  std::atomic<bool> told = false;
  std::atomic<int> late = 0;
  std::vector<std::jthread> askers;
  for (int i = 0; i < 6; ++i) {
    askers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const bool after = told;
        if (desk->answer(question).der == good && after) ++late;
      }
    });
  }
  revoke(*w.ca, record);
  told = true;
  for (int i = 0; i < 100; ++i) desk->answer(question);
  askers.clear();
  EXPECT_EQ(late, 0);
  EXPECT_EQ(status(*desk, record), CertificateStatus::Revoked);
}

}  // namespace
}  // namespace congvan
