// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>

namespace congvan {
namespace {

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string reasonOf(std::string_view text, const JsonLimits& limits = {}) {
  const auto read = parseJson(text, limits);
  return read ? "" : read.error().reason;
}

TEST(JsonText, IsReadAsWhatItIs) {
  const auto read = parseJson(R"( {"a": [1, -2.5, "ba\u0309n", true, null]} )");
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["a"][0], 1);
  EXPECT_EQ((*read)["a"][2], "ba\xCC\x89n") << "normalising is the reader's of fields";
}

TEST(JsonText, MayBeAnyOneValue) {
  for (const std::string_view text : {"1", "\"a\"", "true", "null", "[]", "{}"}) {
    EXPECT_TRUE(parseJson(text)) << text;
  }
}

TEST(JsonText, RefusesWhatIsNotJson) {
  for (const std::string_view bad : {"",
                                     " ",
                                     "{",
                                     "[1,]",
                                     "{\"a\":1,}",
                                     "{a:1}",
                                     "'a'",
                                     "01",
                                     "+1",
                                     "NaN",
                                     "[1] 2",
                                     "{} {}",
                                     "// c\n1",
                                     "\"\t\"",
                                     "\"\\x41\"",
                                     "\"\\ud800\"",
                                     "]",
                                     "\"a"}) {
    EXPECT_EQ(reasonOf(bad), "json_malformed") << bad;
  }
}

TEST(JsonText, RefusesTextThatIsNotUtf8) {
  constexpr std::array<std::string_view, 5> kBad{
      "\"\xFF\"", "\"\xC3\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\""};
  for (const auto bad : kBad) EXPECT_EQ(reasonOf(bad), "json_malformed");
}

TEST(JsonText, RefusesANameRepeatedInOneObject) {
  EXPECT_EQ(reasonOf(R"({"a":1,"a":1})"), "json_name_repeated");
  EXPECT_EQ(reasonOf(R"({"b":{"a":1,"c":[],"a":2}})"), "json_name_repeated");
  EXPECT_EQ(reasonOf(R"([{"a":1},{"a":1,"\u0061":2}])"), "json_name_repeated") << "spelt otherwise";
}

TEST(JsonText, MayUseANameAgainInAnotherObject) {
  EXPECT_TRUE(parseJson(R"({"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}})"));
}

TEST(JsonText, IsTakenUpToItsLimitOfBytes) {
  constexpr JsonLimits kFive{.bytes = 5};
  EXPECT_TRUE(parseJson("[123]", kFive));
  const auto refused = parseJson("[1234]", kFive);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::TooLarge);
  EXPECT_EQ(refused.error().reason, "json_too_large");
  EXPECT_EQ(refused.error().params, (std::vector<Param>{{"limit", "5"}}));
}

TEST(JsonText, IsTakenUpToItsLimitOfDepth) {
  EXPECT_TRUE(parseJson(nested(32)));
  const auto refused = parseJson(nested(33));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::TooLarge);
  EXPECT_EQ(refused.error().reason, "json_too_deep");
  EXPECT_TRUE(parseJson(R"({"a":[{"b":1}]})", {.depth = 3}));
  EXPECT_EQ(reasonOf(R"({"a":[{"b":[]}]})", {.depth = 3}), "json_too_deep");
}

TEST(JsonText, CountsNoBracketsInsideStrings) {
  EXPECT_TRUE(parseJson(R"(["[[[[", "\"[[[[", "\\"])", {.depth = 1}));
}

TEST(JsonText, ThatNestsWithoutEndDoesNotReachTheStack) {
  EXPECT_EQ(reasonOf(std::string(1U << 20U, '[')), "json_too_deep");
  EXPECT_EQ(reasonOf(std::string(1U << 20U, '}')), "json_malformed");
}

TEST(JsonText, IsWrittenOnOneLineInUtf8) {
  EXPECT_EQ(toJsonText({{"tên", "Quyết định\n"}}), "{\"tên\":\"Quyết định\\n\"}");
  EXPECT_EQ(toJsonText("\xFF"), "\"\xEF\xBF\xBD\"") << "bad bytes are replaced, never a fault";
}

}  // namespace
}  // namespace congvan
