// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pdf {
namespace {

using testing::HasSubstr;

BaseFile baseOf(std::uint64_t size, CrossReferenceKind kind) {
  BaseFile base;
  base.size = size;
  base.ends_with_line_end = true;
  base.last_cross_reference = size - 50;
  base.kind = kind;
  base.next_number = 10;
  base.trailer_entries = "/Root 1 0 R";
  return base;
}

Result<Update::Written> oneObject(std::uint64_t size, CrossReferenceKind kind) {
  Update update(baseOf(size, kind));
  update.put(update.create(), "<< >>");
  return update.finish();
}

TEST(Update, WritesATableWithRunsOfNumbers) {
  Update update(baseOf(1000, CrossReferenceKind::Table));
  update.put({3, 0}, "(three)");
  update.put({4, 2}, "(four)");
  update.put(update.create(), "(ten)");

  const auto written = update.finish();

  ASSERT_TRUE(written);
  EXPECT_EQ(toText(written->bytes),
            "3 0 obj\n(three)\nendobj\n4 2 obj\n(four)\nendobj\n10 0 obj\n(ten)\nendobj\n"
            "xref\n3 2\n0000001000 00000 n \n0000001023 00002 n \n10 1\n0000001045 00000 n \n"
            "trailer\n<< /Size 11 /Root 1 0 R /Prev 950 >>\nstartxref\n1067\n%%EOF\n");
}

TEST(Update, PutsALineEndBeforeItselfWhenTheFileHasNone) {
  auto base = baseOf(1000, CrossReferenceKind::Table);
  base.ends_with_line_end = false;
  Update update(base);
  const auto id = update.create();
  update.put(id, "<< >>");

  const auto written = update.finish();

  EXPECT_EQ(written->bytes.front(), '\n');
  EXPECT_EQ(toText(written->bytes).substr(written->body_at.at(id), 5), "<< >>");
}

TEST(Update, KeepsToFourByteOffsetsWhileTheyReach) {
  EXPECT_THAT(toText(oneObject((1ULL << 32U) - 200, CrossReferenceKind::Stream)->bytes),
              HasSubstr("/W [1 4 2]"));
  EXPECT_THAT(toText(oneObject(1ULL << 32U, CrossReferenceKind::Stream)->bytes),
              HasSubstr("/W [1 5 2]"));
}

TEST(Update, RefusesOffsetsThatTheCrossReferenceCannotHold) {
  EXPECT_TRUE(oneObject(9'999'999'900, CrossReferenceKind::Table));
  EXPECT_EQ(oneObject(10'000'000'000, CrossReferenceKind::Table).error().reason, "pdf_too_large");
  EXPECT_TRUE(oneObject(1ULL << 39U, CrossReferenceKind::Stream));
  EXPECT_EQ(oneObject(1ULL << 40U, CrossReferenceKind::Stream).error().reason, "pdf_too_large");
}

TEST(ReadEnd, FindsTheLastCrossReference) {
  const auto table = readEnd(asBytes("%PDF-1.4\nxref\n0 0\nstartxref\n9\n%%EOF\r"));
  ASSERT_TRUE(table);
  EXPECT_EQ(table->kind, CrossReferenceKind::Table);
  EXPECT_EQ(table->last_cross_reference, 9U);
  EXPECT_TRUE(table->ends_with_line_end);

  const auto stream = readEnd(asBytes("%PDF-1.5\n1 0 obj\nstartxref\n9\n%%EOF"));
  EXPECT_EQ(stream->kind, CrossReferenceKind::Stream);
  EXPECT_FALSE(stream->ends_with_line_end);
}

TEST(ReadEnd, RefusesAFileWithoutOneOrPointingOutside) {
  EXPECT_EQ(readEnd(asBytes("%PDF-1.4\n%%EOF")).error().reason, "pdf_damaged");
  EXPECT_EQ(readEnd(asBytes("%PDF-1.4\nstartxref\n999\n%%EOF")).error().reason, "pdf_damaged");
  EXPECT_EQ(readEnd(asBytes("%PDF-1.4\nstartxref\n-1\n%%EOF")).error().reason, "pdf_damaged");
  EXPECT_EQ(readEnd(asBytes("%PDF-1.4\nstartxref")).error().reason, "pdf_damaged");
  EXPECT_EQ(readEnd({}).error().reason, "pdf_damaged");
}

TEST(TextString, IsPlainWhenAsciiWillDoAndUtf16Otherwise) {
  EXPECT_EQ(textString("a(b)\\"), "(a\\(b\\)\\\\)");
  EXPECT_EQ(textString("Số"), "<FEFF00531ED1>");
  EXPECT_EQ(textString("\xF0\x9F\x96\x8A"), "<FEFFD83DDD8A>");
  EXPECT_EQ(textString("a\nb"), "<FEFF0061000A0062>");
  EXPECT_EQ(textString("\xE1\xBB"), "<FEFFFFFDFFFD>");
}

TEST(Number, HasNoExponentAndNoTail) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.00001), "0");
  EXPECT_EQ(number(102.5), "102.5");
  EXPECT_EQ(number(1.0 / 3), "0.3333");
  EXPECT_EQ(number(1e9), "1000000000");
}

}  // namespace
}  // namespace congvan::pdf
