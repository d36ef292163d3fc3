// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

namespace congvan {
namespace {

class StoppedClock final : public Clock {
 public:
  explicit StoppedClock(Instant at) : at_(at) {}
  Instant now() const override { return at_; }

 private:
  Instant at_;
};

class SameBytes final : public Random {
 public:
  explicit SameBytes(std::uint8_t value) : value_(value) {}
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, value_); }

 private:
  std::uint8_t value_;
};

TEST(Uuid, OfTheStandardsExampleTimeStartsWithTheStandardsBytes) {
  // RFC 9562 appendix A.6: 2022-02-22T14:22:22.00-05:00 is 0x017F22E279B0.
  const StoppedClock clock(*parseTime("2022-02-22T14:22:22.00-05:00"));
  SameBytes random(0x00);
  EXPECT_EQ(makeUuid(clock, random).text(), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(Uuid, KeepsRandomBitsOutOfVersionAndVariant) {
  const StoppedClock clock(fromUnix(0));
  SameBytes random(0xFF);
  EXPECT_EQ(makeUuid(clock, random).text(), "00000000-0000-7fff-bfff-ffffffffffff");
}

TEST(Uuid, MadeLaterSortsLater) {
  SameBytes high(0xFF);
  SameBytes low(0x00);
  const auto first = makeUuid(StoppedClock(fromMicros(1'700'000'000'000'000)), high);
  const auto next = makeUuid(StoppedClock(fromMicros(1'700'000'000'001'000)), low);
  EXPECT_LT(first, next);
  EXPECT_LT(first.text(), next.text()) << "as text too, which is how lists are paged";
}

TEST(Uuid, ReadsBackItsText) {
  constexpr std::string_view kText = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const auto read = Uuid::parse(kText);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), kText);
  EXPECT_EQ(*Uuid::fromBytes(read->bytes), *read);
}

TEST(Uuid, ReadsUpperCaseAndWritesLowerCase) {
  EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")->text(),
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, RefusesOtherForms) {
  for (const std::string_view bad : {"",
                                     "017f22e279b07cc398c4dc0c0c07398f",
                                     "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                                     "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                     "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                                     "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                     "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
                                     "017f22e2-79b0-7cc3-98c4-dc0c-c07398f",
                                     "017f22e2 79b0 7cc3 98c4 dc0c0c07398f"}) {
    const auto read = Uuid::parse(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, Code::Malformed);
    EXPECT_EQ(read.error().reason, "id_malformed");
  }
}

TEST(Uuid, HasSixteenBytes) {
  EXPECT_FALSE(Uuid::fromBytes(Bytes(15)));
  EXPECT_TRUE(Uuid::fromBytes(Bytes(16)));
  EXPECT_FALSE(Uuid::fromBytes(Bytes(17)));
}

TEST(Id, OfOneThingIsNotAnIdOfAnother) {
  using Left = Id<struct LeftTag>;
  using Right = Id<struct RightTag>;
  static_assert(!std::is_convertible_v<Left, Right> && !std::is_constructible_v<Left, Right>);
  const StoppedClock clock(fromUnix(1'800'000'000));
  SameBytes random(7);
  const auto made = Ids(clock, random).make<LeftTag>();
  EXPECT_EQ(*Left::parse(made.text()), made);
  EXPECT_FALSE(Left::parse("7"));
}

}  // namespace
}  // namespace congvan
