// SPDX-License-Identifier: Apache-2.0
#include "base/settings.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace congvan {
namespace {

std::string yamlReason(std::string_view text, const JsonLimits& limits = {}) {
  const auto read = parseYaml(text, limits);
  return read ? "" : read.error().reason;
}

TEST(Yaml, GivesTheShapeOfJson) {
  const auto read = parseYaml(R"(
# a comment
listen:
  address: 127.0.0.1
  ports: [8443, 8080]
agencies:
  - name: UBND tỉnh
    parent: ~
  - {name: Sở Nội vụ, active: true}
)");
  ASSERT_TRUE(read);
  EXPECT_EQ(
      toJsonText(*read),
      R"({"agencies":[{"name":"UBND tỉnh","parent":null},{"active":true,"name":"Sở Nội vụ"}],)"
      R"("listen":{"address":"127.0.0.1","ports":[8443,8080]}})");
}

TEST(Yaml, TypesOnlyPlainTrueFalseNullAndDecimalIntegers) {
  const auto read = parseYaml(R"({t: true, f: false, n: null, e: , i: -12, z: 0})");
  ASSERT_TRUE(read);
  EXPECT_EQ(toJsonText(*read), R"({"e":null,"f":false,"i":-12,"n":null,"t":true,"z":0})");
}

TEST(Yaml, LeavesEverythingElseText) {
  // The words that other readers turn into booleans, octal, hexadecimal, reals, dates and times.
  for (const std::string text : {"yes",
                                 "no",
                                 "on",
                                 "off",
                                 "True",
                                 "0x1F",
                                 "0o17",
                                 "017",
                                 "1.5",
                                 "1e3",
                                 ".inf",
                                 "1_000",
                                 "2026-11-22",
                                 "12:30:45",
                                 "+5",
                                 "99999999999999999999",
                                 "1.3.6.1"}) {
    const auto read = parseYaml("a: " + text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ((*read)["a"], text);
  }
}

TEST(Yaml, LeavesWhatIsQuotedText) {
  const auto read = parseYaml("a: '5'\nb: \"true\"\nc: \"null\"\nd: ''\ne: |\n  7\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(toJsonText(*read), R"({"a":"5","b":"true","c":"null","d":"","e":"7\n"})");
}

TEST(Yaml, RefusesAnchorsAndAliases) {
  for (const std::string_view bad : {"a: &x 1\nb: *x\n",
                                     "a: &x 1\n",
                                     "a: &_x [1]\n",
                                     "{&x a: 1}\n",
                                     "&x a: 1\n",
                                     "- &x\n",
                                     "- &-x {a: 1}\n",
                                     "a: &x\n  b: 1\n"}) {
    EXPECT_EQ(yamlReason(bad), "yaml_alias_refused") << bad;
  }
}

TEST(Yaml, RefusesATextThatWouldUnfold) {
  std::string bomb = "a0: &_0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*_" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &_" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_EQ(yamlReason(bomb), "yaml_alias_refused");
}

TEST(Yaml, TakesStarsAndAmpersandsInsideTexts) {
  const auto read = parseYaml("a: 5 *x & y\nb: '*x'\nc: \"&x\"\nd: |\n  see *note\n");
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["a"], "5 *x & y");
  EXPECT_EQ((*read)["d"], "see *note\n");
}

TEST(Yaml, RefusesTags) {
  for (const std::string_view bad : {"a: !!str 5\n",
                                     "a: !!int '5'\n",
                                     "a: !secret 5\n",
                                     "a: !!map {b: 1}\n",
                                     "- !!seq [1]\n",
                                     "a: !<tag:x> y\n"}) {
    EXPECT_EQ(yamlReason(bad), "yaml_tag_refused") << bad;
  }
}

TEST(Yaml, RefusesASecondDocument) {
  EXPECT_EQ(yamlReason("a: 1\n---\nb: 2\n"), "yaml_second_document");
  EXPECT_EQ(yamlReason("---\na: 1\n"), "");
}

TEST(Yaml, RefusesAKeyRepeatedAndSaysWhere) {
  const auto read = parseYaml("a: 1\nb:\n  c: 1\n  c: 2\n");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::Malformed);
  EXPECT_EQ(read.error().reason, "yaml_malformed");
  EXPECT_EQ(read.error().params.at(0), (Param{"line", "4"}));
  EXPECT_EQ(yamlReason("a: 1\n'a': 2\n"), "yaml_malformed");
}

TEST(Yaml, RefusesWhatIsNotYaml) {
  for (const std::string_view bad :
       {"a: [1", "a: 'x", "a: b: c", "{a: 1", "[1]: 2", "? {a: 1}\n: 2\n"}) {
    EXPECT_EQ(yamlReason(bad), "yaml_malformed") << bad;
  }
}

TEST(Yaml, OfNoTextIsNull) {
  for (const std::string_view text : {"", "\n", "# nothing\n"}) {
    const auto read = parseYaml(text);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is_null());
  }
}

TEST(Yaml, IsTakenUpToItsLimits) {
  EXPECT_TRUE(parseYaml("a: 12", {.bytes = 5}));
  EXPECT_EQ(yamlReason("a: 123", {.bytes = 5}), "yaml_too_large");
  EXPECT_TRUE(parseYaml("a: [1]", {.depth = 3}));
  EXPECT_EQ(yamlReason("a: [[1]]", {.depth = 3}), "yaml_too_deep");
  EXPECT_EQ(parseYaml("a: [[1]]", {.depth = 3}).error().code, Code::TooLarge);
  EXPECT_FALSE(parseYaml(std::string(100'000, '['))) << "and does not reach the stack";
}

}  // namespace
}  // namespace congvan
