// SPDX-License-Identifier: Apache-2.0
#include "base/json_fields.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace congvan {
namespace {

Json object(std::string_view text) {
  return *parseJson(text);
}

/// `reason field` of the refusal, or nothing.
std::string refusalOf(const Json& json, const std::function<void(Fields&)>& read) {
  Fields fields(json);
  read(fields);
  const auto finished = fields.finish();
  if (finished) return "";
  EXPECT_EQ(finished.error().code, Code::Malformed);
  return finished.error().reason + " " + finished.error().params.at(0).value;
}

TEST(Fields, GiveEachMemberItsType) {
  const auto json = object(R"({"name":" Lê Văn An ","age":42,"head":true,"tags":["a","b"],
                               "post":{"x":1},"tasks":[{"n":1},{"n":2}]})");
  Fields fields(json);
  EXPECT_EQ(fields.text("name", 20), "Lê Văn An");
  EXPECT_EQ(fields.integer("age", 0, 150), 42);
  EXPECT_TRUE(fields.boolean("head", false));
  EXPECT_EQ(fields.texts("tags", 2, 1), (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(fields.object("post"), nullptr);
  EXPECT_EQ(fields.objects("tasks", 2).size(), 2U);
  EXPECT_TRUE(fields.finish());
}

TEST(Fields, RefuseMembersNobodyAskedFor) {
  EXPECT_EQ(refusalOf(object(R"({"a":"x","admin":true})"), [](Fields& f) { f.text("a", 1); }),
            "field_unknown admin");
  EXPECT_EQ(refusalOf(object(R"({"a":null})"), [](Fields&) {}), "field_unknown a");
}

TEST(Fields, KeepTheFirstFailure) {
  const auto read = [](Fields& f) {
    f.integer("b", 0, 9);
    f.text("a", 1);
    f.refuse("c", "later");
  };
  EXPECT_EQ(refusalOf(object(R"({"a":"xx","b":"1"})"), read), "field_not_an_integer b");
}

TEST(Fields, AfterAFailureGiveEmptyValues) {
  const auto json = object(R"({"a":"x","n":5,"list":["x"]})");
  Fields fields(json);
  fields.refuse("a", "unwanted");
  EXPECT_FALSE(fields.good());
  EXPECT_EQ(fields.text("a", 9), "");
  EXPECT_EQ(fields.integer("n", 1, 9), 1);
  EXPECT_TRUE(fields.texts("list", 9, 9).empty());
}

TEST(Fields, NameTheirPlace) {
  const auto json = object(R"({"recipients":[{"name":"x"},{"nam":"y"}]})");
  Fields fields(json);
  std::size_t number = 0;
  for (const auto* one : fields.objects("recipients", 9)) {
    Fields nested(*one, "recipients[" + std::to_string(number++) + "].");
    nested.text("name", 9);
    fields.adopt(nested);
  }
  const auto finished = fields.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().params.at(0).value, "recipients[1].name");
}

TEST(Fields, OfWhatIsNoObjectAreRefused) {
  for (const std::string_view text : {"[]", "1", "\"a\"", "null", "[{\"a\":\"x\"}]"}) {
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.text("a", 9); }), "field_not_an_object ");
  }
}

TEST(TextField, IsRequired) {
  for (const std::string_view text :
       {R"({})", R"({"a":null})", R"({"a":""})", R"({"a":" \u00a0\t"})"}) {
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.text("a", 9); }), "field_missing a")
        << text;
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { EXPECT_FALSE(f.optionalText("a", 9)); }), "");
  }
}

TEST(TextField, IsMeasuredInCharactersAfterNormalising) {
  // Four characters however they are typed: composed (7 bytes) or with marks of their own.
  for (const std::string_view text :
       {R"({"a":"đệ tử"})", R"({"a":"\u0111e\u0323\u0302 t\u01b0\u0309"})"}) {
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { EXPECT_EQ(f.text("a", 5), "đệ tử"); }), "");
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.text("a", 4); }), "field_too_long a");
  }
}

TEST(TextField, RefusesControlCharacters) {
  for (const std::string_view text : {R"({"a":"x\u0000y"})",
                                      R"({"a":"x\u001by"})",
                                      R"({"a":"x\ry"})",
                                      R"({"a":"x\u007fy"})",
                                      R"({"a":"x\u0085y"})",
                                      R"({"a":"x\u202ey"})"}) {
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.text("a", 9); }),
              "field_control_character a")
        << text;
  }
  EXPECT_EQ(refusalOf(object(R"({"a":"x\ty\nz"})"), [](Fields& f) { f.text("a", 9); }), "");
}

TEST(TextField, IsNothingButAText) {
  for (const std::string_view text :
       {R"({"a":1})", R"({"a":true})", R"({"a":["x"]})", R"({"a":{}})"}) {
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.text("a", 9); }), "field_not_a_text a")
        << text;
    EXPECT_EQ(refusalOf(object(text), [](Fields& f) { f.optionalText("a", 9); }),
              "field_not_a_text a");
  }
}

TEST(RawText, IsKeptAsSentAndMeasuredInBytes) {
  const auto json = object(R"({"pin":" e\u0301\u0001 "})");
  EXPECT_EQ(refusalOf(json, [](Fields& f) { EXPECT_EQ(f.rawText("pin", 6), " e\xCC\x81\x01 "); }),
            "");
  EXPECT_EQ(refusalOf(json, [](Fields& f) { f.rawText("pin", 5); }), "field_too_long pin");
  EXPECT_EQ(refusalOf(object(R"({"pin":""})"), [](Fields& f) { f.rawText("pin", 5); }),
            "field_missing pin");
  EXPECT_EQ(refusalOf(object(R"({"pin":12345})"), [](Fields& f) { f.rawText("pin", 5); }),
            "field_not_a_text pin");
}

TEST(IntegerField, IsTakenWithinItsBounds) {
  const auto read = [](Fields& f) { f.integer("n", -3, 7); };
  for (const std::string_view text : {R"({"n":-3})", R"({"n":0})", R"({"n":7})"}) {
    EXPECT_EQ(refusalOf(object(text), read), "") << text;
  }
  for (const std::string_view text : {R"({"n":-4})", R"({"n":8})"}) {
    EXPECT_EQ(refusalOf(object(text), read), "field_out_of_range n") << text;
  }
}

TEST(IntegerField, IsNeverRoundedOrWrapped) {
  const auto read = [](Fields& f) { f.integer("n", INT64_MIN, INT64_MAX); };
  EXPECT_EQ(refusalOf(object(R"({"n":9223372036854775807})"), read), "");
  EXPECT_EQ(refusalOf(object(R"({"n":-9223372036854775808})"), read), "");
  for (const std::string_view text : {R"({"n":9223372036854775808})",
                                      R"({"n":18446744073709551615})",
                                      R"({"n":1.0})",
                                      R"({"n":1e2})",
                                      R"({"n":"1"})",
                                      R"({"n":true})"}) {
    EXPECT_EQ(refusalOf(object(text), read), "field_not_an_integer n") << text;
  }
}

TEST(IntegerField, IsMissingOrOptional) {
  EXPECT_EQ(refusalOf(object("{}"), [](Fields& f) { f.integer("n", 0, 1); }), "field_missing n");
  EXPECT_EQ(refusalOf(object("{}"), [](Fields& f) { EXPECT_FALSE(f.optionalInteger("n", 0, 1)); }),
            "");
}

TEST(BooleanField, IsABooleanOrTheGivenValue) {
  const auto json = object(R"({"no":false,"one":1})");
  EXPECT_EQ(refusalOf(json,
                      [](Fields& f) {
                        EXPECT_FALSE(f.boolean("no", true));
                        EXPECT_TRUE(f.boolean("absent", true));
                        f.boolean("one", true);
                      }),
            "field_not_a_boolean one");
}

TEST(ListField, IsBoundedInNumberAndEachText) {
  const auto json = object(R"({"l":["ab"," c "]})");
  EXPECT_EQ(refusalOf(json,
                      [](Fields& f) {
                        EXPECT_EQ(f.texts("l", 2, 2), (std::vector<std::string>{"ab", "c"}));
                      }),
            "");
  EXPECT_EQ(refusalOf(json, [](Fields& f) { f.texts("l", 1, 2); }), "field_too_many l");
  EXPECT_EQ(refusalOf(json, [](Fields& f) { f.texts("l", 2, 1); }), "field_too_long l");
  EXPECT_EQ(refusalOf(object(R"({"l":"ab"})"), [](Fields& f) { f.texts("l", 2, 2); }),
            "field_not_a_list l");
  EXPECT_EQ(refusalOf(object(R"({"l":[1]})"), [](Fields& f) { f.texts("l", 2, 2); }),
            "field_not_a_text l");
}

TEST(ObjectsField, HoldsObjectsOnlyAndNotTooMany) {
  EXPECT_EQ(refusalOf(object(R"({"l":[{},1]})"), [](Fields& f) { f.objects("l", 2); }),
            "field_not_an_object l");
  EXPECT_EQ(refusalOf(object(R"({"l":[{},{}]})"), [](Fields& f) { f.objects("l", 1); }),
            "field_too_many l");
  EXPECT_EQ(refusalOf(object("{}"), [](Fields& f) { EXPECT_TRUE(f.objects("l", 1).empty()); }), "");
  EXPECT_EQ(refusalOf(object(R"({"o":[]})"), [](Fields& f) { f.object("o"); }),
            "field_not_an_object o");
  EXPECT_EQ(
      refusalOf(object(R"({"o":null})"), [](Fields& f) { EXPECT_EQ(f.object("o"), nullptr); }), "");
}

}  // namespace
}  // namespace congvan
