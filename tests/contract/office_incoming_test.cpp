// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/inspection.h"
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"

#include <algorithm>
#include <set>

namespace congvan {
namespace {

using exchange::DeliveryState;
using test::backendName;
using test::onBoth;

class Arrival : public test::OfficeTest {
 protected:
  records::Incoming arrived() {
    sent_ = world().dispatched({world().commune});
    return world().arrivals(world().commune).at(0);
  }
  records::Incoming verified() {
    const auto incoming = arrived();
    EXPECT_EQ(must(world().reception.verifyArrivals()), 1);
    return must(world().reception.find(world().commune_clerk, incoming.id));
  }
  records::Incoming registered() {
    const auto incoming = verified();
    return must(
        world().reception.registerArrival(world().commune_clerk, incoming.id, incoming.version));
  }
  /// A delivery of other bytes than were issued, as if they had been changed on the way.
  records::Incoming arrivedWith(const work::BlobHash& file) {
    auto& w = world();
    const auto document = w.issued({w.commune});
    records::Incoming incoming{.id = makeId<records::IncomingTag>(),
                               .agency = w.commune,
                               .delivery = {},
                               .sender = w.province,
                               .sender_name = "UBND tỉnh Mẫu",
                               .type = "CT",
                               .code = "01/CT-UBND",
                               .issue_date = *document.issue_date,
                               .subject = document.subject,
                               .file = file,
                               .file_size = 1,
                               .verification_report = {},
                               .arrival_number = {},
                               .arrival_date = {},
                               .arrived = w.clock.now(),
                               .changed = w.clock.now()};
    commit([&](work::Tx& tx) {
      const auto delivery = w.deliveries.deliver(
          tx, {document.id.value, w.province.value, w.commune.value, file}, {}, "");
      ASSERT_TRUE(delivery);
      incoming.delivery = delivery->id;
      EXPECT_TRUE(w.record_store.addIncoming(tx, incoming));
    });
    return incoming;
  }
  /// The same office with another judge.
  std::unique_ptr<records::Reception> receptionWith(signing::DocumentSigner& signer) {
    auto& w = world();
    return std::make_unique<records::Reception>(records::Reception::Parts{w.transactions,
                                                                          w.blobs,
                                                                          w.record_store,
                                                                          w.directory_store,
                                                                          w.deliveries,
                                                                          signer,
                                                                          w.trail,
                                                                          w.once,
                                                                          w.clock,
                                                                          w.random});
  }
  DeliveryState stateAtSender() {
    return must(world().outgoing.deliveries(world().clerk, sent_.id)).at(0).state;
  }
  records::Document sent_;
};
INSTANTIATE_TEST_SUITE_P(Both, Arrival, onBoth(), backendName);

TEST_P(Arrival, IsRegisteredOnlyOnceItIsVerified) {
  auto& w = world();
  const auto early = arrived();
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, early.id, early.version)),
            "not_verified_yet");
  EXPECT_EQ(must(w.reception.verifyArrivals()), 1);
  EXPECT_EQ(must(w.reception.verifyArrivals()), 0);
  const auto incoming = must(w.reception.find(w.commune_clerk, early.id));
  EXPECT_TRUE(incoming.verification_report);
  const auto done =
      must(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version));
  EXPECT_EQ(done.arrival_number, 1);
  EXPECT_EQ(stateAtSender(), DeliveryState::Registered);
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, done.id, done.version)),
            "delivery_state_wrong");
}

TEST_P(Arrival, OfAChangedFileCanOnlyBeReturned) {
  auto& w = world();
  const auto document = w.issued({w.commune});
  auto bytes = toBytes(must(w.blobs.open(document.file))->bytes());
  bytes[bytes.size() / 3] ^= 1U;
  const auto incoming = arrivedWith(w.putFile(bytes));
  EXPECT_EQ(must(w.reception.verifyArrivals()), 1);
  const auto judged = must(w.reception.find(w.commune_clerk, incoming.id));
  EXPECT_NE(judged.verification, "TOTAL-PASSED");
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, judged.id, judged.version)),
            "verification_failed");
  const auto back =
      must(w.reception.giveBack(w.commune_clerk, judged.id, judged.version, "Chữ ký không hợp lệ"));
  EXPECT_EQ(back.state, DeliveryState::Returned);
}

TEST_P(Arrival, OfAFileThatIsGoneHoldsUpNoOther) {
  auto& w = world();
  work::BlobHash nowhere;
  nowhere.bytes.fill(7);
  arrivedWith(nowhere);
  EXPECT_EQ(why(w.reception.verifyArrivals()), "blob_missing");
  w.dispatched({w.other_commune});
  EXPECT_EQ(must(w.reception.verifyArrivals()), 1);
  EXPECT_EQ(w.arrivals(w.other_commune).at(0).verification, "TOTAL-PASSED");
}

TEST_P(Arrival, OfManyFilesThatAreGoneStarvesNoLaterOne) {
  auto& w = world();
  for (std::uint8_t i = 1; i <= 3; ++i) {
    work::BlobHash nowhere;
    nowhere.bytes.fill(i);
    arrivedWith(nowhere);
  }
  w.dispatched({w.other_commune});
  EXPECT_EQ(must(w.reception.verifyArrivals(2)), 1);  // as many as are looked at in one go are gone
  EXPECT_EQ(w.arrivals(w.other_commune).at(0).verification, "TOTAL-PASSED");
  EXPECT_EQ(must(w.reception.verifyArrivals(2)), 0);  // put off
  w.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(why(w.reception.verifyArrivals(2)), "blob_missing");
}

/// The machine's clock is behind: what it judges is not valid yet.
class ClockBehind final : public Clock {
 public:
  explicit ClockBehind(const Clock& right) : right_(right) {}
  Instant now() const override { return right_.now() - std::chrono::hours(24 * 60); }

 private:
  const Clock& right_;
};

TEST_P(Arrival, IsJudgedAnewWhenItWasUndecidedAndBothVerdictsStay) {
  auto& w = world();
  const auto early = arrived();
  EXPECT_EQ(why(w.reception.judgeAgain(w.commune_clerk, early.id, early.version)),
            "not_verified_yet");
  const ClockBehind behind(w.clock);
  signing::DocumentSigner stale(w.blobs, *w.ca, w.custody, w.marks, w.timestamps, behind);
  EXPECT_EQ(must(receptionWith(stale)->verifyArrivals()), 1);
  const auto undecided = must(w.reception.find(w.commune_clerk, early.id));
  ASSERT_EQ(undecided.verification, "INDETERMINATE");
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, undecided.id, undecided.version)),
            "verification_failed");
  EXPECT_EQ(why(w.reception.judgeAgain(w.commune_leader, undecided.id, undecided.version)),
            "role_missing");
  EXPECT_EQ(why(w.reception.judgeAgain(w.clerk, undecided.id, undecided.version)),
            "incoming_missing");
  EXPECT_EQ(why(w.reception.judgeAgain(w.commune_clerk, undecided.id, undecided.version - 1)),
            "version_stale");

  const auto by = test::withKey(w.commune_clerk, "again");
  const auto judged = must(w.reception.judgeAgain(by, undecided.id, undecided.version));
  const auto retried = must(w.reception.judgeAgain(by, undecided.id, undecided.version));

  EXPECT_EQ(judged.verification, "TOTAL-PASSED");
  EXPECT_EQ(retried.version, judged.version);
  const auto verdicts = must(w.reception.verdicts(w.commune_clerk, early.id));
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].verification, "INDETERMINATE");
  EXPECT_EQ(verdicts[0].report, *undecided.verification_report);
  EXPECT_EQ(verdicts[0].by, std::nullopt);
  EXPECT_EQ(verdicts[1].verification, "TOTAL-PASSED");
  EXPECT_EQ(verdicts[1].by, w.commune_clerk.person);
  EXPECT_LT(verdicts[0].at, verdicts[1].at);
  EXPECT_THAT(w.eventsOf(early.id.value),
              ::testing::EndsWith("delivery.verified delivery.judged-again"));
  EXPECT_THAT(w.detailsOf(early.id.value, audit::EventKind::DeliveryJudgedAgain),
              ::testing::HasSubstr(R"("before":"INDETERMINATE")"));
  EXPECT_EQ(why(w.reception.judgeAgain(w.commune_clerk, judged.id, judged.version)),
            "verdict_settled");
  const auto done = must(w.reception.registerArrival(w.commune_clerk, judged.id, judged.version));
  EXPECT_EQ(why(w.reception.judgeAgain(w.commune_clerk, done.id, done.version)),
            "delivery_state_wrong");
  const auto named = must(w.transactions.read<std::vector<work::BlobHash>>(&storage::namedBlobs));
  EXPECT_THAT(named, ::testing::Contains(verdicts[0].report));
}

/// Something happens, once, while a file is read to be judged.
class BusyBlobs final : public work::Blobs {
 public:
  BusyBlobs(work::Blobs& real, std::function<void()> meanwhile)
      : real_(real), meanwhile_(std::move(meanwhile)) {}
  Result<std::unique_ptr<work::BlobWriter>> create(std::uint64_t limit_bytes) override {
    return real_.create(limit_bytes);
  }
  Result<std::unique_ptr<work::OpenBlob>> open(const work::BlobHash& hash) override {
    if (const auto act = std::exchange(meanwhile_, {})) act();
    return real_.open(hash);
  }

 private:
  work::Blobs& real_;
  std::function<void()> meanwhile_;
};

TEST_P(Arrival, IsNotGivenTheVerdictOnAFileThatWasRenewedMeanwhile) {
  auto& w = world();
  const auto document = w.issued({w.commune});
  auto bytes = toBytes(must(w.blobs.open(document.file))->bytes());
  bytes[bytes.size() / 3] ^= 1U;
  const auto incoming = arrivedWith(w.putFile(bytes));
  BusyBlobs busy(w.blobs, [&] {
    commit([&](work::Tx& tx) {
      auto now = *w.record_store.findIncoming(tx, incoming.id);
      now.file = document.file;
      EXPECT_TRUE(w.record_store.replaceIncoming(tx, now));
    });
  });
  signing::DocumentSigner slow(busy, *w.ca, w.custody, w.marks, w.timestamps, w.clock);

  must(receptionWith(slow)->verifyArrivals(1));
  EXPECT_EQ(must(w.reception.find(w.commune_clerk, incoming.id)).verification, "");
  EXPECT_EQ(must(w.reception.verdicts(w.commune_clerk, incoming.id)).size(), 0U);

  must(w.reception.verifyArrivals());
  EXPECT_EQ(must(w.reception.find(w.commune_clerk, incoming.id)).verification, "TOTAL-PASSED");
}

TEST_P(Arrival, IsReturnedWithAReasonThatTheSenderSees) {
  auto& w = world();
  const auto incoming = verified();
  EXPECT_EQ(why(w.reception.giveBack(w.commune_clerk, incoming.id, incoming.version, "  ")),
            "reason_missing");
  must(w.reception.giveBack(w.commune_clerk, incoming.id, incoming.version, "Gửi nhầm"));
  EXPECT_THAT(w.detailsOf(incoming.id.value, audit::EventKind::DeliveryReturned),
              ::testing::HasSubstr(R"("reason":"Gửi nhầm")"));
  const auto delivery = must(w.outgoing.deliveries(w.clerk, sent_.id)).at(0);
  EXPECT_EQ(delivery.state, DeliveryState::Returned);
  EXPECT_EQ(delivery.note, "Gửi nhầm");
  EXPECT_TRUE(delivery.receipt);
}

TEST_P(Arrival, IsForTheReceivingAgencyOnly) {
  auto& w = world();
  const auto incoming = verified();
  for (const auto* other : {&w.clerk, &w.department_clerk, &w.chairman}) {
    EXPECT_EQ(why(w.reception.find(*other, incoming.id)), "incoming_missing");
    EXPECT_EQ(why(w.reception.registerArrival(*other, incoming.id, incoming.version)),
              "incoming_missing");
  }
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_leader, incoming.id, incoming.version)),
            "role_missing");
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version + 1)),
            "version_stale");
  EXPECT_EQ(why(w.reception.find(w.auditor, incoming.id)), "(done)");
  EXPECT_EQ(must(w.reception.list(w.commune_clerk, {}, {})).size(), 1U);
  EXPECT_EQ(must(w.reception.list(w.clerk, {}, {})).size(), 0U);
  auto of_both = w.department_clerk;
  of_both.grants.push_back({directory::Role::Clerk, w.commune});
  EXPECT_EQ(must(w.reception.list(of_both, {}, {})).size(), 1U);
  EXPECT_EQ(why(w.reception.list(w.drafter, {}, {})), "role_missing");
}

TEST_P(Arrival, IsAssignedByItsLeaderToAPostOfItsOwn) {
  auto& w = world();
  const auto incoming = registered();
  const auto assign = [&](const directory::Caller& by,
                          directory::PostId lead,
                          std::optional<records::Date> deadline = {}) {
    return why(w.reception.assign(by,
                                  incoming.id,
                                  incoming.version,
                                  {.lead = lead, .opinion = "Giao", .deadline = deadline}));
  };
  EXPECT_EQ(assign(w.commune_clerk, w.commune_officer.post), "role_missing");
  EXPECT_EQ(assign(w.chairman, w.commune_officer.post), "incoming_missing");
  EXPECT_EQ(assign(w.commune_leader, w.drafter.post), "assignee_wrong");
  EXPECT_EQ(assign(w.commune_leader, makeId<directory::PostTag>()), "assignee_wrong");
  const auto today = std::chrono::sys_days(vietnamDate(w.clock.now()));
  EXPECT_EQ(assign(w.commune_leader, w.commune_officer.post, today - std::chrono::days{1}),
            "deadline_past");
  EXPECT_EQ(assign(w.commune_leader, w.commune_officer.post, records::Date{today}), "(done)");
  EXPECT_EQ(stateAtSender(), DeliveryState::Assigned);
}

TEST_P(Arrival, OfTheProvinceIsNotAssignedIntoAnotherLegalPerson) {
  auto& w = world();
  const auto chief = w.addPerson(
      "Tạ Thị Yến",
      "Phó Giám đốc Sở",
      w.department,
      {{directory::Role::FormChecker, w.department}, {directory::Role::Leader, w.department}});
  auto wanted = w.newDocument({w.province});
  wanted.agency = w.department;
  const auto draft = must(w.outgoing.draft(w.drafter, wanted));
  const auto& pdf = test::directivePdf();
  auto document = must(w.outgoing.attachFile(
      w.drafter, draft.id, draft.version, {w.putFile(pdf), static_cast<std::int64_t>(pdf.size())}));
  document = must(w.outgoing.submit(
      w.drafter, document.id, document.version, {{w.head.post}, chief.post, chief.post}));
  w.certify(w.head);
  w.certify(chief);
  for (const auto& person : {w.head, chief, chief}) {
    document = must(w.outgoing.sign(person, document.id, document.version, w.pin));
  }
  w.certifySeal(w.department, w.department_clerk);
  document = must(w.outgoing.issue(w.department_clerk, document.id, document.version, w.pin));
  must(w.outgoing.dispatch(w.department_clerk, document.id, document.version));
  must(w.reception.verifyArrivals());
  auto incoming = w.arrivals(w.province).at(0);
  incoming = must(w.reception.registerArrival(w.clerk, incoming.id, incoming.version));
  for (const auto lead : {w.head.post, w.commune_officer.post}) {
    EXPECT_EQ(why(w.reception.assign(w.chairman,
                                     incoming.id,
                                     incoming.version,
                                     {.lead = lead, .opinion = "Giao", .deadline = {}})),
              "assignee_wrong");
  }
}

TEST_P(Arrival, IsWorkedOnByItsLeadOnly) {
  auto& w = world();
  const auto incoming = registered();
  auto assignment =
      must(w.reception.assign(w.commune_leader,
                              incoming.id,
                              incoming.version,
                              {.lead = w.commune_officer.post, .opinion = "Giao", .deadline = {}}));
  EXPECT_THAT(w.detailsOf(incoming.id.value, audit::EventKind::DeliveryAssigned),
              ::testing::HasSubstr(w.commune_officer.post.text() + R"(","opinion":"Giao")"));
  EXPECT_EQ(why(w.reception.start(w.commune_clerk, assignment.id, assignment.version)),
            "assignment_not_yours");
  EXPECT_EQ(why(w.reception.start(w.department_clerk, assignment.id, assignment.version)),
            "assignment_missing");
  EXPECT_EQ(why(w.reception.finish(w.commune_officer, assignment.id, assignment.version, "")),
            "result_missing");
  assignment = must(w.reception.start(w.commune_officer, assignment.id, assignment.version));
  EXPECT_EQ(stateAtSender(), DeliveryState::InProgress);
  EXPECT_EQ(why(w.reception.start(w.commune_officer, assignment.id, assignment.version)),
            "assignment_state_wrong");
  const auto mine = must(w.reception.myAssignments(w.commune_officer, {}));
  ASSERT_EQ(mine.size(), 1U);
  EXPECT_EQ(mine.at(0).code, incoming.code);
  EXPECT_EQ(mine.at(0).subject, incoming.subject);
  EXPECT_EQ(why(w.reception.find(w.commune_officer, incoming.id)), "(done)");
  must(w.reception.finish(w.commune_officer, assignment.id, assignment.version, "Xong"));
  EXPECT_EQ(stateAtSender(), DeliveryState::Done);
  EXPECT_THAT(w.detailsOf(incoming.id.value, audit::EventKind::AssignmentDone),
              ::testing::HasSubstr(R"("result":"Xong")"));
}

TEST_P(Arrival, StandsInTheTrailThatAnAuditorTakesAway) {
  auto& w = world();
  const auto incoming = registered();
  const auto trail = must(w.evidence.trail(w.auditor, sent_.id, {.limit = 200}));
  std::vector<std::string> names;
  for (const auto& one : trail) names.emplace_back(audit::name(one.event.event.kind));
  EXPECT_TRUE(
      std::ranges::is_sorted(trail, {}, [](const auto& one) { return one.event.event.time; }));
  EXPECT_THAT(names,
              ::testing::IsSupersetOf({"document.drafted",
                                       "document.issued",
                                       "delivery.arrived",
                                       "delivery.verified",
                                       "delivery.registered"}));
  const auto events = w.eventCount();
  EXPECT_EQ(must(w.evidence.verification(w.auditor, sent_.id)).judged.verdict.overall,
            validation::Overall::TotalPassed);
  EXPECT_EQ(w.eventCount(), events) << "looking leaves nothing in the record";
}

TEST_P(Arrival, StandsInTheTrailPageByPageAsInTheWhole) {
  auto& w = world();
  registered();
  const auto ids = [](const std::vector<records::ProvenEvent>& some) {
    std::vector<audit::EventId> all;
    for (const auto& one : some) all.push_back(one.event.event.id);
    return all;
  };
  const auto whole = ids(must(w.evidence.trail(w.auditor, sent_.id, {.limit = 200})));
  ASSERT_GT(whole.size(), 6U);
  std::vector<audit::EventId> paged;
  for (records::Page<audit::EventId> page{.limit = 3};; page.after = paged.back()) {
    const auto some = ids(must(w.evidence.trail(w.auditor, sent_.id, page)));
    paged.insert(paged.end(), some.begin(), some.end());
    if (some.size() < 3) break;
  }
  EXPECT_EQ(paged, whole);
  EXPECT_EQ(why(w.evidence.trail(w.auditor, sent_.id, {.after = w.ids.make<audit::EventTag>()})),
            "event_missing");
}

TEST_P(Arrival, ShowsTheSenderItsStateButNotWhoHandlesIt) {
  auto& w = world();
  const auto incoming = registered();
  must(w.reception.assign(w.commune_leader,
                          incoming.id,
                          incoming.version,
                          {.lead = w.commune_officer.post, .opinion = "Giao", .deadline = {}}));
  const auto namesFor = [&](const directory::Caller& reader) {
    std::set<std::string> names;
    for (const auto& one : must(w.evidence.trail(reader, sent_.id, {.limit = 200}))) {
      names.emplace(audit::name(one.event.event.kind));
      if (reader.person != w.auditor.person) {
        EXPECT_NE(one.event.event.agency, w.commune.value) << audit::name(one.event.event.kind);
      }
    }
    return names;
  };
  for (const auto* reader : {&w.clerk, &w.drafter, &w.chairman}) {
    const auto names = namesFor(*reader);
    EXPECT_TRUE(names.contains("delivery.arrived"));
    EXPECT_FALSE(names.contains("delivery.registered"));
    EXPECT_FALSE(names.contains("delivery.assigned"));
  }
  EXPECT_TRUE(namesFor(w.auditor).contains("delivery.assigned")) << "oversight reaches below";
  EXPECT_EQ(stateAtSender(), DeliveryState::Assigned);
}

TEST_P(Arrival, ChangesNothingWhenItsEventCannotBeWritten) {
  auto& w = world();
  const auto incoming = verified();
  w.events.refuse_at = audit::EventKind::DeliveryRegistered;
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version)),
            "events_refused");
  w.events.refuse_at.reset();
  EXPECT_EQ(stateAtSender(), DeliveryState::Arrived);
  EXPECT_EQ(must(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version))
                .arrival_number,
            1);
}

/// Over a database that counts what it is asked.
class TrailOfMany : public test::OfficeTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    counting_ = std::make_unique<test::FaultyDatabase>(database());
    counted_ = std::make_unique<storage::SqlTransactions>(*counting_, random_);
    world_ = std::make_unique<test::World>(*counted_);
  }
  int callsFor(const records::Document& document) {
    const int before = counting_->calls();
    must(world().evidence.trail(world().auditor, document.id, {.limit = 200}));
    return counting_->calls() - before;
  }
  void TearDown() override {
    OfficeTest::TearDown();
    counted_.reset();
    counting_.reset();
  }

 private:
  std::unique_ptr<test::FaultyDatabase> counting_;
  std::unique_ptr<storage::SqlTransactions> counted_;
};
INSTANTIATE_TEST_SUITE_P(Both, TrailOfMany, onBoth(), backendName);

TEST_P(TrailOfMany, AsksTheDatabaseAsOftenAsThatOfOne) {
  auto& w = world();
  const auto one = w.dispatched({w.commune});
  const auto many = w.dispatched({w.commune, w.other_commune, w.department, w.office});
  w.issuance_log.stop();
  w.records_log.stop();
  EXPECT_EQ(callsFor(many), callsFor(one));
}

}  // namespace
}  // namespace congvan
