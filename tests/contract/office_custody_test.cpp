// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"

#include <atomic>
#include <functional>
#include <set>
#include <thread>

namespace congvan {
namespace {

using test::backendName;
using test::onBoth;

class Custody : public test::OfficeTest {
 protected:
  std::string open(const crypto::SecretBytes& pin) {
    return why(world().custody.open(world().head, certificate_.id.value, pin));
  }
  void SetUp() override {
    OfficeTest::SetUp();
    if (world_) certificate_ = world().certify(world().head);
  }
  authority::CertificateRecord certificate_;
};
INSTANTIATE_TEST_SUITE_P(Both, Custody, onBoth(), backendName);

TEST_P(Custody, CountsWrongPinsThenDelaysThenLocks) {
  auto& w = world();
  EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
  EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
  EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
  EXPECT_EQ(open(w.pin), "pin_delayed");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(open(w.pin), "pin_delayed");  // the delay has doubled
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
  w.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(open(w.wrong_pin), "key_locked");
  w.clock.advance(std::chrono::hours(1000));
  EXPECT_EQ(open(w.pin), "key_locked");
  EXPECT_THAT(w.eventsOf(certificate_.id.value), ::testing::EndsWith("key.pin-failed key.locked"));
}

TEST_P(Custody, ForgetsWrongPinsAfterARightOne) {
  auto& w = world();
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
    EXPECT_EQ(open(w.wrong_pin), "pin_wrong");
    w.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(open(w.pin), "(done)");
  }
}

TEST_P(Custody, CountsTriesThatComeAtOnce) {
  auto& w = world();
  std::atomic<int> tried = 0;
  std::vector<std::thread> thieves;
  for (int i = 0; i < 12; ++i) {
    thieves.emplace_back([&] {
      const auto answer = open(w.wrong_pin);
      if (answer == "pin_wrong" || answer == "key_locked") ++tried;
    });
  }
  for (auto& one : thieves) one.join();
  EXPECT_LE(tried, 3);  // two free ones, and the one that starts the delay
  EXPECT_EQ(open(w.pin), "pin_delayed");
}

TEST_P(Custody, OpensForRightPinsThatComeAtOnce) {
  std::atomic<int> opened = 0;
  std::vector<std::thread> hands;
  for (int i = 0; i < 8; ++i) {
    hands.emplace_back([&] {
      if (open(world().pin) == "(done)") ++opened;
    });
  }
  for (auto& one : hands) one.join();
  EXPECT_EQ(opened, 8);
  EXPECT_EQ(open(world().wrong_pin), "pin_wrong");  // and nothing is left of their counts
  EXPECT_EQ(open(world().wrong_pin), "pin_wrong");
  EXPECT_EQ(open(world().pin), "(done)");
}

TEST_P(Custody, NamesForWhomAKeyWasWrapped) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  must(w.custody.offer(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value));
  EXPECT_THAT(w.eventsOf(seal.id.value), ::testing::EndsWith("key.shared"));
  EXPECT_EQ(w.detailsOf(seal.id.value, audit::EventKind::KeyCreated),
            R"({"person":")" + w.clerk.person.text() + R"("})");
  EXPECT_EQ(w.detailsOf(seal.id.value, audit::EventKind::KeyShared),
            R"({"person":")" + w.second_clerk.person.text() + R"("})");
}

TEST_P(Custody, OpensForNobodyElse) {
  auto& w = world();
  EXPECT_EQ(why(w.custody.open(w.checker, certificate_.id.value, w.pin)), "key_not_yours");
  EXPECT_EQ(why(w.custody.offer(w.head, certificate_.id.value, w.pin, w.checker.person.value)),
            "key_is_personal");
  EXPECT_EQ(why(w.custody.withdraw(w.head, certificate_.id.value, w.head.person.value)),
            "key_is_personal");
}

TEST_P(Custody, OffersASealFromOneClerkOfItsAgencyToAnotherOnly) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto offer = [&](const directory::Caller& from, const directory::Caller& to) {
    return why(w.custody.offer(from, seal.id.value, w.pin, to.person.value));
  };
  for (const auto* stranger : {&w.chairman, &w.officer, &w.administrator, &w.commune_clerk}) {
    EXPECT_EQ(offer(*stranger, w.second_clerk), "role_missing") << stranger->name;
    EXPECT_EQ(offer(w.clerk, *stranger), "seal_needs_clerk") << stranger->name;
    EXPECT_EQ(why(w.custody.holders(*stranger, seal.id.value)), "role_missing") << stranger->name;
  }
  EXPECT_EQ(why(w.custody.offer(w.clerk, seal.id.value, w.pin, w.ids.make<int>().value)),
            "seal_needs_clerk");
  EXPECT_EQ(why(w.custody.offer(w.clerk, seal.id.value, w.wrong_pin, w.second_clerk.person.value)),
            "pin_wrong");
  EXPECT_EQ(offer(w.second_clerk, w.second_clerk), "key_not_yours");
  EXPECT_EQ(why(w.custody.open(w.second_clerk, seal.id.value, w.pin)), "key_not_yours");

  auto dismissed = w.clerk;
  dismissed.grants.clear();
  EXPECT_EQ(offer(dismissed, w.second_clerk), "role_missing") << "the key alone is no right";
}

TEST_P(Custody, GivesASealThatWasTakenUpWithTheCodeAndAPinOfOnesOwn) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto& other = w.second_clerk;
  const crypto::SecretBytes own(std::string_view("246802"));
  const auto lost = must(w.custody.offer(w.clerk, seal.id.value, w.pin, other.person.value));
  const auto offer = must(w.custody.offer(w.clerk, seal.id.value, w.pin, other.person.value));
  const crypto::SecretBytes code{std::string_view(offer.code)};
  EXPECT_NE(offer.code, lost.code);

  EXPECT_EQ(why(w.custody.open(other, seal.id.value, code)), "key_not_taken_up");
  EXPECT_FALSE(must(w.custody.mayOpen(other, seal.id.value)));
  EXPECT_EQ(why(w.custody.offer(other, seal.id.value, code, w.clerk.person.value)),
            "key_not_taken_up");
  EXPECT_EQ(why(w.custody.takeUp(
                other, seal.id.value, crypto::SecretBytes(std::string_view(lost.code)), own)),
            "pin_wrong");
  EXPECT_EQ(
      why(w.custody.takeUp(other, seal.id.value, code, crypto::SecretBytes(std::string_view("1")))),
      "pin_too_short");
  EXPECT_EQ(why(w.custody.takeUp(w.clerk, seal.id.value, code, own)), "access_taken");

  EXPECT_EQ(why(w.custody.takeUp(other, seal.id.value, code, own)), "(done)");

  EXPECT_EQ(why(w.custody.open(other, seal.id.value, own)), "(done)");
  EXPECT_EQ(why(w.custody.open(other, seal.id.value, code)), "pin_wrong");
  EXPECT_EQ(why(w.custody.open(w.clerk, seal.id.value, w.pin)), "(done)");
  EXPECT_EQ(why(w.custody.offer(w.clerk, seal.id.value, w.pin, other.person.value)),
            "access_taken");
  EXPECT_EQ(must(w.custody.holders(other, seal.id.value)).size(), 2U);
  EXPECT_THAT(w.eventsOf(seal.id.value),
              ::testing::HasSubstr("key.shared key.shared key.pin-failed key.taken-up"));
}

TEST_P(Custody, ForgetsAnOfferThatWasNotTakenUpInTime) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto offer =
      must(w.custody.offer(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value));
  w.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(
      why(w.custody.takeUp(
          w.second_clerk, seal.id.value, crypto::SecretBytes(std::string_view(offer.code)), w.pin)),
      "offer_over");
}

TEST_P(Custody, TakesASealAwayAgainButNotFromItsLastHolder) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto withdraw = [&](const directory::Caller& by, const directory::Caller& from) {
    return why(w.custody.withdraw(by, seal.id.value, from.person.value));
  };
  const auto share = [&] { w.shareSeal(seal, w.pin); };
  must(w.custody.offer(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value));
  EXPECT_EQ(withdraw(w.second_clerk, w.clerk), "key_not_yours");
  EXPECT_EQ(withdraw(w.clerk, w.clerk), "seal_last_holder") << "an offer is no holder";
  EXPECT_EQ(withdraw(w.clerk, w.second_clerk), "(done)");
  EXPECT_EQ(withdraw(w.clerk, w.second_clerk), "key_access_missing");
  EXPECT_EQ(withdraw(w.commune_clerk, w.clerk), "role_missing");

  share();
  EXPECT_EQ(withdraw(w.clerk, w.second_clerk), "(done)");
  EXPECT_EQ(why(w.custody.open(w.second_clerk, seal.id.value, w.pin)), "key_not_yours");
  EXPECT_THAT(w.eventsOf(seal.id.value), ::testing::EndsWith("key.access-removed"));

  share();
  EXPECT_EQ(withdraw(w.second_clerk, w.clerk), "(done)");
  EXPECT_EQ(why(w.custody.open(w.clerk, seal.id.value, w.pin)), "key_not_yours");
  EXPECT_EQ(why(w.custody.open(w.second_clerk, seal.id.value, w.pin)), "(done)");
}

TEST_P(Custody, CountsNobodyAsAHolderWhoIsLockedOut) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  w.shareSeal(seal, w.pin);
  for (std::string said; said != "key_locked"; w.clock.advance(std::chrono::hours(1))) {
    said = why(w.custody.open(w.second_clerk, seal.id.value, w.wrong_pin));
    ASSERT_TRUE(said == "pin_wrong" || said == "key_locked") << said;
  }
  const auto withdraw = [&](const directory::Caller& by, const directory::Caller& from) {
    return why(w.custody.withdraw(by, seal.id.value, from.person.value));
  };
  EXPECT_EQ(withdraw(w.second_clerk, w.clerk), "key_not_yours");
  EXPECT_EQ(withdraw(w.clerk, w.clerk), "seal_last_holder");
  EXPECT_EQ(withdraw(w.clerk, w.second_clerk), "(done)");
  EXPECT_EQ(why(w.custody.open(w.clerk, seal.id.value, w.pin)), "(done)");
}

TEST_P(Custody, KeepsAHolderWhenBothLeaveAtOnce) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  w.shareSeal(seal, w.pin);
  {
    std::vector<std::jthread> both;
    for (const auto* one : {&w.clerk, &w.second_clerk}) {
      both.emplace_back([&w, &seal, one] {
        static_cast<void>(why(w.custody.withdraw(*one, seal.id.value, one->person.value)));
      });
    }
  }
  const bool first = must(w.custody.mayOpen(w.clerk, seal.id.value));
  const bool second = must(w.custody.mayOpen(w.second_clerk, seal.id.value));
  EXPECT_NE(first, second);
}

/// Does something each time that it is asked.
class AskedRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    if (asked) asked();
    real_.fill(out);
  }
  std::function<void()> asked;

 private:
  crypto::SystemRandom real_;
};

TEST_P(Custody, WrapsASealInsideTheGateThatBoundsItsMemory) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  AskedRandom random;
  signing::Custody one_at_a_time(w.transactions,
                                 w.keys,
                                 w.directory_store,
                                 w.trail,
                                 w.server_secret,
                                 w.key_token,
                                 w.clock,
                                 random,
                                 {.cost = {.n = 2}, .at_once = {.places = 1, .waiting_most = 0}});
  std::set<std::string> meanwhile;  // what somebody else hears while a salt is drawn for the wrap
  random.asked = [&] {
    std::thread other(
        [&] { meanwhile.insert(why(one_at_a_time.open(w.head, certificate_.id.value, w.pin))); });
    other.join();
  };
  const auto& clerk = w.second_clerk;
  const auto offer = must(one_at_a_time.offer(w.clerk, seal.id.value, w.pin, clerk.person.value));
  EXPECT_THAT(meanwhile, ::testing::ElementsAre("service_busy"));

  meanwhile.clear();
  const crypto::SecretBytes code{std::string_view(offer.code)};
  must(one_at_a_time.takeUp(clerk, seal.id.value, code, w.pin));
  EXPECT_THAT(meanwhile, ::testing::ElementsAre("service_busy"));

  EXPECT_EQ(why(one_at_a_time.open(w.head, certificate_.id.value, w.pin)), "(done)");
  EXPECT_EQ(why(one_at_a_time.open(clerk, seal.id.value, w.pin)), "(done)");
}

TEST_P(Custody, RefusesPinsOutOfBounds) {
  auto& w = world();
  const auto make = [&](std::size_t length) {
    return why(w.custody.make({w.head.person.value, {}},
                              w.head.person.value,
                              crypto::SecretBytes(std::string(length, '1'))));
  };
  EXPECT_EQ(make(5), "pin_too_short");
  EXPECT_EQ(make(6), "(done)");
  EXPECT_EQ(make(64), "(done)");
  EXPECT_EQ(make(65), "pin_too_long");
}

}  // namespace
}  // namespace congvan
