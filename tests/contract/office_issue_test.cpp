// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/inspection.h"
#include "tests/contract/office_world.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace congvan {
namespace {

using records::DocumentState;
using test::backendName;
using test::onBoth;
using test::withKey;
using testing::EndsWith;
using testing::HasSubstr;

class Issue : public test::OfficeTest {
 protected:
  using Inspection = Result<std::vector<storage::Breach>> (*)(work::Tx&);
  std::string breaches(Inspection inspect) {
    std::string found;
    for (const auto& one : must(world().transactions.read<std::vector<storage::Breach>>(inspect))) {
      found += (found.empty() ? "" : "\n") + one.what + " " + one.where;
    }
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Both, Issue, onBoth(), backendName);

TEST_P(Issue, ChangesNothingOnAWrongPin) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.wrong_pin)),
            "pin_wrong");
  const auto same = w.documentNow(document.id);
  EXPECT_EQ(same.state, DocumentState::Signed);
  EXPECT_EQ(same.number, std::nullopt);
  EXPECT_EQ(same.version, document.version);
  EXPECT_THAT(w.eventsOf(document.id.value), ::testing::EndsWith("document.signed"));
  // The version first seen is still the one to issue.
  EXPECT_EQ(must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)).number, 1);
}

TEST_P(Issue, KeepsTheNumberOfASealThatFailedAndTriesAgainWithIt) {
  auto& w = world();
  const auto signed_off = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  w.marks.refuse_text = "01/CT-UBND";
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, signed_off.id, signed_off.version, w.pin)),
            "font_missing");
  w.marks.refuse_text.reset();
  auto document = w.documentNow(signed_off.id);
  EXPECT_EQ(document.state, DocumentState::Issuing);
  EXPECT_EQ(document.number, 1);
  EXPECT_EQ(document.file, signed_off.file);
  EXPECT_EQ(must(w.outgoing.list(w.clerk, records::Outgoing::Box::ToIssue, {})).size(), 1U);

  w.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.wrong_pin)),
            "pin_wrong");
  document = must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin));
  EXPECT_EQ(document.state, DocumentState::Issued);
  EXPECT_EQ(document.number, 1);
  EXPECT_THAT(w.eventsOf(document.id.value),
              ::testing::EndsWith("document.number-reserved document.seal-failed document.issued"));
  const auto next = w.signedOff({w.commune});
  EXPECT_EQ(must(w.outgoing.issue(w.clerk, next.id, next.version, w.pin)).number, 2);
}

TEST_P(Issue, CancelsANumberThatCanNeverBeSealed) {
  auto& w = world();
  auto document = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  const auto cancel = [&](const directory::Caller& who, std::string_view reason) {
    return why(w.outgoing.cancelNumber(who, document.id, document.version, reason));
  };
  EXPECT_EQ(cancel(w.clerk, "Không đóng được dấu"), "document_state_wrong");
  w.marks.refuse_text = "01/CT-UBND";
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)), "font_missing");
  w.marks.refuse_text.reset();
  document = w.documentNow(document.id);
  EXPECT_EQ(breaches(&storage::unsealedNumbers), "number_unsealed 1/CT-UBND 2026-11-22");

  EXPECT_EQ(cancel(w.drafter, "Không đóng được dấu"), "role_missing");
  EXPECT_EQ(cancel(w.clerk, " "), "reason_missing");
  EXPECT_EQ(cancel(w.clerk, "Không đóng được dấu"), "(done)");
  document = w.documentNow(document.id);
  EXPECT_EQ(document.state, DocumentState::Cancelled);
  EXPECT_EQ(document.number, 1);
  EXPECT_EQ(document.return_reason, "Không đóng được dấu");
  EXPECT_THAT(w.eventsOf(document.id.value), ::testing::EndsWith("document.number-cancelled"));
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)),
            "document_state_wrong");
  EXPECT_EQ(w.issued({w.commune}).number, 2);
  EXPECT_EQ(breaches(&storage::unsealedNumbers), "");
  EXPECT_EQ(breaches(&storage::inspectNumbers), "");
}

TEST_P(Issue, SpendsNoNumberOnWhatCannotBeDrawn) {
  auto& w = world();
  auto document = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  // As submitted when places were not tried yet.
  for (const auto* field : {"so", "ngay", "con-dau"}) {
    auto slots = document.slots;
    auto& slot = *std::ranges::find(slots, field, &records::Slot::field);
    slot.width = slot.height = 1;
    auto narrow = document;
    narrow.slots = slots;
    must(w.transactions.run<std::monostate>(
        [&](work::Tx& tx) { return w.record_store.replaceDocument(tx, narrow); }));
    document.version += 1;
    EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)),
              "slot_size_wrong");
    EXPECT_EQ(w.documentNow(document.id).state, DocumentState::Signed);
  }
}

TEST_P(Issue, KeepsTheNumberWhenTheProcessDiesBetweenSealAndRecord) {
  auto& w = world();
  const auto signed_off = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  w.events.crash_at = audit::EventKind::DocumentIssued;
  EXPECT_THROW(
      static_cast<void>(w.outgoing.issue(w.clerk, signed_off.id, signed_off.version, w.pin)),
      test::FailingEvents::Crash);
  w.events.crash_at.reset();
  auto document = w.documentNow(signed_off.id);
  EXPECT_EQ(document.state, DocumentState::Issuing);
  EXPECT_EQ(document.number, 1);
  document = must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin));
  EXPECT_EQ(document.number, 1);
  EXPECT_EQ(must(w.signer.judge(document.file)).verdict.signatures.size(), 4U);
}

TEST_P(Issue, ReservesNoNumberWhenItsEventCannotBeWritten) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  w.certifySeal(w.province, w.clerk);
  w.events.refuse_at = audit::EventKind::NumberReserved;
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)), "events_refused");
  w.events.refuse_at.reset();
  EXPECT_EQ(w.documentNow(document.id).state, DocumentState::Signed);
  EXPECT_EQ(must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)).number, 1);
}

TEST_P(Issue, SpendsNoNumberOnASealThatCannotBe) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  const auto issue = [&] {
    return why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin));
  };
  EXPECT_EQ(issue(), "certificate_missing");
  const auto seal = w.certifySeal(w.province, w.clerk);
  must(w.ca->revoke(w.officer, seal.id, pki::RevocationReason::CessationOfOperation, std::nullopt));
  EXPECT_EQ(issue(), "certificate_revoked");
  EXPECT_EQ(w.documentNow(document.id).state, DocumentState::Signed);
  w.certifySeal(w.province, w.clerk);
  EXPECT_EQ(issue(), "(done)");
  EXPECT_EQ(w.documentNow(document.id).number, 1);
}

TEST_P(Issue, IsForTheClerkOfTheAgencyAndOnlyAfterTheSignature) {
  auto& w = world();
  w.certifySeal(w.province, w.clerk);
  const auto early = w.submitted({w.commune});
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, early.id, early.version, w.pin)), "document_state_wrong");
  const auto document = w.signedOff({w.commune});
  EXPECT_EQ(why(w.outgoing.issue(w.chairman, document.id, document.version, w.pin)),
            "role_missing");
  EXPECT_EQ(why(w.outgoing.issue(w.commune_clerk, document.id, document.version, w.pin)),
            "document_missing");
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version - 1, w.pin)),
            "version_stale");
  EXPECT_EQ(why(w.outgoing.dispatch(w.clerk, document.id, document.version)),
            "document_state_wrong");
  const auto back =
      must(w.outgoing.giveBack(w.clerk, document.id, document.version, "Thiếu phụ lục"));
  EXPECT_EQ(back.state, DocumentState::Returned);
}

TEST_P(Issue, NeedsAccessToTheSealNotOnlyTheRole) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  const auto seal = w.certifySeal(w.province, w.clerk);
  const crypto::SecretBytes other_pin{std::string_view("246802")};
  EXPECT_EQ(why(w.outgoing.issue(w.second_clerk, document.id, document.version, other_pin)),
            "key_not_yours");
  EXPECT_EQ(w.documentNow(document.id).state, DocumentState::Signed);
  w.shareSeal(seal, other_pin);
  EXPECT_EQ(must(w.outgoing.issue(w.second_clerk, document.id, document.version, other_pin)).number,
            1);
}

TEST_P(Issue, NumbersWithoutGapOrDoubleWhenEightClerksIssueAtOnce) {
  auto& w = world();
  w.certifySeal(w.province, w.clerk);
  constexpr std::size_t kDocuments = 8;
  std::vector<records::Document> documents;
  for (std::size_t i = 0; i < kDocuments; ++i) documents.push_back(w.signedOff({w.commune}));
  std::atomic<int> issued = 0;
  std::vector<std::thread> clerks;
  for (const auto& document : documents) {
    clerks.emplace_back([&w, &issued, document] {
      if (w.outgoing.issue(w.clerk, document.id, document.version, w.pin)) ++issued;
    });
  }
  for (auto& one : clerks) one.join();
  EXPECT_EQ(issued, static_cast<int>(kDocuments));
  std::vector<std::int64_t> numbers;
  for (const auto& document : documents) numbers.push_back(*w.documentNow(document.id).number);
  std::ranges::sort(numbers);
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_P(Issue, GivesOneNumberWhenTwoClerksIssueTheSameDocument) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  const auto seal = w.certifySeal(w.province, w.clerk);
  w.shareSeal(seal, w.pin);
  std::atomic<int> done = 0;
  std::vector<std::thread> clerks;
  for (const auto* clerk : {&w.clerk, &w.second_clerk}) {
    clerks.emplace_back([&w, &done, &document, clerk] {
      if (w.outgoing.issue(*clerk, document.id, document.version, w.pin)) ++done;
    });
  }
  for (auto& one : clerks) one.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(w.documentNow(document.id).number, 1);
  const auto next = w.signedOff({w.commune});
  EXPECT_EQ(must(w.outgoing.issue(w.clerk, next.id, next.version, w.pin)).number, 2);
}

TEST_P(Issue, BeginsAgainWithOneInANewYear) {
  auto& w = world();
  EXPECT_EQ(w.issued({w.commune}).number, 1);
  EXPECT_EQ(w.issued({w.commune}).number, 2);
  w.clock.advance(std::chrono::hours(24 * 60));
  EXPECT_EQ(w.issued({w.commune}).number, 1);
}

TEST_P(Issue, DispatchesOnceToEachRecipient) {
  auto& w = world();
  const auto document = w.issued({w.commune, w.department});
  const auto sent = must(w.outgoing.dispatch(w.clerk, document.id, document.version));
  EXPECT_EQ(why(w.outgoing.dispatch(w.clerk, document.id, document.version)), "version_stale");
  EXPECT_EQ(why(w.outgoing.dispatch(w.clerk, document.id, sent.version)), "document_state_wrong");
  EXPECT_EQ(must(w.outgoing.deliveries(w.clerk, document.id)).size(), 2U);
  EXPECT_EQ(w.arrivals(w.commune).size(), 1U);
  EXPECT_EQ(w.arrivals(w.other_commune).size(), 0U);
}

TEST_P(Issue, IsSentAgainToWhoReturnedIt) {
  auto& w = world();
  const auto sent = w.dispatched({w.commune, w.other_commune});
  must(w.reception.verifyArrivals());
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, sent.id, sent.version, w.commune)),
            "delivery_state_wrong");
  const auto first = w.arrivals(w.commune).at(0);
  must(w.reception.giveBack(w.commune_clerk, first.id, first.version, "Thiếu phụ lục"));

  const auto by = withKey(w.clerk, "again");
  const auto again = must(w.outgoing.dispatchAgain(by, sent.id, sent.version, w.commune));
  const auto retried = must(w.outgoing.dispatchAgain(by, sent.id, sent.version, w.commune));

  EXPECT_EQ(retried.version, again.version);
  const auto arrivals = w.arrivals(w.commune);
  ASSERT_EQ(arrivals.size(), 2U);
  const auto second = arrivals.front().id == first.id ? arrivals.back() : arrivals.front();
  EXPECT_EQ(second.state, exchange::DeliveryState::Arrived);
  EXPECT_EQ(second.file, first.file);
  EXPECT_EQ(w.arrivals(w.other_commune).size(), 1U);
  std::vector<exchange::Delivery> seen;
  for (const auto& one : must(w.outgoing.deliveries(w.clerk, sent.id))) {
    if (one.recipient == w.commune.value) seen.push_back(one);
  }
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].attempt, 1);
  EXPECT_EQ(seen[0].state, exchange::DeliveryState::Returned);
  EXPECT_EQ(seen[0].note, "Thiếu phụ lục");
  EXPECT_EQ(seen[1].attempt, 2);
  EXPECT_EQ(seen[1].state, exchange::DeliveryState::Arrived);
  EXPECT_NE(seen[0].receipt, seen[1].receipt);
  EXPECT_THAT(w.eventsOf(sent.id.value), EndsWith("document.dispatched document.sent-again"));
  EXPECT_THAT(w.detailsOf(seen[1].id.value, audit::EventKind::DeliveryArrived),
              HasSubstr(R"("attempt":2)"));
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, sent.id, again.version, w.commune)),
            "delivery_state_wrong");
  EXPECT_EQ(must(w.reception.verifyArrivals()), 1);
  const auto judged = must(w.reception.find(w.commune_clerk, second.id));
  EXPECT_EQ(why(w.reception.registerArrival(w.commune_clerk, judged.id, judged.version)), "(done)");
}

TEST_P(Issue, IsSentAgainByItsClerkOnlyAndOnlyWhereItWasSent) {
  auto& w = world();
  const auto sent = w.dispatched({w.commune});
  const auto first = w.arrivals(w.commune).at(0);
  must(w.reception.giveBack(w.commune_clerk, first.id, first.version, "Gửi nhầm"));
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.drafter, sent.id, sent.version, w.commune)),
            "role_missing");
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.commune_clerk, sent.id, sent.version, w.commune)),
            "document_missing");
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, sent.id, sent.version - 1, w.commune)),
            "version_stale");
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, sent.id, sent.version, w.other_commune)),
            "delivery_missing");
  const auto unsent = w.issued({w.commune});
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, unsent.id, unsent.version, w.commune)),
            "document_state_wrong");
  commit([&](work::Tx& tx) {
    auto ended = *w.directory_store.findAgency(tx, w.commune);
    ended.valid_to = std::chrono::year{2026} / 1 / 1;
    EXPECT_TRUE(w.directory_store.replaceAgency(tx, ended));
  });
  EXPECT_EQ(why(w.outgoing.dispatchAgain(w.clerk, sent.id, sent.version, w.commune)),
            "recipient_unknown");
  EXPECT_EQ(w.arrivals(w.commune).size(), 1U);
}

TEST_P(Issue, DispatchesToAllOrToNone) {
  auto& w = world();
  const auto document = w.issued({w.commune, w.department});
  w.events.refuse_at = audit::EventKind::DocumentDispatched;
  EXPECT_EQ(why(w.outgoing.dispatch(w.clerk, document.id, document.version)), "events_refused");
  w.events.refuse_at.reset();
  EXPECT_EQ(w.arrivals(w.commune).size(), 0U);
  EXPECT_EQ(must(w.outgoing.deliveries(w.clerk, document.id)).size(), 0U);
  EXPECT_EQ(w.documentNow(document.id).state, DocumentState::Issued);
}

}  // namespace
}  // namespace congvan
