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

Slot defaultOf(std::string_view field, const pades::PageSize& page) {
  const auto slots = completeSlots({}, {}, {page});
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
  const std::vector<Step> steps = {{StepKind::Sign, {}, std::string(kSignatureField), {}, {}}};
  for (const auto& field : fieldsOf(completeSlots({}, steps, {kA4}))) {
    EXPECT_EQ(field.locking == pades::Locking::Present, field.name == kSealField) << field.name;
    EXPECT_EQ(field.stays_open, field.name == kArrivalField) << field.name;
  }
}

TEST(DefaultPlaces, AreOnPagesOfOtherSizesToo) {
  for (const auto& size :
       {pades::PageSize{419.5, 595.3}, {841.89, 595.28}, {612, 792}, {400, 170}}) {
    EXPECT_TRUE(checkPlaces(completeSlots({}, {}, {size}), {size})) << size.width;
  }
}

TEST(FileName, HasTheNumberAndNoSlash) {
  EXPECT_EQ(fileNameOf("05/CT-UBND"), "05-CT-UBND.pdf");
  EXPECT_EQ(fileNameOf("05/QĐ-UBND"), "05-QĐ-UBND.pdf");
  EXPECT_EQ(fileNameOf("01/CT-../x\r\n\""), "01-CT-..-x---.pdf");
}

}  // namespace
}  // namespace congvan::records
