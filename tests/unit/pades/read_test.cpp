// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/read.h"

#include "tests/support/pdf_updates.h"
#include "trust/formats/pades/byte_ranges.h"
#include "trust/formats/pades/padding.h"
#include "trust/formats/pades/pdf_date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pades {
namespace {

using test::grown;
using test::OpensslPki;
using test::signedByOpenssl;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const OpensslPki& signers() {
  static const OpensslPki& pki = *[] {
    auto* made = new OpensslPki;  // NOLINT: lives as long as the tests
    made->makeSigner("one", OpensslPki::kP256);
    return made;
  }();
  return pki;
}

const std::string& signedFile() {
  static const auto text =
      signedByOpenssl(signers(), "one", test::tabledPdf(test::foreignFields()));
  return text;
}

evidence::Signature onlySignature(const std::string& text) {
  const auto file = read(asBytes(text));
  if (!file) throw std::runtime_error(file.error().reason + " " + file.error().detail);
  if (file->signatures.size() != 1) throw std::runtime_error("not one signature");
  return file->signatures.front();
}

bool intact(const evidence::Signature& signature) {
  const auto& digests = signature.signer.digests;
  return !digests.empty() &&
         std::all_of(digests.begin(), digests.end(), [](const auto& one) { return one.matches(); });
}

/// The signed file with other numbers in its /ByteRange, blanks kept.
std::string withRange(const std::string& numbers) {
  auto text = signedFile();
  const auto at = text.rfind("/ByteRange [") + 12;
  const auto length = text.find(']', at) - at;
  auto padded = numbers;
  padded.resize(length, ' ');
  return text.replace(at, length, padded);
}

std::vector<std::int64_t> range() {
  return onlySignature(signedFile()).pdf->byte_range;
}

TEST(PadesRead, FindsASignatureThatCoversTheWholeFile) {
  const auto signature = onlySignature(signedFile());
  EXPECT_TRUE(intact(signature));
  EXPECT_THAT(signature.signer.breaches, IsEmpty());
  EXPECT_EQ(signature.pdf->field, "Approval");
  EXPECT_EQ(signature.pdf->subfilter, "ETSI.CAdES.detached");
  EXPECT_TRUE(signature.pdf->covers_whole_file);
  EXPECT_EQ(signature.pdf->revision, 2U);
  EXPECT_EQ(signature.pdf->revisions, 2U);
  ASSERT_TRUE(signature.pdf->later_changes);
  EXPECT_THAT(*signature.pdf->later_changes, IsEmpty());
  EXPECT_TRUE(signature.signer.claimed_time);
}

TEST(PadesRead, SaysThatAFileWithoutSignaturesHasNone) {
  const auto text = test::tabledPdf(test::foreignFields());
  const auto file = read(asBytes(text));
  ASSERT_TRUE(file);
  EXPECT_THAT(file->signatures, IsEmpty());
  EXPECT_FALSE(file->damaged);
}

TEST(PadesRead, SeesOneChangedByte) {
  auto text = signedFile();
  text[text.find("(Hello)") + 1] = 'J';
  EXPECT_FALSE(intact(onlySignature(text)));
}

TEST(PadesRead, CallsBytesAfterTheLastRevisionUnexplained) {
  const auto signature = onlySignature(signedFile() + "9 0 obj (more) endobj\n");
  EXPECT_TRUE(intact(signature));
  EXPECT_FALSE(signature.pdf->covers_whole_file);
  ASSERT_EQ(signature.pdf->later_changes->size(), 1U);
  EXPECT_EQ(signature.pdf->later_changes->front().kind, evidence::ChangeKind::Unexplained);
}

TEST(PadesRead, NamesWhatALaterRevisionPainted) {
  const auto signature =
      onlySignature(grown(signedFile(), {{4, test::stream("", "BT (Forged) Tj ET")}}));
  EXPECT_TRUE(intact(signature));
  ASSERT_EQ(signature.pdf->later_changes->size(), 1U);
  const evidence::Change expected{evidence::ChangeKind::PageChanged, "page 1: /Contents", 3};
  EXPECT_EQ(signature.pdf->later_changes->front(), expected);
}

TEST(PadesRead, TurnsFillingALockedFieldIntoABreachOfTheLock) {
  const auto locking = signedByOpenssl(signers(),
                                       "one",
                                       test::tabledPdf(test::foreignFields()),
                                       "/Reference [ << /TransformMethod /FieldMDP "
                                       "/TransformParams << /Action /Include /Fields [ (Number) ] "
                                       ">> >> ]");
  const std::string filled =
      "<< /FT /Tx /T (Number) /DA (/F1 12 Tf 0 g) /Kids [ 15 0 R 16 0 R ] /V (06) >>";
  const auto changes = *onlySignature(grown(locking, {{14, filled}})).pdf->later_changes;
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].kind, evidence::ChangeKind::LockedFieldChanged);
  const auto free = *onlySignature(grown(signedFile(), {{14, filled}})).pdf->later_changes;
  ASSERT_EQ(free.size(), 1U);
  EXPECT_EQ(free[0].kind, evidence::ChangeKind::FieldFilled);
}

/// `signedFile` with a revision of `count` new signature fields.
std::string withNewFields(std::size_t count) {
  test::Objects objects;
  std::string fields;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = std::to_string(100 + i);
    objects[static_cast<int>(100 + i)] = "<< /FT /Sig /T (F" + number + ") >>";
    fields += number + " 0 R ";
  }
  objects[1] =
      "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R " + fields + "] >> >>";
  return grown(signedFile(), objects);
}

TEST(PadesRead, NamesAHundredChangesOfAKindAndCountsTheRest) {
  const auto all = *onlySignature(withNewFields(100)).pdf->later_changes;
  EXPECT_EQ(all.size(), 100U);
  const auto counted = *onlySignature(withNewFields(103)).pdf->later_changes;
  ASSERT_EQ(counted.size(), 101U);
  EXPECT_EQ(counted.back().what, "3 more of this kind");
  EXPECT_EQ(counted.back().kind, evidence::ChangeKind::EmptyFieldAdded);
}

TEST(PadesRead, ForgivesAMarkThatIsSignedLaterAndNoOther) {
  const auto look = test::stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "S");
  const auto field = [](const std::string& value) {
    return "<< /Type /Annot /Subtype /Widget /FT /Sig /T (New) /P 3 0 R /Rect [400 100 500 150] "
           "/AP << /N 31 0 R >> " +
           value + " >>";
  };
  const test::Objects added{
      {1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 13 0 R 14 0 R 30 0 R ] >> >>"},
      {3,
       "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [ 13 0 R 15 0 R 16 0 R 30 0 R ] >>"},
      {30, field("")},
      {31, look}};
  const auto waiting = grown(signedFile(), added);
  const auto open = *onlySignature(waiting).pdf->later_changes;
  EXPECT_EQ(open.front().kind, evidence::ChangeKind::AnnotationAdded);
  const auto closed = grown(waiting, {{30, field("/V 32 0 R")}, {32, "<< /Type /Sig >>"}});
  const auto file = read(asBytes(closed));
  ASSERT_TRUE(file);
  ASSERT_EQ(file->signatures.back().pdf->field, "Approval");
  const auto& changes = file->signatures.back().pdf->later_changes;
  ASSERT_TRUE(changes && !changes->empty());
  EXPECT_EQ(changes->front().kind, evidence::ChangeKind::EmptyFieldAdded);
}

TEST(PadesRead, TakesTheLevelOfACertification) {
  const auto certified =
      signedByOpenssl(signers(),
                      "one",
                      test::tabledPdf(test::foreignFields()),
                      "/Reference [ << /TransformMethod /DocMDP /TransformParams << /P 1 >> >> ]");
  const auto signature = onlySignature(certified);
  EXPECT_EQ(signature.pdf->doc_mdp, 1);
  EXPECT_EQ(signature.pdf->changes_allowed, 1);
}

struct BadRange {
  std::string name;
  std::function<std::string()> numbers;
  std::string breach;
};

class ByteRange : public testing::TestWithParam<BadRange> {};

TEST_P(ByteRange, IsRefusedWhenItDoesNotFitTheFile) {
  const auto signature = onlySignature(withRange(GetParam().numbers()));
  EXPECT_THAT(signature.signer.breaches, Contains(StartsWith(GetParam().breach)));
  EXPECT_FALSE(signature.pdf->covers_whole_file);
  EXPECT_EQ(signature.pdf->revision, 0U);
}

std::string words(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const auto number : numbers) text += std::to_string(number) + " ";
  return text;
}

INSTANTIATE_TEST_SUITE_P(Reading,
                         ByteRange,
                         testing::ValuesIn(std::vector<BadRange>{
                             {"Negative",
                              [] {
                                return words({0, -5, range()[2], range()[3]});
                              },
                              "byte-range-bounds"},
                             {"PastTheEnd",
                              [] {
                                return words({0, range()[1], range()[2], range()[3] + 1});
                              },
                              "byte-range-bounds"},
                             {"Huge",
                              [] {
                                return words({0, range()[1], INT64_MAX, INT64_MAX});
                              },
                              "byte-range-bounds"},
                             {"Overlap",
                              [] {
                                return words({0, range()[1], 3, range()[3]});
                              },
                              "byte-range-bounds"},
                             {"NotFromTheStart",
                              [] {
                                return words({1, range()[1] - 1, range()[2], range()[3]});
                              },
                              "byte-range-start"},
                             {"HoleTooWide",
                              [] {
                                return words({0, range()[1] - 4, range()[2], range()[3]});
                              },
                              "byte-range-hole"},
                             {"HoleTooNarrow",
                              [] {
                                return words({0, range()[1] + 1, range()[2] - 1, range()[3]});
                              },
                              "byte-range-hole"},
                             {"OddCount",
                              [] {
                                return words({0, range()[1], range()[2]});
                              },
                              "byte-range-form"},
                             {"Empty", [] { return std::string(); }, "byte-range-form"},
                         }),
                         [](const auto& one) { return one.param.name; });

TEST(PadesRead, DoesNotCoverARevisionThatEndsElsewhere) {
  const auto numbers = range();
  const auto signature =
      onlySignature(withRange(words({0, numbers[1], numbers[2], numbers[3] - 30})));
  ASSERT_TRUE(signature.pdf->later_changes);
  EXPECT_THAT(signature.pdf->later_changes->front().what, HasSubstr("middle of a revision"));
}

TEST(PadesRead, RefusesWhatIsNoPdfAndWhatIsEncrypted) {
  EXPECT_EQ(read(asBytes("hello")).error().reason, "pdf_malformed");
  EXPECT_EQ(read({}).error().reason, "pdf_malformed");
  const test::TempFolder folder;
  folder.write("rough.pdf", test::roughPdf());
  test::run(folder, "qpdf --encrypt '' owner 256 -- rough.pdf locked.pdf");
  EXPECT_EQ(read(folder.bytes("locked.pdf")).error().reason, "pdf_encrypted");
}

TEST(PadesRead, StopsAtItsLimitOfSignatures) {
  EXPECT_TRUE(read(asBytes(signedFile()), {.signatures = 1}));
  const auto over = read(asBytes(signedFile()), {.signatures = 0});
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::TooLarge);
}

TEST(ByteRangeDigests, AreThoseOfTheBytesInAnyOrder) {
  const std::string text = "0123456789abcdefghij";
  ByteRangeDigests digests(asBytes(text));
  const auto sha256 = crypto::DigestAlgorithm::Sha256;
  const Coverage early{{{0, 3}, {5, 8}}, 8, true, {}};
  const Coverage late{{{0, 10}, {12, 20}}, 20, true, {}};
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(digests.digest(sha256, early), crypto::digest(sha256, asBytes("012567")));
    EXPECT_EQ(digests.digest(sha256, late), crypto::digest(sha256, asBytes("0123456789cdefghij")));
  }
  EXPECT_THAT(digests.digest(sha256, {}), IsEmpty());
}

TEST(Padding, IsCutByTheLengthOfTheValueItself) {
  const Bytes definite{0x30, 0x03, 0x02, 0x01, 0x05, 0, 0, 0};
  EXPECT_EQ(withoutPadding(definite).size(), 5U);
  const Bytes indefinite{0x30, 0x80, 0x30, 0x80, 0x02, 0x01, 0x05, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(withoutPadding(indefinite).size(), 11U);
  const Bytes broken{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(withoutPadding(broken).size(), broken.size());
  EXPECT_TRUE(withoutPadding({}).empty());
}

TEST(PdfDate, ReadsZonesAndRefusesNonsense) {
  EXPECT_EQ(parsePdfDate("D:20261122091305+07'00'"), *parseTime("2026-11-22T02:13:05Z"));
  EXPECT_EQ(parsePdfDate("D:20261122091305+07"), *parseTime("2026-11-22T02:13:05Z"));
  EXPECT_EQ(parsePdfDate("D:20261122091305Z"), *parseTime("2026-11-22T09:13:05Z"));
  EXPECT_EQ(parsePdfDate("D:2026"), *parseTime("2026-01-01T00:00:00Z"));
  for (const auto* bad : {"", "D:", "D:20261322", "D:20260230", "D:2026112209130599+zz", "today"}) {
    EXPECT_FALSE(parsePdfDate(bad)) << bad;
  }
}

}  // namespace
}  // namespace congvan::pades
