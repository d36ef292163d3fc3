// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"
#include "tests/support/shell.h"

#include <atomic>
#include <future>
#include <thread>

namespace congvan {
namespace {

using authority::CertificateKind;
using authority::CertificateState;
using test::backendName;
using test::onBoth;

class Authority : public test::OfficeTest {
 protected:
  authority::Order orderFor(const directory::Caller& person) {
    return world().orderFor(world().personRequest(person));
  }
  std::vector<authority::CertificateRecord> ofPerson(const directory::Caller& person) {
    return must(
        world().transactions.read<std::vector<authority::CertificateRecord>>([&](work::Tx& tx) {
          return world().certificates.ofHolder(
              tx, {.person = person.person.value}, CertificateKind::Person);
        }));
  }
  /// Rows about keys in custody.
  std::int64_t keyRows() {
    const auto connection = database().acquire(storage::Access::Read);
    const auto rows = connection->queryOne(
        "SELECT (SELECT COUNT(*) FROM kept_keys) + (SELECT COUNT(*) FROM key_access)");
    return rows->integer(0);
  }
  /// The issuing authority's CRL as the openssl command prints it.
  std::string crlText() {
    const test::TempFolder folder;
    folder.write("ca1.crl", BytesView(must(world().ca->crl("ca1"))));
    return test::mustRun(folder, "openssl crl -inform DER -in ca1.crl -noout -text");
  }
  std::int64_t crlNumber() {
    const test::TempFolder folder;
    folder.write("ca1.crl", BytesView(must(world().ca->crl("ca1"))));
    const auto text =
        test::mustRun(folder, "openssl crl -inform DER -in ca1.crl -noout -crlnumber");
    return std::stoll(text.substr(text.find("0x") + 2), nullptr, 16);
  }
  /// How often a list was signed so far.
  int published() {
    const auto connection = database().acquire(storage::Access::Read);
    const auto row =
        connection->queryOne("SELECT COUNT(*) FROM audit_events WHERE kind = 'crl.published'");
    return static_cast<int>(row->integer(0));
  }
};
INSTANTIATE_TEST_SUITE_P(Both, Authority, onBoth(), backendName);

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

TEST_P(Authority, IssuesThroughTheLogOnlyWhatWasOrdered) {
  auto& w = world();
  const auto record = w.certify(w.head);
  EXPECT_EQ(record.state, CertificateState::Issued);
  EXPECT_EQ(w.eventsOf(record.id.value), "key.created certificate.intended certificate.issued");
  const auto proof = must(w.issuance_desk.proof(w.officer, record.id));
  ASSERT_TRUE(proof.intent.index && proof.issued.index);
  EXPECT_LT(*proof.intent.index, *proof.issued.index);
  EXPECT_TRUE(proof.issued.proof);
}

TEST_P(Authority, LetsNobodyElseActivateAnOrder) {
  auto& w = world();
  EXPECT_EQ(why(signing::activate(w.clerk, *w.ca, w.custody, orderFor(w.head), w.pin)),
            "order_not_yours");
}

TEST_P(Authority, GivesASealToAClerkOfItsOwnAgencyOnly) {
  auto& w = world();
  // A clerk when it was ordered, and none when it is activated.
  const auto ordered = w.orderFor(w.sealRequest(w.province, w.clerk));
  auto moved = w.clerk;
  moved.grants = {{directory::Role::Clerk, w.commune}};
  EXPECT_EQ(why(signing::activate(moved, *w.ca, w.custody, ordered, w.pin)), "role_missing");
  EXPECT_EQ(why(signing::activate(w.clerk, *w.ca, w.custody, ordered, w.pin)), "(done)");
}

TEST_P(Authority, TakesNoSealOutOfTheHandsOfItsClerk) {
  auto& w = world();
  const auto request = w.sealRequest(w.province, w.second_clerk);
  const auto early = w.orderFor(request);
  const auto first = w.certifySeal(w.province, w.clerk);
  EXPECT_EQ(why(w.requests.enter(w.clerk, request)), "seal_active");
  EXPECT_EQ(why(signing::activate(w.second_clerk, *w.ca, w.custody, early, w.pin)), "seal_active");

  // Near its end the next one stands beside it, and each clerk seals with the one they can open.
  const auto document = w.signedOff({w.commune});
  w.clock.advance(first.not_after - w.clock.now() - std::chrono::hours(24 * 20));
  must(signing::activate(w.second_clerk, *w.ca, w.custody, w.orderFor(request), w.pin));
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)), "(done)");
}

/// Something happens when an intent is known and its certificate is not made yet.
class BusyIssuanceLog final : public authority::IssuanceLog {
 public:
  explicit BusyIssuanceLog(authority::IssuanceLog& real) : real_(real) {}
  std::function<void()> meanwhile;
  Result<Uuid> add(work::Tx& tx, BytesView leaf) override { return real_.add(tx, leaf); }
  Result<std::uint64_t> wait(const Uuid& queued) override {
    if (const auto act = std::exchange(meanwhile, {})) act();
    return real_.wait(queued);
  }

 private:
  authority::IssuanceLog& real_;
};

TEST_P(Authority, MakesOneSealOfTwoThatAreActivatedAtOnce) {
  auto& w = world();
  test::FaultyDatabase watched(database());
  storage::SqlTransactions over(watched, w.random);
  BusyIssuanceLog log(w.issuance);
  authority::Authority other(over,
                             w.certificates,
                             w.request_store,
                             w.directory_store,
                             w.trail,
                             w.once,
                             log,
                             w.leases,
                             w.profiles,
                             w.server_secret,
                             w.key_token,
                             w.clock,
                             w.random,
                             {.public_url = "http://ca.example.vn", .province = "UBND tỉnh Mẫu"});
  must(other.start());
  for (int call = 1;; ++call) {
    const auto one = w.orderFor(w.sealRequest(w.province, w.clerk));
    const auto two = w.orderFor(w.sealRequest(w.province, w.second_clerk));
    std::future<std::string> second;
    log.meanwhile = [&] {
      watched.meanwhile(call, [&] {
        second = std::async(std::launch::async, [&] {
          return why(signing::activate(w.second_clerk, *w.ca, w.custody, two, w.pin));
        });
        second.wait_for(std::chrono::milliseconds(400));
      });
    };
    const auto made = signing::activate(w.clerk, other, w.custody, one, w.pin);
    if (!watched.hasMet()) {
      EXPECT_GT(call, 10) << "an issue has more statements";
      break;
    }
    EXPECT_THAT((std::vector{why(made), second.get()}),
                ::testing::UnorderedElementsAre("(done)", "seal_active"))
        << "before call " << call;
    const auto seal =
        must(w.ca->active({.agency = w.province.value}, CertificateKind::OrganisationSeal));
    must(w.ca->revoke(w.officer, seal.id, pki::RevocationReason::Superseded, {}));
    const auto loser = made ? two.request : one.request;
    const auto request = must(w.requests.find(w.clerk, loser));
    must(w.requests.withdraw(w.clerk, loser, request.version));
  }
}

TEST_P(Authority, KnowsTheKeysThatWereCertifiedBeforeTheyWereKeptApart) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto certificate = must(pki::Certificate::parse(record.der));
  const auto certifiable = [&] {
    return why(w.transactions.read<std::monostate>([&](work::Tx& tx) {
      return w.ca->keyMayBeCertified(tx, CertificateKind::PersonSim, certificate.spkiDer());
    }));
  };
  database().acquire(storage::Access::Write)->execute("DELETE FROM certified_keys", {});
  EXPECT_EQ(certifiable(), "(done)");
  must(w.newAuthority(w.server_secret)->start());
  EXPECT_EQ(certifiable(), "key_reused");
  must(w.newAuthority(w.server_secret)->start());
}

TEST_P(Authority, AsksTheOfficerOfEveryAgencyThatAPersonWorksForToday) {
  auto& w = world();
  const auto record = w.certify(w.commune_leader);
  const auto revoke = [&] {
    return why(w.ca->revoke(w.commune_certificate_officer,
                            record.id,
                            pki::RevocationReason::CessationOfOperation,
                            std::nullopt));
  };
  // Also at work for the province: the commune alone decides no more.
  const auto second = must(w.people.addPost(w.administrator,
                                            {.agency = w.office,
                                             .title = "Chuyên viên",
                                             .signs_for = {},
                                             .holder = w.commune_leader.person,
                                             .grants = {}}));
  EXPECT_EQ(revoke(), "role_missing");
  must(w.people.endPost(w.administrator, second.id, 1));
  EXPECT_EQ(revoke(), "(done)");
}

TEST_P(Authority, UsesAnOrderOnce) {
  auto& w = world();
  const auto order = orderFor(w.head);
  must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, order, w.pin)), "order_used");
  EXPECT_EQ(ofPerson(w.head).size(), 1U);
}

TEST_P(Authority, IssuesOneCertificateWhenAnOrderIsActivatedTwiceAtOnce) {
  auto& w = world();
  const auto order = orderFor(w.head);
  std::atomic<int> done = 0;
  std::vector<std::thread> both;
  for (int i = 0; i < 2; ++i) {
    both.emplace_back([&] {
      const auto made = signing::activate(w.head, *w.ca, w.custody, order, w.pin);
      if (made) ++done;
      if (!made) {
        EXPECT_EQ(made.error().reason, "order_used");
      }
    });
  }
  for (auto& one : both) one.join();
  EXPECT_EQ(done, 1);
  for (const auto& record : ofPerson(w.head)) {
    if (record.state == CertificateState::Issued) continue;
    EXPECT_EQ(record.state, CertificateState::Abandoned);
    EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(record.serial)));
  }
}

TEST_P(Authority, AbandonsAtItsStartWhatACrashLeftIntended) {
  auto& w = world();
  w.events.crash_at = audit::EventKind::CertificateIssued;
  const auto order = orderFor(w.head);
  EXPECT_THROW(static_cast<void>(signing::activate(w.head, *w.ca, w.custody, order, w.pin)),
               test::FailingEvents::Crash);
  w.events.crash_at.reset();
  auto records = ofPerson(w.head);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].state, CertificateState::Intended);
  EXPECT_EQ(keyRows(), 2);
  const auto number = crlNumber();

  auto restarted = w.newAuthority(w.server_secret);
  must(restarted->start());
  EXPECT_EQ(ofPerson(w.head)[0].state, CertificateState::Intended)
      << "another instance on this database may be about to sign it";
  w.clock.advance(std::chrono::minutes(2));
  must(restarted->settle());
  records = ofPerson(w.head);
  EXPECT_EQ(records[0].state, CertificateState::Abandoned);
  EXPECT_EQ(keyRows(), 0) << "whoever finds its key can do nothing with it";
  EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(records[0].serial)));
  EXPECT_GT(crlNumber(), number);
  // The order is still good, and the certificate of the second try is another.
  EXPECT_EQ(why(signing::activate(w.head, *restarted, w.custody, order, w.pin)), "(done)");
  EXPECT_EQ(w.issuance_log.openIntents(), 0);
}

TEST_P(Authority, UsesNoKeyBeforeTheIntentIsWritten) {
  auto& w = world();
  w.events.refuse_at = audit::EventKind::CertificateIntended;
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, orderFor(w.head), w.pin)),
            "events_refused");
  w.events.refuse_at.reset();
  EXPECT_TRUE(ofPerson(w.head).empty());
}

TEST_P(Authority, LeavesNoIntentOpenWhenTheIssueIsRefused) {
  auto& w = world();
  w.events.refuse_at = audit::EventKind::CertificateIssued;
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, orderFor(w.head), w.pin)),
            "events_refused");
  w.events.refuse_at.reset();
  EXPECT_EQ(ofPerson(w.head).at(0).state, CertificateState::Abandoned);
  EXPECT_EQ(keyRows(), 0);
}

TEST_P(Authority, RevokesWithACrlOfTheNextNumber) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto before = crlNumber();
  EXPECT_EQ(crlText().find(upper(record.serial)), std::string::npos);
  must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  const auto after = crlNumber();
  EXPECT_GT(after, before);
  EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(record.serial)));
  EXPECT_THAT(crlText(), ::testing::HasSubstr("Key Compromise"));
  EXPECT_EQ(
      why(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt)),
      "certificate_not_active");
  EXPECT_EQ(crlNumber(), after);
}

TEST_P(Authority, RevokesASuspendedOneAsOfItsSuspension) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto invalid = w.clock.now() - std::chrono::hours(48);
  EXPECT_EQ(why(w.ca->suspend(w.clerk, record.id, {})), "role_missing");
  EXPECT_EQ(why(w.ca->suspend(w.officer, record.id, w.clock.now() + std::chrono::hours(1))),
            "invalidity_in_future");
  const auto suspended = must(w.ca->suspend(w.officer, record.id, invalid));
  EXPECT_EQ(why(w.ca->suspend(w.officer, record.id, invalid)), "certificate_not_active");
  w.clock.advance(std::chrono::hours(24));
  const auto revoked =
      must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  EXPECT_EQ(revoked.revoked->time, suspended.revoked->time)
      << "nobody could rely on it since, and nobody can later";
  EXPECT_EQ(revoked.revoked->invalidity_date, invalid);
  EXPECT_EQ(revoked.revoked->reason, pki::RevocationReason::KeyCompromise);
  EXPECT_THAT(crlText(), ::testing::HasSubstr("Key Compromise"));
}

TEST_P(Authority, SuspendsNothingOfItsOwn) {
  auto& w = world();
  using Records = std::vector<authority::CertificateRecord>;
  for (const auto kind : {CertificateKind::Issuing, CertificateKind::Ocsp, CertificateKind::Tsa}) {
    const auto own = must(w.transactions.read<Records>(
        [&](work::Tx& tx) { return w.certificates.ofHolder(tx, {}, kind); }));
    EXPECT_EQ(why(w.ca->suspend(w.officer, own.at(0).id, {})), "suspension_kind_wrong");
  }
}

TEST_P(Authority, MakesNoSealBesideASuspendedOne) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  must(w.ca->suspend(w.officer, seal.id, {}));
  const auto request = w.sealRequest(w.province, w.second_clerk);
  EXPECT_EQ(why(w.requests.enter(w.clerk, request)), "seal_active") << "it may be released";
  must(w.ca->revoke(w.officer, seal.id, pki::RevocationReason::Superseded, {}));
  EXPECT_EQ(why(w.requests.enter(w.clerk, request)), "(done)");
}

TEST_P(Authority, ListsSerialsWhoseFirstBitIsSetAsPositiveNumbers) {
  auto& w = world();
  std::vector<std::string> serials;
  for (int i = 0; i < 6; ++i) {
    const auto record = w.certify(w.head);
    must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::Superseded, std::nullopt));
    serials.push_back(upper(record.serial));
  }
  const auto text = crlText();
  for (const auto& serial : serials) EXPECT_THAT(text, ::testing::HasSubstr(serial));
  EXPECT_EQ(text.find("Serial Number: -"), std::string::npos);
}

TEST_P(Authority, MakesAListThatCouldNotBePublishedWhenItIsNextAskedFor) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto before = crlNumber();
  w.events.refuse_at = audit::EventKind::CrlPublished;
  EXPECT_EQ(
      why(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt)),
      "events_refused");
  EXPECT_EQ(why(w.ca->crl("ca1")), "events_refused");  // never the list that is known to be wrong
  w.events.refuse_at.reset();
  EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(record.serial)));
  EXPECT_GT(crlNumber(), before);
}

TEST_P(Authority, NeverTurnsCrlNumbersBackHoweverManyAskAtOnce) {
  auto& w = world();
  const auto before = crlNumber();
  const auto lists = published();
  w.clock.advance(std::chrono::hours(13));  // past half the period: the next to ask renews it
  std::atomic<int> refused = 0;
  std::vector<std::thread> askers;
  for (int i = 0; i < 8; ++i) {
    askers.emplace_back([&] {
      if (!w.ca->crl("ca1")) ++refused;
    });
  }
  for (auto& one : askers) one.join();
  EXPECT_EQ(refused, 0);
  EXPECT_GT(crlNumber(), before);
  EXPECT_EQ(published(), lists + 1) << "one made it, the others were given it";
}

// --- its lists ---

TEST_P(Authority, DividesItsListAndFixesTheShardInTheCertificate) {
  auto& w = world();
  const auto instance = w.newInstance("two", 4);
  std::vector<authority::CertificateRecord> made;
  for (const auto* holder :
       {&w.head, &w.drafter, &w.checker, &w.chairman, &w.clerk, &w.second_clerk}) {
    made.push_back(
        must(signing::activate(*holder, *instance, w.custody, orderFor(*holder), w.pin)));
  }
  std::map<std::int64_t, int> in_shard;
  for (const auto& record : made) {
    const auto name = authority::crlName("ca1", record.crl_shard);
    const auto certificate = must(pki::Certificate::parse(record.der));
    EXPECT_THAT(certificate.crlAddresses(),
                ::testing::ElementsAre("http://ca.example.vn/pki/" + name + ".crl"));
    EXPECT_LE(++in_shard[record.crl_shard], 4);
  }
  EXPECT_GE(in_shard.size(), 2U) << "the authority's own stand on the first, too";

  const auto& revoked = made.front();
  const auto& good = made.back();
  ASSERT_NE(revoked.crl_shard, good.crl_shard);
  must(instance->revoke(w.officer, revoked.id, pki::RevocationReason::KeyCompromise, {}));
  const auto list = [&](const authority::CertificateRecord& record) {
    return must(instance->crl(authority::crlName("ca1", record.crl_shard)));
  };
  const test::TempFolder folder;
  const auto pem = [&](const std::string& name, BytesView der) {
    folder.write(name + ".pem", must(pki::Certificate::parse(der)).pem());
  };
  pem("goc", must(instance->issuerCertificate("goc")));
  pem("ca1", must(instance->issuerCertificate("ca1")));
  pem("revoked", revoked.der);
  pem("good", good.der);
  folder.write("revoked.crl", BytesView(list(revoked)));
  folder.write("good.crl", BytesView(list(good)));
  const auto verify = [&](const std::string& about, const std::string& by) {
    return test::run(
               folder,
               "openssl crl -inform DER -in " + by +
                   ".crl -out crl.pem && openssl verify "
                   "-no_check_time -crl_check -extended_crl -CAfile goc.pem -untrusted ca1.pem "
                   "-CRLfile crl.pem " +
                   about + ".pem 2>&1")
        .output;
  };
  EXPECT_THAT(verify("good", "good"), ::testing::HasSubstr("good.pem: OK"));
  EXPECT_THAT(verify("revoked", "revoked"), ::testing::HasSubstr("certificate revoked"));
  EXPECT_THAT(verify("good", "revoked"),
              ::testing::AnyOf(::testing::HasSubstr("unable to get certificate CRL"),
                               ::testing::HasSubstr("different CRL scope")));
  const auto text = test::mustRun(folder, "openssl crl -inform DER -in good.crl -noout -text");
  EXPECT_THAT(text, ::testing::HasSubstr("Issuing Distribution Point: critical"));
  EXPECT_THAT(text,
              ::testing::HasSubstr("URI:http://ca.example.vn/pki/" +
                                   authority::crlName("ca1", good.crl_shard) + ".crl"));

  // And as our own validator reads them.
  const std::array issuers{must(pki::Certificate::parse(must(instance->issuerCertificate("ca1"))))};
  const auto status = [&](const authority::CertificateRecord& about,
                          const authority::CertificateRecord& by) {
    return pki::crlStatus(must(pki::Certificate::parse(about.der)),
                          issuers,
                          must(pki::Crl::parse(list(by))),
                          {.time = w.clock.now()});
  };
  EXPECT_EQ(status(good, good).status, pki::CertificateStatus::Good);
  EXPECT_EQ(status(revoked, revoked).status, pki::CertificateStatus::Revoked);
  EXPECT_EQ(status(good, revoked).status, pki::CertificateStatus::Unknown);
  EXPECT_THAT(status(good, revoked).reason, ::testing::StartsWith("not-covered"));
  EXPECT_EQ(why(instance->crl("ca1.99")), "issuer_missing");
  EXPECT_EQ(why(instance->crl("ca1.01")), "issuer_missing");
}

TEST_P(Authority, OpensOneListWhenManyNeedTheNextOne) {
  auto& w = world();
  const auto instance = w.newInstance("two", 1);
  std::vector<authority::Order> orders;
  for (const auto* holder : {&w.head, &w.drafter, &w.checker}) orders.push_back(orderFor(*holder));
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const auto* holder = std::array{&w.head, &w.drafter, &w.checker}.at(i);
    all.emplace_back([&, i, holder] {
      must(signing::activate(*holder, *instance, w.custody, orders[i], w.pin));
    });
  }
  for (auto& one : all) one.join();
  const auto connection = database().acquire(storage::Access::Read);
  const auto gaps = connection->queryOne(
      "SELECT COUNT(*) - MAX(shard) FROM crl_shards WHERE issuer = (SELECT id FROM issuers WHERE "
      "name = 'ca1')");
  EXPECT_EQ(gaps->integer(0), 1) << "numbered from 0 without a gap";
}

TEST_P(Authority, CountsItsListsOnWhereAnOlderDatabaseWasPutBack) {
  auto& w = world();
  w.clock.advance(std::chrono::hours(13));
  const auto before = crlNumber();
  database()
      .acquire(storage::Access::Write)
      ->execute("UPDATE crl_shards SET number = 1, next_update = 0, version = version + 1", {});
  w.clock.advance(std::chrono::seconds(2));
  EXPECT_GT(crlNumber(), before);
}

TEST_P(Authority, MakesItsListsAheadOfTheirEndAlthoughNobodyAsks) {
  auto& w = world();
  must(w.ca->crl("ca1"));
  const auto lists = published();
  must(w.ca->settle());
  EXPECT_EQ(published(), lists);
  w.clock.advance(std::chrono::hours(13));
  must(w.ca->settle());
  EXPECT_EQ(published(), lists + 2) << "the root's, too";
}

TEST_P(Authority, LeavesAListToTheInstanceThatIsMakingIt) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto hold = [&] {
    return must(w.transactions.run<bool>([&](work::Tx& tx) {
      return w.leases.acquire(tx, "crl/ca1", "another", w.clock.now(), std::chrono::seconds(15));
    }));
  };
  w.clock.advance(std::chrono::hours(13));
  const auto lists = published();
  ASSERT_TRUE(hold());
  EXPECT_EQ(why(w.ca->crl("ca1")), "(done)") << "what there is still says all";
  EXPECT_EQ(published(), lists);
  ASSERT_TRUE(hold());
  EXPECT_EQ(
      why(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt)),
      "crl_in_progress")
      << "revoked, and the list that lacks it is given to nobody";
  EXPECT_EQ(must(w.ca->find(w.officer, record.id)).state, CertificateState::Revoked);
  w.clock.advance(std::chrono::seconds(16));  // it died
  EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(record.serial)));
}

TEST_P(Authority, LetsAnOfficerRevokeOnlyWhereTheyAreOne) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto revoke = [&](const directory::Caller& by) {
    return why(w.ca->revoke(by, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  };
  EXPECT_EQ(revoke(w.clerk), "role_missing");
  EXPECT_EQ(revoke(w.commune_certificate_officer), "role_missing");
  const auto tsa = must(w.transactions.read<std::vector<authority::CertificateRecord>>(
      [&](work::Tx& tx) { return w.certificates.ofHolder(tx, {}, CertificateKind::Tsa); }));
  if (!tsa.empty()) {
    EXPECT_EQ(why(w.ca->revoke(w.commune_certificate_officer,
                               tsa[0].id,
                               pki::RevocationReason::KeyCompromise,
                               std::nullopt)),
              "role_missing");
  }
  EXPECT_EQ(revoke(w.officer), "(done)");
}

TEST_P(Authority, DoesNotStartWithAnotherServerSecret) {
  auto& w = world();
  const crypto::SecretBytes other{std::string_view("another secret")};
  auto restarted = w.newAuthority(other);
  EXPECT_EQ(why(restarted->start()), "server_secret_wrong");
  EXPECT_EQ(why(w.newAuthority(w.server_secret)->start()), "(done)");
}

TEST_P(Authority, IsMadeOnceAndGoesOnWhereItStopped) {
  auto& w = world();
  EXPECT_EQ(why(w.newAuthority(w.server_secret)->create()), "authority_exists");
}

TEST_P(Authority, IssuesFromTheIssuingAuthorityThatTookOverLast) {
  auto& w = world();
  const auto before = w.certify(w.head);
  ASSERT_EQ(must(w.ca->addIssuing("goc")), "ca2");
  EXPECT_EQ(w.certify(w.chairman).issuer, before.issuer) << "it is there, and issues from later on";
  must(w.ca->issueFrom("ca2"));
  const auto after = w.certify(w.clerk);
  EXPECT_NE(after.issuer, before.issuer);

  const test::TempFolder folder;
  const auto pem = [](BytesView der) { return must(pki::Certificate::parse(der)).pem(); };
  folder.write("leaf.pem", pem(after.der));
  folder.write("goc.pem", pem(must(w.ca->issuerCertificate("goc"))));
  folder.write("ca2.pem", pem(must(w.ca->issuerCertificate("ca2"))));
  must(w.ca->revoke(w.officer, after.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  const auto crls = [&](std::string_view name) {
    folder.write(std::string(name) + ".der", BytesView(must(w.ca->crl(name))));
    return test::mustRun(folder, "openssl crl -inform DER -in " + std::string(name) + ".der");
  };
  folder.write("crls.pem", crls("ca2") + crls("goc"));
  const auto judged =
      test::run(folder,
                "openssl verify -crl_check -attime " + std::to_string(toUnix(w.clock.now())) +
                    " -CAfile goc.pem -untrusted ca2.pem -CRLfile crls.pem leaf.pem");
  EXPECT_THAT(judged.output, ::testing::HasSubstr("certificate revoked"));
}

TEST_P(Authority, ARevokedIssuingAuthorityIssuesNoMoreInAnyInstance) {
  auto& w = world();
  const auto other = w.newAuthority(w.server_secret);
  must(other->start());
  const auto order = orderFor(w.head);
  const auto ca1 = must(w.transactions.read<std::vector<authority::CertificateRecord>>(
      [&](work::Tx& tx) { return w.certificates.ofHolder(tx, {}, CertificateKind::Issuing); }));
  must(w.ca->revoke(w.officer, ca1.front().id, pki::RevocationReason::CaCompromise, std::nullopt));
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, order, w.pin)),
            "issuing_authority_missing");
  EXPECT_EQ(why(signing::activate(w.head, *other, w.custody, order, w.pin)), "issuer_not_in_force")
      << "which has not read it yet";

  const test::TempFolder folder;
  test::mustRun(folder, "echo x > x; openssl ts -query -data x -sha256 -out x.tsq");
  folder.write("x.tsr", BytesView(must(w.ca->timestampAnswer(folder.bytes("x.tsq")))));
  EXPECT_THAT(test::mustRun(folder, "openssl ts -reply -in x.tsr -text"),
              ::testing::HasSubstr("time source is not available"));
}

TEST_P(Authority, WhoTrustsEitherRootBelievesWhatStandsUnderTheOther) {
  auto& w = world();
  ASSERT_EQ(must(w.ca->addRoot("goc")), "goc2");
  ASSERT_EQ(must(w.ca->addIssuing("goc2")), "ca2");
  must(w.ca->issueFrom("ca2"));
  const auto record = w.certify(w.head);
  const auto material = must(w.ca->material());
  ASSERT_EQ(material.anchors.size(), 2U);
  const auto chain = must(w.ca->chainOf(record));
  EXPECT_EQ(chain.size(), 2U)
      << "the issuing authority, and its root as the other one certifies it";
  for (const auto& anchor : material.anchors) {
    const test::TempFolder folder;
    folder.write("anchor.pem", anchor.pem());
    folder.write("chain.pem", chain.front().pem() + chain.back().pem());
    folder.write("leaf.pem", must(pki::Certificate::parse(record.der)).pem());
    const auto judged =
        test::run(folder,
                  "openssl verify -x509_strict -attime " + std::to_string(toUnix(w.clock.now())) +
                      " -CAfile anchor.pem -untrusted chain.pem leaf.pem");
    EXPECT_EQ(judged.status, 0) << judged.output;
  }
}

TEST_P(Authority, ARootWhoseKeyIsAwayGivesItsListAndNothingElse) {
  auto& w = world();
  must(w.ca->publishFor("goc", std::chrono::days(200)));
  const auto list = must(w.ca->crl("goc"));
  const auto shares = must(w.ca->shareKey("goc", 2, 3));
  must(w.ca->removeKey("goc"));
  EXPECT_EQ(why(w.ca->addIssuing("goc")), "authority_key_away");
  EXPECT_EQ(why(w.ca->addRoot("goc")), "authority_key_away");
  EXPECT_EQ(why(w.ca->publishFor("goc", std::chrono::days(1))), "authority_key_away");
  w.clock.advance(std::chrono::days(150));
  EXPECT_EQ(must(w.ca->crl("goc")), list);
  EXPECT_TRUE(w.ca->material());

  EXPECT_EQ(why(w.ca->bringKey(std::span(shares).first(1))), "shares_too_few");
  must(w.ca->bringKey(shares));
  EXPECT_EQ(must(w.ca->addIssuing("goc")), "ca2");
  const auto other = w.newAuthority(w.server_secret);
  must(other->start());
  EXPECT_EQ(why(other->addIssuing("goc")), "authority_key_away")
      << "another process was not brought it";
}

TEST_P(Authority, NamesNoServerWithoutAName) {
  auto& w = world();
  EXPECT_EQ(why(w.ca->issueTls({}, {})), "tls_names_missing");
}

}  // namespace
}  // namespace congvan
