// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/digest.h"

#include "base/encoding.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

#include <array>

namespace congvan::crypto {
namespace {

struct Named {
  DigestAlgorithm algorithm;
  const char* openssl;
};

constexpr std::array kAll{
    Named{DigestAlgorithm::Md5, "md5"},
    Named{DigestAlgorithm::Sha1, "sha1"},
    Named{DigestAlgorithm::Sha224, "sha224"},
    Named{DigestAlgorithm::Sha256, "sha256"},
    Named{DigestAlgorithm::Sha384, "sha384"},
    Named{DigestAlgorithm::Sha512, "sha512"},
    Named{DigestAlgorithm::Sha512_224, "sha512-224"},
    Named{DigestAlgorithm::Sha512_256, "sha512-256"},
    Named{DigestAlgorithm::Sha3_224, "sha3-224"},
    Named{DigestAlgorithm::Sha3_256, "sha3-256"},
    Named{DigestAlgorithm::Sha3_384, "sha3-384"},
    Named{DigestAlgorithm::Sha3_512, "sha3-512"},
    Named{DigestAlgorithm::Ripemd160, "rmd160"},
    Named{DigestAlgorithm::Shake256, "shake256 -xoflen 64"},
};

TEST(Digest, AgreesWithTheOpensslCommand) {
  const test::TempFolder folder;
  const std::string message = "Quyết định số 05/QĐ-UBND ngày 14 tháng 02 năm 2026";
  folder.write("message", message);
  for (const auto& [algorithm, openssl] : kAll) {
    const auto line =
        test::mustRun(folder, std::string("openssl dgst -r -") + openssl + " message");

    ASSERT_TRUE(digestAvailable(algorithm)) << openssl;
    const auto value = digest(algorithm, asBytes(message));

    EXPECT_EQ(toHex(value), line.substr(0, line.find(' '))) << openssl;
    EXPECT_EQ(value.size(), digestSize(algorithm)) << openssl;
  }
}

TEST(Digest, IsTheSameHoweverTheMessageIsCut) {
  const Bytes message(100'000, 0x5A);
  for (const auto& [algorithm, openssl] : kAll) {
    Digest streamed(algorithm);
    for (std::size_t at = 0; at < message.size(); at += 777) {
      streamed.update(
          BytesView(message).subspan(at, std::min<std::size_t>(777, message.size() - at)));
    }
    EXPECT_EQ(streamed.finish(), digest(algorithm, message)) << openssl;
  }
}

TEST(Digest, OfNothingIsThatOfTheEmptyMessage) {
  EXPECT_EQ(toHex(digest(DigestAlgorithm::Sha256, {})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Digest(DigestAlgorithm::Sha256).finish(), digest(DigestAlgorithm::Sha256, {}));
}

TEST(Digest, IdentifiersLeadBackToTheAlgorithm) {
  for (const auto& [algorithm, openssl] : kAll) {
    EXPECT_EQ(digestByOid(digestOid(algorithm)), algorithm) << openssl;
    EXPECT_FALSE(digestName(algorithm).empty()) << openssl;
  }
  EXPECT_EQ(digestByOid("1.2.3"), std::nullopt);
}

}  // namespace
}  // namespace congvan::crypto
