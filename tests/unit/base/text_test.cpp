// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace congvan {
namespace {

constexpr std::array<std::string_view, 6> kNotUtf8{
    "\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\x80"};

TEST(Nfc, MakesOneSpellingOfWhatLooksTheSame) {
  // ệ as one character, as e with two marks in both orders, and as ẹ with a circumflex.
  for (const std::string_view spelling :
       {"\u1EC7", "e\u0323\u0302", "e\u0302\u0323", "\u1EB9\u0302", "\u00EA\u0323"}) {
    EXPECT_EQ(*toNfc(spelling), "\u1EC7");
  }
  EXPECT_EQ(*toNfc(""), "");
  EXPECT_EQ(*toNfc("Quyết định"), "Quyết định");
}

TEST(Nfc, KeepsWhatOnlyLooksAlike) {
  EXPECT_EQ(*toNfc("\uFB01"), "\uFB01") << "a ligature is no spelling of f and i";
  EXPECT_EQ(*toNfc("\u0430"), "\u0430") << "nor is a Cyrillic letter one of a";
}

TEST(Nfc, RefusesWhatIsNotUtf8) {
  for (const auto bad : kNotUtf8) {
    const auto read = toNfc(bad);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::Malformed);
    EXPECT_EQ(read.error().reason, "text_not_utf8");
    EXPECT_FALSE(isUtf8(bad));
  }
  EXPECT_TRUE(isUtf8("đ \U0001F600"));
}

TEST(Characters, AreCountedNotBytes) {
  EXPECT_EQ(countCharacters(""), 0U);
  EXPECT_EQ(countCharacters("Quyết định"), 10U);
  EXPECT_EQ(countCharacters("\U0001F600"), 1U);
}

TEST(Trim, TakesSpacesFromBothEndsOnly) {
  EXPECT_EQ(trim(" \t\r\n\u00A0 a \u00A0 b \u00A0\n"), "a \u00A0 b");
  EXPECT_EQ(trim("\u00A0 \u00A0"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("à"), "à") << "whose last byte is that of a no-break space";
}

TEST(ControlCharacters, AreC0DelC1AndBidirectionalOverrides) {
  for (const std::string_view bad : {"\x01",
                                     "a\x1B[2J",
                                     "\r",
                                     "\x7F",
                                     "\u0080",
                                     "\u009F",
                                     "\u202A",
                                     "\u202E",
                                     "\u2066",
                                     "\u2069"}) {
    EXPECT_TRUE(hasControlCharacters(bad));
  }
  EXPECT_TRUE(hasControlCharacters(std::string_view("a\0b", 3)));
}

TEST(ControlCharacters, AreNotTheNeighboursOfThese) {
  for (const std::string_view good :
       {"", "\t\n", " ", "~", "\u00A0", "\u2029", "\u202F", "\u2065", "\u206A", "Quyết định"}) {
    EXPECT_FALSE(hasControlCharacters(good));
  }
}

TEST(FoldForSearch, GivesLowerCaseWithoutMarks) {
  EXPECT_EQ(foldForSearch("Quyết định số 05"), "quyet dinh so 05");
  EXPECT_EQ(foldForSearch("ĐẮK LẮK, Đà Nẵng"), "dak lak da nang");
  EXPECT_EQ(foldForSearch("ăâêôơưđ ĂÂÊÔƠƯĐ"), "aaeooud aaeooud");
}

TEST(FoldForSearch, DoesNotMindHowMarksAreTyped) {
  EXPECT_EQ(foldForSearch("Quye\u0302\u0301t"), foldForSearch("Quyết"));
  EXPECT_EQ(foldForSearch("hoà"), foldForSearch("hòa")) << "old and new places of the tone";
}

TEST(FoldForSearch, MakesOneSpaceOfAllThatIsNeitherLetterNorDigit) {
  EXPECT_EQ(foldForSearch(" 05/2026/QĐ-UBND \u2013 (lần\u00A02)! "), "05 2026 qd ubnd lan 2");
  EXPECT_EQ(foldForSearch(" \u2026 "), "");
  EXPECT_EQ(foldForSearch(""), "");
}

TEST(FoldForSearch, OfWhatIsNotUtf8IsEmpty) {
  for (const auto bad : kNotUtf8) EXPECT_EQ(foldForSearch(bad), "");
}

TEST(SyllableBigrams, PairNeighbours) {
  EXPECT_EQ(syllableBigrams("quyet dinh so 05"),
            (std::vector<std::string>{"quyet_dinh", "dinh_so", "so_05"}));
}

TEST(SyllableBigrams, LeaveOneSyllableByItself) {
  EXPECT_EQ(syllableBigrams("quyet"), std::vector<std::string>{"quyet"});
  EXPECT_TRUE(syllableBigrams("").empty());
}

}  // namespace
}  // namespace congvan
