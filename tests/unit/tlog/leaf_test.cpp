// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/leaf.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

namespace congvan::tlog::testing {
namespace {

Bytes serialOf(std::size_t size) {
  return Bytes(size, 0x5A);
}

IntentLeaf intent() {
  IntentLeaf leaf;
  leaf.time = fromMicros(0x0102030405060708);
  leaf.request.bytes.fill(0xAA);
  leaf.approvals.fill(0xBB);
  leaf.profile = "person";
  leaf.serial = {0x7F, 0x01};
  leaf.tbs.fill(0xCC);
  return leaf;
}

std::vector<Leaf> oneOfEach() {
  EventLeaf event;
  event.commitment.fill(0x11);
  IssuedLeaf issued{fromMicros(1), 7, {0x7F, 0x01}, {}};
  issued.certificate.fill(0x22);
  return {event,
          intent(),
          issued,
          StatusLeaf{fromMicros(2), {0x7F, 0x01}, CertificateStatus::Revoked, 1}};
}

std::string repeated(std::string_view hex, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += hex;
  return text;
}

TEST(Leaf, HasTheBytesThatAreWrittenDown) {
  const auto leaves = oneOfEach();
  EXPECT_EQ(toHex(*encodeLeaf(leaves[0])), "0101" + repeated("11", 32));
  EXPECT_EQ(toHex(*encodeLeaf(leaves[1])),
            "0102"
            "0102030405060708" +
                repeated("aa", 16) + repeated("bb", 32) +
                "0006706572736f6e"
                "00027f01" +
                repeated("cc", 32));
  EXPECT_EQ(toHex(*encodeLeaf(leaves[2])),
            "0103"
            "0000000000000001"
            "0000000000000007"
            "00027f01" +
                repeated("22", 32));
  EXPECT_EQ(toHex(*encodeLeaf(leaves[3])),
            "0104"
            "0000000000000002"
            "00027f01"
            "03"
            "01");
}

TEST(Leaf, ComesBackAsItWas) {
  for (const auto& leaf : oneOfEach()) {
    const auto bytes = *encodeLeaf(leaf);
    const auto read = parseLeaf(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, leaf);
  }
}

TEST(Leaf, CutShortOrFollowedBySomethingIsMalformed) {
  for (const auto& leaf : oneOfEach()) {
    auto bytes = *encodeLeaf(leaf);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(parseLeaf(BytesView(bytes).first(size)).error().reason, "leaf_malformed");
    }
    bytes.push_back(0);
    EXPECT_FALSE(parseLeaf(bytes));
  }
}

TEST(Leaf, OfAnotherVersionOrKindIsMalformed) {
  auto bytes = *encodeLeaf(oneOfEach()[0]);
  bytes[0] = 2;
  EXPECT_FALSE(parseLeaf(bytes));
  for (const std::uint8_t kind : Bytes{0, 5, 255}) {
    bytes = *encodeLeaf(oneOfEach()[0]);
    bytes[1] = kind;
    EXPECT_FALSE(parseLeaf(bytes)) << int{kind};
  }
}

TEST(Leaf, KeepsItsBounds) {
  auto leaf = intent();
  for (const std::size_t size : {1U, 20U}) {
    leaf.serial = serialOf(size);
    EXPECT_TRUE(encodeLeaf(leaf)) << size;
  }
  for (const std::size_t size : {0U, 21U}) {
    leaf.serial = serialOf(size);
    EXPECT_FALSE(encodeLeaf(leaf)) << size;
  }
  leaf.serial = {0x00, 0x80};
  EXPECT_FALSE(encodeLeaf(leaf)) << "a zero byte in front";

  leaf = intent();
  leaf.profile = std::string(64, 'p');
  EXPECT_TRUE(encodeLeaf(leaf));
  for (const auto& bad :
       {std::string(65, 'p'), std::string(), std::string("Person"), std::string("a b")}) {
    leaf.profile = bad;
    EXPECT_FALSE(encodeLeaf(leaf)) << bad;
  }
  leaf = intent();
  leaf.time = fromMicros(-1);
  EXPECT_FALSE(encodeLeaf(leaf));

  StatusLeaf status{fromMicros(2), {1}, CertificateStatus::Revoked, 10};
  EXPECT_TRUE(encodeLeaf(status));
  for (const std::uint8_t reason : Bytes{7, 11, 255}) {
    status.reason = reason;
    EXPECT_FALSE(encodeLeaf(status)) << int{reason};
  }
  status = {fromMicros(2), {1}, static_cast<CertificateStatus>(5), 0};
  EXPECT_FALSE(encodeLeaf(status));
}

TEST(Leaf, ReadingKeepsTheSameBounds) {
  const auto bytes =
      *encodeLeaf(StatusLeaf{fromMicros(2), {0x7F, 0x01}, CertificateStatus::Revoked, 1});
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    auto copy = bytes;
    copy[at] = value;
    return parseLeaf(copy);
  };
  EXPECT_FALSE(changed(2, 0x80)) << "a time beyond the range";
  EXPECT_FALSE(changed(12, 0x00)) << "a serial with a zero byte in front";
  EXPECT_FALSE(changed(14, 0x00)) << "no such status";
  EXPECT_FALSE(changed(14, 0x05)) << "no such status";
  EXPECT_FALSE(changed(15, 0x07)) << "no such reason";
}

TEST(Commitment, OpensOnlyWithItsSaltAndText) {
  const Bytes salt(kSaltBytes, 3);
  const Bytes other(kSaltBytes, 4);
  const auto commitment = commit(salt, asBytes("event"));
  EXPECT_TRUE(opensTo(commitment, salt, asBytes("event")));
  EXPECT_FALSE(opensTo(commitment, other, asBytes("event")));
  EXPECT_FALSE(opensTo(commitment, salt, asBytes("Event")));
  EXPECT_FALSE(opensTo(commitment, BytesView(salt).first(31), asBytes("event")));
  EXPECT_THROW(commit(BytesView(salt).first(31), {}), std::invalid_argument);
}

TEST(Commitment, IsTheHashThatIsWrittenDown) {
  // printf 'congvan/commitment/v1\n%032d%s' 0 event | sha256sum
  const Bytes salt(kSaltBytes, '0');
  EXPECT_EQ(toHex(commit(salt, asBytes("event"))),
            "5b75a85210e4a8fff5f6789fc606dd9086d9a00196bb31f8eebd6634621c11c3");
}

}  // namespace
}  // namespace congvan::tlog::testing
