// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/secret.h"

#include "base/encoding.h"
#include "trust/crypto/keyed_hash.h"
#include "trust/crypto/password.h"
#include "trust/crypto/random.h"
#include "trust/crypto/wrapped_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace congvan::crypto {
namespace {

constexpr ScryptCost kCheap{1U << 4U, 8, 1};
constexpr PasswordCost kCheapPassword{1, 8192};

const Bytes kOwner = toBytes(std::string_view("person 0198 certificate 0199"));

Bytes wrapped() {
  SystemRandom random;
  return wrapSecret(SecretBytes("a private key"),
                    SecretBytes("246810"),
                    SecretBytes("server"),
                    kOwner,
                    random,
                    kCheap);
}

Result<SecretBytes> unwrap(BytesView wrap) {
  return unwrapSecret(wrap, SecretBytes("246810"), SecretBytes("server"), kOwner);
}

TEST(SecretBytes, WipesWhatItHeld) {
  std::array<std::uint8_t, 32> memory{};
  memory.fill(0xAA);
  wipe(memory.data(), memory.size());
  EXPECT_TRUE(std::ranges::all_of(memory, [](auto octet) { return octet == 0; }));
}

TEST(SecretBytes, MovingLeavesNothingBehind) {
  SecretBytes first("secret");
  const auto* where = first.data();
  const SecretBytes second(std::move(first));
  EXPECT_EQ(second.view().data(), where) << "moved, not copied";
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(SecretBytes, ComparesByContentAndLength) {
  const auto bytes = [](std::string_view text) { return toBytes(text); };
  EXPECT_TRUE(equalConstantTime(bytes("abc"), bytes("abc")));
  EXPECT_FALSE(equalConstantTime(bytes("abc"), bytes("abd")));
  EXPECT_FALSE(equalConstantTime(bytes("abc"), bytes("abcd")));
  EXPECT_TRUE(equalConstantTime({}, {}));
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::array<std::uint8_t, 32> first{};
  std::array<std::uint8_t, 32> second{};
  random.fill(first);
  random.fill(second);
  EXPECT_NE(first, second);
}

TEST(WrappedKey, OpensWithPinServerSecretAndOwner) {
  const auto secret = unwrap(wrapped());
  ASSERT_TRUE(secret);
  EXPECT_EQ(asText(secret->view()), "a private key");
}

TEST(WrappedKey, TwoWrapsOfOneSecretDiffer) {
  EXPECT_NE(wrapped(), wrapped());
}

TEST(WrappedKey, RefusesAnyOtherPinServerSecretOrOwner) {
  const auto wrap = wrapped();
  const SecretBytes pin("246810");
  const SecretBytes server("server");
  EXPECT_EQ(unwrapSecret(wrap, SecretBytes("246811"), server, kOwner).error().reason, "pin_wrong");
  EXPECT_EQ(unwrapSecret(wrap, SecretBytes(""), server, kOwner).error().reason, "pin_wrong");
  EXPECT_EQ(unwrapSecret(wrap, pin, SecretBytes("other"), kOwner).error().reason, "pin_wrong");
  EXPECT_EQ(unwrapSecret(wrap, pin, server, asBytes("person 0200")).error().reason, "pin_wrong");
  EXPECT_EQ(unwrapSecret(wrap, pin, server, {}).error().reason, "pin_wrong");
}

TEST(WrappedKey, NoBitCanBeFlipped) {
  const auto wrap = wrapped();
  for (std::size_t at = 0; at < wrap.size(); ++at) {
    auto changed = wrap;
    changed[at] ^= 1U;
    EXPECT_FALSE(unwrap(changed)) << "byte " << at;
  }
}

TEST(WrappedKey, RefusesACutOrLongerWrap) {
  auto wrap = wrapped();
  for (std::size_t size = 0; size < wrap.size(); size += 7)
    EXPECT_FALSE(unwrap(BytesView(wrap).first(size)));
  wrap.push_back(0);
  EXPECT_FALSE(unwrap(wrap));
}

TEST(WrappedKey, RefusesACostOutOfBounds) {
  const auto refused = [](std::size_t at, std::uint8_t value) {
    auto wrap = wrapped();
    wrap[at] = value;
    const auto opened = unwrap(wrap);
    return !opened && opened.error().reason == "wrap_malformed";
  };
  EXPECT_TRUE(refused(0, 2)) << "another version";
  EXPECT_TRUE(refused(1, 0)) << "n = 1";
  EXPECT_TRUE(refused(1, 19)) << "128 n r over 256 MiB";
  EXPECT_TRUE(refused(1, 255));
  EXPECT_TRUE(refused(5, 0)) << "r = 0";
  EXPECT_TRUE(refused(5, 33)) << "r = 33";
  EXPECT_TRUE(refused(9, 0)) << "p = 0";
  EXPECT_TRUE(refused(9, 17)) << "p = 17";
  EXPECT_FALSE(refused(9, 16)) << "p = 16 is within: only the key is another";
}

TEST(WrappedKey, KeepsToItsSizes) {
  SystemRandom random;
  const SecretBytes pin("1");
  const auto wrap = [&](std::size_t size) {
    return wrapSecret(SecretBytes(size), pin, SecretBytes(), {}, random, kCheap);
  };
  EXPECT_EQ(wrap(64U << 10U).size(), (64U << 10U) + 54);
  EXPECT_THROW(wrap((64U << 10U) + 1), std::invalid_argument);
  EXPECT_THROW(wrap(0), std::invalid_argument);
  EXPECT_THROW(wrapSecret(pin, pin, pin, {}, random, {1000, 8, 1}), std::invalid_argument);
}

TEST(WrappedKey, TheUsualCostOpensToo) {
  SystemRandom random;
  const auto wrap =
      wrapSecret(SecretBytes("key"), SecretBytes("1"), SecretBytes("2"), kOwner, random);
  EXPECT_TRUE(unwrapSecret(wrap, SecretBytes("1"), SecretBytes("2"), kOwner));
}

TEST(Password, MatchesOnlyItself) {
  const auto hash = hashPassword(SecretBytes("mật khẩu"), kCheapPassword);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(passwordMatches(hash, SecretBytes("mật khẩu")));
  EXPECT_FALSE(passwordMatches(hash, SecretBytes("mat khau")));
  EXPECT_FALSE(passwordMatches(hash, SecretBytes("")));
  EXPECT_NE(hash, hashPassword(SecretBytes("mật khẩu"), kCheapPassword)) << "a salt of its own";
}

TEST(Password, RefusesAHashItCannotRead) {
  const SecretBytes password("x");
  EXPECT_FALSE(passwordMatches("", password));
  EXPECT_FALSE(passwordMatches("x", password));
  EXPECT_FALSE(passwordMatches("$argon2id$v=19$m=8,t=1", password));
  EXPECT_FALSE(passwordMatches(std::string(4096, 'a'), password));
}

TEST(Password, RefusesAHashWhoseCostWouldStopTheServer) {
  auto hash = hashPassword(SecretBytes("x"), kCheapPassword);
  hash.replace(hash.find("m=8,"), 4, "m=4194304,");
  EXPECT_FALSE(passwordMatches(hash, SecretBytes("x")));
}

TEST(KeyedHash, IsHmacUnderAKeyForThePurpose) {
  Bytes octets(32);
  std::iota(octets.begin(), octets.end(), std::uint8_t{0});
  const SecretBytes secret{BytesView(octets)};
  const auto pin = toBytes(std::string_view("135790"));
  // python3: k = hmac.digest(bytes(range(32)), b"a purpose", "sha256"); hmac.digest(k, b"135790",
  // "sha256")
  EXPECT_EQ(toHex(keyedHash(secret, "a purpose", pin)),
            "af11fca00f8452e3e713b598d1ab3627e3f1d941702479b20c186c33205f04a5");
  EXPECT_NE(keyedHash(secret, "another", pin), keyedHash(secret, "a purpose", pin));
}

}  // namespace
}  // namespace congvan::crypto
