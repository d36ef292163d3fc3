// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/key_share.h"

#include "base/encoding.h"
#include "tests/support/shell.h"
#include "trust/crypto/random.h"
#include "trust/crypto/sealed.h"

#include <gmock/gmock.h>

namespace congvan::crypto {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kKey = "the root's private key";

ShareLabel labelOf(int needed, int of) {
  return {.split = *Uuid::parse("01990000-0000-7000-8000-000000000001"),
          .authority = "goc",
          .subject = "CN=Chứng thực gốc \"Tỉnh\" \\,O=x",
          .public_key_sha256 = Bytes(32, 0xab),
          .needed = needed,
          .of = of};
}

std::vector<KeyShare> split(int needed, int of) {
  SystemRandom random;
  return std::move(*splitKey(SecretBytes(kKey), labelOf(needed, of), random));
}

KeyShare copyOf(const KeyShare& share) {
  return {share.label, share.number, SecretBytes(share.value.view()), share.sealed_key};
}

std::vector<KeyShare> picked(const std::vector<KeyShare>& shares, unsigned mask) {
  std::vector<KeyShare> some;
  for (std::size_t at = 0; at < shares.size(); ++at) {
    if ((mask >> at & 1U) != 0) some.push_back(copyOf(shares[at]));
  }
  return some;
}

std::string why(const auto& result) {
  return result ? "none" : result.error().reason;
}

std::string text(const KeyShare& share) {
  return std::string(asText(shareText(share).view()));
}

std::string replaced(std::string text, std::string_view old, std::string_view by) {
  const auto at = text.find(old);
  if (at == std::string::npos) throw std::runtime_error("not there: " + std::string(old));
  return text.replace(at, old.size(), by);
}

TEST(KeyShare, AnyThreeOfFiveRestoreTheKeyAndNoTwoDo) {
  const auto shares = split(3, 5);
  for (unsigned mask = 1; mask < 32; ++mask) {
    const auto some = picked(shares, mask);
    const auto joined = joinKey(some);
    if (some.size() >= 3) {
      ASSERT_TRUE(joined) << mask << joined.error().reason;
      EXPECT_EQ(asText(joined->view()), kKey);
    } else {
      EXPECT_EQ(why(joined), "shares_too_few") << mask;
    }
  }
}

TEST(KeyShare, TwoSharesThatClaimToSufficeStillTellNothing) {
  auto some = picked(split(3, 5), 0b11);
  for (auto& share : some) share.label.needed = 2;
  EXPECT_EQ(why(joinKey(some)), "shares_do_not_fit");
}

TEST(KeyShare, CountsFromTwoOfTwoToSixteenOfSixteen) {
  SystemRandom random;
  const SecretBytes key(kKey);
  for (const auto& [needed, of] : {std::pair{2, 2}, {2, 16}, {16, 16}}) {
    const auto shares = splitKey(key, labelOf(needed, of), random);
    ASSERT_TRUE(shares);
    EXPECT_EQ(shares->size(), static_cast<std::size_t>(of));
    EXPECT_TRUE(joinKey(*shares));
  }
  for (const auto& [needed, of] : {std::pair{1, 3}, {4, 3}, {2, 17}, {0, 0}}) {
    EXPECT_EQ(why(splitKey(key, labelOf(needed, of), random)), "share_counts_wrong");
  }
}

TEST(KeyShare, RestoredWithPublicToolsFromWhatItsHeaderSays) {
  const auto shares = split(2, 3);
  const test::TempFolder folder;
  folder.write("s.001", shares[0].value.view());
  folder.write("s.003", shares[2].value.view());
  test::mustRun(folder, "gfcombine -o key s.001 s.003");
  const auto label = shares[0].label;
  const auto binding = "congvan key share\n" + label.split.text() + "\ngoc\n" + label.subject +
                       "\n" + toHex(label.public_key_sha256) + "\n2 of 3\n";
  const auto opened =
      unseal(SecretBytes(BytesView(folder.bytes("key"))), shares[0].sealed_key, asBytes(binding));
  ASSERT_TRUE(opened);
  EXPECT_EQ(asText(opened->view()), kKey);
}

TEST(KeyShare, SharesOfTwoSplittingsOrTheSameTwiceAreRefused) {
  const auto one = split(2, 3);
  auto mixed = picked(one, 0b001);
  mixed.push_back(copyOf(split(2, 3)[1]));
  EXPECT_EQ(why(joinKey(mixed)), "shares_of_two_splits");
  auto twice = picked(one, 0b001);
  twice.push_back(copyOf(one[0]));
  EXPECT_EQ(why(joinKey(twice)), "share_repeated");
  EXPECT_EQ(why(joinKey(std::vector<KeyShare>())), "shares_too_few");
}

TEST(KeyShare, AForgedShareNeverGivesAWrongKey) {
  auto some = picked(split(2, 3), 0b011);
  some[1].value.data()[0] ^= 1;
  EXPECT_EQ(why(joinKey(some)), "shares_do_not_fit");
  auto relabelled = picked(split(2, 3), 0b011);
  for (auto& share : relabelled) share.label.authority = "goc2";
  EXPECT_EQ(why(joinKey(relabelled)), "shares_do_not_fit");
}

TEST(KeyShare, ComesBackFromItsText) {
  const auto shares = split(2, 3);
  const auto read = readShare(text(shares[1]));
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_EQ(read->number, 2);
  EXPECT_EQ(read->label.subject, shares[1].label.subject);
  std::vector<KeyShare> both = picked(shares, 0b001);
  both.push_back(copyOf(*read));
  EXPECT_TRUE(joinKey(both));
}

TEST(KeyShare, MayBeTypedWithoutSpacesAndInCapitals) {
  const auto shares = split(2, 2);
  const auto grouped = text(shares[0]);
  const auto at = grouped.find("value: \"") + 8;
  auto value = grouped.substr(at, grouped.find('"', at) - at);
  std::string typed;
  for (const char c : value) {
    if (c != ' ') typed.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  EXPECT_TRUE(readShare(replaced(grouped, value, typed)));
}

TEST(KeyShare, ASlipOfThePenIsFound) {
  const auto good = text(split(2, 3)[0]);
  EXPECT_EQ(why(readShare(replaced(good, "\nshare: 1", "\nshare: 2"))), "share_mistyped");
  EXPECT_EQ(why(readShare(replaced(good, "needed: 2", "needed: 3"))), "share_mistyped");
  const auto at = good.find("value: \"") + 8;
  auto slip = good;
  slip[at] = slip[at] == '0' ? '1' : '0';
  EXPECT_EQ(why(readShare(slip)), "share_mistyped");
}

TEST(KeyShare, WhatIsNoShareIsRefusedWithTheField) {
  const auto good = text(split(2, 3)[0]);
  EXPECT_EQ(why(readShare(replaced(good, "congvan-key-share: 1", "congvan-key-share: 2"))),
            "field_out_of_range");
  EXPECT_EQ(why(readShare(replaced(good, "value: \"", "value: \"zz"))), "field_not_hex");
  EXPECT_EQ(why(readShare(replaced(good, "\nshare: 1", "\nshare: 4"))), "field_out_of_range");
  EXPECT_EQ(why(readShare(good + "more: 1\n")), "field_unknown");
  EXPECT_EQ(why(readShare("")), "field_not_an_object");
  EXPECT_EQ(why(readShare(std::string(16U << 10U, '#') + "\n")), "share_too_large");
  EXPECT_EQ(why(readShare("share: [")), "yaml_malformed");
}

}  // namespace
}  // namespace congvan::crypto
