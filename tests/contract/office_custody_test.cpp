// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"

#include <atomic>
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
  must(w.custody.share(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value, w.pin));
  EXPECT_THAT(w.eventsOf(seal.id.value), ::testing::EndsWith("key.shared"));
  EXPECT_EQ(w.detailsOf(seal.id.value, audit::EventKind::KeyCreated),
            R"({"person":")" + w.clerk.person.text() + R"("})");
  EXPECT_EQ(w.detailsOf(seal.id.value, audit::EventKind::KeyShared),
            R"({"person":")" + w.second_clerk.person.text() + R"("})");
}

TEST_P(Custody, OpensForNobodyElse) {
  auto& w = world();
  EXPECT_EQ(why(w.custody.open(w.checker, certificate_.id.value, w.pin)), "key_not_yours");
  EXPECT_EQ(
      why(w.custody.share(w.head, certificate_.id.value, w.pin, w.checker.person.value, w.pin)),
      "key_is_personal");
}

TEST_P(Custody, GivesASealFromOneClerkOfItsAgencyToAnotherOnly) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto share = [&](const directory::Caller& from, const directory::Caller& to) {
    return why(w.custody.share(from, seal.id.value, w.pin, to.person.value, w.pin));
  };
  for (const auto* stranger : {&w.chairman, &w.officer, &w.administrator, &w.commune_clerk}) {
    EXPECT_EQ(share(*stranger, w.second_clerk), "role_missing") << stranger->name;
    EXPECT_EQ(share(w.clerk, *stranger), "seal_needs_clerk") << stranger->name;
  }
  EXPECT_EQ(why(w.custody.share(w.clerk, seal.id.value, w.pin, w.ids.make<int>().value, w.pin)),
            "seal_needs_clerk");
  EXPECT_EQ(share(w.second_clerk, w.second_clerk), "key_not_yours");
  EXPECT_EQ(why(w.custody.open(w.second_clerk, seal.id.value, w.pin)), "key_not_yours");

  auto dismissed = w.clerk;
  dismissed.grants.clear();
  EXPECT_EQ(share(dismissed, w.second_clerk), "role_missing") << "the key alone is no right";

  EXPECT_EQ(share(w.clerk, w.second_clerk), "(done)");
  EXPECT_EQ(why(w.custody.open(w.second_clerk, seal.id.value, w.pin)), "(done)");
  EXPECT_EQ(share(w.clerk, w.second_clerk), "access_taken");
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
