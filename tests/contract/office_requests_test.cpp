// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"
#include "tests/support/shell.h"
#include "trust/pki/certificate.h"
#include "trust/tlog/leaf.h"

#include <atomic>
#include <future>
#include <thread>

namespace congvan {
namespace {

using authority::CertificateKind;
using authority::CertificateState;
using authority::KeySource;
using authority::RequestContent;
using authority::RequestRecord;
using authority::RequestState;
using authority::RequestType;
using directory::Caller;
using directory::Role;
using test::backendName;
using test::onBoth;

constexpr auto kDay = std::chrono::hours(24);

class Requests : public test::OfficeTest {
 protected:
  authority::RequestDesk& desk() { return world().requests; }
  RequestContent forHead() { return world().personRequest(world().head); }
  RequestRecord entered(const RequestContent& content) {
    return must(desk().enter(world().clerkOf(content.agency), content));
  }
  RequestRecord accepted(const RequestContent& content) {
    const auto request = entered(content);
    return must(desk().accept(world().officer, request.id, request.version));
  }
  std::string approval(const Caller& by, const RequestRecord& request) {
    return why(desk().approve(by, request.id, request.version, authority::contentHash(request)));
  }
  RequestRecord now(const RequestRecord& request) {
    return must(desk().find(world().officer, request.id));
  }
  /// A PKCS#10 file made by the openssl command.
  Bytes csr(const std::string& key = "ec -pkeyopt ec_paramgen_curve:P-256",
            const std::string& subject = "/CN=ai đó") {
    const test::TempFolder folder;
    test::mustRun(folder,
                  "openssl req -new -newkey " + key + " -nodes -keyout k -out r.csr -utf8 -subj '" +
                      subject + "' 2>/dev/null");
    return folder.bytes("r.csr");
  }
  RequestContent simForChairman(Bytes request) {
    auto content = world().personRequest(world().chairman);
    content.kind = CertificateKind::PersonSim;
    content.key = KeySource::Csr;
    content.csr = std::move(request);
    return content;
  }
  RequestContent following(const authority::CertificateRecord& record, RequestType type) {
    auto content = forHead();
    content.type = type;
    content.certificate = record.id;
    return content;
  }
  std::vector<authority::CertificateRecord> ofChairman() {
    using Records = std::vector<authority::CertificateRecord>;
    return must(world().transactions.read<Records>([&](work::Tx& tx) {
      return world().certificates.ofHolder(
          tx, {.person = world().chairman.person.value}, CertificateKind::PersonSim);
    }));
  }
  /// The same desk over another way to the database.
  authority::RequestDesk deskOver(work::Transactions& transactions) {
    auto& w = world();
    return authority::RequestDesk({transactions,
                                   w.request_store,
                                   w.certificates,
                                   w.directory_store,
                                   *w.ca,
                                   w.profiles,
                                   w.trail,
                                   w.once,
                                   w.clock,
                                   w.random});
  }
  /// Another instance at work in this moment, as far as the database lets it.
  std::future<std::string> rival(std::function<std::string()> act) {
    auto done = std::async(std::launch::async, std::move(act));
    done.wait_for(std::chrono::milliseconds(150));
    return done;
  }
  /// The issuing authority's CRL as the openssl command prints it.
  std::string crlText() {
    const test::TempFolder folder;
    folder.write("ca1.crl", BytesView(must(world().ca->crl("ca1"))));
    return test::mustRun(folder, "openssl crl -inform DER -in ca1.crl -noout -text");
  }
  static std::string upper(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }
  authority::CertificateRecord certificateNow(authority::CertificateId id) {
    return must(world().ca->find(world().officer, id));
  }
};
INSTANTIATE_TEST_SUITE_P(Both, Requests, onBoth(), backendName);

// --- the way ---

TEST_P(Requests, GoFromTheHolderToTheHandOver) {
  auto& w = world();
  auto content = forHead();
  content.document_number.clear();
  auto request = must(desk().enter(w.head, content));
  EXPECT_EQ(request.state, RequestState::Requested);
  EXPECT_FALSE(request.due) << "not complete yet";
  EXPECT_EQ(why(desk().accept(w.officer, request.id, 1)), "request_not_confirmed");
  const directory::Date letter = vietnamDate(w.clock.now());
  request = must(desk().confirm(w.department_clerk, request.id, 1, "21/CV", letter));
  // 22.11.2026 is a Sunday: three working days later it is Wednesday.
  EXPECT_EQ(formatDate(request.due.value()), "2026-11-25");
  EXPECT_EQ(why(desk().confirm(w.department_clerk, request.id, 2, "22/CV", letter)),
            "request_confirmed");
  request = must(desk().sendBack(w.officer, request.id, 2, "Thiếu ký hiệu"));
  EXPECT_EQ(request.reason, "Thiếu ký hiệu");
  EXPECT_FALSE(request.due);
  request = must(desk().correct(w.department_clerk, request.id, 3, forHead()));
  EXPECT_EQ(request.reason, "");
  request = must(desk().accept(w.officer, request.id, 4));
  request = must(desk().approve(w.second_officer, request.id, 5, authority::contentHash(request)));
  EXPECT_EQ(request.rule, "2024-08-15");
  const auto order = must(w.ca->orderOf(w.head, request.order.value()));
  const auto record = must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
  EXPECT_EQ(now(request).state, RequestState::Issued);
  EXPECT_EQ(now(request).certificate, record.id);
  request = must(desk().handOver(w.officer, request.id, 7, {"01/BB-BG", "USB token", "0042"}));
  EXPECT_EQ(request.state, RequestState::HandedOver);
  EXPECT_EQ(now(request).hand_over.device_serial, "0042");
  EXPECT_EQ(now(request).handed_over->person, w.officer.person.value);
  EXPECT_EQ(w.eventsOf(request.id.value),
            "request.entered request.confirmed request.returned request.corrected "
            "request.accepted request.approved request.handed-over");
}

TEST_P(Requests, NameTheStateInWhichAnActIsNotToBeDone) {
  auto& w = world();
  const auto request = entered(forHead());
  const auto accepted_now = must(desk().accept(w.officer, request.id, 1));
  const auto again = desk().accept(w.officer, request.id, 2);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "request_state_wrong");
  EXPECT_EQ(again.error().code, Code::Conflict);
  EXPECT_EQ(again.error().params.at(0).value, "accepted");
  EXPECT_EQ(why(desk().correct(w.department_clerk, request.id, 2, forHead())),
            "request_state_wrong");
  EXPECT_EQ(why(desk().handOver(w.officer, request.id, 2, {"1", "", ""})), "request_state_wrong");
  EXPECT_EQ(why(desk().issue(w.officer, request.id, 2)), "request_state_wrong");
  must(desk().refuse(w.officer, request.id, 2, "Không thuộc đối tượng"));
  for (const auto& ended : {why(desk().withdraw(w.department_clerk, request.id, 3)),
                            why(desk().refuse(w.officer, request.id, 3, "nữa")),
                            why(desk().sendBack(w.officer, request.id, 3, "nữa")),
                            approval(w.second_officer, now(request))}) {
    EXPECT_EQ(ended, "request_state_wrong");
  }
  EXPECT_EQ(why(desk().accept(w.officer, request.id, 2)), "version_stale");
}

TEST_P(Requests, TakeTheirOrderAlongWhenTheyAreTakenBack) {
  auto& w = world();
  const auto order = w.orderFor(forHead());
  EXPECT_EQ(why(desk().withdraw(w.clerk, order.request, 3)), "request_missing");
  EXPECT_EQ(why(desk().withdraw(w.officer, order.request, 3)), "request_not_yours");
  must(desk().withdraw(w.head, order.request, 3));
  EXPECT_TRUE(must(w.ca->openOrders(w.head)).empty());
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, order, w.pin)), "order_used");
}

// --- who may ---

TEST_P(Requests, AreEnteredByTheHolderOrTheManagingBodyOnly) {
  auto& w = world();
  for (const auto* other : {&w.clerk, &w.commune_clerk, &w.officer, &w.drafter, &w.administrator}) {
    EXPECT_EQ(why(desk().enter(*other, forHead())), "role_missing") << other->name;
  }
  auto content = forHead();
  content.agency = w.commune;
  EXPECT_EQ(why(desk().enter(w.commune_clerk, content)), "holder_wrong") << "not their person";
  content.agency = w.unit;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "holder_wrong") << "no legal person";
  content = forHead();
  content.kind = CertificateKind::Root;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "holder_wrong");
  content = forHead();
  content.activator = w.drafter.person.value;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "holder_wrong") << "another's PIN";
  EXPECT_EQ(why(desk().enter(w.clerk, w.sealRequest(w.province, w.commune_clerk))),
            "seal_needs_clerk");
  content = w.sealRequest(w.unit, w.department_clerk);
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "holder_wrong");
}

TEST_P(Requests, AreConfirmedByTheManagingBodyOnly) {
  auto& w = world();
  const auto request = must(desk().enter(w.head, forHead()));
  EXPECT_TRUE(request.content.document_number.empty()) << "the letter is the managing body's";
  const auto today = vietnamDate(w.clock.now());
  const auto confirm = [&](const Caller& by, const directory::Date& date) {
    return why(desk().confirm(by, request.id, 1, "21/CV", date));
  };
  EXPECT_EQ(confirm(w.head, today), "role_missing");
  EXPECT_EQ(confirm(w.officer, today), "role_missing");
  EXPECT_EQ(confirm(w.commune_clerk, today), "request_missing");
  const directory::Date tomorrow{std::chrono::sys_days(today) + std::chrono::days(1)};
  EXPECT_EQ(confirm(w.department_clerk, tomorrow), "request_document_missing");
  EXPECT_EQ(confirm(w.department_clerk, today), "(done)");
}

TEST_P(Requests, AreDecidedByOfficersOverTheManagingBodyAndTheHolder) {
  auto& w = world();
  const auto request = entered(forHead());
  const auto accept = [&](const Caller& by) { return why(desk().accept(by, request.id, 1)); };
  EXPECT_EQ(accept(w.department_clerk), "role_missing");
  EXPECT_EQ(accept(w.auditor), "role_missing");
  EXPECT_EQ(accept(w.commune_certificate_officer), "request_missing");
  EXPECT_EQ(accept(w.administrator), "request_missing");
  EXPECT_EQ(why(desk().sendBack(w.department_clerk, request.id, 1, "x")), "role_missing");
  EXPECT_EQ(why(desk().refuse(w.head, request.id, 1, "x")), "role_missing");

  // At work for the department too, so the commune's officer alone decides no more.
  const auto of_leader = entered(w.personRequest(w.commune_leader));
  must(w.people.addPost(w.administrator,
                        {.agency = w.department,
                         .title = "Chuyên viên",
                         .signs_for = {},
                         .holder = w.commune_leader.person,
                         .grants = {}}));
  EXPECT_EQ(why(desk().accept(w.commune_certificate_officer, of_leader.id, 1)), "role_missing");
  EXPECT_EQ(why(desk().accept(w.officer, of_leader.id, 1)), "(done)");
}

TEST_P(Requests, AreApprovedByASecondPerson) {
  auto& w = world();
  // A clerk who is an officer too, as happens in small agencies.
  auto both = w.department_clerk;
  both.grants.push_back({Role::CertificateOfficer, w.province});
  const auto by_both = must(desk().enter(both, forHead()));
  const auto accepted_one = must(desk().accept(w.officer, by_both.id, 1));
  EXPECT_EQ(approval(w.officer, accepted_one), "approver_not_other") << "accepted it";
  EXPECT_EQ(approval(both, accepted_one), "approver_not_other") << "entered it";

  const auto own = must(desk().enter(w.head, forHead()));
  const auto confirmed = must(desk().confirm(both, own.id, 1, "21/CV", vietnamDate(w.clock.now())));
  const auto accepted_two = must(desk().accept(w.officer, confirmed.id, 2));
  EXPECT_EQ(approval(both, accepted_two), "approver_not_other") << "confirmed it";
  EXPECT_EQ(approval(w.second_officer, accepted_two), "(done)");
}

TEST_P(Requests, AreNeverDecidedForOneself) {
  auto& w = world();
  const auto request = must(desk().enter(w.office_clerk, w.personRequest(w.second_officer)));
  EXPECT_EQ(why(desk().accept(w.second_officer, request.id, 1)), "request_for_oneself");
  EXPECT_EQ(why(desk().sendBack(w.second_officer, request.id, 1, "x")), "request_for_oneself");
  const auto accepted_now = must(desk().accept(w.officer, request.id, 1));
  EXPECT_EQ(approval(w.second_officer, accepted_now), "request_for_oneself");

  auto activator = w.clerk;
  activator.grants.push_back({Role::CertificateOfficer, w.province});
  const auto seal = must(desk().enter(w.second_clerk, w.sealRequest(w.province, w.clerk)));
  EXPECT_EQ(why(desk().accept(activator, seal.id, 1)), "request_for_oneself");
}

// --- approving ---

TEST_P(Requests, AreApprovedForWhatTheySaidOnly) {
  auto& w = world();
  const auto seen = accepted(forHead());
  must(desk().sendBack(w.officer, seen.id, 2, "Sửa số văn bản"));
  auto changed = forHead();
  changed.document_number = "99/CV";
  const auto corrected = must(desk().correct(w.department_clerk, seen.id, 3, changed));
  const auto accepted_again = must(desk().accept(w.officer, seen.id, 4));
  EXPECT_EQ(approval(w.second_officer, seen), "version_stale");
  const auto old_hash = authority::contentHash(seen);
  const auto refused = desk().approve(w.second_officer, seen.id, 5, old_hash);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "request_changed");
  EXPECT_EQ(refused.error().code, Code::Stale);
  EXPECT_EQ(why(desk().approve(w.second_officer, seen.id, 5, {})), "request_changed");
  EXPECT_FALSE(now(seen).order);
  EXPECT_EQ(approval(w.second_officer, accepted_again), "(done)");
}

TEST_P(Requests, HaveAHashThatChangesWithEverythingTheySay) {
  auto& w = world();
  const auto plain = accepted(forHead());
  std::vector<RequestRecord> others(12, plain);
  others[0].content.type = RequestType::Renewal;
  others[1].content.kind = CertificateKind::PersonSim;
  others[2].content.person = w.drafter.person.value;
  others[3].content.agency = w.commune;
  others[4].content.device_name = "máy";
  others[5].content.key = KeySource::Csr;
  others[6].content.csr = {1};
  others[7].content.document_number += "1";
  others[8].content.document_date.reset();
  others[9].entered.person = w.clerk.person.value;
  others[10].confirmed.reset();
  others[11].accepted->person = w.clerk.person.value;
  for (const auto& other : others) {
    EXPECT_NE(authority::contentHash(other), authority::contentHash(plain));
  }
}

TEST_P(Requests, GetOneOrderWhenTwoOfficersApproveAtOnce) {
  auto& w = world();
  auto third = w.addPerson(
      "Kim Văn Chi", "Cán bộ chứng thư", w.office, {{Role::CertificateOfficer, w.province}});
  const auto request = accepted(forHead());
  std::atomic<int> done = 0;
  std::vector<std::thread> officers;
  for (const auto& by : {w.second_officer, third}) {
    officers.emplace_back([&, by] {
      const auto said = approval(by, request);
      if (said == "(done)") ++done;
      if (said != "(done)") {
        EXPECT_THAT(said, ::testing::AnyOf("version_stale", "request_state_wrong"));
      }
    });
  }
  for (auto& one : officers) one.join();
  EXPECT_EQ(done, 1);
  const auto orders = must(w.ca->openOrders(w.head));
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, orders[0], w.pin)), "(done)");
}

TEST_P(Requests, StandInTheIntentWithTheThreePeople) {
  auto& w = world();
  const auto order = w.orderFor(forHead());
  const auto record = must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
  const auto request = must(desk().find(w.officer, order.request));
  const auto proof = must(w.issuance_desk.proof(w.officer, record.id));
  const auto leaf = must(tlog::parseLeaf(proof.intent.leaf));
  const auto& intent = std::get<tlog::IntentLeaf>(leaf);
  EXPECT_EQ(intent.request, request.id.value);
  const auto text = "certificate-request\n" + request.id.text() + "\n" +
                    toHex(request.approved_hash) + "\n" + w.department_clerk.person.text() + "\n" +
                    w.officer.person.text() + "\n" + w.second_officer.person.text() + "\n";
  EXPECT_TRUE(tlog::opensTo(intent.approvals, record.approvals_salt, asBytes(text)));
}

// --- keys made elsewhere ---

TEST_P(Requests, WithACsrTakeTheNameFromTheDirectory) {
  auto& w = world();
  const auto request =
      entered(simForChairman(csr("ec -pkeyopt ec_paramgen_curve:P-256",
                                 "/C=US/O=Khác/CN=" + std::string(60, 'x') + "/UID=CCCD:001")));
  const auto approved = w.approved(request);
  EXPECT_FALSE(approved.order) << "nobody has a PIN to choose";
  const auto record = must(desk().issue(w.officer, approved.id, approved.version));
  EXPECT_EQ(record.kind, CertificateKind::PersonSim);
  EXPECT_EQ(record.subject, "CN=Nguyễn Văn An,O=UBND tỉnh Mẫu,C=VN");
  EXPECT_EQ(now(request).state, RequestState::Issued);
  EXPECT_EQ(why(desk().issue(w.officer, approved.id, approved.version + 1)), "request_state_wrong");
}

TEST_P(Requests, RefuseBadAndUsedKeys) {
  auto& w = world();
  const auto enter = [&](Bytes file) { return why(desk().enter(w.clerk, simForChairman(file))); };
  EXPECT_EQ(enter(csr("rsa:1024")), "key_not_allowed");
  EXPECT_EQ(enter(csr("ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit")),
            "key_not_allowed");
  // The same key could be written in two ways, and certified twice.
  EXPECT_EQ(enter(csr("rsa-pss -pkeyopt rsa_keygen_bits:3072")), "key_form");
  const test::TempFolder folder;
  test::mustRun(folder,
                "openssl ecparam -name prime256v1 -genkey -noout -out k && "
                "openssl ec -in k -conv_form compressed -out compressed 2>/dev/null && "
                "openssl req -new -key compressed -subj /CN=x -out r.csr");
  EXPECT_EQ(enter(folder.bytes("r.csr")), "key_form");
  EXPECT_EQ(enter(toBytes(std::string_view("no request"))), "request_malformed");
  EXPECT_EQ(enter(Bytes((64U << 10U) + 1, 'x')), "request_too_large");
  EXPECT_EQ(enter({}), "key_source_wrong");
  auto forged = csr();
  auto text = toText(forged);
  const auto at = text.rfind("\n-----END") - 6;  // inside the signature
  forged[at] = forged[at] == 'A' ? 'B' : 'A';
  EXPECT_THAT(enter(forged), ::testing::AnyOf("possession_not_proved", "request_malformed"));

  const auto good = csr();
  const auto first = w.approved(entered(simForChairman(good)));
  const auto waiting = w.approved(entered(simForChairman(good)));
  must(desk().issue(w.officer, first.id, first.version));
  EXPECT_EQ(enter(good), "key_reused");
  EXPECT_EQ(why(desk().issue(w.officer, waiting.id, waiting.version)), "key_reused");
  auto own = forHead();
  own.key = KeySource::Csr;
  own.csr = good;
  EXPECT_EQ(why(desk().enter(w.department_clerk, own)), "key_reused") << "of whomever";
}

TEST_P(Requests, WithACsrGetOneCertificateHoweverManyIssueAtOnce) {
  auto& w = world();
  const auto request = w.approved(entered(simForChairman(csr())));
  std::atomic<int> done = 0;
  std::vector<std::thread> both;
  for (const auto& by : {w.officer, w.second_officer}) {
    both.emplace_back([&, by] {
      if (desk().issue(by, request.id, request.version)) ++done;
    });
  }
  for (auto& one : both) one.join();
  EXPECT_EQ(done, 1);
  int issued = 0;
  for (const auto& record : ofChairman()) {
    issued += record.state == CertificateState::Issued ? 1 : 0;
    EXPECT_NE(record.state, CertificateState::Intended);
  }
  EXPECT_EQ(issued, 1);
}

TEST_P(Requests, WithACsrAreIssuedAfterACrash) {
  auto& w = world();
  const auto request = w.approved(entered(simForChairman(csr())));
  w.events.crash_at = audit::EventKind::CertificateIssued;
  EXPECT_THROW(static_cast<void>(desk().issue(w.officer, request.id, request.version)),
               test::FailingEvents::Crash);
  w.events.crash_at.reset();
  EXPECT_EQ(now(request).state, RequestState::Approved);
  EXPECT_EQ(why(desk().issue(w.officer, request.id, request.version)), "(done)");
  w.clock.advance(std::chrono::minutes(3));
  must(w.ca->settle());
  EXPECT_EQ(w.issuance_log.openIntents(), 0);
}

TEST_P(Requests, LeaveSigningToTheKeyThatIsHere) {
  auto& w = world();
  w.certify(w.head);
  auto elsewhere = forHead();
  elsewhere.key = KeySource::Csr;
  elsewhere.csr = csr();
  const auto request = w.approved(entered(elsewhere));
  must(desk().issue(w.officer, request.id, request.version));
  const auto document = w.submitted({w.commune});
  EXPECT_EQ(why(w.outgoing.sign(w.head, document.id, document.version, w.pin)), "(done)");
}

TEST_P(Requests, ForDevicesNameTheDevice) {
  auto& w = world();
  RequestContent content{.kind = CertificateKind::Device,
                         .agency = w.department,
                         .device_name = "Máy chủ ký số",
                         .key = KeySource::Csr,
                         .csr = csr(),
                         .document_number = "7/CV",
                         .document_date = vietnamDate(w.clock.now())};
  auto wrong = content;
  wrong.device_name = " ";
  EXPECT_EQ(why(desk().enter(w.department_clerk, wrong)), "request_text_wrong");
  wrong = content;
  wrong.key = KeySource::Server;
  wrong.csr.clear();
  wrong.activator = w.department_clerk.person.value;
  EXPECT_EQ(why(desk().enter(w.department_clerk, wrong)), "key_source_wrong");
  const auto request = w.approved(entered(content));
  const auto record = must(desk().issue(w.officer, request.id, request.version));
  EXPECT_EQ(record.subject, "CN=Máy chủ ký số,OU=Sở Nội vụ,O=UBND tỉnh Mẫu,C=VN");
}

// --- what follows a certificate ---

TEST_P(Requests, RenewWithinTheWindowOnce) {
  auto& w = world();
  const auto first = w.certify(w.head);
  const auto renewal = following(first, RequestType::Renewal);
  const auto enter = [&] { return why(desk().enter(w.department_clerk, renewal)); };
  EXPECT_EQ(enter(), "renewal_window") << "years too early";
  w.clock.advance(first.not_after - w.clock.now() - 180 * kDay - std::chrono::hours(1));
  EXPECT_EQ(enter(), "renewal_window") << "an hour too early";
  w.clock.advance(std::chrono::hours(1));
  const auto request = entered(renewal);
  EXPECT_EQ(request.renewals, 1);
  const auto order = [&] {
    const auto done = w.approved(request);
    return must(w.ca->orderOf(w.head, done.order.value()));
  }();
  const auto second = must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
  EXPECT_LE(second.not_after - second.not_before, 1095 * kDay);
  EXPECT_GT(second.not_after - second.not_before, 1094 * kDay);
  EXPECT_EQ(certificateNow(first.id).state, CertificateState::Issued) << "to its own end";

  w.clock.advance(first.not_after - w.clock.now() - 60 * kDay + std::chrono::hours(1));
  EXPECT_EQ(enter(), "renewal_window") << "an hour too late";
  w.clock.advance(second.not_after - w.clock.now() - 100 * kDay);
  EXPECT_EQ(why(desk().enter(w.department_clerk, following(second, RequestType::Renewal))),
            "renewals_used_up");
}

TEST_P(Requests, GiveOneCertificateInPlaceOfAnotherHoweverManyAreApprovedAtOnce) {
  auto& w = world();
  const auto first = w.certify(w.head);
  w.clock.advance(first.not_after - w.clock.now() - 100 * kDay);
  test::FaultyDatabase watched(database());
  storage::SqlTransactions over(watched, w.random);
  auto other_desk = deskOver(over);
  for (int call = 1;; ++call) {
    const auto one = accepted(following(first, RequestType::Renewal));
    const auto two = accepted(following(first, RequestType::DeviceRecovered));
    std::future<std::string> second;
    watched.meanwhile(call,
                      [&] { second = rival([&] { return approval(w.second_officer, two); }); });
    const auto approved =
        why(other_desk.approve(w.second_officer, one.id, one.version, authority::contentHash(one)));
    if (!watched.hasMet()) {
      EXPECT_GT(call, 10) << "an approval has more statements";
      EXPECT_EQ(why(desk().enter(w.department_clerk, following(first, RequestType::Renewal))),
                "certificate_followed");
      break;
    }
    EXPECT_THAT((std::vector{approved, second.get()}),
                ::testing::UnorderedElementsAre("(done)", "certificate_followed"))
        << "before call " << call;
    for (const auto& request : {one, two}) {
      must(desk().withdraw(w.department_clerk, request.id, now(request).version));
    }
  }
}

TEST_P(Requests, AreNotHeldUpByAnotherRevocationOfTheSameMoment) {
  auto& w = world();
  test::FaultyDatabase watched(database());
  storage::SqlTransactions over(watched, w.random);
  auto other_desk = deskOver(over);
  for (int call = 1;; ++call) {
    const auto one = accepted(following(w.certify(w.head), RequestType::Revocation));
    const auto two = w.certify(w.drafter);
    std::future<std::string> second;
    watched.meanwhile(call, [&] {
      second = rival([&] {
        return why(w.ca->revoke(w.officer, two.id, pki::RevocationReason::KeyCompromise, {}));
      });
    });
    const auto revoked =
        why(other_desk.approve(w.second_officer, one.id, one.version, authority::contentHash(one)));
    EXPECT_EQ(revoked, "(done)") << "before call " << call;
    if (!watched.hasMet()) {
      EXPECT_GT(call, 10) << "an approval has more statements";
      break;
    }
    EXPECT_EQ(second.get(), "(done)") << "before call " << call;
  }
}

TEST_P(Requests, GiveNothingInPlaceOfWhatWasRevokedSinceTheApproval) {
  auto& w = world();
  const auto first = w.certify(w.head);
  const auto approved = w.approved(entered(following(first, RequestType::InformationChanged)));
  const auto order = must(w.ca->orderOf(w.head, approved.order.value()));
  must(w.ca->revoke(w.officer, first.id, pki::RevocationReason::KeyCompromise, {}));
  const auto certificates = [&] { return must(w.ca->list(w.officer, {}, 100)).size(); };
  const auto before = certificates();
  EXPECT_EQ(why(signing::activate(w.head, *w.ca, w.custody, order, w.pin)),
            "certificate_not_active");
  EXPECT_EQ(certificates(), before) << "not even an intent";
  EXPECT_EQ(now(approved).state, RequestState::Approved);
}

TEST_P(Requests, AreDecidedByTheRuleOfTheDay) {
  auto& w = world();
  constexpr std::string_view kFrom = "from: 2024-08-15";
  const auto text = must(w.profiles.read("rules"));
  const auto entry = text.find("  - from:");
  auto later = text.substr(entry);
  later.replace(later.find(kFrom), kFrom.size(), "from: 2026-12-01");
  later.replace(later.find("new_days: 1826"), 14, "new_days: 30");
  w.profiles.instead["rules"] = text + later;
  const auto before = w.certify(w.head);
  EXPECT_GT(before.not_after - before.not_before, 1800 * kDay);
  w.clock.advance(10 * kDay);
  const auto after = w.certify(w.head);
  EXPECT_LE(after.not_after - after.not_before, 30 * kDay);
  w.profiles.instead["rules"] = "requests: []";
  EXPECT_EQ(why(desk().enter(w.department_clerk, forHead())), "request_rules_missing");
}

TEST_P(Requests, ForChangedInformationEndTheCertificateBefore) {
  auto& w = world();
  for (const auto type : {RequestType::InformationChanged, RequestType::DeviceRecovered}) {
    const auto first = w.certify(w.head);
    w.clock.advance(kDay);
    const auto order = w.orderFor(following(first, type));
    EXPECT_EQ(certificateNow(first.id).state, CertificateState::Issued) << "nothing is lost yet";
    const auto second = must(signing::activate(w.head, *w.ca, w.custody, order, w.pin));
    const auto ended = certificateNow(first.id);
    EXPECT_EQ(ended.state, CertificateState::Revoked);
    EXPECT_EQ(ended.revoked->reason,
              type == RequestType::InformationChanged ? pki::RevocationReason::AffiliationChanged
                                                      : pki::RevocationReason::Superseded);
    EXPECT_EQ(second.not_after, first.not_after);
  }
}

TEST_P(Requests, FollowOnlyACertificateOfTheSameHolderInForce) {
  auto& w = world();
  const auto of_drafter = w.certify(w.drafter);
  const auto enter = [&](const RequestContent& content) {
    return why(desk().enter(w.department_clerk, content));
  };
  EXPECT_EQ(enter(following(of_drafter, RequestType::InformationChanged)), "followed_wrong");
  EXPECT_EQ(enter(following(of_drafter, RequestType::New)), "followed_wrong");
  auto none = forHead();
  none.type = RequestType::Revocation;
  EXPECT_EQ(enter(none), "followed_wrong");
  const auto own = w.certify(w.head);
  must(w.ca->revoke(w.officer, own.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  EXPECT_EQ(enter(following(own, RequestType::DeviceRecovered)), "followed_wrong");
}

TEST_P(Requests, RevokeWithTheirApproval) {
  auto& w = world();
  const auto record = w.certify(w.head);
  auto content = following(record, RequestType::Revocation);
  content.reason = pki::RevocationReason::CertificateHold;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "revocation_reason_wrong");
  content.reason = pki::RevocationReason::CessationOfOperation;
  content.invalidity_date = w.clock.now() + kDay;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "invalidity_in_future");
  content.invalidity_date = w.clock.now() - kDay;
  const auto request = accepted(content);
  EXPECT_EQ(authority::formOf(request.content), 5);
  EXPECT_EQ(certificateNow(record.id).state, CertificateState::Issued);
  EXPECT_EQ(approval(w.officer, request), "approver_not_other");
  EXPECT_EQ(approval(w.second_officer, request), "(done)");
  EXPECT_EQ(now(request).state, RequestState::CarriedOut);
  const auto revoked = certificateNow(record.id);
  EXPECT_EQ(revoked.state, CertificateState::Revoked);
  EXPECT_EQ(revoked.revoked->reason, pki::RevocationReason::CessationOfOperation);
  EXPECT_TRUE(revoked.revoked->invalidity_date);
  EXPECT_THAT(crlText(), ::testing::HasSubstr(upper(record.serial)));
}

TEST_P(Requests, SuspendByOneOfficerAndReleaseByTwo) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto serial = upper(record.serial);
  auto content = following(record, RequestType::Suspension);
  content.invalidity_date = w.clock.now() - kDay;
  content.document_number.clear();
  auto request = must(desk().enter(w.head, content));  // the letter may follow, the key may be lost
  EXPECT_FALSE(authority::formOf(request.content));
  EXPECT_EQ(certificateNow(record.id).state, CertificateState::Issued);
  EXPECT_EQ(why(desk().accept(w.commune_certificate_officer, request.id, 1)), "request_missing");
  request = must(desk().accept(w.officer, request.id, request.version));
  EXPECT_EQ(request.state, RequestState::CarriedOut);
  EXPECT_EQ(request.certificate, record.id);
  const auto suspended = certificateNow(record.id);
  EXPECT_EQ(suspended.state, CertificateState::Suspended);
  EXPECT_EQ(suspended.revoked->invalidity_date, content.invalidity_date);
  EXPECT_THAT(crlText(), ::testing::HasSubstr(serial));
  EXPECT_THAT(crlText(), ::testing::HasSubstr("Certificate Hold"));
  EXPECT_THAT(crlText(), ::testing::HasSubstr("Invalidity Date"));
  const auto document = w.submitted({w.commune});
  const auto sign = [&] {
    return why(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  };
  EXPECT_EQ(sign(), "certificate_suspended");

  const auto release = accepted(following(record, RequestType::Release));
  EXPECT_EQ(certificateNow(record.id).state, CertificateState::Suspended) << "one gives nothing";
  EXPECT_EQ(approval(w.officer, release), "approver_not_other");
  EXPECT_EQ(approval(w.second_officer, release), "(done)");
  const auto released = certificateNow(record.id);
  EXPECT_EQ(released.state, CertificateState::Issued);
  EXPECT_FALSE(released.revoked) << "its invalidity date is gone, too";
  EXPECT_THAT(crlText(), ::testing::Not(::testing::HasSubstr(serial)));
  EXPECT_EQ(sign(), "(done)");
  EXPECT_EQ(w.eventsOf(record.id.value),
            "key.created certificate.intended certificate.issued certificate.suspended "
            "certificate.released");
}

TEST_P(Requests, SuspendAndReleaseOnlyWhatIsThere) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto enter = [&](RequestType type) {
    return why(desk().enter(w.department_clerk, following(record, type)));
  };
  EXPECT_EQ(enter(RequestType::Release), "followed_wrong") << "it is in force";
  auto future = following(record, RequestType::Suspension);
  future.invalidity_date = w.clock.now() + kDay;
  EXPECT_EQ(why(desk().enter(w.department_clerk, future)), "invalidity_in_future");
  const auto pending = accepted(following(record, RequestType::Revocation));
  must(w.ca->suspend(w.officer, record.id, {}));
  EXPECT_EQ(enter(RequestType::Suspension), "followed_wrong");
  EXPECT_EQ(enter(RequestType::Renewal), "followed_wrong") << "not while it is suspended";
  EXPECT_EQ(enter(RequestType::Release), "(done)");
  EXPECT_EQ(approval(w.second_officer, pending), "(done)") << "and revoked all the same";
  EXPECT_EQ(enter(RequestType::Release), "followed_wrong") << "that is for good";
  const auto of_drafter = w.certify(w.drafter);
  must(w.ca->suspend(w.officer, of_drafter.id, {}));
  const auto posts = must(w.people.posts(w.administrator, w.unit));
  must(w.people.endPost(w.administrator, posts.at(0).id, posts.at(0).version));
  auto back = w.personRequest(w.drafter);
  back.type = RequestType::Release;
  back.certificate = of_drafter.id;
  EXPECT_EQ(why(desk().enter(w.department_clerk, back)), "holder_wrong") << "who left gets nothing";
}

TEST_P(Requests, ReleaseNothingThatIsRevokedAtTheSameMoment) {
  auto& w = world();
  test::FaultyDatabase watched(database());
  storage::SqlTransactions over(watched, w.random);
  auto other_desk = deskOver(over);
  for (int call = 1;; ++call) {
    const auto record = w.certify(w.head);
    must(w.ca->suspend(w.officer, record.id, {}));
    const auto release = accepted(following(record, RequestType::Release));
    std::future<std::string> revocation;
    watched.meanwhile(call, [&] {
      revocation = rival([&] {
        return why(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, {}));
      });
    });
    const auto released = why(other_desk.approve(
        w.second_officer, release.id, release.version, authority::contentHash(release)));
    EXPECT_THAT(released, ::testing::AnyOf("(done)", "followed_wrong")) << "before call " << call;
    if (!watched.hasMet()) {
      EXPECT_GT(call, 10) << "an approval has more statements";
      break;
    }
    EXPECT_EQ(revocation.get(), "(done)") << "before call " << call;
    EXPECT_EQ(certificateNow(record.id).state, CertificateState::Revoked) << "before call " << call;
  }
}

TEST_P(Requests, ToRevokeAreGoodForThoseWhoLeft) {
  auto& w = world();
  const auto record = w.certify(w.drafter);
  const auto posts = must(w.people.posts(w.administrator, w.unit));
  must(w.people.endPost(w.administrator, posts.at(0).id, posts.at(0).version));
  auto content = w.personRequest(w.drafter);
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "holder_wrong") << "no new one";
  content.type = RequestType::Revocation;
  content.certificate = record.id;
  EXPECT_EQ(approval(w.second_officer, accepted(content)), "(done)");
}

// --- reading ---

TEST_P(Requests, AreListedForThoseWhoMaySeeThem) {
  auto& w = world();
  const auto of_head = entered(forHead());
  const auto of_leader = entered(w.personRequest(w.commune_leader));
  const auto seal = entered(w.sealRequest(w.province, w.clerk));
  const auto listed = [&](const Caller& by, const authority::RequestFilter& filter = {}) {
    std::vector<authority::RequestId> ids;
    for (const auto& one : must(desk().list(by, filter))) ids.push_back(one.id);
    return ids;
  };
  using Ids = std::vector<authority::RequestId>;
  EXPECT_EQ(listed(w.officer), (Ids{seal.id, of_leader.id, of_head.id}));
  EXPECT_EQ(listed(w.auditor), (Ids{seal.id, of_leader.id, of_head.id}));
  EXPECT_EQ(listed(w.commune_certificate_officer), Ids{of_leader.id});
  EXPECT_EQ(listed(w.commune_clerk), Ids{of_leader.id});
  EXPECT_EQ(listed(w.clerk), Ids{seal.id});
  EXPECT_EQ(listed(w.head), Ids{of_head.id});
  EXPECT_EQ(listed(w.drafter), Ids{});
  EXPECT_EQ(why(desk().find(w.drafter, of_head.id)), "request_missing");

  EXPECT_EQ(listed(w.officer, {.limit = 2}), (Ids{seal.id, of_leader.id}));
  EXPECT_EQ(listed(w.officer, {.after = of_leader.id, .limit = 2}), Ids{of_head.id});
  EXPECT_EQ(listed(w.officer, {.kind = CertificateKind::OrganisationSeal}), Ids{seal.id});
  EXPECT_EQ(listed(w.officer, {.agency = w.commune}), Ids{of_leader.id});
  must(desk().accept(w.officer, of_head.id, 1));
  EXPECT_EQ(listed(w.officer, {.state = RequestState::Accepted}), Ids{of_head.id});
  EXPECT_EQ(listed(w.commune_clerk, {.state = RequestState::Accepted}), Ids{});
}

TEST_P(Requests, KeepPersonalNumbersApart) {
  auto& w = world();
  const auto request = entered(forHead());
  const authority::PersonalNumbers numbers{"001099012345", must(parseDate("1999-02-28"))};
  const auto keep = [&](const Caller& by, const authority::PersonalNumbers& what) {
    return why(w.numbers.keep(by, request.id, what));
  };
  EXPECT_EQ(why(w.numbers.read(w.officer, request.id)), "personal_numbers_missing");
  EXPECT_EQ(keep(w.commune_clerk, numbers), "role_missing");
  EXPECT_EQ(keep(w.head, {"00109901234", numbers.birth_date}), "identity_number_wrong");
  EXPECT_EQ(keep(w.head, {"00109901234x", numbers.birth_date}), "identity_number_wrong");
  EXPECT_EQ(keep(w.head, {"001099012345", must(parseDate("2099-01-01"))}), "birth_date_wrong");
  EXPECT_EQ(keep(w.head, {"123456789", numbers.birth_date}), "(done)");
  EXPECT_EQ(keep(w.department_clerk, numbers), "(done)");
  EXPECT_EQ(must(w.numbers.read(w.officer, request.id)).identity_number, "001099012345");
  for (const auto* other : {&w.head,
                            &w.department_clerk,
                            &w.auditor,
                            &w.administrator,
                            &w.commune_certificate_officer}) {
    EXPECT_EQ(why(w.numbers.read(*other, request.id)), "role_missing") << other->name;
  }
  EXPECT_EQ(w.eventsOf(request.id.value), "request.entered numbers.kept numbers.kept numbers.read");
  EXPECT_EQ(
      w.detailsOf(request.id.value, audit::EventKind::PersonalNumbersRead).find("001099012345"),
      std::string::npos);
  // What lies in the database is not it.
  const auto sealed = must(w.transactions.read<Bytes>(
      [&](work::Tx& tx) { return w.request_store.numbers(tx, w.head.person.value); }));
  EXPECT_EQ(toText(sealed).find("001099012345"), std::string::npos);
  // And a row that was moved does not open.
  const auto other = entered(w.personRequest(w.drafter));
  must(w.transactions.run<std::monostate>([&](work::Tx& tx) {
    return w.request_store.keepNumbers(tx, w.drafter.person.value, sealed);
  }));
  EXPECT_EQ(why(w.numbers.read(w.officer, other.id)), "seal_broken");
}

TEST_P(Requests, OpenNoPersonalNumbersOnceTheyCameToNothingOrWhenTheyOnlyTakeAway) {
  auto& w = world();
  const authority::PersonalNumbers numbers{"001099012345", must(parseDate("1999-02-28"))};
  const auto request = entered(forHead());
  must(w.numbers.keep(w.head, request.id, numbers));
  must(desk().withdraw(w.head, request.id, request.version));
  EXPECT_EQ(why(w.numbers.read(w.officer, request.id)), "request_state_wrong");
  EXPECT_EQ(why(w.numbers.read(w.auditor, request.id)), "role_missing") << "nor how it stands";
  EXPECT_EQ(why(w.numbers.keep(w.department_clerk, request.id, numbers)), "request_state_wrong");
  const auto record = w.certify(w.head);
  auto content = following(record, RequestType::Revocation);
  content.key = authority::KeySource::None;
  content.activator.reset();
  const auto revocation = entered(content);
  EXPECT_EQ(why(w.numbers.read(w.officer, revocation.id)), "holder_wrong");
  EXPECT_EQ(why(w.numbers.keep(w.department_clerk, revocation.id, numbers)), "holder_wrong");
}

TEST_P(Requests, OpenNoPersonalNumbersToTheOfficerOfAnAgencyThatTheHolderLeft) {
  auto& w = world();
  const auto request = entered(w.personRequest(w.commune_leader));
  must(
      w.numbers.keep(w.commune_clerk, request.id, {"001099012345", must(parseDate("1999-02-28"))}));
  EXPECT_EQ(why(w.numbers.read(w.commune_certificate_officer, request.id)), "(done)");
  const auto posts = must(w.people.posts(w.administrator, w.commune));
  const auto own =
      std::ranges::find(posts, w.commune_leader.person, [](const directory::Post& post) {
        return post.holder.value_or(directory::PersonId{});
      });
  ASSERT_NE(own, posts.end());
  must(w.people.addPost(w.administrator,
                        {.agency = w.office,
                         .title = "Chuyên viên",
                         .signs_for = {},
                         .holder = w.commune_leader.person,
                         .grants = {}}));
  must(w.people.endPost(w.administrator, own->id, own->version));
  EXPECT_EQ(why(w.numbers.read(w.commune_certificate_officer, request.id)), "role_missing");
  EXPECT_EQ(why(w.numbers.read(w.officer, request.id)), "(done)") << "over both";
}

TEST_P(Requests, TakeTextsInOneForm) {
  auto& w = world();
  auto content = forHead();
  content.document_number = " 15/CV-Đo\xCC\x82\xCC\x80 ";  // decomposed
  const auto request = entered(content);
  EXPECT_EQ(request.content.document_number, "15/CV-Đồ");
  const std::string longest(100, 'x');
  content.document_number = longest;
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "(done)");
  for (const auto& wrong : {longest + "x", std::string("a\nb"), std::string("\xFF")}) {
    content.document_number = wrong;
    EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "request_text_wrong");
  }
  content.document_number = "  ";
  EXPECT_EQ(why(desk().enter(w.department_clerk, content)), "request_document_missing");
  std::string reason;
  for (int i = 0; i < 2001; ++i) reason += "ả";
  EXPECT_EQ(why(desk().sendBack(w.officer, request.id, 1, reason)), "reason_missing");
  EXPECT_EQ(why(desk().sendBack(w.officer, request.id, 1, "  ")), "reason_missing");
  EXPECT_EQ(why(desk().sendBack(w.officer, request.id, 1, reason.substr(3))), "(done)");
}

TEST_P(Requests, KeepTheirSubjectWhenTheyAreCorrected) {
  auto& w = world();
  const auto request = entered(forHead());
  auto other = w.personRequest(w.drafter);
  EXPECT_EQ(why(desk().correct(w.department_clerk, request.id, 1, other)), "request_subject_fixed");
  EXPECT_EQ(why(desk().correct(w.officer, request.id, 1, forHead())), "role_missing");
  // Corrected by the holder, the managing body has to stand by it again.
  const auto corrected = must(desk().correct(w.head, request.id, 1, forHead()));
  EXPECT_FALSE(corrected.confirmed);
  EXPECT_EQ(why(desk().accept(w.officer, request.id, 2)), "request_not_confirmed");
}

}  // namespace
}  // namespace congvan
