// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/policy_tree.h"

#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

constexpr const char* kAny = "2.5.29.32.0";

CertificateFacts with(std::vector<std::string> policies) {
  CertificateFacts facts;
  facts.policies = std::move(policies);
  return facts;
}

PolicyRequest wanting(std::vector<std::string> policies) {
  return {.initial_set = std::move(policies), .explicit_policy = true};
}

TEST(PolicyTree, NeedsThePolicyAllTheWayDown) {
  PolicyTree tree(wanting({"1.1"}), 2);

  EXPECT_TRUE(tree.addAuthority(with({"1.1", "1.2"})));
  EXPECT_TRUE(tree.addLeaf(with({"1.1"})));
  EXPECT_TRUE(tree.satisfied());
}

TEST(PolicyTree, BreaksWhereACertificateHasNone) {
  PolicyTree tree(wanting({}), 2);

  EXPECT_FALSE(tree.addAuthority(CertificateFacts{}));
}

TEST(PolicyTree, AnyPolicyStandsForThePolicyBelow) {
  PolicyTree tree(wanting({"1.1"}), 2);

  EXPECT_TRUE(tree.addAuthority(with({kAny})));
  EXPECT_TRUE(tree.addLeaf(with({"1.1"})));
  EXPECT_TRUE(tree.satisfied());
}

TEST(PolicyTree, AnyPolicyInTheLeafKeepsWhatTheAuthorityHad) {
  PolicyTree tree(wanting({"1.2"}), 2);

  tree.addAuthority(with({"1.1"}));
  EXPECT_TRUE(tree.addLeaf(with({kAny})));
  EXPECT_FALSE(tree.satisfied());
}

TEST(PolicyTree, MapsThePolicyIntoTheSubjectsDomain) {
  auto authority = with({"1.1"});
  authority.policy_mappings = {{"1.1", "9.9"}};
  PolicyTree mapped(wanting({"1.1"}), 2);
  PolicyTree by_new_name(wanting({"9.9"}), 2);
  auto forbidden_request = wanting({"1.1"});
  forbidden_request.inhibit_mapping = true;
  PolicyTree forbidden(forbidden_request, 2);

  mapped.addAuthority(authority);
  EXPECT_TRUE(mapped.addLeaf(with({"9.9"})));
  EXPECT_TRUE(mapped.satisfied()) << "the caller speaks the anchor's language";
  by_new_name.addAuthority(authority);
  by_new_name.addLeaf(with({"9.9"}));
  EXPECT_FALSE(by_new_name.satisfied());
  forbidden.addAuthority(authority);
  EXPECT_FALSE(forbidden.addLeaf(with({"9.9"})));
}

TEST(PolicyTree, CountsDownToAnExplicitPolicy) {
  auto authority = with({"1.1"});
  authority.require_explicit_policy = 1;
  PolicyTree late({}, 3);
  PolicyTree soon_enough({}, 2);

  late.addAuthority(authority);
  EXPECT_TRUE(late.addAuthority(CertificateFacts{})) << "one certificate is still free";
  EXPECT_FALSE(late.addLeaf(CertificateFacts{}));
  soon_enough.addAuthority(authority);
  EXPECT_TRUE(soon_enough.addLeaf(CertificateFacts{}) && !soon_enough.satisfied());
}

TEST(PolicyTree, InhibitsAnyPolicyButNotInSelfIssuedAuthorities) {
  auto first = with({"1.1"});
  first.inhibit_any_policy = 0;
  auto self_issued = with({kAny});
  self_issued.self_issued = true;
  PolicyTree free(wanting({"1.1"}), 3);
  PolicyTree bound(wanting({"1.1"}), 2);

  free.addAuthority(first);
  EXPECT_TRUE(free.addAuthority(self_issued));
  EXPECT_TRUE(free.addLeaf(with({"1.1"})) && free.satisfied());
  bound.addAuthority(first);
  EXPECT_FALSE(bound.addLeaf(with({kAny})));
}

TEST(PolicyTree, StaysSmallWherePoliciesMultiply) {
  // Every authority maps each of 60 policies to all 60: RFC 5280's tree would have 60^10 leaves.
  CertificateFacts authority;
  authority.policies.emplace();
  for (int i = 0; i < 60; ++i) authority.policies->push_back("1.3." + std::to_string(i));
  for (const auto& from : *authority.policies) {
    for (const auto& to : *authority.policies) authority.policy_mappings.push_back({from, to});
  }
  PolicyTree tree(wanting({"1.3.7"}), 11);

  for (int level = 0; level < 10; ++level) ASSERT_TRUE(tree.addAuthority(authority));
  EXPECT_TRUE(tree.addLeaf(with({"1.3.59"})));
  EXPECT_TRUE(tree.satisfied());
}

}  // namespace
}  // namespace congvan::pki
