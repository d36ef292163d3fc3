// SPDX-License-Identifier: Apache-2.0
#include "office/records/slots.h"

#include "edge/print/directive.h"
#include "office/records/numbering.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace congvan::records {
namespace {

constexpr pades::PageSize kA4{595.28, 841.89};
const std::vector<Step> kSigned = {{StepKind::Sign, {}, std::string(kSignatureField), {}, {}}};

Slot defaultOf(std::string_view field, const pades::PageSize& page) {
  const auto slots = completeSlots({}, {}, "CT", {page});
  return *std::ranges::find(slots, field, &Slot::field);
}

void expectOn(const Slot& slot, const print::Slot& open) {
  EXPECT_NEAR(slot.left, open.left, 3);
  EXPECT_NEAR(slot.bottom + slot.height, open.bottom + open.height, 2)
      << "the text hangs from here";
  EXPECT_GE(slot.left + slot.width, open.left + open.width - 3);
}

TEST(DefaultPlaces, AreThoseLeftOpenInAPageLaidOutByTheDecree) {
  const auto page = print::drawDirective(print::demonstrationDirective());
  ASSERT_TRUE(page);

  expectOn(defaultOf(kNumberField, kA4), page->number);
  expectOn(defaultOf(kDateField, kA4), page->date);
}

TEST(DefaultPlaces, LeaveRoomForAnArrivalStampThatCoversNoWord) {
  const auto page = print::drawDirective(print::demonstrationDirective());
  ASSERT_TRUE(page);
  const test::TempFolder folder;
  folder.write("directive.pdf", page->pdf);
  std::istringstream words(test::mustRun(folder, "pdftotext -bbox -l 1 directive.pdf -"));

  const auto stamp = defaultOf(kArrivalField, kA4);
  EXPECT_NEAR(stamp.width, 50 * 72 / 25.4, 1);
  EXPECT_NEAR(stamp.height, 35 * 72 / 25.4, 1);
  int seen = 0;
  for (std::string line; std::getline(words, line);) {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
    const auto* const form = " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"";
    if (std::sscanf(line.c_str(), form, &left, &top, &right, &bottom) != 4) continue;
    ++seen;
    const bool beside = right <= stamp.left || left >= stamp.left + stamp.width;
    const bool above_or_below =
        kA4.height - bottom >= stamp.bottom + stamp.height || kA4.height - top <= stamp.bottom;
    EXPECT_TRUE(beside || above_or_below) << line;
  }
  EXPECT_GT(seen, 100);
}

TEST(Fields, OfARouteAreLockedByTheSealButForTheArrivalStamp) {
  for (const auto& field : fieldsOf(completeSlots({}, kSigned, "CT", {kA4}))) {
    EXPECT_EQ(field.locking == pades::Locking::Present, field.name == kSealField) << field.name;
    EXPECT_EQ(field.stays_open, field.name == kArrivalField) << field.name;
  }
}

TEST(DefaultPlaces, AreOnPagesOfOtherSizesToo) {
  for (const auto& size :
       {pades::PageSize{419.5, 595.3}, {841.89, 595.28}, {612, 792}, {400, 300}, {400, 170}}) {
    for (const auto* type : {"CT", "CV"}) {
      const auto slots = completeSlots({}, kSigned, type, {size});
      EXPECT_TRUE(checkPlaces(slots, {size})) << type << " " << size.width << " " << size.height;
      const bool roomy = size.height > 500;
      EXPECT_EQ(std::ranges::count(slots, kArrivalField, &Slot::field), roomy ? 1 : 0)
          << type << " " << size.width << " " << size.height;
    }
  }
}

TEST(DefaultPlaces, OfTheStampInALetterLeaveItsAbstractUnderTheNumberFree) {
  const auto slots = completeSlots({}, {}, "CV", {kA4});
  const auto place = [&](std::string_view field) {
    return *std::ranges::find(slots, field, &Slot::field);
  };
  const auto stamp = place(kArrivalField);
  const auto date = place(kDateField);
  EXPECT_GT(stamp.left, kA4.width / 2);
  EXPECT_LE(stamp.left + stamp.width, kA4.width);
  EXPECT_LT(stamp.bottom + stamp.height, date.bottom);
  EXPECT_GT(stamp.bottom + stamp.height, date.bottom - 10);
}

TEST(DefaultPlaces, OfTheStampFollowTheNumberThatWasPlaced) {
  const auto slots = completeSlots({{"so", 0, 85, 700, 120, 18}}, {}, "CT", {kA4});
  const auto stamp = *std::ranges::find(slots, kArrivalField, &Slot::field);
  EXPECT_EQ(stamp.bottom + stamp.height, 696);
  EXPECT_TRUE(checkPlaces(slots, {kA4}));
}

TEST(ArrivalStamp, IsNoLargerThanTheDecreeHasItAndOverNoOtherSlot) {
  const Slot number{"so", 0, 154, 730, 110, 18};
  const auto why = [&](const Slot& stamp) {
    const auto answer = checkPlaces({number, stamp}, {kA4, kA4});
    return answer ? "(done)" : answer.error().reason;
  };
  EXPECT_EQ(why({"dau-den", 0, 14, 600, 142, 100}), "(done)");
  EXPECT_EQ(why({"dau-den", 0, 0, 0, 595, 841}), "slot_size_wrong");
  EXPECT_EQ(why({"dau-den", 0, 14, 600, 145, 100}), "slot_size_wrong");
  EXPECT_EQ(why({"dau-den", 0, 14, 600, 142, 103}), "slot_size_wrong");
  EXPECT_EQ(why({"dau-den", 0, 14, 631, 142, 100}), "slot_overlaps");
  EXPECT_EQ(why({"dau-den", 0, 14, 630, 142, 100}), "(done)") << "they touch";
  EXPECT_EQ(why({"dau-den", 1, 14, 631, 142, 100}), "(done)") << "on another page";
}

TEST(FileName, HasTheNumberAndNoSlash) {
  EXPECT_EQ(fileNameOf("05/CT-UBND"), "05-CT-UBND.pdf");
  EXPECT_EQ(fileNameOf("05/QĐ-UBND"), "05-QĐ-UBND.pdf");
  EXPECT_EQ(fileNameOf("01/CT-../x\r\n\""), "01-CT-..-x---.pdf");
}

}  // namespace
}  // namespace congvan::records
