// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/algorithms.h"

#include <gtest/gtest.h>

namespace congvan::validation {
namespace {

using crypto::DigestAlgorithm;
using crypto::KeyFamily;

TEST(Algorithms, EndAsTheTableSays) {
  EXPECT_EQ(formatUtc(*reliableUntil(DigestAlgorithm::Md5)), "2004-08-01T00:00:00Z");
  EXPECT_EQ(formatUtc(*reliableUntil(DigestAlgorithm::Sha1)), "2012-08-01T00:00:00Z");
  EXPECT_EQ(reliableUntil(DigestAlgorithm::Sha256), std::nullopt);
  EXPECT_EQ(reliableUntil(DigestAlgorithm::Sha3_512), std::nullopt);
}

TEST(Algorithms, ShortKeysEndBeforeLongOnes) {
  EXPECT_EQ(formatUtc(*reliableUntil(KeyFamily::Rsa, 1024)), "2019-10-01T00:00:00Z");
  EXPECT_EQ(formatUtc(*reliableUntil(KeyFamily::Rsa, 2048)), "2029-01-01T00:00:00Z");
  EXPECT_EQ(reliableUntil(KeyFamily::Rsa, 3072), std::nullopt);
  EXPECT_EQ(reliableUntil(KeyFamily::Ec, 256), std::nullopt);
  EXPECT_LT(*reliableUntil(KeyFamily::Ec, 192), *reliableUntil(KeyFamily::Ec, 224));
  EXPECT_EQ(reliableUntil(KeyFamily::Ed25519, 253), std::nullopt);
}

}  // namespace
}  // namespace congvan::validation
