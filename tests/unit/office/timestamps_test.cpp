// SPDX-License-Identifier: Apache-2.0
#include "office/signing/timestamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::signing {
namespace {

class HandClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Instant now_ = fromUnix(1'795'312'800);
};

/// Takes a second and answers, or not; notes that it was asked.
class SlowSource final : public timestamp::Source {
 public:
  SlowSource(HandClock& clock, std::string& asked, char name, bool answers)
      : clock_(clock), asked_(asked), name_(name), answers_(answers) {}
  Result<Bytes> stamp(crypto::DigestAlgorithm, BytesView) override {
    asked_ += name_;
    clock_.advance(std::chrono::seconds{1});
    if (!answers_) return Error{Code::Unavailable, "fetch_failed", {}, "refused"};
    return toBytes(std::string_view(&name_, 1));
  }
  std::size_t tokenBytes() const override { return static_cast<std::size_t>(name_); }

 private:
  HandClock& clock_;
  std::string& asked_;
  char name_;
  bool answers_;
};

class Timestamps : public testing::Test {
 protected:
  /// A capital letter answers, a small one does not.
  OrderedTimestamps of(std::string_view letters) {
    std::vector<OrderedTimestamps::Named> sources;
    for (const char letter : letters) {
      const bool answers = letter < 'a';
      sources.push_back(
          {std::string(1, letter), std::make_unique<SlowSource>(clock_, asked_, letter, answers)});
    }
    return {std::move(sources), clock_, std::chrono::seconds{3}};
  }
  HandClock clock_;
  std::string asked_;
};

TEST_F(Timestamps, AreAskedForInOrderUntilOneAnswers) {
  auto sources = of("aBC");
  const auto token = sources.stamp(crypto::DigestAlgorithm::Sha256, {});
  ASSERT_TRUE(token);
  EXPECT_EQ(toText(*token), "B");
  EXPECT_EQ(asked_, "aB");
}

TEST_F(Timestamps, AreUnavailableForOneReasonThatNamesEveryRefusal) {
  auto sources = of("ab");
  const auto token = sources.stamp(crypto::DigestAlgorithm::Sha256, {});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, Code::Unavailable);
  EXPECT_EQ(token.error().reason, "tsa_unavailable");
  EXPECT_EQ(token.error().detail, "a: fetch_failed refused; b: fetch_failed refused; ");
}

TEST_F(Timestamps, AreNotAskedForWhenTimeIsOver) {
  auto sources = of("abcD");
  EXPECT_FALSE(sources.stamp(crypto::DigestAlgorithm::Sha256, {}));
  EXPECT_EQ(asked_, "abc");
}

TEST_F(Timestamps, ReserveRoomForTheLargestToken) {
  EXPECT_EQ(of("aBc").tokenBytes(), std::size_t{'c'});
}

}  // namespace
}  // namespace congvan::signing
