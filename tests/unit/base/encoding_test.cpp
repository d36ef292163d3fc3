// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <gtest/gtest.h>

#include <array>

namespace congvan {
namespace {

// RFC 4648 section 10.
struct Rfc4648 {
  std::string_view text;
  std::string_view base64;
  std::string_view hex;
};
constexpr std::array<Rfc4648, 7> kRfc4648{{{"", "", ""},
                                           {"f", "Zg==", "66"},
                                           {"fo", "Zm8=", "666f"},
                                           {"foo", "Zm9v", "666f6f"},
                                           {"foob", "Zm9vYg==", "666f6f62"},
                                           {"fooba", "Zm9vYmE=", "666f6f6261"},
                                           {"foobar", "Zm9vYmFy", "666f6f626172"}}};

Bytes everyByte() {
  Bytes bytes;
  for (unsigned value = 0; value < 256; ++value) bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

TEST(Encoding, WritesTheExamplesOfTheStandard) {
  for (const auto& example : kRfc4648) {
    EXPECT_EQ(toBase64(asBytes(example.text)), example.base64);
    EXPECT_EQ(toHex(asBytes(example.text)), example.hex);
  }
}

TEST(Encoding, ReadsTheExamplesOfTheStandard) {
  for (const auto& example : kRfc4648) {
    EXPECT_EQ(toText(*fromBase64(example.base64)), example.text);
    EXPECT_EQ(toText(*fromHex(example.hex)), example.text);
  }
}

TEST(Encoding, ReadsBackWhatItWrites) {
  const auto bytes = everyByte();
  for (std::size_t size : {0U, 1U, 2U, 3U, 31U, 32U, 33U, 256U}) {
    const BytesView part(bytes.data(), size);
    EXPECT_EQ(*fromHex(toHex(part)), toBytes(part));
    EXPECT_EQ(*fromBase64(toBase64(part)), toBytes(part));
    EXPECT_EQ(*fromBase64Url(toBase64Url(part)), toBytes(part));
  }
}

TEST(Hex, IsWrittenLowAndReadInBothCases) {
  EXPECT_EQ(toHex(Bytes{0x00, 0xAB, 0xFF}), "00abff");
  EXPECT_EQ(*fromHex("00ABff"), (Bytes{0x00, 0xAB, 0xFF}));
}

TEST(Hex, RefusesAnythingElse) {
  for (const std::string_view bad :
       {"0", "abc", "0g", "g0", "ab ", " ab", "a b0", "0x00", "ab:cd"}) {
    const auto read = fromHex(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, Code::Malformed);
    EXPECT_EQ(read.error().reason, "hex_malformed");
  }
}

TEST(Base64, PassesOverSpacesAndLineEnds) {
  EXPECT_EQ(toText(*fromBase64("Zm9v\r\nYmFy\n")), "foobar");
  EXPECT_EQ(toText(*fromBase64(" Zm 9v\tYg = = ")), "foob");
}

TEST(Base64, RefusesWrongAlphabetAndPadding) {
  for (const std::string_view bad :
       {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9v=", "Zm-v", "Zm9_", "Zm9v!", "=", "====", "Z"}) {
    const auto read = fromBase64(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, Code::Malformed);
    EXPECT_EQ(read.error().reason, "base64_malformed");
  }
}

TEST(Base64, HasOneSpellingForEachValue) {
  EXPECT_FALSE(fromBase64("Zh=="));  // the four bits behind the last byte are not zero
  EXPECT_FALSE(fromBase64("Zm9="));
  EXPECT_FALSE(fromBase64Url("Zh"));
}

TEST(Base64Url, UsesTheSafeAlphabetWithoutPadding) {
  EXPECT_EQ(toBase64Url(Bytes{0xFB, 0xFF}), "-_8");
  EXPECT_EQ(toBase64(Bytes{0xFB, 0xFF}), "+/8=");
  EXPECT_EQ(*fromBase64Url("-_8"), (Bytes{0xFB, 0xFF}));
}

TEST(Base64Url, RefusesTheOtherAlphabetPaddingAndSpaces) {
  for (const std::string_view bad : {"+/8", "-_8=", "-_ 8", "-_8\n", "A"}) {
    EXPECT_FALSE(fromBase64Url(bad)) << bad;
  }
}

TEST(Bytes, AreTheSameMemorySeenAsText) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(asText(asBytes(text)).data(), text.data());
  EXPECT_EQ(toText(toBytes(text)), text);
  Bytes joined = toBytes("12");
  append(joined, "34");
  append(joined, Bytes{'5'});
  EXPECT_EQ(toText(joined), "12345");
}

}  // namespace
}  // namespace congvan
