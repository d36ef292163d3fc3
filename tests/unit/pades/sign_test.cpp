// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/sign.h"

#include "tests/support/openssl_tsa.h"
#include "tests/support/pdf_files.h"
#include "tests/support/pdf_updates.h"
#include "trust/formats/pades/read.h"
#include "trust/formats/pades/stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pades {
namespace {

using test::OpensslPki;
using testing::HasSubstr;

/// Three signers of each kind of key: pdfsig stumbles over the same certificate twice in a file.
const OpensslPki& people() {
  static const OpensslPki& pki = *[] {
    auto* made = new OpensslPki;  // NOLINT: lives as long as the tests
    for (const auto* number : {"1", "2", "3"}) {
      made->makeSigner(std::string("rsa") + number, OpensslPki::kRsa2048);
      made->makeSigner(std::string("ec") + number, OpensslPki::kP256);
    }
    made->makeTimestampAuthority("tsa", OpensslPki::kRsa2048);
    return made;
  }();
  return pki;
}

SignOptions optionsFor(const std::string& field) {
  SignOptions options;
  options.field = field;
  options.signer_name = "Nguyễn Văn A";
  options.reason = "Phê duyệt (bản chính)";
  options.location = "An Bình";
  options.signing_time = *parseTime("2026-11-22T02:13:05Z");
  options.chain = {people().certificate("ca")};
  return options;
}

Bytes signedBy(const std::string& who,
               const Bytes& file,
               const SignOptions& options,
               timestamp::Source* source = nullptr) {
  const auto update = sign(file, people().certificate(who), people().key(who), options, source);
  if (!update) throw std::runtime_error(update.error().reason + " " + update.error().detail);
  auto whole = file;
  append(whole, *update);
  return whole;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// What stands last in the file with a /ByteRange, judged by `command` over the bytes it names:
/// `range` is what is signed, `cms` what stands in the hole.
testing::AssertionResult acceptedBy(const std::string& command, const Bytes& file) {
  const auto text = toText(file);
  std::size_t at = text.rfind("/ByteRange [");
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t c = 0;
  std::size_t d = 0;
  if (std::sscanf(text.c_str() + at, "/ByteRange [%zu %zu %zu %zu]", &a, &b, &c, &d) != 4) {
    return testing::AssertionFailure() << "no byte range";
  }
  if (a != 0 || c + d != file.size())
    return testing::AssertionFailure() << "does not reach the end";
  const test::TempFolder folder;
  folder.write("range", text.substr(0, b) + text.substr(c, d));
  folder.write("hex", text.substr(b + 1, c - b - 2));
  const auto ran = test::run(
      folder,
      "xxd -r -p hex cms && " + command + " -CAfile " + (people().folder() / "ca.pem").string());
  if (ran.status != 0) return testing::AssertionFailure() << ran.output;
  return testing::AssertionSuccess();
}

testing::AssertionResult opensslAccepts(const Bytes& file) {
  return acceptedBy(
      "openssl cms -verify -cades -binary -inform DER -in cms -content range -purpose any "
      "-out /dev/null",
      file);
}

/// The padding behind the token is cut: openssl reads nothing else.
testing::AssertionResult opensslAcceptsTimestamp(const Bytes& file) {
  return acceptedBy(
      "openssl cms -cmsout -inform DER -in cms -outform DER -out token && "
      "openssl ts -verify -token_in -in token -data range",
      file);
}

std::string pdfsig(const Bytes& file) {
  const test::TempFolder folder;
  folder.write("signed.pdf", file);
  return test::mustRun(folder, "pdfsig -nocert signed.pdf");
}

void expectClean(const Bytes& file) {
  const test::TempFolder folder;
  folder.write("signed.pdf", file);
  EXPECT_THAT(test::mustRun(folder, "qpdf --check signed.pdf"), HasSubstr("No syntax"));
}

class EveryBase : public testing::TestWithParam<std::tuple<test::BaseKind, const char*>> {};

TEST_P(EveryBase, TakesThreeSignaturesOneAfterAnother) {
  const auto& [kind, key] = GetParam();
  const test::TempFolder folder;
  auto file = kind.make(folder);

  for (const auto* number : {"1", "2", "3"}) {
    const auto before = file;
    file = signedBy(std::string(key) + number, file, optionsFor(std::string("S") + number));
    ASSERT_TRUE(std::equal(before.begin(), before.end(), file.begin()));
    ASSERT_TRUE(opensslAccepts(file));
  }

  const auto said = pdfsig(file);
  EXPECT_EQ(count(said, "Signature is Valid"), 3U) << said;
  EXPECT_EQ(count(said, "ETSI.CAdES.detached"), 3U) << said;
  EXPECT_EQ(count(said, "Not total document signed"), 2U) << said;
  expectClean(file);
}

TEST_P(EveryBase, TakesADocumentTimestampOverASignatureThatLocksAll) {
  const auto& [kind, key] = GetParam();
  const test::TempFolder folder;
  test::OpensslTsa tsa(people(), "tsa");
  auto file = kind.make(folder);
  NewField locking;
  locking.name = "S1";
  locking.locking = Locking::All;
  append(file, *addFields(file, {locking}));
  file = signedBy(std::string(key) + "1", file, optionsFor("S1"));

  for (const auto* name : {"dau-thoi-gian-1", "dau-thoi-gian-2"}) {
    const auto update = stamp(file, tsa);
    ASSERT_TRUE(update) << update.error().reason << update.error().detail;
    append(file, *update);
    EXPECT_TRUE(opensslAcceptsTimestamp(file));
    EXPECT_THAT(pdfsig(file), HasSubstr(name));
  }

  const auto found = read(file);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->timestamps.size(), 2U);
  EXPECT_TRUE(found->timestamps[0].imprint.matches());
  EXPECT_TRUE(found->timestamps[1].imprint.matches());
  EXPECT_TRUE(found->pdf_timestamps[1].covers_whole_file);
  ASSERT_TRUE(found->signatures.at(0).pdf->later_changes);
  for (const auto& change : *found->signatures[0].pdf->later_changes) {
    const bool lawful = change.kind == evidence::ChangeKind::DocumentTimestampAdded ||
                        change.kind == evidence::ChangeKind::EmptyFieldAdded;
    EXPECT_TRUE(lawful) << change.what;
  }
  EXPECT_THAT(pdfsig(file), HasSubstr("Signature is Valid"));
  expectClean(file);
}

TEST(Stamp, MakesRoomForATokenLargerThanPromised) {
  const test::TempFolder folder;
  test::OpensslTsa tsa(people(), "tsa");
  tsa.token_bytes = 100;
  auto file = signedBy("ec1", test::byQpdf(folder, {}, test::kClassic), optionsFor("S1"));

  const auto update = stamp(file, tsa);

  ASSERT_TRUE(update);
  append(file, *update);
  EXPECT_TRUE(opensslAcceptsTimestamp(file));
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         EveryBase,
                         testing::Combine(testing::ValuesIn(test::baseKinds()),
                                          testing::Values("rsa", "ec")),
                         [](const auto& instance) {
                           return std::get<0>(instance.param).name + "_" +
                                  std::get<1>(instance.param);
                         });

TEST(Sign, GivesTheSameRevisionForTheSameInputApartFromTheValue) {
  const test::TempFolder folder;
  const auto file = test::byQpdf(folder, {}, test::kClassic);
  auto options = optionsFor("S1");
  options.algorithm = people().key("ec1").algorithm();

  const auto one = prepare(file, people().certificate("ec1"), options);
  const auto two = prepare(file, people().certificate("ec1"), options);

  ASSERT_TRUE(one);
  EXPECT_EQ(one->update, two->update);
  EXPECT_EQ(one->cms.to_be_signed, two->cms.to_be_signed);
}

TEST(Sign, EmbedsATokenOfAnOutsideAuthority) {
  const test::TempFolder folder;
  test::OpensslTsa tsa(people(), "tsa");
  const auto file =
      signedBy("rsa1", test::byQpdf(folder, {}, test::kClassic), optionsFor("S1"), &tsa);

  EXPECT_TRUE(opensslAccepts(file));
  EXPECT_THAT(pdfsig(file), HasSubstr("Signature is Valid"));
}

TEST(Sign, MakesRoomForATokenLargerThanPromised) {
  const test::TempFolder folder;
  test::OpensslTsa tsa(people(), "tsa");
  tsa.token_bytes = 100;

  const auto file =
      signedBy("ec1", test::byQpdf(folder, {}, test::kClassic), optionsFor("S1"), &tsa);

  EXPECT_TRUE(opensslAccepts(file));
}

TEST(Sign, SaysThatTheHoleIsTooSmallForAToken) {
  const test::TempFolder folder;
  test::OpensslTsa tsa(people(), "tsa");
  auto options = optionsFor("S1");
  const auto key = people().key("ec1");
  options.algorithm = key.algorithm();
  auto prepared =
      prepare(test::byQpdf(folder, {}, test::kClassic), people().certificate("ec1"), options);
  ASSERT_TRUE(prepared);
  const auto value = key.signDigest(prepared->cms.to_be_signed);
  const auto token = tsa.stamp(crypto::DigestAlgorithm::Sha256,
                               crypto::digest(crypto::DigestAlgorithm::Sha256, *value));

  const auto done = complete(std::move(*prepared), *value, *token);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "signature_hole_too_small");
}

TEST(Sign, RefusesAFieldThatIsSignedAlready) {
  const test::TempFolder folder;
  const auto file = signedBy("ec1", test::byQpdf(folder, {}, test::kClassic), optionsFor("S1"));

  const auto again =
      sign(file, people().certificate("ec2"), people().key("ec2"), optionsFor("S1"), nullptr);

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "field_already_signed");
}

NewField textField(const std::string& name, Rectangle rectangle) {
  NewField field;
  field.name = name;
  field.role = FieldRole::Text;
  field.place = Place{0, rectangle};
  return field;
}

NewField signatureField(const std::string& name, std::optional<Place> place = {}) {
  NewField field;
  field.name = name;
  field.place = place;
  return field;
}

/// A document with a route's fields: the seal locks number and date.
Bytes routed(const Bytes& base) {
  auto seal = signatureField("Seal", Place{0, {300, 100, 100, 100}});
  seal.locks = {"Number", "Date"};
  const auto update = addFields(base,
                                {textField("Number", {100, 750, 100, 16}),
                                 textField("Date", {300, 750, 160, 16}),
                                 signatureField("Chairman", Place{0, {350, 120, 160, 60}}),
                                 seal});
  if (!update) throw std::runtime_error(update.error().reason + " " + update.error().detail);
  auto file = base;
  append(file, *update);
  return file;
}

class EveryBaseRouted : public testing::TestWithParam<test::BaseKind> {};

TEST_P(EveryBaseRouted, TakesFieldsAndThenTheirSignatures) {
  const test::TempFolder folder;
  auto file = routed(GetParam().make(folder));
  expectClean(file);
  file = signedBy("ec1", file, optionsFor("Chairman"));
  auto options = optionsFor("Seal");
  const auto look =
      *Appearance::prepare(test::byQpdf(folder, {.media_box = "[0 0 100 16]"}, "--pages . 1 --"));
  options.fills = {{"Number", "05/CT-UBND", look}, {"Date", "ngày 22 tháng 11 năm 2026", look}};
  file = signedBy("rsa1", file, options);

  EXPECT_TRUE(opensslAccepts(file));
  EXPECT_EQ(count(pdfsig(file), "Signature is Valid"), 2U);
  expectClean(file);
  const auto states = fields(file);
  ASSERT_TRUE(states);
  std::size_t filled = 0;
  for (const auto& state : *states) filled += state.filled ? 1 : 0;
  EXPECT_EQ(filled, 4U);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         EveryBaseRouted,
                         testing::ValuesIn(test::baseKinds()),
                         [](const auto& instance) { return instance.param.name; });

TEST(Appearance, RefusesADrawingThatIsNotOnePage) {
  const test::TempFolder folder;
  const auto two_pages = test::byQpdf(folder, {}, test::kClassic);
  const auto reason = [](const Bytes& drawing) {
    return Appearance::prepare(drawing).error().reason;
  };

  EXPECT_EQ(reason(two_pages), "appearance_malformed");
  EXPECT_EQ(reason(toBytes("no PDF")), "appearance_malformed");
  EXPECT_EQ(reason(Bytes((4U << 20U) + 1)), "appearance_too_large");
}

TEST(Appearance, OutlivesItsDrawingAndGivesTheSameBytesEveryTime) {
  const test::TempFolder folder;
  const auto file = test::byQpdf(folder, {}, test::kClassic);
  auto drawing = test::byQpdf(folder, {.media_box = "[0 0 100 40]"}, "--pages . 1 --");
  auto options = optionsFor("S");
  options.place = Place{0, {10, 10, 100, 50}};
  options.appearance = *Appearance::prepare(drawing);
  std::fill(drawing.begin(), drawing.end(), 0);

  const auto first = prepare(file, people().certificate("ec1"), options);
  const auto again = prepare(file, people().certificate("ec1"), options);

  ASSERT_TRUE(first);
  EXPECT_EQ(first->update, again->update);
  expectClean(signedBy("ec1", file, options));
}

TEST(Locks, OfASealCloseTheFieldsItNames) {
  const test::TempFolder folder;
  auto file = routed(test::byQpdf(folder, {}, test::kClassic));
  file = signedBy("ec1", file, optionsFor("Seal"));
  auto options = optionsFor("Chairman");
  options.fills = {{"Number", "06/CT-UBND", {}}};

  const auto refused =
      sign(file, people().certificate("ec2"), people().key("ec2"), options, nullptr);
  options.fills.clear();
  const auto allowed =
      sign(file, people().certificate("ec2"), people().key("ec2"), options, nullptr);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "field_locked");
  EXPECT_TRUE(allowed);
}

TEST(Locks, OfEveryFieldCloseTheFile) {
  const test::TempFolder folder;
  auto seal = signatureField("Seal");
  seal.locking = Locking::All;
  auto file = test::byQpdf(folder, {}, test::kClassic);
  append(file, *addFields(file, {seal}));
  file = signedBy("ec1", file, optionsFor("Seal"));

  EXPECT_EQ(addFields(file, {signatureField("Later")}).error().reason, "field_locked");
}

/// A file that came with fields of its own, prepared and sealed.
Bytes sealedOverForeignFields(const std::string& first_name) {
  const test::TempFolder folder;
  auto shape = test::foreignFields();
  const std::string name = "/T (Approval)";
  shape.objects.replace(shape.objects.find(name), name.size(), first_name);
  auto file = test::byQpdf(folder, shape, test::kClassic);
  auto seal = signatureField("Seal");
  seal.locking = Locking::Present;
  auto arrival = textField("Arrival", {14, 600, 142, 100});
  arrival.stays_open = arrival.several_lines = true;
  append(file, *addFields(file, {textField("Date", {300, 750, 160, 16}), seal, arrival}));
  auto options = optionsFor("Seal");
  options.fills = {{"Date", "ngày 22 tháng 11 năm 2026", {}}};
  return signedBy("ec1", file, options);
}

std::vector<evidence::Change> changesAfterTheSeal(const Bytes& file) {
  const auto found = read(file);
  if (!found || found->signatures.empty()) throw std::runtime_error("no signature");
  const auto& changes = found->signatures[0].pdf->later_changes;
  if (!changes) throw std::runtime_error("changes unknown");
  return *changes;
}

TEST(Locks, OfASealLeaveTheArrivalStampToTheRecipient) {
  const auto sealed = sealedOverForeignFields("/T (Approval)");
  expectClean(sealed);

  const auto stamped = test::filledByAnother(sealed, "Arrival");

  EXPECT_EQ(
      changesAfterTheSeal(stamped),
      (std::vector<evidence::Change>{
          {evidence::ChangeKind::FieldFilled, "field Arrival: value, 142 x 100 at 14, 600", 4}}));
  EXPECT_EQ(count(pdfsig(stamped), "Signature is Valid"), 1U);
  expectClean(stamped);
}

TEST(Locks, OfASealCloseWhateverElseWasThere) {
  const auto sealed = sealedOverForeignFields("/T (Approval)");
  for (const auto* field : {"Date", "Number"}) {
    const auto changes = changesAfterTheSeal(test::filledByAnother(sealed, field));
    ASSERT_EQ(changes.size(), 1U) << field;
    EXPECT_EQ(changes[0].kind, evidence::ChangeKind::LockedFieldChanged) << changes[0].what;
    EXPECT_THAT(changes[0].what, HasSubstr("(locked by Seal)"));
  }
}

TEST(Locks, OfASealAreKeptBySigningToo) {
  const auto sealed = sealedOverForeignFields("/T (Approval)");
  const auto filling = [&](const std::string& field) {
    auto options = optionsFor("Recipient");
    options.fills = {{field, "12", {}}};
    const auto made =
        sign(sealed, people().certificate("ec2"), people().key("ec2"), options, nullptr);
    return made ? "(done)" : made.error().reason;
  };
  EXPECT_EQ(filling("Arrival"), "(done)");
  EXPECT_EQ(filling("Date"), "field_locked");
  EXPECT_EQ(filling("Number"), "field_locked");

  // What is new is not the seal's to lock.
  const auto signed_again = signedBy("ec2", sealed, optionsFor("Recipient"));
  ASSERT_EQ(changesAfterTheSeal(signed_again).size(), 1U);
  EXPECT_EQ(changesAfterTheSeal(signed_again)[0].kind, evidence::ChangeKind::SignatureAdded);
}

// Such a field cannot be named in a lock.
TEST(Locks, OfASealCloseFieldsWithoutANameWithEverythingElse) {
  const auto sealed = sealedOverForeignFields("/T ()");

  EXPECT_THAT(toText(sealed), HasSubstr("/Action /Exclude /Fields [ (Arrival) ]"));
  EXPECT_EQ(changesAfterTheSeal(test::filledByAnother(sealed, "Date"))[0].kind,
            evidence::ChangeKind::LockedFieldChanged);
  EXPECT_EQ(changesAfterTheSeal(test::filledByAnother(sealed, "Arrival"))[0].kind,
            evidence::ChangeKind::FieldFilled);
}

TEST(Fields, FoundInAnotherMakersFormKeepTheirPlace) {
  const test::TempFolder folder;
  const auto base = test::byQpdf(folder, test::foreignFields(), test::kClassic);
  auto options = optionsFor("Approval");
  const auto drawing = test::byQpdf(folder, {.media_box = "[0 0 100 40]"}, "--pages . 1 --");
  options.appearance = *Appearance::prepare(drawing);
  options.fills = {{"Number", "05/CT-UBND", options.appearance}};

  const auto file = signedBy("ec1", base, options);

  EXPECT_TRUE(opensslAccepts(file));
  expectClean(file);
  folder.write("signed.pdf", file);
  EXPECT_THAT(test::mustRun(folder, "qpdf --json=1 --json-key=acroform signed.pdf"),
              HasSubstr("Approval"));
  EXPECT_EQ(count(toText(file).substr(base.size()), "/Rect [ 100 200 300 280 ]"), 1U);
}

TEST(Fields, HaveToBeNewAndWellNamed) {
  const test::TempFolder folder;
  const auto file = routed(test::byQpdf(folder, {}, test::kClassic));
  const auto reason = [&file](const NewField& field) {
    return addFields(file, {field}).error().reason;
  };

  EXPECT_EQ(reason(signatureField("Seal")), "field_exists");
  EXPECT_EQ(reason(signatureField("")), "field_name");
  EXPECT_EQ(reason(signatureField("a.b")), "field_name");
  EXPECT_EQ(reason(signatureField("S", Place{2, {0, 0, 10, 10}})), "page_missing");
  EXPECT_EQ(reason(signatureField("S", Place{0, {0, 0, 0, 10}})), "field_rectangle");
  EXPECT_EQ(reason(signatureField("S", Place{0, {600, 0, 10, 10}})), "place_outside_page");
  EXPECT_EQ(addFields(file, {signatureField("S"), signatureField("S")}).error().reason,
            "field_name");
}

TEST(Fields, AreFilledOnlyIfTheyAreText) {
  const test::TempFolder folder;
  const auto file = routed(test::byQpdf(folder, {}, test::kClassic));
  const auto reason = [&file](const std::string& field, const std::string& fill) {
    auto options = optionsFor(field);
    if (!fill.empty()) options.fills = {{fill, "x", {}}};
    return sign(file, people().certificate("ec1"), people().key("ec1"), options, nullptr)
        .error()
        .reason;
  };

  EXPECT_EQ(reason("Number", ""), "field_not_signature");
  EXPECT_EQ(reason("Seal", "Chairman"), "field_not_text");
  EXPECT_EQ(reason("Seal", "Nowhere"), "field_missing");
}

/// A file certified by another hand, with permission level `level`.
Bytes certified(const test::TempFolder& folder, const std::string& level) {
  test::PdfShape shape;
  shape.root_extra =
      "/AcroForm << /SigFlags 3 /Fields [ 10 0 R 12 0 R ] >> /Perms << /DocMDP 11 0 R >>";
  shape.page_extra = "/Annots [ 10 0 R 12 0 R ]";
  shape.objects =
      "10 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (Cert) /Rect [0 0 0 0] /P 3 0 R /V "
      "11 0 R >>\nendobj\n"
      "11 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Reference [ "
      "<< /Type /SigRef "
      "/TransformMethod /DocMDP /TransformParams << /Type /TransformParams /V /1.2 /P " +
      level +
      " >> >> ] >>\nendobj\n"
      "12 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (Open) /Rect [0 0 0 0] /P 3 0 R "
      ">>\nendobj\n";
  return test::byQpdf(folder, shape, test::kClassic);
}

TEST(Certification, ThatAllowsNothingRefusesEverySignature) {
  const test::TempFolder folder;
  const auto file = certified(folder, "1");
  const auto done =
      sign(file, people().certificate("ec1"), people().key("ec1"), optionsFor("Open"), nullptr);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "certified_no_changes");
}

TEST(Certification, ThatAllowsFillingTakesASignatureButNoNewFields) {
  const test::TempFolder folder;
  const auto file = certified(folder, "2");

  EXPECT_TRUE(
      sign(file, people().certificate("ec1"), people().key("ec1"), optionsFor("Open"), nullptr));
  EXPECT_EQ(addFields(file, {signatureField("New")}).error().reason, "certified_no_changes");
}

TEST(Refusals, NameWhatIsWrongWithTheFile) {
  const test::TempFolder folder;
  const auto good = test::byQpdf(folder, {}, test::kClassic);
  const auto reason = [](BytesView file) {
    const auto done =
        sign(file, people().certificate("ec1"), people().key("ec1"), optionsFor("S"), nullptr);
    return done ? std::string("signed") : done.error().reason;
  };
  test::mustRun(folder, "qpdf --encrypt '' owner 256 -- made.pdf locked.pdf");
  test::mustRun(folder, "qpdf --encrypt user owner 256 -- made.pdf locked2.pdf");
  auto shifted = toText(good);
  const auto at = shifted.rfind("startxref\n") + 10;
  shifted.replace(at, 1, "9");

  EXPECT_EQ(reason(folder.bytes("locked.pdf")), "pdf_encrypted");
  EXPECT_EQ(reason(folder.bytes("locked2.pdf")), "pdf_encrypted");
  EXPECT_EQ(reason(toBytes("junk\n" + toText(good))), "pdf_damaged");
  EXPECT_EQ(reason(asBytes(shifted)), "pdf_damaged");
  EXPECT_EQ(reason(BytesView(good).first(good.size() / 2)), "pdf_damaged");
  EXPECT_EQ(reason(asBytes("not a PDF")), "pdf_malformed");
  EXPECT_EQ(reason({}), "pdf_malformed");
}

TEST(Pages, AreMeasuredAsTheyAreShown) {
  const test::TempFolder folder;
  const auto file = test::byQpdf(
      folder,
      {.page_extra = "/Rotate 90 /CropBox [100 50 500 450]", .media_box = "[0 0 595 842]"},
      test::kClassic);

  const auto found = pages(file);

  ASSERT_TRUE(found) << found.error().reason;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_DOUBLE_EQ(found->front().width, 400);
  EXPECT_DOUBLE_EQ(found->back().height, 842);
  EXPECT_EQ(pages(file, 1).error().reason, "too_many_pages");
  EXPECT_TRUE(pages(file, 2));
}

}  // namespace
}  // namespace congvan::pades
