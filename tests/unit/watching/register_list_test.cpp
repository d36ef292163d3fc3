// SPDX-License-Identifier: Apache-2.0
#include "app/register_list.h"

#include "base/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kDigest(64, 'a');

std::string reasonOf(std::string_view text) {
  const auto rows = readRegister(text);
  return rows ? "" : rows.error().reason;
}

tlog::IssuedLeaf issuedLeaf(std::uint8_t serial, std::uint8_t certificate) {
  tlog::IssuedLeaf leaf;
  leaf.serial = {serial};
  leaf.certificate.fill(certificate);
  return leaf;
}

RegisterRow rowFor(std::uint8_t serial, std::uint8_t certificate) {
  const auto leaf = issuedLeaf(serial, certificate);
  return {leaf.serial, leaf.certificate, serial};
}

std::vector<std::string> reasonsOf(const std::vector<tlog::Finding>& findings) {
  std::vector<std::string> all;
  for (const auto& one : findings) all.push_back(one.reason + " " + one.where);
  return all;
}

TEST(Register, TakesItsColumnsByName) {
  const auto rows = readRegister("name,SHA256,note,Serial\nA," + kDigest + ",x,0A:0B\n");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(toHex(rows->front().serial), "0a0b");
  EXPECT_EQ(toHex(rows->front().sha256), kDigest);
  EXPECT_EQ(rows->front().line, 2U);
}

TEST(Register, ReadsWhatSpreadsheetsWrite) {
  for (const char separator : {',', ';', '\t'}) {
    std::string text = "\xEF\xBB\xBFserial,subject,sha256\r\n\"00ff\",\"a \"\"b\"\" \nc\"," +
                       kDigest + "\r\nf," + "x," + kDigest + "\r\n\r\n";
    std::ranges::replace(text, ',', separator);
    const auto rows = readRegister(text);
    ASSERT_TRUE(rows) << separator;
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(toHex(rows->at(0).serial), "ff") << "leaves have no zero byte in front";
    EXPECT_EQ(toHex(rows->at(1).serial), "0f");
    EXPECT_EQ(rows->at(1).line, 4U);
  }
  EXPECT_TRUE(readRegister("serial,sha256")->empty());
}

TEST(Register, ThatCannotBeReadIsRefusedWithItsLine) {
  EXPECT_EQ(reasonOf(""), "register_columns_missing");
  EXPECT_EQ(reasonOf("serial,digest\n1," + kDigest), "register_columns_missing");
  const std::string head = "serial,sha256\n";
  for (const std::string& line : std::vector<std::string>{"1",
                                                          "xyz," + kDigest,
                                                          "," + kDigest,
                                                          "00," + kDigest,
                                                          "1," + kDigest.substr(2),
                                                          "1," + kDigest + "aa",
                                                          std::string(42, '1') + "," + kDigest,
                                                          "\"1," + kDigest,
                                                          "\"1\"x," + kDigest,
                                                          "1\"," + kDigest}) {
    EXPECT_EQ(reasonOf(head + line + "\n"), "register_malformed") << line;
  }
  const auto refused = readRegister(head + "1," + kDigest + "\nx," + kDigest + "\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().params.at(0).value, "3");
}

TEST(Register, ThatFitsTheLogHasNoFindings) {
  RegisterCheck check;
  check.take(1, issuedLeaf(7, 1));
  check.take(3, issuedLeaf(8, 2));
  EXPECT_THAT(check.compare({rowFor(8, 2), rowFor(7, 1)}), IsEmpty());
}

TEST(Register, IsHeldAgainstEveryEntry) {
  RegisterCheck check;
  check.take(1, issuedLeaf(7, 1));
  check.take(3, issuedLeaf(8, 2));
  check.take(5, issuedLeaf(9, 3));
  check.take(7, issuedLeaf(10, 4));
  const auto findings = check.compare({rowFor(7, 9), rowFor(9, 3), rowFor(9, 3), rowFor(11, 5)});
  EXPECT_THAT(reasonsOf(findings),
              ElementsAre("certificate_differs row 7 (07)",
                          "serial_twice_in_register row 9 (09)",
                          "certificate_not_logged row 11 (0b)",
                          "entry_without_certificate entry 3 (08)",
                          "entry_after_register entry 7 (0a)"));
  EXPECT_EQ(findings.back().gravity, tlog::Gravity::Open);
}

}  // namespace
}  // namespace congvan::app
