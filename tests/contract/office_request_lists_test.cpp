// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/request_list_store.h"
#include "office/authority/request_lists.h"
#include "tests/contract/office_world.h"

namespace congvan {
namespace {

using authority::CertificateKind;
using authority::RequestListRead;
using authority::RowState;
using directory::Caller;
using test::backendName;
using test::onBoth;

class RequestList : public test::OfficeTest {
 protected:
  void SetUp() override {
    OfficeTest::SetUp();
    boot();
  }
  /// As after a restart.
  void boot() {
    auto& w = world();
    lists_ =
        std::make_unique<authority::RequestLists>(authority::RequestLists::Tools{w.transactions,
                                                                                 store_,
                                                                                 w.requests,
                                                                                 w.directory_store,
                                                                                 w.jobs,
                                                                                 w.trail,
                                                                                 w.once,
                                                                                 w.clock,
                                                                                 w.random});
    worker_ = std::make_unique<work::Worker>(w.transactions, w.jobs, w.clock, "worker");
    worker_->handle(std::string(authority::kRequestListJob),
                    [this](work::Run& run) { return lists_->run(run); });
  }
  authority::RequestLists::Wanted wanted(CertificateKind kind = CertificateKind::Person) {
    return {kind, world().department, "31/CV-SNV", vietnamDate(world().clock.now())};
  }
  Result<RequestListRead> enter(std::string_view csv,
                                CertificateKind kind = CertificateKind::Person) {
    return lists_->enter(world().department_clerk, wanted(kind), csv);
  }
  RequestListRead read(const RequestListRead& list) {
    return must(lists_->find(world().officer, list.list.id));
  }
  /// Somebody of the department, with an e-mail address.
  std::string staff(int number) {
    auto& w = world();
    const auto email = "canbo" + std::to_string(number) + "@snv.example.vn";
    const directory::Person person{
        w.ids.make<directory::PersonTag>(), "Cán bộ " + std::to_string(number), email};
    must(w.transactions.run<std::monostate>([&](work::Tx& tx) -> Result<> {
      const auto added = w.directory_store.addPerson(tx, person);
      if (!added) return added;
      return w.directory_store.addPost(tx,
                                       {.id = w.ids.make<directory::PostTag>(),
                                        .agency = w.unit,
                                        .title = "Chuyên viên",
                                        .signs_for = {},
                                        .holder = person.id,
                                        .grants = {},
                                        .valid_from = vietnamDate(w.clock.now())});
    }));
    return email;
  }
  std::string rowsText(const RequestListRead& list) {
    std::string text;
    for (const auto& row : list.rows) {
      text += std::to_string(row.line) + ":" + std::string(name(row.state)) +
              (row.reason.empty() ? "" : "(" + row.reason + ")") + " ";
    }
    return text;
  }
  std::size_t requestCount() {
    return must(world().requests.list(world().auditor, {.limit = 200})).size();
  }

  storage::SqlRequestListStore store_;
  std::unique_ptr<authority::RequestLists> lists_;
  std::unique_ptr<work::Worker> worker_;
};
INSTANTIATE_TEST_SUITE_P(Both, RequestList, onBoth(), backendName);

TEST_P(RequestList, EntersARequestForEachLineAndSaysWhatBecameOfTheOthers) {
  auto& w = world();
  const auto csv = "STT;Họ và tên;Thư điện tử\n1;a;" + staff(1) +
                   "\n2;b;nobody@example.vn\n\n3;c;" + staff(2) + "\n4;d;" +
                   "canbo1@snv.example.vn\n";
  const auto list = must(enter(csv));
  EXPECT_EQ(rowsText(list),
            "2:waiting 3:refused(request_list_person_unknown) 5:waiting "
            "6:refused(request_list_person_twice) ");
  EXPECT_EQ(must(worker_->runOne()), true);
  const auto done = read(list);
  EXPECT_EQ(rowsText(done),
            "2:entered 3:refused(request_list_person_unknown) 5:entered "
            "6:refused(request_list_person_twice) ");
  const auto request = must(w.requests.find(w.officer, done.rows[0].request.value()));
  EXPECT_EQ(request.content.document_number, "31/CV-SNV");
  EXPECT_EQ(request.entered.person, w.department_clerk.person.value);
  EXPECT_TRUE(request.confirmed) << "the clerk stands by every line";
  EXPECT_EQ(w.approved(request).state, authority::RequestState::Approved);
  EXPECT_FALSE(must(worker_->runOne())) << "nothing is left to do";
}

TEST_P(RequestList, LeavesRulesToTheDesk) {
  const auto list = must(enter("email,csr\n" + staff(1) + ",AAAA\n", CertificateKind::PersonSim));
  must(worker_->runOne());
  EXPECT_EQ(rowsText(read(list)), "2:refused(request_malformed) ");
}

TEST_P(RequestList, KnowsOnlyThePeopleOfItsAgency) {
  auto& w = world();
  const auto list =
      must(enter("person\n" + w.commune_leader.person.text() + "\n" + w.head.person.text() + "\n" +
                 w.ids.make<struct Any>().text() + "\n"));
  const bool head_is_here = w.personRequest(w.head).agency == w.department;
  EXPECT_EQ(rowsText(list),
            std::string("2:refused(request_list_person_unknown) 3:") +
                (head_is_here ? "waiting" : "refused(request_list_person_unknown)") +
                " 4:refused(request_list_person_unknown) ");
}

TEST_P(RequestList, GoesOnAfterACrashWithNoLineTwice) {
  auto& w = world();
  std::string csv = "email\n";
  for (int i = 0; i < 12; ++i) csv += staff(i) + "\n";
  const auto list = must(enter(csv));
  w.events.crash_at = audit::EventKind::RequestEntered;  // within the transaction of the first line
  EXPECT_THROW(static_cast<void>(worker_->runOne()), test::FailingEvents::Crash);
  EXPECT_EQ(requestCount(), 0U);
  w.events.crash_at.reset();
  w.events.refuse_at = audit::EventKind::RequestEntered;
  boot();
  w.clock.advance(std::chrono::minutes(2));  // the lease of the dead one ends
  EXPECT_TRUE(must(worker_->runOne())) << "it is tried later";
  EXPECT_EQ(rowsText(read(list)).find("refused"), std::string::npos) << "no fault of the lines";
  w.events.refuse_at.reset();
  w.clock.advance(std::chrono::hours(2));
  EXPECT_TRUE(must(worker_->runOne()));
  EXPECT_EQ(requestCount(), 12U);
  std::set<Uuid> requests;
  for (const auto& row : read(list).rows) requests.insert(row.request.value().value);
  EXPECT_EQ(requests.size(), 12U);
}

TEST_P(RequestList, IsEnteredOnceByTwoWorkersAtOnce) {
  auto& w = world();
  std::string csv = "email\n";
  for (int i = 0; i < 20; ++i) csv += staff(i) + "\n";
  const auto list = must(enter(csv));
  // Leases that end at once: each takes the job while the other is still at it.
  std::vector<std::jthread> both;
  for (int i = 0; i < 2; ++i) {
    both.emplace_back([&] {
      work::Worker worker(
          w.transactions, w.jobs, w.clock, "worker", {.lease = std::chrono::microseconds(1)});
      worker.handle(std::string(authority::kRequestListJob),
                    [this](work::Run& run) { return lists_->run(run); });
      for (int turn = 0; turn < 20; ++turn) static_cast<void>(worker.runOne());
    });
  }
  both.clear();
  w.clock.advance(std::chrono::hours(2));  // what met the other one is tried again
  must(worker_->runOne());
  EXPECT_EQ(requestCount(), 20U);
  EXPECT_EQ(rowsText(read(list)).find("waiting"), std::string::npos);
}

TEST_P(RequestList, IsWrittenDownAndARetryIsNoSecondList) {
  auto& w = world();
  const auto caller = test::withKey(w.department_clerk, "list-1");
  const auto first = must(lists_->enter(caller, wanted(), "email\n" + staff(1) + "\n"));
  const auto again = must(lists_->enter(caller, wanted(), "email\ncanbo1@snv.example.vn\n"));
  EXPECT_EQ(first.list.id, again.list.id);
  EXPECT_EQ(w.eventsOf(first.list.id.value), "request.listed");
  must(worker_->runOne());
  EXPECT_FALSE(must(worker_->runOne()));
}

TEST_P(RequestList, EntersNothingMoreForWhoeverLostThePost) {
  auto& w = world();
  const auto list = must(enter("email\n" + staff(1) + "\n"));
  must(w.transactions.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    auto post = w.directory_store.findPost(tx, w.department_clerk.post);
    if (!post) return post.error();
    post->ended = w.clock.now();
    return w.directory_store.replacePost(tx, *post);
  }));
  must(worker_->runOne());
  EXPECT_EQ(rowsText(read(list)), "2:refused(post_missing_now) ");
  EXPECT_EQ(requestCount(), 0U);
}

TEST_P(RequestList, IsForTheClerkOfTheAgencyAndItsReaders) {
  auto& w = world();
  const auto csv = "email\n" + staff(1) + "\n";
  for (const auto* other : {&w.clerk, &w.head, &w.officer, &w.commune_clerk}) {
    EXPECT_EQ(why(lists_->enter(*other, wanted(), csv)), "role_missing");
  }
  const auto list = must(enter(csv));
  EXPECT_EQ(why(lists_->find(w.department_clerk, list.list.id)), "(done)");
  EXPECT_EQ(why(lists_->find(w.auditor, list.list.id)), "(done)");
  EXPECT_EQ(why(lists_->find(w.commune_clerk, list.list.id)), "request_list_missing");
}

TEST_P(RequestList, IsRefusedWholeWhenItIsNone) {
  EXPECT_EQ(why(enter("")), "csv_empty");
  EXPECT_EQ(why(enter("email\n")), "csv_empty");
  EXPECT_EQ(why(enter("email;phone\na;b\n")), "csv_column_unknown");
  EXPECT_EQ(why(enter("email;email\na;b\n")), "csv_column_twice");
  EXPECT_EQ(why(enter("name\na\n")), "csv_columns_missing");
  EXPECT_EQ(why(enter("email\na\n", CertificateKind::PersonSim)), "csv_columns_missing");
  EXPECT_EQ(why(enter("email\na\n", CertificateKind::OrganisationSeal)), "request_list_kind");
  EXPECT_EQ(why(enter("no;email\n1;a;c\n")), "csv_columns_differ");
  EXPECT_EQ(why(enter("email\n\"a\n")), "csv_quote_wrong");
  std::string most = "email\n";
  for (std::size_t i = 0; i < authority::kListRowsMost; ++i) most += "x@example.vn\n";
  EXPECT_EQ(why(enter(most)), "(done)");
  EXPECT_EQ(why(enter(most + "x@example.vn\n")), "request_list_too_long");
}

}  // namespace
}  // namespace congvan
