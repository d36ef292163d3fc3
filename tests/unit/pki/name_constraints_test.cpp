// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/name_constraints.h"

#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

using Kind = GeneralNameKind;

/// Is a certificate with this one name allowed below these subtrees?
bool isAllowed(Kind kind,
               const std::string& name,
               std::vector<std::string> permitted,
               std::vector<std::string> excluded = {}) {
  CertificateFacts authority;
  authority.name_constraints.emplace();
  for (auto& base : permitted) authority.name_constraints->permitted.push_back({kind, base});
  for (auto& base : excluded) authority.name_constraints->excluded.push_back({kind, base});
  CertificateFacts leaf;
  leaf.alternative_names = {{GeneralName{kind, name}}};
  NameConstraints constraints;
  constraints.add(authority);
  return !constraints.refusal(leaf);
}

std::string octets(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

TEST(NameConstraints, ADnsSubtreeHoldsTheNameAndAllBelow) {
  EXPECT_TRUE(isAllowed(Kind::Dns, "tinh.gov.vn", {"tinh.gov.vn"}));
  EXPECT_TRUE(isAllowed(Kind::Dns, "a.b.TINH.gov.vn", {"tinh.GOV.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "xtinh.gov.vn", {"tinh.gov.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "gov.vn", {"tinh.gov.vn"}));
  EXPECT_TRUE(isAllowed(Kind::Dns, "gov.vn", {}, {"tinh.gov.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.tinh.gov.vn", {}, {"tinh.gov.vn"}));
}

TEST(NameConstraints, AnEmptyDnsSubtreeHoldsEveryName) {
  EXPECT_TRUE(isAllowed(Kind::Dns, "a.vn", {""}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.vn", {}, {""}));
}

TEST(NameConstraints, AWildcardStandsForAllThatItMightMatch) {
  EXPECT_TRUE(isAllowed(Kind::Dns, "*.tinh.vn", {"tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "*.tinh.vn", {"so.tinh.vn"})) << "not all of them are inside";
  EXPECT_FALSE(isAllowed(Kind::Dns, "*.tinh.vn", {}, {"so.tinh.vn"})) << "one of them is inside";
  EXPECT_TRUE(isAllowed(Kind::Dns, "*.tinh.vn", {}, {"a.so.tinh.vn"})) << "only one label deep";
}

TEST(NameConstraints, ADnsConstraintInAnotherFormRefuses) {
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.tinh.vn", {".tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.tinh.vn", {"*.tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.tinh.vn", {}, {"*.khac.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Dns, "a..tinh.vn", {"tinh.vn"}));
}

TEST(NameConstraints, AMailConstraintIsAMailboxAHostOrADomain) {
  EXPECT_TRUE(isAllowed(Kind::Email, "An@tinh.vn", {"An@TINH.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Email, "an@tinh.vn", {"An@tinh.vn"}));
  EXPECT_TRUE(isAllowed(Kind::Email, "an@tinh.vn", {"tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Email, "an@so.tinh.vn", {"tinh.vn"}));
  EXPECT_TRUE(isAllowed(Kind::Email, "an@so.tinh.vn", {".tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Email, "an@tinh.vn", {".tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Email, "an@b@tinh.vn", {"tinh.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Email, "an@b@tinh.vn", {}, {"khac.vn"})) << "nobody can compare it";
  EXPECT_TRUE(isAllowed(Kind::Email, "*@tinh.vn", {"*@tinh.vn"})) << "an asterisk is a letter here";
}

TEST(NameConstraints, AUriIsComparedByItsHost) {
  EXPECT_TRUE(isAllowed(Kind::Uri, "https://u@so.vn:8443/x?y", {"so.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Uri, "https://a.so.vn/", {"so.vn"}));
  EXPECT_TRUE(isAllowed(Kind::Uri, "https://a.so.vn/", {".so.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Uri, "https://10.0.0.1/", {".so.vn"}));
  EXPECT_FALSE(isAllowed(Kind::Uri, "urn:vn:so", {}, {".so.vn"}));
}

TEST(NameConstraints, AnAddressIsComparedUnderItsMask) {
  const auto net = octets({10, 1, 0, 0, 255, 255, 0, 0});
  EXPECT_TRUE(isAllowed(Kind::Ip, octets({10, 1, 2, 3}), {net}));
  EXPECT_FALSE(isAllowed(Kind::Ip, octets({10, 2, 2, 3}), {net}));
  EXPECT_FALSE(isAllowed(Kind::Ip, octets({10, 1, 2, 3}), {}, {net}));
  EXPECT_FALSE(isAllowed(Kind::Ip, std::string(16, '\1'), {net})) << "the other family is outside";
  EXPECT_FALSE(isAllowed(Kind::Ip, octets({10, 1, 2}), {net}));
  EXPECT_FALSE(isAllowed(Kind::Ip, octets({10, 1, 2, 3}), {octets({10, 1, 0, 0, 255, 0, 255, 0})}));
}

TEST(NameConstraints, AKindThatCannotBeComparedRefuses) {
  EXPECT_FALSE(isAllowed(Kind::Other, "x", {}, {"y"}));
  EXPECT_FALSE(isAllowed(Kind::RegisteredId, "x", {"x"}));
}

TEST(NameConstraints, ExclusionOutweighsPermission) {
  EXPECT_FALSE(isAllowed(Kind::Dns, "a.vn", {"a.vn"}, {"a.vn"}));
}

TEST(NameConstraints, EveryAuthorityNarrows) {
  CertificateFacts first;
  first.name_constraints = Subtrees{{{Kind::Dns, "a.vn"}, {Kind::Dns, "b.vn"}}, {}};
  CertificateFacts second;
  second.name_constraints = Subtrees{{{Kind::Dns, "b.vn"}}, {}};
  CertificateFacts leaf;
  leaf.alternative_names = {{GeneralName{Kind::Dns, "a.vn"}}};
  NameConstraints constraints;
  constraints.add(first);
  EXPECT_FALSE(constraints.refusal(leaf));

  constraints.add(second);

  EXPECT_TRUE(constraints.refusal(leaf));
}

TEST(NameConstraints, AlsoBindTheMailAddressInTheSubject) {
  CertificateFacts authority;
  authority.name_constraints = Subtrees{{{Kind::Email, "tinh.vn"}}, {}};
  CertificateFacts leaf;
  leaf.subject.rdns = {"email"};
  leaf.subject.emails = {"an@khac.vn"};
  NameConstraints constraints;
  constraints.add(authority);

  EXPECT_TRUE(constraints.refusal(leaf));
}

TEST(NameConstraints, RefuseMoreComparisonsThanTheirLimit) {
  const auto refused = [](std::size_t names, std::size_t bases) {
    CertificateFacts authority;
    authority.name_constraints.emplace();
    authority.name_constraints->excluded.assign(bases, {Kind::Dns, "khac.vn"});
    CertificateFacts leaf;
    leaf.alternative_names.emplace(names, GeneralName{Kind::Dns, "tinh.vn"});
    NameConstraints constraints;
    constraints.add(authority);
    return constraints.refusal(leaf).has_value();
  };
  static_assert(kNameComparisonsMax == 1024U * 1024U);

  EXPECT_FALSE(refused(1024, 1024));
  EXPECT_TRUE(refused(1024, 1025));
}

}  // namespace
}  // namespace congvan::pki
