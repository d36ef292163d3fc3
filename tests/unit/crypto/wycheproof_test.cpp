// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "tests/support/shell.h"
#include "trust/crypto/public_key.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace congvan::crypto {
namespace {

DigestAlgorithm digestNamed(const std::string& name) {
  if (name == "SHA-1") return DigestAlgorithm::Sha1;
  if (name == "SHA-224") return DigestAlgorithm::Sha224;
  if (name == "SHA-256") return DigestAlgorithm::Sha256;
  if (name == "SHA-384") return DigestAlgorithm::Sha384;
  if (name == "SHA-512") return DigestAlgorithm::Sha512;
  if (name == "SHA-512/224") return DigestAlgorithm::Sha512_224;
  if (name == "SHA-512/256") return DigestAlgorithm::Sha512_256;
  throw std::runtime_error("a digest this test does not know: " + name);
}

SignatureAlgorithm algorithmOf(const std::string& file, const nlohmann::json& group) {
  SignatureAlgorithm algorithm;
  if (file.starts_with("ed25519")) return {Scheme::Ed25519};
  if (file.starts_with("ed448")) return {Scheme::Ed448};
  algorithm.digest = algorithm.mask_digest = digestNamed(group.at("sha"));
  if (file.starts_with("ecdsa")) {
    algorithm.scheme = Scheme::Ecdsa;
  } else if (file.starts_with("dsa")) {
    algorithm.scheme = Scheme::Dsa;
  } else if (file.starts_with("rsa_pss")) {
    algorithm.scheme = Scheme::RsaPss;
    algorithm.mask_digest = digestNamed(group.at("mgfSha"));
    algorithm.salt_bytes = group.at("sLen");
  } else {
    algorithm.scheme = Scheme::RsaPkcs1;
  }
  return algorithm;
}

struct Count {
  int valid = 0, invalid = 0, acceptable = 0;
};

void checkFile(const std::filesystem::path& path, Count& count) {
  std::ifstream stream(path);
  const auto cases = nlohmann::json::parse(stream);
  const auto file = path.filename().string();
  for (const auto& group : cases.at("testGroups")) {
    const auto algorithm = algorithmOf(file, group);
    const auto key = PublicKey::parse(*fromHex(group.at("publicKeyDer").get<std::string>()));
    ASSERT_TRUE(key) << file << ": " << key.error().detail;
    for (const auto& test : group.at("tests")) {
      const auto message = fromHex(test.at("msg").get<std::string>());
      const auto value = fromHex(test.at("sig").get<std::string>());
      const auto check = checkSignature(*key, algorithm, *message, *value);
      const auto name =
          file + " " + test.at("tcId").dump() + " " + test.at("comment").get<std::string>();
      const std::string expected = test.at("result");
      if (expected == "acceptable") {
        ++count.acceptable;
        continue;
      }
      const bool valid = expected == "valid";
      EXPECT_EQ(check, valid ? SignatureCheck::Good : SignatureCheck::Bad) << name;
      ++(valid ? count.valid : count.invalid);
    }
  }
}

TEST(Wycheproof, EveryVectorIsJudgedAsPublished) {
  const auto folder = test::corpora() / "ades" / "wycheproof";
  if (test::corpora().empty()) GTEST_SKIP() << "no ../shared/corpora on this machine";

  Count count;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") checkFile(entry.path(), count);
  }

  RecordProperty("valid", count.valid);
  RecordProperty("invalid", count.invalid);
  EXPECT_GT(count.valid, 1000);
  EXPECT_GT(count.invalid, 3000);
}

}  // namespace
}  // namespace congvan::crypto
