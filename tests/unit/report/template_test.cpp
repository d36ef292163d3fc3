// SPDX-License-Identifier: Apache-2.0
#include "trust/report/template.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace congvan::report {
namespace {

TEST(Template, EscapesTextAndKeepsFilledParts) {
  const Template page("<!--part a--><p title=\"{{x}}\">{{{x}}}</p><!--end-->");
  EXPECT_EQ(page.fill("a", {{"x", "<b>\"&'"}}),
            "<p title=\"&lt;b&gt;&quot;&amp;&#39;\"><b>\"&'</p>");
}

TEST(Template, DoesNotFillWhatWasFilledIn) {
  const Template page("<!--part a-->{{x}}{{y}}<!--end-->");
  EXPECT_EQ(page.fill("a", {{"x", "{{y}}"}, {"y", "2"}}), "{{y}}2");
}

TEST(Template, LeavesNothingForAMissingValue) {
  const Template page("<!--part a-->[{{x}}]<!--end-->");
  EXPECT_EQ(page.fill("a", {}), "[]");
  EXPECT_THROW(page.fill("b", {}), std::logic_error);
}

TEST(Template, ReplacesWhatAPageCannotShow) {
  EXPECT_EQ(escapeHtml(std::string("a\x01z")), "a\xEF\xBF\xBDz");
  EXPECT_EQ(escapeHtml("\xFF\xFE"), "\xEF\xBF\xBD");
  EXPECT_EQ(escapeHtml("Nguyễn"), "Nguyễn");
}

}  // namespace
}  // namespace congvan::report
