// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form.h"

#include "tests/support/pdf_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pdf {
namespace {

using test::TempFolder;

/// A signer by the openssl command, so that the form can be judged without our own CMS.
class OpensslSigner {
 public:
  OpensslSigner() {
    test::mustRun(
        folder_,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem "
        "-out cert.pem -subj /CN=Form -days 30 2>/dev/null");
  }

  /// The file with `update` appended and its hole filled.
  Bytes signedFile(Bytes file, const SignatureUpdate& update, std::size_t hole_size) const {
    const auto at = file.size();
    append(file, update.bytes);
    auto range = file;
    const auto hole = static_cast<std::ptrdiff_t>(at + update.hole_at) - 1;
    range.erase(range.begin() + hole,
                range.begin() + hole + static_cast<std::ptrdiff_t>(hole_size) + 2);
    folder_.write("range", range);
    test::mustRun(
        folder_,
        "openssl cms -sign -binary -noattr -in range -signer cert.pem -inkey key.pem -outform DER "
        "-out cms && xxd -p cms | tr -d '\\n' > cms.hex");
    const auto hex = folder_.text("cms.hex");
    if (hex.size() > hole_size) throw std::runtime_error("hole");
    std::copy(hex.begin(), hex.end(), file.begin() + hole + 1);
    return file;
  }

  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

constexpr std::size_t kHole = 8192;

SignaturePlan invisible(std::string field) {
  SignaturePlan plan;
  plan.field = std::move(field);
  plan.time = "D:20261122091305+07'00'";
  plan.reason = "Phê duyệt";
  plan.hole_size = kHole;
  return plan;
}

class EveryBase : public testing::TestWithParam<test::BaseKind> {};

TEST_P(EveryBase, TakesThreeSignaturesThatOtherReadersAccept) {
  const OpensslSigner signer;
  auto file = GetParam().make(signer.folder());
  for (const auto* field : {"S1", "S2", "S3"}) {
    const auto update = appendSignature(file, invisible(field));
    ASSERT_TRUE(update) << update.error().reason << " " << update.error().detail;
    file = signer.signedFile(file, *update, kHole);
  }

  signer.folder().write("signed.pdf", file);
  EXPECT_THAT(test::mustRun(signer.folder(), "qpdf --check signed.pdf"),
              testing::HasSubstr("No syntax"));
  const auto said = test::mustRun(signer.folder(), "pdfsig -nocert signed.pdf");
  std::size_t valid = 0;
  for (auto at = said.find("is Valid"); at != std::string::npos; at = said.find("is Valid", at + 1))
    ++valid;
  EXPECT_EQ(valid, 3U) << said;
  EXPECT_THAT(said, testing::HasSubstr("Total document signed")) << said;
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         EveryBase,
                         testing::ValuesIn(test::baseKinds()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace congvan::pdf
