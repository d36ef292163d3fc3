// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pdf_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Updates that show another page by ways which each seem lawful.
namespace congvan::pdf {
namespace {

using test::changesOf;
using test::grown;
using test::Objects;
using test::stream;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::IsEmpty;

std::string base() {
  return test::tabledPdf(test::foreignFields());
}

std::string catalog(const std::string& fields, const std::string& more = {}) {
  return "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R " + fields + "] >> " +
         more + " >>";
}

std::string page(const std::string& annotations, const std::string& more = {}) {
  return "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [ 13 0 R 15 0 R 16 0 R " +
         annotations + "] " + more + " >>";
}

/// What no later revision may do under any policy that we ship.
bool isGrave(ChangeKind kind) {
  return kind == ChangeKind::PageChanged || kind == ChangeKind::CatalogChanged ||
         kind == ChangeKind::Unexplained || kind == ChangeKind::AnnotationAdded;
}

auto isNamed() {
  return Contains(Field(&Change::kind, testing::Truly(isGrave)));
}

auto isKind(ChangeKind kind) {
  return Contains(Field(&Change::kind, kind));
}

struct Attack {
  std::string name;
  Objects objects;
  std::string trailer;
};

class Shadow : public testing::TestWithParam<Attack> {};

TEST_P(Shadow, IsNamed) {
  EXPECT_THAT(changesOf(grown(base(), GetParam().objects, GetParam().trailer)), isNamed());
}

const std::string kTurned = "/CropBox [0 0 300 300] /Rotate 180";
const std::string kOtherFont = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol ";
const std::string kNode =
    "<< /Type /Pages /Count 2 /Resources << /Font << /F1 6 0 R >> >> /MediaBox [0 0 595 842] ";
const std::string kSignedField = "/FT /Sig /T (New) /V 31 0 R /P 3 0 R /F 4 ";

INSTANTIATE_TEST_SUITE_P(
    Attacks,
    Shadow,
    testing::ValuesIn(std::vector<Attack>{
        {"NewRootOfThePages",
         {{1, "<< /Type /Catalog /Pages 30 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] >> >>"},
          {30, kNode + "/Kids [3 0 R 5 0 R] " + kTurned + " >>"}}},
        {"NewNodeInThePages",
         {{2, kNode + "/Kids [30 0 R] >>"},
          {30, "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [3 0 R 5 0 R] " + kTurned + " >>"}}},
        {"OtherParent",
         {{3, "<< /Type /Page /Parent 30 0 R /Contents 4 0 R /Annots [ 13 0 R 15 0 R 16 0 R ] >>"},
          {30, "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] " + kTurned + " >>"}}},
        {"OtherResourcesByANewNode",
         {{2, kNode + "/Kids [30 0 R 5 0 R] >>"},
          {30,
           "<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] /Resources << /Font << /F1 31 0 R "
           ">> >> >>"},
          {31, kOtherFont + ">>"}}},
        {"FontAsDocumentInformation", {{6, kOtherFont + ">>"}}, "/Info 6 0 R"},
        {"FontAsPermissions", {{6, "<< >>"}, {1, catalog("", "/Perms 6 0 R")}}},
        {"FontAsStructureTree",
         {{6, kOtherFont + ">>"}, {1, catalog("", "/StructTreeRoot 6 0 R")}}},
        {"FontAsField", {{6, kOtherFont + "/FT /Sig /T (Font) >>"}, {1, catalog("6 0 R ")}}},
        {"PageAsField",
         {{3, page("", "/Contents 30 0 R /FT /Sig /T (Page)")},
          {30, stream("", "BT (Forged) Tj ET")},
          {1, catalog("3 0 R ")}}},
        {"FieldThatIsANote",
         {{30,
           "<< /Type /Annot /Subtype /FreeText /Contents (Forged) /DA (/F1 9 Tf) /FT /Sig /T (N) "
           "/Rect [400 400 450 420] >>"},
          {1, catalog("30 0 R ")},
          {3, page("30 0 R ")}}},
        {"FieldWithAnAction",
         {{30,
           "<< /Type /Annot /Subtype /Widget /FT /Sig /T (N) /Rect [400 400 450 420] /A << /S /URI "
           "/URI (http://example.org) >> >>"},
          {1, catalog("30 0 R ")},
          {3, page("30 0 R ")}}},
        {"ValueThatIsNoSignature",
         {{13,
           "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 300 280] /P 3 0 "
           "R /F 4 /V (yes) >>"}}},
    }),
    [](const auto& one) { return one.param.name; });

TEST(Pages, MayHangFromANewNodeThatSaysTheSame) {
  const Objects objects{
      {2, kNode + "/Kids [30 0 R] >>"},
      {30, "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [3 0 R 5 0 R] /Rotate null >>"}};
  EXPECT_THAT(changesOf(grown(base(), objects)), IsEmpty());
}

TEST(Catalogs, AreNoOlderObjects) {
  const std::string second =
      "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] >> >>";
  for (const auto* root : {"/Root 6 0 R ", "/Root 30 0 R"}) {
    auto text = grown(base(), {{std::stoi(std::string(root).substr(6)), second}}, "/None null");
    text.replace(text.rfind("/Root 1 0 R "), 12, root);
    EXPECT_EQ(changesOf(text).empty(), std::string(root) == "/Root 30 0 R") << root;
  }
}

TEST(Types, AreNotBelievedWhenAnObjectIsReached) {
  // Readers show such a font all the same.
  for (const auto* type : {"/Catalog", "/Page", "/Pages"}) {
    auto text = base();
    text = text.replace(text.find("/Type /Font"), 11, "/Type " + std::string(type));
    auto shape = test::foreignFields();
    shape.page_extra += " /Resources << /Font << /F1 21 0 R >> >>";
    shape.objects += "21 0 obj\n<< /Type " + std::string(type) +
                     " /Subtype /Type1 /BaseFont /Helvetica /Kids [ 6 0 R ] >>\nendobj\n";
    const auto start = test::tabledPdf(shape);
    for (const auto* font :
         {"/BaseFont /Symbol /Kids [ 6 0 R ]", "/BaseFont /Helvetica /Kids [ ]"}) {
      const auto other = "<< /Type " + std::string(type) + " /Subtype /Type1 " + font + " >>";
      EXPECT_THAT(changesOf(grown(start, {{21, other}})), isNamed()) << other;
    }
  }
}

TEST(NeedAppearances, MayNotBeSetOnceFieldsSayAnything) {
  const std::string wanted =
      "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] /NeedAppearances true "
      ">> >>";
  EXPECT_THAT(changesOf(grown(base(), {{1, wanted}})), IsEmpty());
  const std::string valued =
      "<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] /V (05) >>";
  EXPECT_THAT(changesOf(grown(grown(base(), {{14, valued}}), {{1, wanted}})),
              isKind(ChangeKind::CatalogChanged));
  const std::string drawn =
      "<< /Type /Annot /Subtype /Widget /Parent 14 0 R /Rect [10 10 60 30] /P 3 0 R /F 4 /AP << /N "
      "30 0 R >> >>";
  const auto looks = grown(
      base(), {{15, drawn}, {30, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "S")}});
  EXPECT_THAT(changesOf(grown(looks, {{1, wanted}})), isKind(ChangeKind::CatalogChanged));
}

// Readers that go by /Count show fewer pages than stand in /Kids.
TEST(PageTree, MayNotBeCountedWrong) {
  const auto counted = [](const std::string& count) {
    return changesOf(
        grown(base(),
              {{2,
                "<< /Type /Pages /Resources << /Font << /F1 6 0 R >> >> /MediaBox [0 0 "
                "595 842] /Kids [3 0 R 5 0 R] /Count " +
                    count + " >>"}}));
  };
  EXPECT_THAT(counted("2 /Note (x)"), Not(Contains(Field(&Change::what, "pages: /Count"))));
  EXPECT_THAT(counted("1"), ElementsAre(Field(&Change::what, "pages: /Count")));
}

// What a field says without an appearance is drawn by readers, with what the form says by default.
TEST(DefaultLooks, StayOnceReadersDrawAField) {
  const auto with = [](const std::string& defaults) {
    return "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R ] " + defaults +
           " >> >>";
  };
  const auto start = grown(base(),
                           {{1, with("/DA (/F1 9 Tf 0 g) /DR 30 0 R")},
                            {30, "<< /Font << /F1 31 0 R >> >>"},
                            {31, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"},
                            {32, "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}});
  const Objects one_font_more{{30, "<< /Font << /F1 31 0 R /F2 32 0 R >> >>"}};
  const std::vector<Objects> others{
      {{1, with("/DA (/F1 9 Tf 1 g) /DR 30 0 R")}},
      {{1, with("/DA (/F1 9 Tf 0 g) /DR 30 0 R /Q 2")}},
      {{1, with("/DA (/F1 9 Tf 0 g) /DR << /Font << /F1 32 0 R >> >>")}},
      {{30, "<< /Font << /F1 32 0 R >> >>"}},
      {{30, "<< /Font << /F1 31 0 R /F2 32 0 R >> >>"},
       {31, "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}}};
  const std::string valued =
      "<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] /V (05) >>";
  const auto drawn_by_readers = grown(start, {{14, valued}});

  for (const auto& update : others) {
    EXPECT_THAT(changesOf(grown(start, update)), IsEmpty()) << update.begin()->second;
    EXPECT_THAT(changesOf(grown(drawn_by_readers, update)), isKind(ChangeKind::CatalogChanged))
        << update.begin()->second;
  }
  EXPECT_THAT(changesOf(grown(drawn_by_readers, one_font_more)), IsEmpty());
  for (const auto* asking : {"/F2 9 Tf", "/F2\t9 Tf", "/F#32 9 Tf"}) {
    const auto asks = grown(drawn_by_readers,
                            {{14,
                              "<< /FT /Tx /T (Number) /DA (" + std::string(asking) +
                                  ") /Kids [ 15 0 R 16 0 R ] /V (05) >>"}});
    EXPECT_THAT(changesOf(grown(asks, one_font_more)), isKind(ChangeKind::CatalogChanged));
  }
}

struct Mark {
  std::string name;
  std::string rectangle;
  ChangeKind kind;
};

class LaterMark : public testing::TestWithParam<Mark> {
 protected:
  static Objects objects(const std::string& widget) {
    return {{3, page("30 0 R ")},
            {1, catalog("30 0 R ")},
            {30, widget},
            {31, "<< /Type /Sig >>"},
            {32, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "1 g 0 0 9 9 re f")}};
  }
};

TEST_P(LaterMark, IsJudgedByWhereItStands) {
  const auto widget = "<< /Type /Annot /Subtype /Widget " + kSignedField + "/Rect " +
                      GetParam().rectangle + " /AP << /N 32 0 R >> >>";
  const auto changes = changesOf(grown(base(), objects(widget)));
  EXPECT_THAT(changes, isKind(ChangeKind::SignatureAdded));
  EXPECT_THAT(changes, isKind(GetParam().kind));
  EXPECT_EQ(changes.size(), 2U);
}

TEST_F(LaterMark, IsNamedWithItsSizeAndPlace) {
  const auto widget = "<< /Type /Annot /Subtype /Widget " + kSignedField +
                      "/Rect [550 200 400.4 99.6] /AP << /N 32 0 R >> >>";
  EXPECT_THAT(changesOf(grown(base(), objects(widget))),
              Contains(Field(&Change::what, "field New: new mark, 150 x 100 at 400, 100")));
}

INSTANTIATE_TEST_SUITE_P(
    Marks,
    LaterMark,
    testing::ValuesIn(std::vector<Mark>{
        {"BesideTheText", "[400 100 550 200]", ChangeKind::SignatureDrawn},
        {"OverThePage", "[0 0 595 842]", ChangeKind::AnnotationAdded},
        {"OverThePageUpsideDown", "[595 842 0 0]", ChangeKind::AnnotationAdded},
        {"OverThePageAndMore", "[-9999 -9999 9999 9999]", ChangeKind::AnnotationAdded},
        {"OverAThird", "[0 500 595 842]", ChangeKind::AnnotationAdded},
        {"OverAFifth", "[0 670 595 842]", ChangeKind::SignatureDrawn},
        {"OverAField", "[50 20 100 45]", ChangeKind::AnnotationAdded},
        {"OverASignature", "[290 270 400 300]", ChangeKind::AnnotationAdded},
        {"BesideASignature", "[300 200 500 280]", ChangeKind::SignatureDrawn},
    }),
    [](const auto& one) { return one.param.name; });

TEST(Marks, AreJudgedOnEachPageWhereTheyAreShown) {
  const std::string small = "<< /Type /Annot /Subtype /Widget " + kSignedField +
                            "/Rect [100 300 300 380] /AP << /N 32 0 R >> >>";
  const std::string second =
      "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [100 300 300 400] /Annots [ 30 0 R ] "
      ">>";
  const auto start = grown(base(),
                           {{5,
                             "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox "
                             "[100 300 300 400] /Annots [ ] >>"}});
  Objects objects{{3, page("30 0 R ")},
                  {5, second},
                  {1, catalog("30 0 R ")},
                  {30, small},
                  {31, "<< /Type /Sig >>"},
                  {32, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "S")}};
  EXPECT_THAT(changesOf(grown(start, objects)),
              Contains(Field(&Change::what, "field New: covers much on page 2")));
}

TEST(Marks, InAPreparedFieldMayNotCoverThePage) {
  auto shape = test::foreignFields();
  const std::string place = "/Rect [100 200 300 280]";
  shape.objects.replace(shape.objects.find(place), place.size(), "/Rect [0 0 595 842]");
  const auto signed_field = [](const std::string& rectangle) {
    return "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect " + rectangle +
           " /P 3 0 R /F 4 /V 31 0 R /AP << /N 32 0 R >> >>";
  };
  const std::string look = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "S");
  const auto over =
      changesOf(grown(test::tabledPdf(shape),
                      {{13, signed_field("[0 0 595 842]")}, {31, "<< /Type /Sig >>"}, {32, look}}));
  EXPECT_THAT(over, isKind(ChangeKind::AnnotationAdded));
  const auto in_place = changesOf(grown(
      base(), {{13, signed_field("[100 200 300 280]")}, {31, "<< /Type /Sig >>"}, {32, look}}));
  ASSERT_EQ(in_place.size(), 1U);
  EXPECT_EQ(in_place[0].kind, ChangeKind::SignatureAdded);
}

/// The field `Number` with one widget, filled by a later revision with a look of its own or none.
std::vector<Change> filledOver(const std::string& rectangle,
                               const std::string& look,
                               const std::string& pages_named = "/P 3 0 R") {
  auto shape = test::foreignFields();
  const std::string place = "/Rect [10 10 60 30] /P 3 0 R";
  const auto placed = "/Rect " + rectangle + " " + pages_named;
  shape.objects.replace(shape.objects.find(place), place.size(), placed);
  return changesOf(grown(
      test::tabledPdf(shape),
      {{14, "<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] /V (05) >>"},
       {15, "<< /Type /Annot /Subtype /Widget /Parent 14 0 R " + placed + " /F 4 " + look + ">>"},
       {32, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "1 g 0 0 9 9 re f")},
       {33, "<< /Type /Page /MediaBox [0 0 9999 9999] /Annots [ 15 0 R ] >>"}}));
}

TEST(FilledFields, MayNotCoverThePage) {
  const auto covers =
      Change{ChangeKind::AnnotationAdded, "field Number: covers much on page 1", "Number"};
  EXPECT_THAT(filledOver("[0 0 595 842]", "/AP << /N 32 0 R >> "), Contains(covers));
  EXPECT_THAT(filledOver("[595 842 0 0]", "/AP << /N 32 0 R >> "), Contains(covers));
  EXPECT_THAT(filledOver("[0 400 595 842]", "/AP << /N 32 0 R >> "), Contains(covers));
  EXPECT_THAT(filledOver("[0 0 595 842]", "/MK << /BG [ 1 ] >> "), Contains(covers))
      << "readers draw it";
  for (const auto* named : {"/P 33 0 R", ""}) {
    EXPECT_THAT(filledOver("[0 0 595 842]", "/AP << /N 32 0 R >> ", named), Contains(covers))
        << "it is shown on page 1 whatever page it names";
  }
}

TEST(FilledFields, OfOrdinarySizeAreNamedWithSizeAndPlace) {
  EXPECT_THAT(
      filledOver("[14 622 156 722]", "/AP << /N 32 0 R >> "),
      testing::ElementsAre(Change{ChangeKind::FieldFilled,
                                  "field Number: value, 142 x 100 at 14, 622 and 50 x 20 at 10, 50",
                                  "Number"}));
}

/// `base` with a revision of `count` new fields of which each is named.
std::string withNotes(std::size_t count) {
  Objects objects;
  std::string fields;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = 100 + static_cast<int>(i);
    objects[number] = "<< /FT /Sig /T (F" + std::to_string(number) + ") >>";
    fields += std::to_string(number) + " 0 R ";
  }
  objects[1] = catalog(fields);
  return grown(base(), objects);
}

TEST(Changes, AreNamedUpToABoundThatNothingExplains) {
  const auto all = changesOf(withNotes(10'000));
  EXPECT_EQ(all.size(), 10'000U);
  EXPECT_THAT(all, Each(Field(&Change::kind, ChangeKind::EmptyFieldAdded)));
  const auto over = changesOf(withNotes(10'002));
  EXPECT_EQ(over.size(), 10'001U);
  EXPECT_EQ(over.back().kind, ChangeKind::Unexplained);
}

TEST(Revisions, AreComparedWithinOneBudget) {
  // A table of a hundred thousand entries, and revisions that each have it again.
  auto text = base();
  std::string table = "100 100000\n";
  const auto used = test::xrefRow(text.find("6 0 obj"), 0, 'n');
  for (int i = 0; i < 100'000; ++i) table += used;
  const auto append = [&text](const std::string& rows) {
    const auto prev = test::lastNumberAfter(text, "startxref");
    const auto at = text.size();
    text += "xref\n" + rows + "trailer\n<< /Size 100100 /Root 1 0 R /Prev " + prev +
            " >>\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
  };
  append(table);
  for (int i = 0; i < 20; ++i) append("0 0\n");
  const auto list = findRevisions(asBytes(text), 100);
  ASSERT_EQ(list.revisions.size(), 22U) << list.problem;
  ChangeHistory history(asBytes(text), list.revisions);
  EXPECT_TRUE(history.of(3));
  std::size_t refused = 0;
  for (std::size_t revision = 4; revision <= 22; ++revision) {
    const auto& made = history.of(revision);
    if (made) continue;
    ++refused;
    EXPECT_EQ(made.error().code, Code::TooLarge);
  }
  EXPECT_GT(refused, 2U);
  EXPECT_LT(refused, 12U);
}

}  // namespace
}  // namespace congvan::pdf
