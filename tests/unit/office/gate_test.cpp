// SPDX-License-Identifier: Apache-2.0
#include "office/work/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace congvan::work {
namespace {

using namespace std::chrono_literals;

TEST(Gate, LetsInWhenAPlaceIsLeft) {
  Gate gate({.places = 1, .waiting_most = 1, .longest_wait = 1min});
  auto first = gate.enter();
  ASSERT_TRUE(first);
  std::thread next([&] { EXPECT_TRUE(gate.enter()); });
  first->reset();
  next.join();
}

TEST(Gate, SendsAwayWhoeverWaitedTooLong) {
  Gate gate({.places = 1, .waiting_most = 1, .longest_wait = 1ms});
  const auto first = gate.enter();
  const auto second = gate.enter();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "service_busy");
  EXPECT_EQ(second.error().code, Code::Unavailable);
}

TEST(Gate, SendsAwayAtOnceWhenEnoughWait) {
  Gate gate({.places = 1, .waiting_most = 0, .longest_wait = 24h});
  const auto first = gate.enter();
  EXPECT_FALSE(gate.enter());
}

TEST(Gate, NeverHoldsMoreThanItsPlaces) {
  Gate gate({.places = 3, .waiting_most = 16, .longest_wait = 1min});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        const auto place = gate.enter();
        ASSERT_TRUE(place);
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        std::this_thread::yield();
        --inside;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_TRUE(gate.enter()) << "all places were given back";
}

}  // namespace
}  // namespace congvan::work
