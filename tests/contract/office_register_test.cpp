// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/register_store.h"
#include "office/authority/register.h"
#include "tests/contract/office_world.h"

#include <random>

namespace congvan {
namespace {

using authority::CertificateKind;
using authority::CertificateRecord;
using authority::Column;
using authority::RegisterFilter;
using authority::RegisterRow;
using authority::Standing;
using directory::Caller;
using test::backendName;
using test::onBoth;

constexpr auto kOneDay = std::chrono::hours(24);

class CertificateRegister : public test::OfficeTest {
 protected:
  void SetUp() override {
    OfficeTest::SetUp();
    auto& w = world();
    desk_ = std::make_unique<authority::RegisterDesk>(
        authority::RegisterDesk::Tools{w.transactions,
                                       store_,
                                       w.certificates,
                                       w.directory_store,
                                       w.events,
                                       w.leaves,
                                       w.issuance_log.files(),
                                       w.trail,
                                       w.clock});
  }
  authority::RegisterDesk& desk() { return *desk_; }

  std::vector<RegisterRow> rows(const Caller& caller, const RegisterFilter& filter = {}) {
    std::vector<RegisterRow> all;
    std::optional<authority::CertificateId> after;
    do {
      auto page = must(desk().list(caller, filter, after, 2));
      std::ranges::move(page.rows, std::back_inserter(all));
      after = page.next;
    } while (after);
    return all;
  }
  /// Serials of those that the monitor is given.
  std::vector<std::string> monitored() {
    std::vector<std::string> serials;
    must(desk().exportForMonitor(world().auditor,
                                 [&](const authority::RegisterDesk::LoggedRow& row) -> Result<> {
                                   serials.push_back(row.serial);
                                   return kDone;
                                 }));
    return serials;
  }
  void add(const CertificateRecord& record) {
    must(world().transactions.run<std::monostate>(
        [&](work::Tx& tx) { return world().certificates.add(tx, record); }));
  }
  authority::RequestRecord requestOf(const CertificateRecord& record) {
    using Found = std::optional<authority::RequestRecord>;
    return must(world().transactions.read<Found>([&](work::Tx& tx) {
             return world().request_store.ofCertificate(tx, record.id);
           }))
        .value();
  }
  void handOver(const CertificateRecord& record) {
    const auto request = requestOf(record);
    must(world().requests.handOver(
        world().officer, request.id, request.version, {"07/BB-BG", "USB token", "=0042"}));
  }

 private:
  storage::SqlRegisterStore store_;
  std::unique_ptr<authority::RegisterDesk> desk_;
};
INSTANTIATE_TEST_SUITE_P(Both, CertificateRegister, onBoth(), backendName);

/// What the office did to one certificate, written down by whoever did it.
struct Life {
  Instant intended{};
  std::optional<Instant> issued;
  std::optional<Instant> handed_over;
  std::optional<Instant> revoked;
  Instant not_after{};

  Standing at(Instant moment) const {
    if (revoked && *revoked < moment) return Standing::Revoked;
    if (!issued) return Standing::Abandoned;
    if (moment > not_after) return Standing::Expired;
    return handed_over && *handed_over < moment ? Standing::Active : Standing::Issued;
  }
};

TEST_P(CertificateRegister, AddsUpOnEveryDayOfALifeOfCertificates) {
  auto& w = world();
  auto rules = must(w.profiles.read("rules"));
  const std::string five_years = "new_days: 1826";
  rules.replace(rules.find(five_years), five_years.size(), "new_days: 20");
  w.profiles.instead["rules"] = rules;
  std::vector<Life> lives;
  std::vector<CertificateRecord> records;  // of those that were issued, `lives` at `places`
  std::vector<std::size_t> places;
  const std::vector<const Caller*> holders{&w.head, &w.checker, &w.chairman, &w.commune_leader};
  const auto first_day = vietnamDate(w.clock.now());
  std::mt19937 dice(20261122);  // NOLINT: the same lives in every run
  const auto roll = [&](std::size_t sides) { return dice() % sides; };

  for (int act = 0; act < 40; ++act) {
    const auto what = roll(10);
    if (what < 4 || records.empty()) {
      w.clock.advance(kOneDay * roll(3));
      const bool fails = roll(4) == 0;
      const auto& holder = *holders[roll(holders.size())];
      const auto order = w.orderFor(w.personRequest(holder));
      if (fails) w.events.refuse_at = audit::EventKind::CertificateIssued;
      Life life{.intended = w.clock.now()};
      const auto made = signing::activate(holder, *w.ca, w.custody, order, w.pin);
      w.events.refuse_at.reset();
      ASSERT_EQ(bool(made), !fails);
      if (made) {
        life.issued = w.clock.now();
        life.not_after = made->not_after;
        records.push_back(*made);
        places.push_back(lives.size());
      }
      lives.push_back(life);
    } else {
      const auto one = roll(records.size());
      auto& life = lives[places[one]];
      if (what < 7 && !life.handed_over) {
        handOver(records[one]);
        life.handed_over = w.clock.now();
      } else if (what < 9 && !life.revoked) {
        must(w.ca->revoke(w.officer, records[one].id, pki::RevocationReason::Superseded, {}));
        life.revoked = w.clock.now();
      } else {
        w.clock.advance(kOneDay * roll(5));
      }
    }
  }
  w.clock.advance(kOneDay * 3);

  const auto today = vietnamDate(w.clock.now());
  std::set<Standing> met;
  for (auto day = std::chrono::sys_days(first_day); day < std::chrono::sys_days(today);
       day += std::chrono::days(1)) {
    const auto end = Instant(day) + kOneDay - kVietnamOffset;
    authority::Tally naive;
    std::int64_t there = 0;
    for (const auto& life : lives) {
      if (life.intended >= end) continue;
      ++naive[{CertificateKind::Person, life.at(end)}];
      met.insert(life.at(end));
      ++there;
    }
    auto counted = must(desk().counts(w.auditor, day, {})).counts;
    std::erase_if(counted,
                  [](const auto& one) { return one.first.first != CertificateKind::Person; });
    EXPECT_EQ(counted, naive) << formatDate(day);
    const auto listed = rows(w.auditor, {.kind = CertificateKind::Person, .day = day});
    EXPECT_EQ(static_cast<std::int64_t>(listed.size()), there) << formatDate(day);
  }
  EXPECT_EQ(met.size(), 5U) << "the lives are too dull to prove anything";
}

TEST_P(CertificateRegister, SaysWhatThePaperRegisterSays) {
  auto& w = world();
  auto request = must(w.requests.enter(w.department_clerk, w.personRequest(w.head)));
  request = must(w.requests.sendBack(w.officer, request.id, 1, "Thiếu ký hiệu"));
  request = must(w.requests.correct(w.department_clerk, request.id, 2, w.personRequest(w.head)));
  request = w.approved(request);
  const auto order = must(w.ca->orderOf(w.head, request.order.value()));
  const auto record = must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
  const auto before = vietnamDate(w.clock.now());
  w.clock.advance(kOneDay);
  handOver(record);
  w.clock.advance(kOneDay);
  must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, {}));

  const RegisterFilter of_head{.holder = w.head.person.value};
  const auto now = rows(w.officer, of_head).at(0);
  EXPECT_EQ(now.at(Column::Holder), w.head.name);
  EXPECT_EQ(now.at(Column::Post), w.head.title);
  EXPECT_EQ(now.at(Column::ManagingBody), "Sở Nội vụ");
  EXPECT_EQ(now.at(Column::Form), "01");
  EXPECT_EQ(now.at(Column::DocumentNumber), "15/CV-SNV");
  EXPECT_EQ(now.at(Column::ReturnedReason), "Thiếu ký hiệu");
  EXPECT_EQ(now.at(Column::RecordNumber), "07/BB-BG");
  EXPECT_EQ(now.at(Column::DeviceSerial), "=0042");
  EXPECT_EQ(now.at(Column::Serial), record.serial);
  EXPECT_EQ(now.at(Column::KeyAlgorithm).substr(0, 2), "EC");
  EXPECT_EQ(now.at(Column::Standing), "revoked");
  EXPECT_EQ(now.at(Column::RevocationReason), "key-compromise");
  EXPECT_EQ(now.at(Column::NotAfter).substr(19), "+07:00");
  EXPECT_NE(now.at(Column::CrlNumber), "");

  auto earlier = of_head;
  earlier.day = before;
  const auto then = rows(w.officer, earlier).at(0);
  EXPECT_EQ(then.at(Column::Standing), "issued");
  EXPECT_EQ(then.at(Column::HandedOver) + then.at(Column::RecordNumber), "") << "not yet";
  EXPECT_EQ(then.at(Column::Revoked) + then.at(Column::CrlNumber), "") << "not yet";
  EXPECT_EQ(why(desk().list(w.officer, {.day = vietnamDate(w.clock.now() + 2 * kOneDay)}, {}, 5)),
            "day_not_begun");
}

TEST_P(CertificateRegister, TellsWhatIsSuspendedAndSinceWhen) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto before = vietnamDate(w.clock.now());
  w.clock.advance(kOneDay);
  must(w.ca->suspend(w.officer, record.id, std::nullopt));
  RegisterFilter of_head{.standing = authority::Standing::Suspended, .holder = w.head.person.value};
  const auto now = rows(w.officer, of_head);
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].at(Column::RevocationReason), "certificate-hold");
  EXPECT_EQ(now[0].at(Column::Revoked).substr(0, 10), formatDate(vietnamDate(w.clock.now())));
  of_head.day = before;
  EXPECT_TRUE(rows(w.officer, of_head).empty()) << "not yet";
  of_head.standing = authority::Standing::Issued;
  EXPECT_EQ(rows(w.officer, of_head).size(), 1U);
}

TEST_P(CertificateRegister, HasNothingThatIsNotThereYet) {
  auto& w = world();
  const auto record = w.certify(w.head);
  // Between the whole second that the record bears and the event a moment later.
  w.clock.advance(fromMicros(toMicros(record.created) + 1) - w.clock.now());
  for (const auto& row : rows(w.auditor, {.holder = w.head.person.value})) {
    EXPECT_NE(row.at(Column::Standing), "unrecorded");
  }
}

TEST_P(CertificateRegister, IsOpenToOfficersOverTheManagingBodyAndToAuditors) {
  auto& w = world();
  const auto of_commune = w.certify(w.commune_leader);
  const auto of_department = w.certify(w.head);
  const auto own = rows(w.commune_certificate_officer);
  ASSERT_EQ(own.size(), 1U) << "nothing of the department, nothing of the service itself";
  EXPECT_EQ(own[0].id, of_commune.id);
  EXPECT_EQ(rows(w.commune_certificate_officer, {.agency = w.department}).size(), 0U);
  EXPECT_EQ(rows(w.officer, {.agency = w.department}).at(0).id, of_department.id);
  EXPECT_GT(rows(w.auditor).size(), 2U);
  EXPECT_EQ(rows(w.auditor, {.kind = CertificateKind::Person}).size(), 2U);
  const auto nobody = [](const auto& /*row*/) -> Result<> { return kDone; };
  for (const auto& refused :
       {why(desk().list(w.drafter, {}, {}, 5)),
        why(desk().counts(w.clerk, {}, {})),
        why(desk().expiring(w.administrator)),
        why(desk().postsWithoutCertificate(w.head, {}, 5)),
        why(desk().agenciesWithoutSeal(w.head, {}, 5)),
        why(desk().exportRows(w.clerk, {}, nobody)),
        why(desk().exportForMonitor(w.commune_certificate_officer, nobody))}) {
    EXPECT_EQ(refused, "role_missing");
  }
}

TEST_P(CertificateRegister, WritesDownThatItWasTakenAway) {
  auto& w = world();
  w.certify(w.head);
  std::vector<std::string> holders;
  const auto count = must(desk().exportRows(
      w.auditor, {.kind = CertificateKind::Person}, [&](const RegisterRow& row) -> Result<> {
        holders.push_back(row.at(Column::Holder));
        return kDone;
      }));
  EXPECT_EQ(count, 1);
  EXPECT_EQ(holders.at(0), w.head.name);
  EXPECT_EQ(w.detailsOf(w.auditor.agency.value, audit::EventKind::RegisterExported),
            R"({"what":"register","rows":1})");
  w.events.refuse_at = audit::EventKind::RegisterExported;
  const auto nobody = [](const RegisterRow& /*row*/) -> Result<> { return kDone; };
  EXPECT_EQ(why(desk().exportRows(w.auditor, {}, nobody)), "events_refused");
  w.events.refuse_at.reset();
}

TEST_P(CertificateRegister, ShowsWhatWasPutInBesideTheOffice) {
  auto& w = world();
  auto record = w.certify(w.head);
  const auto honest = monitored();
  record.id = w.ids.make<authority::CertificateTag>();
  record.serial = "00ff00ff00ff00ff00ff00ff00ff00ff";
  add(record);
  EXPECT_EQ(monitored().size(), honest.size() + 1);
  EXPECT_EQ(rows(w.auditor, {.standing = Standing::Unrecorded}).at(0).id, record.id);
}

TEST_P(CertificateRegister, GivesTheMonitorNothingThatIsStillOnItsWay) {
  auto& w = world();
  auto record = w.certify(w.head);
  const auto honest = monitored();
  w.issuance_log.stop();
  must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::Superseded, {}));
  const auto waiting = must(w.transactions.read<std::vector<audit::QueuedLeaf>>(
      [&](work::Tx& tx) { return w.leaves.due(tx, audit::Log::Issuance, 5); }));
  record.id = w.ids.make<authority::CertificateTag>();
  record.serial = "00ff00ff00ff00ff00ff00ff00ff00ff";
  record.issued_leaf = waiting.at(0).id.value;
  record.created = w.clock.now();
  add(record);
  EXPECT_EQ(monitored().size(), honest.size());
  w.clock.advance(std::chrono::minutes(11));
  EXPECT_EQ(monitored().size(), honest.size() + 1) << "a leaf that never comes hides nothing";
}

TEST_P(CertificateRegister, NamesAgenciesAndPostsWithoutACertificate) {
  auto& w = world();
  const auto without = [&] {
    std::set<directory::PersonId> people;
    std::optional<directory::PostId> after;
    for (;;) {
      const auto page = must(desk().postsWithoutCertificate(w.officer, after, 3));
      if (page.empty()) return people;
      for (const auto& post : page) people.insert(post.person);
      after = page.back().post;
    }
  };
  EXPECT_TRUE(without().contains(w.head.person));
  const auto record = w.certify(w.head);
  EXPECT_FALSE(without().contains(w.head.person));
  must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::Superseded, {}));
  EXPECT_TRUE(without().contains(w.head.person));
  EXPECT_EQ(
      must(desk().postsWithoutCertificate(w.commune_certificate_officer, {}, 200)).at(0).agency,
      w.commune);

  const auto agencies = [&] {
    std::vector<std::string> names;
    for (const auto& one : must(desk().agenciesWithoutSeal(w.officer, {}, 200))) {
      names.push_back(one.name);
    }
    return names;
  };
  EXPECT_THAT(agencies(), testing::Contains("Sở Nội vụ"));
  EXPECT_THAT(agencies(), testing::Not(testing::Contains("Phòng Tổ chức"))) << "no legal person";
  w.certifySeal(w.department, w.department_clerk);
  EXPECT_THAT(agencies(), testing::Not(testing::Contains("Sở Nội vụ")));
}

TEST_P(CertificateRegister, CountsWhatEndsSoonOnTheDaysOfVietnam) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto ending = [&](int days) {
    for (const auto& step : must(desk().expiring(w.auditor))) {
      const auto found = step.ending.find(CertificateKind::Person);
      if (step.days_most == days) return found == step.ending.end() ? 0 : found->second;
    }
    throw std::logic_error("no such step");
  };
  EXPECT_EQ(ending(90), 0);
  w.clock.advance(record.not_after - w.clock.now() - 90 * kOneDay);
  EXPECT_EQ(ending(90), 1);
  w.clock.advance(30 * kOneDay);
  EXPECT_EQ(ending(90), 0);
  EXPECT_EQ(ending(60), 1);
  w.clock.advance(53 * kOneDay);
  EXPECT_EQ(ending(7), 1);
  w.clock.advance(8 * kOneDay);
  EXPECT_EQ(ending(7), 0) << "it has ended";
}

}  // namespace
}  // namespace congvan
