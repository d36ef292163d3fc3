// SPDX-License-Identifier: Apache-2.0
#include "edge/print/mark.h"

#include "edge/print/directive.h"
#include "edge/print/drawing_cache.h"
#include "tests/support/shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::print {
namespace {

MarkText chairman() {
  return {"Trần Minh Khôi",
          "Chủ tịch",
          "Ủy ban nhân dân tỉnh An Bình",
          "22.11.2026 09:13:05 +07:00",
          {}};
}

std::string textOf(const Bytes& pdf) {
  const test::TempFolder folder;
  folder.write("drawn.pdf", pdf);
  return test::mustRun(folder, "pdftotext -layout drawn.pdf -");
}

TEST(Mark, CarriesEveryLineAsRealText) {
  const auto mark = drawMark(chairman(), {180, 60});

  ASSERT_TRUE(mark) << mark.error().reason;
  const auto text = textOf(*mark);
  for (const auto* part :
       {"Ký bởi: Trần Minh Khôi", "Chức vụ: Chủ tịch", "22.11.2026 09:13:05 +07:00"}) {
    EXPECT_THAT(text, testing::HasSubstr(part));
  }
}

TEST(Mark, IsTheSameBytesEachTime) {
  EXPECT_EQ(*drawMark(chairman(), {180, 60}), *drawMark(chairman(), {180, 60}));
}

TEST(Mark, RefusesALetterThatTheFontLacks) {
  auto text = chairman();
  text.name = "署名";

  const auto mark = drawMark(text, {180, 60});

  ASSERT_FALSE(mark);
  EXPECT_EQ(mark.error().reason, "font_lacks_letter");
  EXPECT_EQ(mark.error().params.front().value, "署");
}

TEST(Mark, SetsDecomposedTextAsComposed) {
  auto text = chairman();
  text.name = "Nguye\xCC\x82\xCC\x83n";  // NFD
  auto composed = chairman();
  composed.name = "Nguyễn";

  EXPECT_EQ(*drawMark(text, {180, 60}), *drawMark(composed, {180, 60}));
}

TEST(Mark, RefusesASizeThatNothingFits) {
  EXPECT_EQ(drawMark(chairman(), {20, 6}).error().reason, "mark_too_small");
  EXPECT_EQ(drawMark(chairman(), {3, 60}).error().reason, "mark_size");
  EXPECT_EQ(drawMark(chairman(), {180, 2001}).error().reason, "mark_size");
}

TEST(Mark, RefusesTextThatIsNotUtf8) {
  auto text = chairman();
  text.post = "\xFF\xFE";
  EXPECT_EQ(drawMark(text, {180, 60}).error().reason, "text_not_utf8");
}

TEST(MarkTime, IsInVietnam) {
  EXPECT_EQ(markTime(*parseTime("2026-11-22T02:13:05Z")), "22.11.2026 09:13:05 +07:00");
}

TEST(Seal, KeepsItsTransparency) {
  const auto png = demonstrationSeal("ỦY BAN NHÂN DÂN TỈNH", "AN BÌNH");
  ASSERT_TRUE(png) << png.error().reason;
  const auto seal = drawImage(*png, {102, 102});
  ASSERT_TRUE(seal) << seal.error().reason;

  const test::TempFolder folder;
  folder.write("seal.pdf", *seal);
  EXPECT_THAT(test::mustRun(folder, "pdfimages -list seal.pdf"), testing::HasSubstr("smask"));
}

TEST(Seal, RefusesWhatIsNoImageOrTooLargeAnOne) {
  EXPECT_EQ(drawImage(asBytes("GIF89a"), {50, 50}).error().reason, "image_malformed");
  auto png = *demonstrationSeal("A", "B");
  auto cut = png;
  cut.resize(png.size() / 2);
  EXPECT_EQ(drawImage(cut, {50, 50}).error().reason, "image_malformed");
  auto wide = png;
  wide[18] = 0x10;  // IHDR width 0x1000 + 600 > 4096
  EXPECT_EQ(drawImage(wide, {50, 50}).error().reason, "image_too_large");
  png.resize((4U << 20U) + 1);
  EXPECT_EQ(drawImage(png, {50, 50}).error().reason, "image_too_large");
}

TEST(FieldValue, ShrinksToItsWidth) {
  const auto value = drawFieldValue("ngày 22 tháng 11 năm 2026", {80, 16}, {13, FieldFace::Italic});
  ASSERT_TRUE(value) << value.error().reason;
  EXPECT_THAT(textOf(*value), testing::HasSubstr("ngày 22 tháng 11 năm 2026"));
}

TEST(DrawingCache, GivesTheSameDrawingForTheSameContent) {
  DrawingCache cache;
  const auto first = cache.mark(chairman(), {180, 60});
  const auto again = cache.mark(chairman(), {180, 60});
  auto other = chairman();
  other.time = "23.11.2026 09:13:05 +07:00";

  EXPECT_EQ(first->get(), again->get());
  EXPECT_NE(first->get(), cache.mark(other, {180, 60})->get());
  EXPECT_NE(first->get(), cache.mark(chairman(), {181, 60})->get());
}

TEST(DrawingCache, ForgetsTheOldestWhenFull) {
  DrawingCache cache(1);
  const auto first = cache.fieldValue("05/CT-UBND", {90, 16});
  const auto again = cache.fieldValue("05/CT-UBND", {90, 16});
  ASSERT_TRUE(first);
  EXPECT_NE(first->get(), again->get());
  EXPECT_EQ((*first)->drawing.bytes(), (*again)->drawing.bytes());
}

TEST(Fonts, HaveEveryVietnameseLetter) {
  EXPECT_TRUE(warmUp());
}

TEST(Directive, IsADocumentOfTwoOrThreePagesWithItsSlotsOpen) {
  const auto directive = drawDirective(demonstrationDirective());

  ASSERT_TRUE(directive) << directive.error().reason;
  EXPECT_GE(directive->pages, 2U);
  EXPECT_LE(directive->pages, 4U);
  const auto text = textOf(directive->pdf);
  for (const auto* part : {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                           "Độc lập - Tự do - Hạnh phúc",
                           "CHỈ THỊ",
                           "Nơi nhận:",
                           "TM. ỦY BAN NHÂN DÂN",
                           "Trần Minh Khôi"}) {
    EXPECT_THAT(text, testing::HasSubstr(part));
  }
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("/CT-UBND")));
  EXPECT_EQ(directive->number.page, 0U);
  EXPECT_EQ(directive->signature.page, directive->pages - 1);
}

}  // namespace
}  // namespace congvan::print
