// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/policy_file.h"

#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace congvan::validation {
namespace {

std::string shipped(const std::string& name) {
  const auto path = std::filesystem::path(CONGVAN_SOURCE_DIR) / "certs/policies" / name;
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PolicyFile, DefaultIsTheBuiltInPolicyWrittenOut) {
  const auto policy = parsePolicy(shipped("default.yaml"));
  ASSERT_TRUE(policy);
  const Policy built_in;
  EXPECT_EQ(policy->checks, built_in.checks);
  EXPECT_EQ(policy->revocation, built_in.revocation);
  EXPECT_EQ(policy->rsa_bits_min, built_in.rsa_bits_min);
  EXPECT_EQ(policy->allow_form_filling, built_in.allow_form_filling);
  EXPECT_EQ(policy->allow_annotations, built_in.allow_annotations);
  EXPECT_EQ(policy->require_non_repudiation, built_in.require_non_repudiation);
}

TEST(PolicyFile, PermissiveStillChecksEverything) {
  const auto policy = parsePolicy(shipped("permissive.yaml"));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->checks, Checks::Full);
  EXPECT_EQ(policy->revocation, pki::RevocationMode::Try);
  EXPECT_TRUE(policy->allow_annotations);
}

TEST(PolicyFile, RefusesAnUnknownKeyOrValue) {
  EXPECT_FALSE(parsePolicy("revocaton: off\n"));
  EXPECT_FALSE(parsePolicy("revocation: sometimes\n"));
  EXPECT_FALSE(parsePolicy("checks: none\n"));
  EXPECT_FALSE(parsePolicy("- a list\n"));
}

TEST(PolicyFile, TakesOffAsAWord) {
  const auto policy = parsePolicy("revocation: off\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->revocation, pki::RevocationMode::Off);
}

TEST(PolicyFile, BoundsTheKeyLength) {
  EXPECT_TRUE(parsePolicy("rsa_bits_min: 1024\n"));
  EXPECT_FALSE(parsePolicy("rsa_bits_min: 1023\n"));
  EXPECT_TRUE(parsePolicy("rsa_bits_min: 16384\n"));
  EXPECT_FALSE(parsePolicy("rsa_bits_min: 16385\n"));
}

}  // namespace
}  // namespace congvan::validation
