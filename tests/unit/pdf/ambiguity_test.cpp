// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pdf_changes.h"
#include "trust/pdf/open.h"
#include "trust/pdf/scan.h"
#include "trust/pdf/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Bytes that one reader understands otherwise than another: what we compare has to be what
/// everybody sees.
namespace congvan::pdf {
namespace {

using test::changesOf;
using test::grown;
using test::stream;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kForged = stream("", "BT (Forged) Tj ET");

/// The last revision of `text`, with `from` exchanged for as many bytes.
std::string inLastRevision(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from, text.rfind("xref\n", text.rfind("startxref") - 1));
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return text.replace(at, from.size(), to);
}

/// `file` with a revision whose table is `table`.
std::string grownByTable(const std::string& file, const std::string& body, std::string table) {
  const auto at = file.size() + body.size();
  return file + body + "xref\n" + table + "trailer\n<< /Size 30 /Root 1 0 R /Prev " +
         test::lastNumberAfter(file, "startxref") + " >>\nstartxref\n" + std::to_string(at) +
         "\n%%EOF\n";
}

std::string base() {
  return test::tabledPdf(test::foreignFields());
}

std::string baseWith(const std::string& page_extra, const std::string& objects = {}) {
  auto shape = test::foreignFields();
  shape.page_extra += " " + page_extra;
  shape.objects += objects;
  return test::tabledPdf(shape);
}

auto isKind(ChangeKind kind) {
  return Contains(Field(&Change::kind, kind));
}

TEST(Generations, OfANumberInUseAreNoNewObject) {
  const auto file = base();
  const auto forged = "4 1 obj\n" + kForged + "\nendobj\n";
  const auto table = "4 1\n" + test::xrefRow(file.size(), 1, 'n');
  EXPECT_THAT(changesOf(grownByTable(file, forged, table)), isKind(ChangeKind::Unexplained));
}

TEST(Generations, DoNotHideThatAnObjectWasPromised) {
  const auto file = baseWith("/Thumb 20 0 R");
  const auto late = "20 1 obj\n" + kForged + "\nendobj\n";
  const auto table = "20 1\n" + test::xrefRow(file.size(), 1, 'n');
  EXPECT_THAT(changesOf(grownByTable(file, late, table)), isKind(ChangeKind::ObjectUndefined));
}

TEST(Generations, InAReferenceAreThoseOfTheTable) {
  // Some readers show object 21 as the thumbnail, others nothing.
  const auto file = baseWith("/Thumb 21 7 R", "21 0 obj\n" + kForged + "\nendobj\n");
  EXPECT_THAT(changesOf(grown(file, {{30, "(more)"}})), isKind(ChangeKind::Unexplained));
}

TEST(Generations, OfAReusedNumberAreTwoObjectsForQpdf) {
  const auto file = grown(baseWith("", "21 0 obj\n(old)\nendobj\n"), {{21, ""}});
  const auto again = "21 1 obj\n(new)\nendobj\n";
  const auto table = "21 1\n" + test::xrefRow(file.size(), 1, 'n');
  EXPECT_THAT(changesOf(grownByTable(file, again, table)), isKind(ChangeKind::Unexplained));
}

class OddReference : public testing::TestWithParam<const char*> {};

TEST_P(OddReference, MakesLaterRevisionsUnexplained) {
  const auto file = baseWith(std::string("/Thumb ") + GetParam());
  EXPECT_THAT(changesOf(grown(file, {{20, kForged}})),
              testing::AnyOf(isKind(ChangeKind::Unexplained), isKind(ChangeKind::ObjectUndefined)));
}

INSTANTIATE_TEST_SUITE_P(References,
                         OddReference,
                         testing::Values("+20 0 R",
                                         "20 +0 R",
                                         "-20 0 R",
                                         "20.0 0 R",
                                         "20\v0\vR",
                                         "20\xFF"
                                         "0\x80R",
                                         "20 0R",
                                         "[ /A endobj 20 0 R ]",
                                         "99999999999 0 R",
                                         "20 % 0 R\n 0 % R\n R"));

TEST(References, AsEverybodyWritesThemAreNoDoubt) {
  const auto file = baseWith("/PieceInfo << /A [ 0021 0 R(x)21 0 R/R 21 00000 R ] /B -1.5 >>",
                             "21 0 obj\n(old)\nendobj\n");
  EXPECT_THAT(changesOf(grown(file, {{20, kForged}})), IsEmpty());
}

std::string objectStream(const std::string& number,
                         const std::string& header,
                         const std::string& members) {
  return number + " 0 obj\n" +
         stream("/Type /ObjStm /N 2 /First " + std::to_string(header.size()), header + members) +
         "\nendobj\n";
}

/// A revision with an object stream 30 and a cross-reference stream 31 that takes object 6, the
/// font, from it.
std::string withObjectStream(const std::string& file, const std::string& header, char index) {
  const std::string font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> ";
  const std::string other = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >> ";
  const auto body = objectStream("30", header, other + font);
  const auto at = file.size() + body.size();
  std::string rows;
  const auto row = [&rows](char type, std::size_t place, char third) {
    rows += type;
    for (const int shift : {24, 16, 8, 0}) rows += static_cast<char>((place >> shift) & 0xFFU);
    rows += third;
  };
  row(2, 30, index);
  row(1, file.size(), 0);
  row(1, at, 0);
  return file + body + "31 0 obj\n" +
         stream("/Type /XRef /Size 32 /W [1 4 1] /Index [6 1 30 2] /Root 1 0 R /Prev " +
                    test::lastNumberAfter(file, "startxref"),
                rows) +
         "\nendobj\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
}

TEST(ObjectStreams, MayHoldAnObjectThatSaysTheSame) {
  EXPECT_THAT(changesOf(withObjectStream(base(), "20 0 6 52 ", 1)), IsEmpty());
}

TEST(ObjectStreams, WithOneNumberTwiceAreUnexplained) {
  EXPECT_THAT(changesOf(withObjectStream(base(), "6 0 6 52 ", 1)), isKind(ChangeKind::Unexplained));
}

TEST(ObjectStreams, HoldTheNumberWhereTheTableSays) {
  EXPECT_THAT(changesOf(withObjectStream(base(), "20 0 6 52 ", 0)),
              isKind(ChangeKind::Unexplained));
}

TEST(ObjectStreams, AreSearchedForReferencesMemberByMember) {
  // What stands before the second member would hide it from a reader of the whole.
  const auto made = [](const std::string& first, const std::string& second) {
    const auto header = "0 0 1 " + std::to_string(first.size()) + " ";
    const auto data = header + first + second;
    ReferenceScan scan;
    ObjectStreamScan(asBytes(data), 2, header.size()).collect(scan);
    return scan;
  };
  const std::vector<Reference> hidden{{20, 0}};
  EXPECT_EQ(made("1 endobj ", "[ 20 0 R ]").references, hidden);
  EXPECT_EQ(made("1 stream ", "20 0 R").references, hidden);
  EXPECT_EQ(made("1 ( ", "[ 20 0 R ]").references, hidden);
  EXPECT_FALSE(made("1 ", "[ 20 0 R ]").doubtful);
  EXPECT_TRUE(made("1 ", "[ 20 0 R").doubtful);
}

TEST(Tables, ListANumberOnce) {
  const auto file = base();
  const auto body = "4 0 obj\n" + kForged + "\nendobj\n";
  const auto old_row = test::xrefRow(file.find("4 0 obj"), 0, 'n');
  const auto new_row = test::xrefRow(file.size(), 0, 'n');
  const auto once = grownByTable(file, body, "4 1\n" + new_row);
  EXPECT_EQ(findRevisions(asBytes(once), 16).problem, "");
  for (const auto& table :
       {"4 1\n" + old_row + "4 1\n" + new_row,
        "4 1\n" + new_row + "4 1\n" + old_row,
        "3 2\n" + test::xrefRow(file.find("3 0 obj"), 0, 'n') + old_row + "4 1\n" + new_row}) {
    const auto twice = grownByTable(file, body, table);
    EXPECT_THAT(findRevisions(asBytes(twice), 16).problem, HasSubstr("no clear")) << table;
  }
}

TEST(Tables, HaveEntriesOfTwentyBytes) {
  const auto file = base();
  const auto row = test::xrefRow(file.find("4 0 obj"), 0, 'n');
  for (const auto& bad : {row.substr(0, 18) + "\n",
                          row.substr(0, 18) + "  \n",
                          "+" + row.substr(1),
                          row.substr(0, 10) + "\n" + row.substr(11),
                          row.substr(0, 17) + "x \n"}) {
    EXPECT_THAT(findRevisions(asBytes(grownByTable(file, "", "4 1\n" + bad)), 16).problem,
                HasSubstr("no clear"))
        << bad;
  }
}

TEST(CrossReferenceStreams, ListANumberOnce) {
  const auto file = withObjectStream(base(), "20 0 6 52 ", 1);
  EXPECT_EQ(findRevisions(asBytes(file), 16).problem, "");
  auto twice = file;
  twice.replace(twice.rfind("/Index [6 1 30 2]"), 17, "/Index [6 1 6 2 ]");
  EXPECT_THAT(findRevisions(asBytes(twice), 16).problem, HasSubstr("no clear"));
}

TEST(Trailers, SayEachThingOnceAndPlainly) {
  const auto file = grown(base(), {{20, "(more)"}}, "/Info 20 0 R");
  EXPECT_EQ(findRevisions(asBytes(file), 16).problem, "");
  const auto prev = "/Prev " + test::lastNumberAfter(file, "/Prev");
  for (const auto& bad : {"/Prev +" + test::lastNumberAfter(file, "/Prev"),
                          prev + ".0",
                          prev + " /Prev 9",
                          prev + " /R#6Fot 4 0 R",
                          prev + " /Size 5"}) {
    const auto other = inLastRevision(file, prev, bad);
    EXPECT_THAT(findRevisions(asBytes(other), 16).problem, HasSubstr("no clear")) << bad;
  }
}

TEST(Startxref, IsFollowedByItsNumberAtOnce) {
  auto file = base();
  file.insert(file.rfind("startxref") + 9, " % 0");
  EXPECT_THAT(findRevisions(asBytes(file), 16).problem, HasSubstr("startxref without"));
}

/// `hybridPdf` with a row more in its cross-reference stream, for object 4.
std::string hybridSaying(std::size_t offset_of_4) {
  const auto made = test::hybridPdf();
  std::string text(asText(made));
  const auto at = text.rfind("/XRefStm ");
  const auto table = text.find("xref\n0 9");
  const auto stream_at = text.find("8 0 obj");
  std::string rows = text.substr(text.find("stream\n", stream_at) + 7, 8);
  rows += '\1';
  rows += static_cast<char>(offset_of_4 >> 8U);
  rows += static_cast<char>(offset_of_4 & 0xFFU);
  rows += '\0';
  const auto more = "8 0 obj\n" +
                    stream("/Type /XRef /Size 9 /W [1 2 1] /Index [6 2 4 1] /Root 1 0 R", rows) +
                    "\nendobj\n";
  const auto moved = stream_at + more.size();
  auto rest = text.substr(table, at - table) + text.substr(at);
  rest.replace(
      rest.rfind(std::to_string(table)), std::to_string(table).size(), std::to_string(moved));
  return text.substr(0, stream_at) + more + rest;
}

TEST(Hybrids, SayTheSameInBothPlaces) {
  const auto made = test::hybridPdf();
  const auto place = asText(made).find("4 0 obj");
  EXPECT_EQ(findRevisions(asBytes(hybridSaying(place)), 16).problem, "");
  EXPECT_THAT(findRevisions(asBytes(hybridSaying(place + 1)), 16).problem, HasSubstr("no clear"));
}

TEST(Size, BelowTheHighestNumberIsDamage) {
  const auto sized = [](const std::string& size) {
    auto file = base();
    return file.replace(file.rfind("/Size 17"), 8, "/Size " + size);
  };
  EXPECT_TRUE(open(asBytes(sized("17")), Reading::Strict));
  EXPECT_TRUE(open(asBytes(sized("90")), Reading::Strict));
  const auto less = sized("16");
  const auto small = open(asBytes(less), Reading::Strict);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().reason, "pdf_damaged");
}

}  // namespace
}  // namespace congvan::pdf
