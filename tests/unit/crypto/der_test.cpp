// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"

#include "base/encoding.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace congvan::crypto::der {
namespace {

Bytes hex(std::string_view text) {
  return *fromHex(text);
}

TEST(Der, IntegersAreShortestAndNeverNegative) {
  EXPECT_EQ(toHex(integer(std::uint64_t{0})), "020100");
  EXPECT_EQ(toHex(integer(std::uint64_t{127})), "02017f");
  EXPECT_EQ(toHex(integer(std::uint64_t{128})), "02020080");
  EXPECT_EQ(toHex(integer(hex("0000ff"))), "020200ff");
}

TEST(Der, NamedBitsDropTrailingZeros) {
  EXPECT_EQ(toHex(namedBits(0)), "030100");
  EXPECT_EQ(toHex(namedBits(1U << 1U)), "03020640");                   // nonRepudiation
  EXPECT_EQ(toHex(namedBits((1U << 5U) | (1U << 6U))), "03020106");    // keyCertSign, cRLSign
  EXPECT_EQ(toHex(namedBits((1U << 4U) | (1U << 8U))), "0303070880");  // keyAgreement, decipherOnly
}

TEST(Der, TimesTurnGeneralizedIn2050) {
  EXPECT_EQ(asText(BytesView(time(*parseTime("2049-12-31T23:59:59Z"))).subspan(2)),
            "491231235959Z");
  EXPECT_EQ(asText(BytesView(time(*parseTime("2050-01-01T00:00:00Z"))).subspan(2)),
            "20500101000000Z");
  EXPECT_EQ(time(*parseTime("2050-01-01T00:00:00Z"))[0], kGeneralizedTime);
  EXPECT_EQ(asText(BytesView(time(*parseTime("1950-01-01T00:00:00Z"))).subspan(2)),
            "500101000000Z");
}

TEST(Der, WhatIsWrittenIsReadBack) {
  const Instant when = *parseTime("2026-02-14T08:09:10Z");
  const auto written = sequence({integer(std::uint64_t{70'000}),
                                 oid("2.16.840.1.101.3.4.2.1"),
                                 boolean(true),
                                 time(when),
                                 octetString(Bytes(300, 7)),
                                 null()});

  Reader outer(written);
  auto fields = outer.sequence();

  EXPECT_EQ(fields.smallInteger(), 70'000U);
  EXPECT_EQ(fields.oid(), "2.16.840.1.101.3.4.2.1");
  EXPECT_TRUE(fields.boolean());
  EXPECT_EQ(fields.time(), when);
  EXPECT_EQ(fields.expect(kOctetString).size(), 300U);
  EXPECT_TRUE(fields.optional(kNull));
  EXPECT_TRUE(fields.finish());
  EXPECT_TRUE(outer.finish());
}

TEST(Der, OpensslReadsTheSame) {
  const test::TempFolder folder;
  folder.write("value",
               sequence({oid("0.9.2342.19200300.100.1.1"),
                         oid("2.999.3"),
                         integer(hex("80112233445566778899aabbccddeeff")),
                         utf8String("Đường")}));

  const auto text = test::mustRun(folder, "openssl asn1parse -inform DER -in value");

  EXPECT_NE(text.find(":userId"), std::string::npos) << text;
  EXPECT_NE(text.find(":2.999.3"), std::string::npos) << text;
  EXPECT_NE(text.find(":80112233445566778899AABBCCDDEEFF"), std::string::npos) << text;
}

TEST(Der, RefusesWhatIsNotDer) {
  const std::vector<std::pair<std::string, const char*>> bad{
      {"3080020100"
       "0000",
       "indefinite length"},
      {"0481"
       "05"
       "0102030405",
       "length not in shortest form"},
      {"04820005"
       "0102030405",
       "length with a leading zero"},
      {"0405"
       "01020304",
       "cut short"},
      {"04", "no length"},
      {"", "nothing"},
      {"1f8101"
       "00",
       "tag number in the long form"},
      {"04ff"
       "ffffffffffffffffffffffff",
       "length octets without bound"},
      {"0486"
       "ffffffffffff",
       "length beyond memory"},
  };
  for (const auto& [text, why] : bad) {
    const auto bytes = hex(text);
    Reader reader(bytes);
    reader.any();
    EXPECT_FALSE(reader.good()) << why;
  }
}

TEST(Der, RefusesBadPrimitiveValues) {
  const auto refused = [](std::string_view text, auto read) {
    const auto bytes = hex(text);
    Reader reader(bytes);
    read(reader);
    return !reader.good();
  };
  EXPECT_TRUE(refused("02020001", [](Reader& r) { r.integer(); })) << "padded";
  EXPECT_TRUE(refused("0202ff80", [](Reader& r) { r.integer(); })) << "padded negative";
  EXPECT_TRUE(refused("0200", [](Reader& r) { r.integer(); })) << "empty";
  EXPECT_TRUE(refused("0201ff", [](Reader& r) { r.smallInteger(); })) << "negative";
  EXPECT_TRUE(refused("02088000000000000000", [](Reader& r) { r.smallInteger(); }));
  EXPECT_TRUE(refused("010101", [](Reader& r) { r.boolean(); })) << "TRUE is FF";
  EXPECT_TRUE(refused("06028001", [](Reader& r) { r.oid(); })) << "leading zero in an arc";
  EXPECT_TRUE(refused("060181", [](Reader& r) { r.oid(); })) << "arc not ended";
  EXPECT_TRUE(refused("060b8fffffffffffffffffff7f", [](Reader& r) { r.oid(); })) << "arc too big";
  for (const char* time :
       {"260230000000Z", "2602140000Z", "260214000000", "261301000000Z", "260214240000Z"}) {
    const auto bytes = element(kUtcTime, asBytes(std::string_view(time)));
    Reader reader(bytes);
    reader.time();
    EXPECT_FALSE(reader.good()) << time;
  }
}

TEST(Der, AFailureStaysAndReachesNestedReaders) {
  const auto bytes =
      hex("0401aa"
          "020105");
  Reader reader(bytes);
  reader.integer();
  EXPECT_FALSE(reader.good());
  EXPECT_EQ(reader.smallInteger(), 0U);
  EXPECT_FALSE(reader.sequence().good());
  EXPECT_TRUE(reader.atEnd()) << "so that loops end";
}

}  // namespace
}  // namespace congvan::crypto::der
