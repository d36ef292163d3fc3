// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/changes.h"

#include "tests/support/pdf_updates.h"
#include "trust/pdf/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pdf {
namespace {

using test::grown;
using test::Objects;
using test::stream;
using testing::ElementsAre;
using testing::IsEmpty;

struct Expected {
  ChangeKind kind;
  std::string what;
};

std::vector<Change> changesOf(const std::string& text) {
  const auto list = findRevisions(asBytes(text), 16);
  EXPECT_EQ(list.problem, "");
  ChangeHistory history(asBytes(text), list.revisions);
  const auto& made = history.of(list.revisions.size());
  if (!made) throw std::runtime_error(made.error().reason + " " + made.error().detail);
  return *made;
}

std::string base() {
  return test::tabledPdf(test::foreignFields());
}

const char* const kPage =
    "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [ 13 0 R 15 0 R 16 0 R %] ^>>";

std::string page(const std::string& annotations, const std::string& entries) {
  std::string text = kPage;
  text.replace(text.find('%'), 1, annotations);
  text.replace(text.find('^'), 1, entries);
  return text;
}

std::string widget(const std::string& more) {
  return "<< /Type /Annot /Subtype /Widget /Parent 14 0 R /Rect [10 10 60 30] /P 3 0 R /F 4 " +
         more + " >>";
}

std::string number(const std::string& more) {
  return "<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] " + more + " >>";
}

struct Case {
  std::string name;
  Objects objects;
  ChangeKind kind;
  std::string what;
};

class OneUpdate : public testing::TestWithParam<Case> {};

TEST_P(OneUpdate, IsNamed) {
  const auto changes = changesOf(grown(base(), GetParam().objects));
  ASSERT_EQ(changes.size(), 1U) << testing::PrintToString(changes.size());
  EXPECT_EQ(changes[0].kind, GetParam().kind) << changes[0].what;
  EXPECT_EQ(changes[0].what, GetParam().what);
}

const std::string kForm =
    stream("/Type /XObject /Subtype /Form /BBox [0 0 50 20]", "BT (05) Tj ET");

INSTANTIATE_TEST_SUITE_P(
    Changes,
    OneUpdate,
    testing::ValuesIn(std::vector<Case>{
        {"Content", {{4, stream("", "q Q")}}, ChangeKind::PageChanged, "page 1: /Contents"},
        {"ContentFreed", {{4, ""}}, ChangeKind::PageChanged, "page 1: /Contents"},
        {"Font",
         {{6, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"}},
         ChangeKind::PageChanged,
         "pages: inherited /Resources"},
        {"Box",
         {{3, page("", "/CropBox [0 0 9 9] ")}},
         ChangeKind::PageChanged,
         "page 1: /CropBox"},
        {"Note",
         {{3, page("30 0 R ", "")}, {30, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] >>"}},
         ChangeKind::AnnotationAdded,
         "page 1: annotation /FreeText"},
        {"TextFilled",
         {{14, number("/V (05)")}, {15, widget("/AP << /N 30 0 R >>")}, {30, kForm}},
         ChangeKind::FieldFilled,
         "field Number: value, 50 x 20 at 10, 10 and 50 x 20 at 10, 50"},
        {"LooksWithoutValue",
         {{15, widget("/AP << /N 30 0 R >>")}, {30, kForm}},
         ChangeKind::AnnotationChanged,
         "field Number: another look (/AP) without another value"},
        {"FieldRenamed",
         {{14, "<< /FT /Tx /T (Nomber) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] >>"}},
         ChangeKind::Unexplained,
         "field Number: another name or type"},
        {"WidgetMoved",
         {{16,
           "<< /Type /Annot /Subtype /Widget /Parent 14 0 R /Rect [0 0 90 90] /P 3 0 R /F 4 >>"}},
         ChangeKind::Unexplained,
         "field Number: /Rect"},
        {"Actions",
         {{1,
           "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] >> /OpenAction "
           "[3 0 R /Fit] >>"}},
         ChangeKind::CatalogChanged,
         "catalog: /OpenAction"},
        {"PageGone",
         {{2,
           "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 6 0 R >> >> "
           "/MediaBox [0 0 595 842] >>"}},
         ChangeKind::PageRemoved,
         "page 2: removed"},
        {"ValidationData",
         {{1,
           "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] >> /DSS << "
           "/Certs [ 30 0 R ] >> >>"},
          {30, stream("", "cert")}},
         ChangeKind::ValidationDataAdded,
         "validation data"},
        {"ValidationDataOfNoForm",
         {{1,
           "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] >> /DSS (Hi) "
           ">>"}},
         ChangeKind::Unexplained,
         "validation data: not of the form of a /DSS"},
        {"Signed",
         {{13,
           "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 300 280] /P 3 0 "
           "R /F 4 /V 30 0 R >>"},
          {30, "<< /Type /Sig >>"}},
         ChangeKind::SignatureAdded,
         "field Approval: signature"},
    }),
    [](const auto& one) { return one.param.name; });

TEST(Changes, AreNoneWhenObjectsAreOnlyWrittenAgain) {
  EXPECT_THAT(changesOf(grown(base(), {{3, page("", "")}, {15, widget("")}})), IsEmpty());
}

TEST(Changes, NameAnObjectThatWasUsedBeforeItWasDefined) {
  auto shape = test::foreignFields();
  shape.page_extra += " /Thumb 40 0 R";
  const auto changes = changesOf(grown(test::tabledPdf(shape), {{40, stream("", "x")}}));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].kind, ChangeKind::ObjectUndefined);
}

TEST(Changes, FindThatAFieldsLooksAreAlsoPaintedByAPage) {
  auto shape = test::foreignFields();
  shape.page_extra += " /Resources << /XObject << /X 21 0 R >> >>";
  shape.objects += "21 0 obj\n" + kForm + "\nendobj\n";
  auto start = grown(test::tabledPdf(shape), {{15, widget("/AP << /N 21 0 R >>")}});
  const auto changes = changesOf(
      grown(start, {{14, number("/V (05)")}, {21, stream("/Type /XObject /Subtype /Form", "S")}}));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].kind, ChangeKind::FieldFilled);
  EXPECT_EQ(changes[1].kind, ChangeKind::PageChanged);
  EXPECT_EQ(changes[1].what, "page 1: /Resources");
}

TEST(Changes, DoNotTakeAnOldObjectForANewSignature) {
  const auto start = grown(base(), {{30, "<< /Type /Sig >>"}});
  const auto changes =
      changesOf(grown(start,
                      {{13,
                        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 "
                        "300 280] /P 3 0 R /F 4 /V 30 0 R >>"}}));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].kind, ChangeKind::Unexplained);
}

/// `foreignFields` with one field more, 17, made by `entries`.
std::string withField(const std::string& entries, const std::string& objects) {
  auto shape = test::foreignFields();
  shape.root_extra = "/AcroForm << /Fields [ 13 0 R 14 0 R 17 0 R ] >>";
  shape.objects += "17 0 obj\n<< " + entries + " >>\nendobj\n" + objects;
  return test::tabledPdf(shape);
}

// The next four: the field's own object stays as it was, and is not read a second time.

TEST(Changes, OfAFieldsNameAreSeenInAnotherObject) {
  const auto start = withField("/FT /Tx /T 18 0 R", "18 0 obj\n(Date)\nendobj\n");
  const auto changes = changesOf(grown(start, {{18, "(Place)"}}));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].kind, ChangeKind::Unexplained);
  EXPECT_EQ(changes[0].what, "field Date: another name or type");
}

TEST(Changes, OfAFieldsTypeAreSeenInAnotherObject) {
  const auto start = withField("/FT 18 0 R /T (Date)", "18 0 obj\n/Tx\nendobj\n");
  const auto changes = changesOf(grown(start, {{18, "/Btn"}}));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].what, "field Date: another name or type");
}

TEST(Changes, OfAFieldsValueAreSeenInAnotherObject) {
  const auto start = withField("/FT /Tx /T (Date) /V 18 0 R", "18 0 obj\n(today)\nendobj\n");
  const auto changes = changesOf(grown(start, {{18, "(tomorrow)"}}));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].kind, ChangeKind::FieldFilled);
}

TEST(Changes, FindKidsThatAreDefinedAfterTheirField) {
  const auto start = withField("/FT /Tx /T (Date) /Kids 18 0 R", "");
  const auto changes = changesOf(
      grown(start, {{18, "[ 19 0 R ]"}, {19, "<< /T (Hidden) /V (x) /Parent 17 0 R >>"}}));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].kind, ChangeKind::Unexplained);
  EXPECT_EQ(changes[0].what, "field Date.Hidden: new, below an older field");
}

TEST(Changes, NameAFieldWhoseObjectIsFreed) {
  const auto changes = changesOf(grown(withField("/FT /Tx /T (Date)", ""), {{17, ""}}));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].what, "field Date: removed");
}

TEST(Changes, AreTheSameWhetherAllRevisionsAreAskedForOrOne) {
  auto text = withField("/FT /Tx /T (Date) /V 18 0 R", "18 0 obj\n(today)\nendobj\n");
  text = grown(text, {{14, number("/V (05)")}});
  text = grown(text, {{18, "(tomorrow)"}});
  text = grown(text, {{15, widget("/M (D:2026)")}});
  text = grown(text, {{14, "<< /FT /Tx /T (Nomber) /Kids [ 15 0 R 16 0 R ] >>"}});
  text = grown(text, {{17, "<< /FT /Tx /T (Day) /V 18 0 R >>"}});
  const auto list = findRevisions(asBytes(text), 16);
  ASSERT_EQ(list.revisions.size(), 6U) << list.problem;

  ChangeHistory all(asBytes(text), list.revisions);
  for (std::size_t revision = 2; revision <= list.revisions.size(); ++revision) {
    ChangeHistory one(asBytes(text), list.revisions);
    ASSERT_TRUE(one.of(revision));
    EXPECT_EQ(*all.of(revision), *one.of(revision)) << revision;
  }
}

TEST(Revisions, AreCountedByTheChainAndNotByMarkers) {
  auto shape = test::foreignFields();
  shape.content = "q Q %\n%%EOF\nstartxref\n9\n%%EOF\n";
  const auto text = grown(test::tabledPdf(shape), {{15, widget("/M (D:2026)")}});
  const auto list = findRevisions(asBytes(text), 16);
  ASSERT_EQ(list.revisions.size(), 2U) << list.problem;
  EXPECT_EQ(list.revisions[1].blank_end, text.size());
}

TEST(Revisions, OfALinearisedFileAreOne) {
  const test::TempFolder folder;
  const auto file = test::byQpdf(folder, test::foreignFields(), "--linearize");
  const auto list = findRevisions(file, 16);
  ASSERT_EQ(list.revisions.size(), 1U) << list.problem;
  EXPECT_EQ(list.revisions[0].blank_end, file.size());
}

TEST(Revisions, AreUnclearWhenTheChainLoopsOrIsTooLong) {
  auto text = grown(base(), {{15, widget("/M (D:2026)")}});
  const auto prev = test::lastNumberAfter(text, "/Prev");
  const auto own = test::lastNumberAfter(text, "startxref");
  auto looped = text;
  looped.replace(text.rfind("/Prev " + prev) + 6, prev.size(), own);
  EXPECT_THAT(findRevisions(asBytes(looped), 16).problem, testing::HasSubstr("loops"));
  EXPECT_THAT(findRevisions(asBytes(text), 1).problem, testing::HasSubstr("too many"));
  EXPECT_EQ(findRevisions(asBytes(text), 2).problem, "");
}

TEST(FieldLock, ComparesWholeNames) {
  const FieldLock lock{FieldLock::Action::Include, {"Signature 1"}};
  EXPECT_TRUE(lock.covers("Signature 1"));
  EXPECT_TRUE(lock.covers("Signature 1.part"));
  EXPECT_FALSE(lock.covers("Signature 10"));
  const FieldLock rest{FieldLock::Action::Exclude, {"Number"}};
  EXPECT_FALSE(rest.covers("Number"));
  EXPECT_TRUE(rest.covers("Date"));
}

}  // namespace
}  // namespace congvan::pdf
