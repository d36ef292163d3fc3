// SPDX-License-Identifier: Apache-2.0
#include "edge/print/directive.h"
#include "tests/support/openssl_pki.h"
#include "tests/support/pdf_files.h"
#include "trust/formats/pades/sign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace congvan::pades {
namespace {

using test::OpensslPki;

const OpensslPki& signers() {
  static const OpensslPki& pki = *[] {
    auto* made = new OpensslPki;  // NOLINT: lives as long as the tests
    for (const auto* name : {"head", "chairman", "seal"}) made->makeSigner(name, OpensslPki::kP256);
    return made;
  }();
  return pki;
}

Bytes markOf(const std::string& name) {
  return *print::drawMark(
      {name, "Chủ tịch", "Ủy ban nhân dân tỉnh An Bình", "22.11.2026 09:13:05 +07:00", {}},
      {160, 60});
}

Bytes withSignature(const Bytes& file, const std::string& who, const SignOptions& options) {
  const auto update = sign(file, signers().certificate(who), signers().key(who), options, nullptr);
  if (!update) throw std::runtime_error(update.error().reason + " " + update.error().detail);
  auto whole = file;
  append(whole, *update);
  return whole;
}

/// Grey values of an area of the first page as poppler shows it, 72 pixels an inch, from the top
/// left.
std::string shown(
    const test::TempFolder& folder, const Bytes& file, int left, int top, int width, int height) {
  folder.write("shown.pdf", file);
  test::mustRun(folder,
                "pdftoppm -cropbox -gray -r 72 -f 1 -l 1 -x " + std::to_string(left) + " -y " +
                    std::to_string(top) + " -W " + std::to_string(width) + " -H " +
                    std::to_string(height) + " shown.pdf page");
  auto pgm = test::mustRun(folder, "cat page-*.pgm; rm page-*.pgm");
  return pgm.substr(pgm.size() - static_cast<std::size_t>(width * height));
}

double meanDifference(const std::string& one, const std::string& two) {
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    sum += std::abs(static_cast<unsigned char>(one[i]) - static_cast<unsigned char>(two[i]));
  }
  return sum / static_cast<double>(one.size());
}

struct Turned {
  std::string name;
  std::string page_extra;
  int shown_height;
};

class EveryTurn : public testing::TestWithParam<Turned> {};

TEST_P(EveryTurn, ShowsTheMarkUprightWhereItWasPut) {
  const test::TempFolder folder;
  SignOptions options;
  options.field = "S";
  options.place = Place{0, {30, 40, 160, 60}};
  options.appearance = *Appearance::prepare(markOf("Trần Minh Khôi"));
  const auto blank = [&folder](const std::string& extra) {
    return test::byQpdf(folder, {.page_extra = extra, .content = ""}, test::kClassic);
  };
  const auto upright = withSignature(blank(""), "head", options);
  const auto wanted = shown(folder, upright, 30, 842 - 40 - 60, 160, 60);

  const auto turned = withSignature(blank(GetParam().page_extra), "head", options);

  const auto found = shown(folder, turned, 30, GetParam().shown_height - 40 - 60, 160, 60);
  const std::string white(wanted.size(), '\xFF');
  EXPECT_GT(meanDifference(wanted, white), 5);
  EXPECT_LT(meanDifference(wanted, found), 4);
}

INSTANTIATE_TEST_SUITE_P(
    Pages,
    EveryTurn,
    testing::Values(Turned{"rotate_90", "/Rotate 90", 595},
                    Turned{"rotate_180", "/Rotate 180", 842},
                    Turned{"rotate_270", "/Rotate 270", 595},
                    Turned{"rotate_minus_90", "/Rotate -90", 595},
                    Turned{"cropped", "/CropBox [100 50 400 450]", 400},
                    Turned{"cropped_90", "/Rotate 90 /CropBox [100 50 400 450]", 300},
                    Turned{"cropped_270", "/Rotate 270 /CropBox [100 50 400 450]", 300},
                    Turned{"shifted", "/MediaBox [-200 -100 395 742]", 842},
                    Turned{"shifted_180", "/Rotate 180 /MediaBox [-200 -100 395 742]", 842}),
    [](const auto& instance) { return instance.param.name; });

/// The rectangle of a slot as pades takes it.
Place placeOf(const print::Slot& slot) {
  return {slot.page, {slot.left, slot.bottom, slot.width, slot.height}};
}

NewField fieldAt(const std::string& name, FieldRole role, const print::Slot& slot) {
  NewField field;
  field.name = name;
  field.role = role;
  field.place = placeOf(slot);
  return field;
}

TEST(Directive, IsInitialledSignedNumberedAndSealedInItsOwnFields) {
  const auto directive = *print::drawDirective(print::demonstrationDirective());
  auto seal_field = fieldAt("Seal", FieldRole::Signature, directive.seal);
  seal_field.locks = {"Number", "Date"};
  auto file = directive.pdf;
  append(file,
         *addFields(file,
                    {fieldAt("Number", FieldRole::Text, directive.number),
                     fieldAt("Date", FieldRole::Text, directive.date),
                     fieldAt("Initials", FieldRole::Signature, directive.initials),
                     fieldAt("Chairman", FieldRole::Signature, directive.signature),
                     seal_field}));

  SignOptions initials;
  initials.field = "Initials";
  initials.appearance = *Appearance::prepare(*print::drawMark(
      {"Lê Thu Hà", "", "", "", {}}, {directive.initials.width, directive.initials.height}));
  file = withSignature(file, "head", initials);
  SignOptions chairman;
  chairman.field = "Chairman";
  chairman.appearance = *Appearance::prepare(markOf("Trần Minh Khôi"));
  file = withSignature(file, "chairman", chairman);
  SignOptions seal;
  seal.field = "Seal";
  const auto png = *print::demonstrationSeal("ỦY BAN NHÂN DÂN TỈNH AN BÌNH", "AN BÌNH");
  seal.appearance =
      *Appearance::prepare(*print::drawImage(png, {directive.seal.width, directive.seal.height}));
  const auto value = [](const std::string& text, const print::Slot& slot) {
    return *Appearance::prepare(*print::drawFieldValue(text, {slot.width, slot.height}, slot.look));
  };
  seal.fills = {
      {"Number", "05/CT-UBND", value("05/CT-UBND", directive.number)},
      {"Date", "ngày 22 tháng 11 năm 2026", value("ngày 22 tháng 11 năm 2026", directive.date)}};
  file = withSignature(file, "seal", seal);

  const test::TempFolder folder;
  folder.write("issued.pdf", file);
  if (const char* keep = std::getenv("CONGVAN_KEEP"))
    test::mustRun(folder, std::string("cp issued.pdf ") + keep);
  const auto said = test::mustRun(folder, "pdfsig -nocert issued.pdf");
  EXPECT_THAT(said, testing::HasSubstr("Signature #3"));
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("Signature is Invalid")));
  const auto text = test::mustRun(folder, "pdftotext -layout issued.pdf -");
  EXPECT_THAT(text, testing::ContainsRegex("Số: *05/CT-UBND"));
  EXPECT_THAT(text, testing::ContainsRegex("An Bình, *ngày 22 tháng 11 năm 2026"));
  EXPECT_THAT(test::mustRun(folder, "qpdf --check issued.pdf"), testing::HasSubstr("No syntax"));
}

}  // namespace
}  // namespace congvan::pades
