// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/document.h"

#include <gtest/gtest.h>

namespace congvan::validation {
namespace {

using evidence::ChangeKind;

evidence::PdfFacts withChanges(std::vector<evidence::Change> changes) {
  evidence::PdfFacts facts;
  facts.revision = 1;
  facts.revisions = 2;
  facts.later_changes = std::move(changes);
  return facts;
}

TEST(Document, WithoutDocMdpAllowsFormsAndSignaturesButNoComments) {
  const Policy policy;
  EXPECT_TRUE(isLawful(ChangeKind::SignatureAdded, {}, policy));
  EXPECT_TRUE(isLawful(ChangeKind::FieldFilled, {}, policy));
  EXPECT_TRUE(isLawful(ChangeKind::ValidationDataAdded, {}, policy));
  EXPECT_FALSE(isLawful(ChangeKind::AnnotationAdded, {}, policy));
}

TEST(Document, FollowsThePolicyWhereDocMdpIsSilent) {
  const Policy closed{.allow_form_filling = false};
  EXPECT_FALSE(isLawful(ChangeKind::FieldFilled, {}, closed));
  EXPECT_TRUE(isLawful(ChangeKind::SignatureAdded, {}, closed));
  EXPECT_TRUE(isLawful(ChangeKind::SignatureDrawn, {}, closed));
  const Policy open{.allow_annotations = true};
  EXPECT_TRUE(isLawful(ChangeKind::AnnotationAdded, {}, open));
}

TEST(Document, FollowsDocMdpAboveThePolicy) {
  const Policy open{.allow_annotations = true};
  EXPECT_FALSE(isLawful(ChangeKind::SignatureAdded, 1, open));
  EXPECT_TRUE(isLawful(ChangeKind::DocumentTimestampAdded, 1, open));
  EXPECT_TRUE(isLawful(ChangeKind::FieldFilled, 2, open));
  EXPECT_FALSE(isLawful(ChangeKind::AnnotationAdded, 2, open));
  EXPECT_TRUE(isLawful(ChangeKind::AnnotationAdded, 3, Policy{}));
}

TEST(Document, NeverAllowsWhatNobodyCanExplain) {
  const Policy open{.allow_form_filling = true, .allow_annotations = true};
  for (const auto kind : {ChangeKind::PageChanged,
                          ChangeKind::PageAdded,
                          ChangeKind::PageRemoved,
                          ChangeKind::CatalogChanged,
                          ChangeKind::LockedFieldChanged,
                          ChangeKind::ObjectUndefined,
                          ChangeKind::SignatureRemoved,
                          ChangeKind::Unexplained}) {
    EXPECT_FALSE(isLawful(kind, {}, open));
    EXPECT_FALSE(isLawful(kind, 3, open));
  }
}

TEST(Document, IsAsSignedOnlyWhenTheWholeFileIsCovered) {
  auto facts = withChanges({});
  EXPECT_EQ(judgeDocument(facts, false, {}).state, DocumentState::Extended);
  facts.covers_whole_file = true;
  const auto finding = judgeDocument(facts, false, {});
  EXPECT_EQ(finding.state, DocumentState::AsSigned);
  EXPECT_EQ(finding.covers, "whole-file");
}

TEST(Document, PointsAtMarksOfLaterSignatures) {
  const auto drawn =
      judgeDocument(withChanges({{ChangeKind::SignatureDrawn, "mark", 2}}), false, {});
  EXPECT_EQ(drawn.state, DocumentState::Extended);
  EXPECT_TRUE(drawn.later_marks);
  const auto plain = judgeDocument(withChanges({{ChangeKind::SignatureAdded, "B", 2}}), false, {});
  EXPECT_FALSE(plain.later_marks);
}

TEST(Document, NamesEveryLaterChange) {
  const auto finding = judgeDocument(withChanges({{ChangeKind::SignatureAdded, "field B", 2},
                                                  {ChangeKind::PageChanged, "page 1: content", 3}}),
                                     false,
                                     {});
  EXPECT_EQ(finding.state, DocumentState::Modified);
  EXPECT_EQ(finding.changes_after,
            (std::vector<LaterChange>{{ChangeKind::SignatureAdded, "field B", 2, true},
                                      {ChangeKind::PageChanged, "page 1: content", 3, false}}));
  EXPECT_NE(finding.detail.find("page 1: content"), std::string::npos);
  EXPECT_EQ(finding.detail.find("field B"), std::string::npos);
}

TEST(Document, IsUnknownWhenItCannotBeComparedOrIsDamaged) {
  auto facts = withChanges({});
  facts.covers_whole_file = true;
  EXPECT_EQ(judgeDocument(facts, true, {}).state, std::nullopt);
  facts.later_changes.reset();
  EXPECT_EQ(judgeDocument(facts, false, {}).state, std::nullopt);
}

TEST(Document, StaysModifiedWhenItIsDamagedToo) {
  const auto facts = withChanges({{ChangeKind::Unexplained, "object 7", 2}});
  EXPECT_EQ(judgeDocument(facts, true, {}).state, DocumentState::Modified);
}

TEST(Document, SaysWhatASignatureCovers) {
  auto facts = withChanges({});
  EXPECT_EQ(coverage(facts), "revision 1 of 2");
  facts.revision = 0;
  EXPECT_EQ(coverage(facts), "part");
}

}  // namespace
}  // namespace congvan::validation
