// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/clock_watch.h"

#include <gtest/gtest.h>

namespace congvan::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

ClockError around(milliseconds offset, milliseconds distance = milliseconds{10}) {
  return {offset - distance, offset + distance};
}

TEST(ClockAgreement, IsWhatMoreThanHalfShare) {
  const auto shared =
      agreed({around(milliseconds{0}), around(milliseconds{5}), around(milliseconds{-5})}, 3);
  ASSERT_TRUE(shared);
  EXPECT_EQ(*shared, (ClockError{milliseconds{-10}, milliseconds{10}})) << "two of three";
}

TEST(ClockAgreement, IsNotMovedByOneThatLies) {
  for (const auto lie : {-3'600'000, -100, 100, 3'600'000}) {
    const auto shared =
        agreed({around(milliseconds{0}), around(milliseconds{lie}), around(milliseconds{1})}, 3);
    ASSERT_TRUE(shared) << lie;
    EXPECT_EQ(*shared, (ClockError{milliseconds{-9}, milliseconds{10}})) << lie;
  }
}

TEST(ClockAgreement, GoesNoFurtherThanTheHonestOnesWhenALieIsNear) {
  const auto shared =
      agreed({around(milliseconds{0}), around(milliseconds{19}), around(milliseconds{1})}, 3);
  ASSERT_TRUE(shared);
  EXPECT_EQ(*shared, (ClockError{milliseconds{-9}, milliseconds{11}}));
}

TEST(ClockAgreement, NeedsMoreThanHalfOfThoseAskedNotOfThoseWhoAnswered) {
  EXPECT_FALSE(agreed({}, 1));
  EXPECT_TRUE(agreed({around(milliseconds{0})}, 1));
  EXPECT_FALSE(agreed({around(milliseconds{0})}, 2));
  EXPECT_FALSE(agreed({around(milliseconds{0}), around(milliseconds{0})}, 4));
  EXPECT_FALSE(agreed({around(milliseconds{0}), around(seconds{9})}, 2)) << "who is right?";
  EXPECT_FALSE(agreed(
      {around(milliseconds{0}), around(milliseconds{1}), around(seconds{9}), around(seconds{9})},
      4));
}

struct SetClock final : Clock {
  Instant time = fromUnix(1795000000);
  Instant now() const override { return time; }
};

/// Says what it is told to.
class Told final : public ClockSource {
 public:
  explicit Told(Result<ClockError>* answer, int* asked) : answer_(answer), asked_(asked) {}
  Result<ClockError> ask() override {
    ++*asked_;
    return *answer_;
  }
  std::string name() const override { return "told"; }

 private:
  Result<ClockError>* answer_;
  int* asked_;
};

struct Watched {
  SetClock clock;
  Duration steady = seconds{1000};
  std::vector<Result<ClockError>> answers;
  std::vector<int> asked;
  std::unique_ptr<ClockWatch> watch;

  explicit Watched(std::size_t count)
      : answers(count, Result<ClockError>(around(milliseconds{0}))), asked(count) {
    std::vector<std::unique_ptr<ClockSource>> sources;
    for (std::size_t i = 0; i < count; ++i) {
      sources.push_back(std::make_unique<Told>(&answers[i], &asked[i]));
    }
    watch = std::make_unique<ClockWatch>(
        std::move(sources), ClockRules{}, clock, [this] { return steady; });
  }
  void pass(Duration time) {
    steady += time;
    clock.time += time;
  }
  std::string verdict() const {
    const auto vouched = watch->vouch(clock.now());
    return vouched ? "good" : vouched.error().reason;
  }
};

const Error kSilent{Code::Unavailable, "clock_source_silent"};

TEST(ClockWatch, VouchesForNothingBeforeAMajorityWasHeard) {
  Watched w(3);
  EXPECT_EQ(w.verdict(), "clock_unconfirmed");
  w.answers[0] = kSilent;
  w.answers[1] = kSilent;
  EXPECT_EQ(w.watch->look().error().reason, "clock_unconfirmed");
  EXPECT_EQ(w.verdict(), "clock_unconfirmed");
  w.answers[1] = around(milliseconds{0});
  EXPECT_TRUE(w.watch->look());
  EXPECT_EQ(w.verdict(), "good");
  EXPECT_EQ(w.watch->heard()[0].trouble->reason, "clock_source_silent");
  EXPECT_FALSE(w.watch->heard()[1].trouble);
}

TEST(ClockWatch, AllowsAsMuchAsTheRulesAndNoMore) {
  for (const int sign : {-1, 1}) {
    Watched w(1);
    w.answers[0] = around(milliseconds{490} * sign);
    ASSERT_TRUE(w.watch->look());
    EXPECT_EQ(w.verdict(), "good");
    w.answers[0] = around(milliseconds{491} * sign);
    ASSERT_TRUE(w.watch->look()) << "that it is wrong is known now";
    EXPECT_EQ(w.verdict(), "clock_wrong") << "the worst counts, not the middle";
  }
}

TEST(ClockWatch, SeesAtOnceThatTheClockWasSet) {
  Watched w(1);
  ASSERT_TRUE(w.watch->look());
  for (const auto step : {seconds{-1}, seconds{1}}) {
    w.clock.time += step;
    EXPECT_EQ(w.verdict(), "clock_wrong");
    w.clock.time -= step;
    EXPECT_EQ(w.verdict(), "good");
  }
}

TEST(ClockWatch, TrustsAgainAtOnceWhenAWrongClockWasSetRight) {
  Watched w(1);
  w.answers[0] = around(seconds{60});
  ASSERT_TRUE(w.watch->look());
  EXPECT_EQ(w.verdict(), "clock_wrong");
  w.clock.time += seconds{60};
  EXPECT_EQ(w.verdict(), "good");
}

TEST(ClockWatch, LivesOnTheLastAgreementUntilItIsTooOld) {
  Watched w(1);
  ASSERT_TRUE(w.watch->look());
  w.answers[0] = kSilent;
  w.pass(minutes{15});
  EXPECT_FALSE(w.watch->look());
  EXPECT_EQ(w.verdict(), "good");
  w.pass(seconds{1});
  EXPECT_EQ(w.verdict(), "clock_check_old");
  w.answers[0] = around(milliseconds{0});
  EXPECT_TRUE(w.watch->look());
  EXPECT_EQ(w.verdict(), "good");
}

TEST(ClockWatch, AllowsForTheQuartzMeanwhile) {
  Watched w(1);
  w.answers[0] = around(milliseconds{489});
  ASSERT_TRUE(w.watch->look());
  w.pass(seconds{10});
  EXPECT_EQ(w.verdict(), "good") << "499 ms and 1 of drift";
  w.pass(seconds{1});
  EXPECT_EQ(w.verdict(), "clock_wrong");
}

TEST(ClockWatch, LeavesAloneForADayWhoForbadeIt) {
  Watched w(2);
  w.answers[0] = Error{Code::Unavailable, "sntp_kiss_deny"};
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(w.watch->look()) << "one of two is no majority";
    w.pass(std::chrono::hours{7});
  }
  EXPECT_EQ(w.asked[0], 1);
  EXPECT_EQ(w.asked[1], 3);
  w.pass(std::chrono::hours{3});
  EXPECT_FALSE(w.watch->look());
  EXPECT_EQ(w.asked[0], 2) << "somebody on the way may have said so";
}

TEST(ClockWatch, LeavesAloneForAWhileWhoIsAskedTooOften) {
  Watched w(1);
  w.answers[0] = Error{Code::Unavailable, "sntp_kiss_rate"};
  EXPECT_FALSE(w.watch->look());
  w.answers[0] = around(milliseconds{0});
  w.pass(minutes{15} - seconds{1});
  EXPECT_FALSE(w.watch->look());
  EXPECT_EQ(w.asked[0], 1);
  w.pass(seconds{1});
  EXPECT_TRUE(w.watch->look());
}

}  // namespace
}  // namespace congvan::fetch
