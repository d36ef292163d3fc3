// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"

namespace congvan {
namespace {

using test::backendName;
using test::onBoth;
using test::withKey;

class Retry : public test::OfficeTest {};
INSTANTIATE_TEST_SUITE_P(Both, Retry, onBoth(), backendName);

TEST_P(Retry, OfADraftShowsTheFirstOne) {
  auto& w = world();
  const auto caller = withKey(w.drafter, "k1");
  const auto first = must(w.outgoing.draft(caller, w.newDocument({w.commune})));
  const auto again = must(w.outgoing.draft(caller, w.newDocument({w.commune})));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(w.eventsOf(first.id.value), "document.drafted");
  EXPECT_EQ(why(w.outgoing.draft(withKey(w.drafter, "k1", "another request"),
                                 w.newDocument({w.commune}))),
            "idempotency_key_reused");
}

TEST_P(Retry, OfEveryActOfTheRouteDoesNothingTwice) {
  auto& w = world();
  auto document = w.drafted({w.commune});
  const auto drafter = withKey(w.drafter, "submit");
  const auto first = must(w.outgoing.submit(drafter, document.id, document.version, w.route()));
  const auto again = must(w.outgoing.submit(drafter, document.id, document.version, w.route()));
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(again.file, first.file);
  document = w.issued({w.commune});
  const auto clerk = withKey(w.clerk, "dispatch");
  const auto sent = must(w.outgoing.dispatch(clerk, document.id, document.version));
  EXPECT_EQ(must(w.outgoing.dispatch(clerk, document.id, document.version)).version, sent.version);
  EXPECT_EQ(w.arrivals(w.commune).size(), 1U);
}

TEST_P(Retry, OfAnIssueGivesNoSecondNumber) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  const auto clerk = withKey(w.clerk, "issue");
  const auto first = must(w.outgoing.issue(clerk, document.id, document.version, w.pin));
  const auto again = must(w.outgoing.issue(clerk, document.id, document.version, w.pin));
  EXPECT_EQ(again.number, first.number);
  EXPECT_EQ(again.version, first.version);
}

TEST_P(Retry, OfAReceptionDoesNothingTwice) {
  auto& w = world();
  w.dispatched({w.commune});
  must(w.reception.verifyArrivals());
  auto incoming = w.arrivals(w.commune).at(0);
  const auto clerk = withKey(w.commune_clerk, "register");
  const auto first = must(w.reception.registerArrival(clerk, incoming.id, incoming.version));
  const auto again = must(w.reception.registerArrival(clerk, incoming.id, incoming.version));
  EXPECT_EQ(again.arrival_number, 1);
  EXPECT_EQ(again.version, first.version);
  const auto leader = withKey(w.commune_leader, "assign");
  const auto assign = [&] {
    return must(
        w.reception.assign(leader,
                           incoming.id,
                           first.version,
                           {.lead = w.commune_officer.post, .opinion = "Giao", .deadline = {}}));
  };
  const auto assignment = assign();
  EXPECT_EQ(assign().id, assignment.id);
  const auto lead = withKey(w.commune_officer, "start");
  must(w.reception.start(lead, assignment.id, assignment.version));
  EXPECT_EQ(must(w.reception.start(lead, assignment.id, assignment.version)).version, 2);
  EXPECT_EQ(w.eventsOf(incoming.id.value),
            "delivery.verified delivery.registered delivery.assigned assignment.started");
}

TEST_P(Retry, OfAnOrderAndItsActivationMakesOneCertificate) {
  auto& w = world();
  const auto asking = withKey(w.department_clerk, "request");
  const auto request = [&] { return must(w.requests.enter(asking, w.personRequest(w.head))); };
  const auto entered = request();
  EXPECT_EQ(request().id, entered.id);
  const auto accepted = must(w.requests.accept(w.officer, entered.id, entered.version));
  const auto second = withKey(w.second_officer, "approve");
  const auto approve = [&] {
    return must(w.requests.approve(
        second, accepted.id, accepted.version, authority::contentHash(accepted)));
  };
  const auto approved = approve();
  EXPECT_EQ(approve().order, approved.order);
  const auto first = must(w.ca->orderOf(w.head, approved.order.value()));
  const auto head = withKey(w.head, "activate");
  const auto made = must(signing::activate(head, *w.ca, w.custody, first, w.pin));
  const auto again = must(signing::activate(head, *w.ca, w.custody, first, w.pin));
  EXPECT_EQ(again.id, made.id);
  const auto revoker = withKey(w.officer, "revoke");
  const auto revoke = [&] {
    return must(w.ca->revoke(revoker, made.id, pki::RevocationReason::Superseded, std::nullopt));
  };
  EXPECT_EQ(revoke().version, revoke().version);
}

TEST_P(Retry, OfAChangedPasswordIsNotHeldAgainstTheNewOne) {
  auto& w = world();
  const crypto::SecretBytes old(std::string_view("một mật khẩu dài"));
  const auto person = must(w.people.addPerson(w.administrator, {.name = "Hà", .login = "ha"}, old));
  must(w.people.addPost(w.administrator,
                        {.agency = w.department, .title = "Văn thư", .holder = person.id}));
  const auto in = must(w.authentication.signIn("ha", old, {"10.0.0.1", "t"}));
  const auto change = [&](const directory::Caller& by) {
    return why(w.authentication.changePassword(
        by,
        in.token,
        {crypto::SecretBytes(old.view()), crypto::SecretBytes(std::string_view("0123456789"))},
        "10.0.0.1"));
  };
  EXPECT_EQ(change(withKey(in.caller, "password")), "(done)");
  EXPECT_EQ(change(withKey(in.caller, "password")), "(done)");
  EXPECT_EQ(change(withKey(in.caller, "afresh")), "password_wrong");
  EXPECT_EQ(w.eventsOf(person.id.value),
            "person.added session.signed-in account.password-changed session.failed");
}

TEST_P(Retry, OfARefusedActIsTriedAfresh) {
  auto& w = world();
  const auto document = w.submitted({w.commune});
  w.certify(w.head);
  const auto head = withKey(w.head, "sign");
  EXPECT_EQ(why(w.outgoing.sign(head, document.id, document.version, w.wrong_pin)), "pin_wrong");
  EXPECT_EQ(why(w.outgoing.sign(head, document.id, document.version, w.pin)), "(done)");
}

}  // namespace
}  // namespace congvan
