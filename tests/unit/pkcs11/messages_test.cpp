// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/messages.h"

#include "base/encoding.h"
#include "edge/pkcs11/frame.h"

#include <gtest/gtest.h>

#include <array>
#include <sys/socket.h>

namespace congvan::pkcs11 {
namespace {

crypto::SecretBytes secretOf(std::uint8_t octet) {
  return crypto::SecretBytes(Bytes(kSecretBytes, octet));
}

AskSignature anAskedSignature() {
  return {secretOf(7), {}, Bytes(32, 9)};
}

std::pair<Descriptor, Descriptor> line() {
  std::array<int, 2> both{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, both.data()), 0);
  return {Descriptor(both[0]), Descriptor(both[1])};
}

void sendRaw(const Descriptor& to, const Bytes& bytes) {
  ASSERT_EQ(::send(to.number(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
}

TEST(Messages, ComeOutAsTheyWentIn) {
  const auto read = readRequest(encode(5, anAskedSignature()).value().view());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->number, 5U);
  const auto& asked = std::get<AskSignature>(read->question);
  EXPECT_EQ(asked.digest, Bytes(32, 9));
  EXPECT_EQ(toBytes(asked.secret.view()), Bytes(kSecretBytes, 7));

  const auto make =
      readRequest(encode(6, AskMake{secretOf(1), crypto::KeyKind::Rsa3072, "ca1"}).value().view());
  ASSERT_TRUE(make);
  EXPECT_EQ(std::get<AskMake>(make->question).kind, crypto::KeyKind::Rsa3072);
  EXPECT_EQ(std::get<AskMake>(make->question).label, "ca1");

  const auto good = readAnswer(encode(Answer{9, Bytes{1, 2}}).view());
  ASSERT_TRUE(good && good->content);
  EXPECT_EQ(*good->content, (Bytes{1, 2}));
  const auto bad =
      readAnswer(encode(Answer{9, Error{Code::NotFound, "token_key_missing", {}, "why"}}).view());
  ASSERT_TRUE(bad && !bad->content);
  EXPECT_EQ(bad->content.error().code, Code::NotFound);
  EXPECT_EQ(bad->content.error().reason, "token_key_missing");
}

TEST(Messages, HaveNoFormForWeakDigestsAndOtherKeys) {
  auto asked = anAskedSignature();
  asked.algorithm.digest = crypto::DigestAlgorithm::Sha1;
  asked.digest.resize(20);
  EXPECT_FALSE(encode(1, std::move(asked)));
  EXPECT_FALSE(encode(1, AskMake{secretOf(1), crypto::KeyKind::Rsa2048, "short"}));
  EXPECT_TRUE(
      encode(1, AskMake{secretOf(1), crypto::KeyKind::P256, std::string(kLabelBytesMost, 'a')}));
  EXPECT_FALSE(encode(
      1, AskMake{secretOf(1), crypto::KeyKind::P256, std::string(kLabelBytesMost + 1, 'a')}));
}

TEST(Messages, AreRefusedWhenCutOrFollowedByAnything) {
  const auto whole = toBytes(encode(5, anAskedSignature()).value().view());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(readRequest(BytesView(whole).first(size))) << size;
  }
  auto longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(readRequest(longer));
  auto unknown = whole;
  unknown[4] = 9;
  EXPECT_FALSE(readRequest(unknown));
}

TEST(Frames, AreReadOneAfterAnotherUntilTheEnd) {
  auto [left, right] = line();
  ASSERT_TRUE(writeFrame(left, Bytes{1}));
  ASSERT_TRUE(writeFrame(left, Bytes(kFrameBytesMost, 2)));
  EXPECT_FALSE(writeFrame(left, Bytes(kFrameBytesMost + 1, 3)));
  { const auto gone = std::move(left); }
  const auto first = readFrame(right);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(toBytes((*first)->view()), Bytes{1});
  const auto second = readFrame(right);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->size(), kFrameBytesMost);
  const auto end = readFrame(right);
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(Frames, AreRefusedWhenEmptyTooLongOrCutOff) {
  for (const auto& bytes : {Bytes{0, 0, 0, 0},
                            Bytes{0, 0, 0x10, 0x01},
                            Bytes{0xFF, 0xFF, 0xFF, 0xFF},
                            Bytes{0, 0},
                            Bytes{0, 0, 0, 2, 1}}) {
    auto [left, right] = line();
    sendRaw(left, bytes);
    { const auto gone = std::move(left); }
    const auto read = readFrame(right);
    ASSERT_FALSE(read) << toHex(bytes);
    EXPECT_EQ(read.error().reason, "frame_malformed");
  }
}

}  // namespace
}  // namespace congvan::pkcs11
