// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pdf_changes.h"
#include "trust/pdf/form.h"
#include "trust/pdf/signatures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pdf {
namespace {

using test::changesOf;
using test::grown;

/// The fields of `foreignFields`, signed by a dictionary with the entries `more` in a field with
/// the entries `field`.
std::string signedWith(const std::string& more,
                       const std::string& field = {},
                       const test::Objects& objects = {}) {
  auto all = objects;
  all[13] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approval) /Rect [100 200 300 280] /P 3 0 R "
      "/F 4 /V 20 0 R " +
      field + " >>";
  all[20] = "<< /Type /Sig " + more + " >>";
  return grown(test::tabledPdf(test::foreignFields()), all);
}

SignatureDictionary found(const std::string& text) {
  const auto all = findSignatures(asBytes(text), 8);
  if (!all || all->signatures.size() != 1) throw std::runtime_error("not one signature");
  return all->signatures.front();
}

std::string transform(const std::string& method, const std::string& parameters) {
  return "/Reference [ << /TransformMethod /" + method + " /TransformParams " + parameters +
         " >> ]";
}

struct LockCase {
  std::string parameters;
  bool locks_number;
  bool locks_other;
};

class Lock : public testing::TestWithParam<LockCase> {};

TEST_P(Lock, IsReadAlikeWhereverItStands) {
  const auto& [parameters, number, other] = GetParam();
  for (const auto& text :
       {signedWith(transform("FieldMDP", parameters)), signedWith("", "/Lock " + parameters)}) {
    const auto signature = found(text);
    ASSERT_EQ(signature.locks.size(), 1U);
    EXPECT_EQ(signature.locks[0].covers("Number"), number);
    EXPECT_EQ(signature.locks[0].covers("Other"), other);
  }
}

INSTANTIATE_TEST_SUITE_P(Locks,
                         Lock,
                         testing::ValuesIn(std::vector<LockCase>{
                             {"<< /Action /All >>", true, true},
                             {"<< /Action /Include /Fields [ (Number) ] >>", true, false},
                             {"<< /Action /Exclude /Fields [ (Number) ] >>", false, true},
                             {"<< /Action /Include /Fields [ ] >>", false, false},
                             // Malformed: everything is locked.
                             {"<< /Fields [ (Number) ] >>", true, true},
                             {"<< /Action (All) >>", true, true},
                             {"<< /Action /Some /Fields [ (Other) ] >>", true, true},
                             {"<< /Action /Include >>", true, true},
                             {"<< /Action /Include /Fields (Other) >>", true, true},
                             {"<< /Action /Exclude /Fields [ /Number ] >>", true, true},
                             {"(All)", true, true},
                         }));

struct LevelCase {
  std::string parameters;
  int level;
};

class Certification : public testing::TestWithParam<LevelCase> {};

TEST_P(Certification, IsAsStrictAsItMayBeMeant) {
  EXPECT_EQ(found(signedWith(transform("DocMDP", GetParam().parameters))).doc_mdp,
            GetParam().level);
}

INSTANTIATE_TEST_SUITE_P(Levels,
                         Certification,
                         testing::ValuesIn(std::vector<LevelCase>{{"<< /P 1 >>", 1},
                                                                  {"<< /P 2 >>", 2},
                                                                  {"<< /P 3 >>", 3},
                                                                  {"<< >>", 2},
                                                                  {"null", 2},
                                                                  {"<< /P 0 >>", 1},
                                                                  {"<< /P 7 >>", 1},
                                                                  {"<< /P 2.0 >>", 1},
                                                                  {"<< /P /3 >>", 1}}));

TEST(Locks, CountWhenTheirListIsNone) {
  const auto one =
      found(signedWith("/Reference << /TransformMethod /DocMDP /TransformParams << /P 1 >> >>"));
  EXPECT_EQ(one.doc_mdp, 1);
  std::string many = "/Reference [ ";
  for (int i = 0; i < 64; ++i) many += "<< >> ";
  EXPECT_EQ(found(signedWith(many + "]")).doc_mdp, std::nullopt);
  EXPECT_EQ(found(signedWith(many + "<< >> ]")).doc_mdp, 1);
}

TEST(Locks, OfTheFieldAboveAreThoseOfTheSignature) {
  auto shape = test::foreignFields();
  shape.root_extra = "/AcroForm << /Fields [ 17 0 R ] >>";
  shape.objects +=
      "17 0 obj\n<< /T (A) /Kids [ 18 0 R ] /Lock << /Action /All /P 1 >> >>\nendobj\n"
      "18 0 obj\n<< /T (B) /Parent 17 0 R /FT /Sig /V << /Type /Sig >> >>\nendobj\n";
  const auto signature = found(test::tabledPdf(shape));
  EXPECT_EQ(signature.lock_level, 1);
  EXPECT_EQ(signature.locks.size(), 1U);
}

TEST(Locks, StayAsTheyWereSigned) {
  const auto by_parameters =
      signedWith("/Reference [ << /TransformMethod /DocMDP /TransformParams 30 0 R >> ]",
                 "",
                 {{30, "<< /P 1 >>"}});
  const auto by_list =
      signedWith("/Reference 30 0 R",
                 "",
                 {{30, "[ << /TransformMethod /DocMDP /TransformParams << /P 1 >> >> ]"}});
  const auto by_field = signedWith("", "/Lock 30 0 R", {{30, "<< /Action /All >>"}});
  for (const auto& text : {by_parameters, by_list, by_field}) {
    for (const auto* other : {"<< /P 3 >>", "[ ]", ""}) {
      const auto changes = changesOf(grown(text, {{30, other}}));
      ASSERT_EQ(changes.size(), 1U);
      EXPECT_EQ(changes[0].kind, ChangeKind::Unexplained);
      EXPECT_EQ(changes[0].what, "field Approval: what its signature says");
    }
  }
}

}  // namespace
}  // namespace congvan::pdf
