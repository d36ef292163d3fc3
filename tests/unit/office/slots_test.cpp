// SPDX-License-Identifier: Apache-2.0
#include "office/records/slots.h"

#include "edge/print/directive.h"
#include "office/records/numbering.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(DefaultPlaces, AreOnPagesOfOtherSizesToo) {
  for (const auto& size : {pades::PageSize{419.5, 595.3}, {841.89, 595.28}, {612, 792}}) {
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
