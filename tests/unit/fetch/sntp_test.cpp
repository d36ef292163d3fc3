// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/sntp.h"

#include "base/encoding.h"
#include "edge/fetch/clock_source.h"

#include <gtest/gtest.h>

namespace congvan::fetch {
namespace {

constexpr std::uint64_t kCookie = 0x0123456789abcdefULL;
constexpr Duration kRoundTrip = std::chrono::milliseconds{10};
const Instant kSent = fromUnix(1795000000);

/// As a server on the way of 10 ms answers, its clock like ours and it kept nothing; `offset` into
/// the packet is what a test changes.
Bytes reply() {
  // 1795000000 + 2208988800 in the first era of NTP, five milliseconds after it was sent.
  const auto time = toHex(Bytes{0xee, 0xa8, 0x05, 0x40, 0x01, 0x47, 0xae, 0x14});
  return *fromHex(
      "24020000"
      "00000100"  // root delay, 1/256 s
      "00000080"  // root dispersion, 1/512 s
      "7f000001"
      "eea8050000000000" +
      toHex(Bytes{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}) + time + time);
}

Bytes changed(std::size_t at, std::uint8_t to) {
  auto bytes = reply();
  bytes.at(at) = to;
  return bytes;
}

Result<ClockError> read(BytesView bytes) {
  return readSntpReply(bytes, kCookie, kSent, kRoundTrip);
}

TEST(Sntp, AsksWithoutTellingItsOwnTime) {
  const auto request = makeSntpRequest(kCookie);
  EXPECT_EQ(toHex(request), "23" + std::string(78, '0') + "0123456789abcdef");
}

TEST(Sntp, FindsTheTimeBetweenTheWorstThatTheServerAndTheWayAllow) {
  const auto error = read(reply());
  ASSERT_TRUE(error) << error.error().detail;
  const auto middle = (error->least + error->most) / 2;
  EXPECT_LE(std::chrono::abs(middle), Duration{2});
  // Half the way, half the root's delay, its dispersion.
  const auto distance = Duration{5000} + Duration{1953} + Duration{1953};
  EXPECT_LE(std::chrono::abs(error->most - distance), Duration{4});
  EXPECT_LE(std::chrono::abs(error->least + distance), Duration{4});
}

TEST(Sntp, SaysHowFarTheClockIsBehindOrAhead) {
  for (const auto seconds : {-3600, -5, 5, 3600}) {
    const std::chrono::seconds off{seconds};
    const auto error = readSntpReply(reply(), kCookie, kSent - off, kRoundTrip);
    ASSERT_TRUE(error);
    EXPECT_LE(std::chrono::abs((error->least + error->most) / 2 - off), Duration{2});
  }
}

TEST(Sntp, CountsOnAcrossTheEndOfTheEra) {
  const auto end = fromUnix(2085978496);  // 2036-02-07T06:28:16Z
  auto bytes = reply();
  for (const std::size_t at : {32U, 40U}) {
    for (std::size_t i = 0; i < 4; ++i) bytes.at(at + i) = 0;
  }
  const auto error =
      readSntpReply(bytes, kCookie, end - std::chrono::seconds{1}, std::chrono::seconds{2});
  ASSERT_FALSE(error) << "too far away to be of use";
  const auto near = readSntpReply(bytes, kCookie, end, kRoundTrip);
  ASSERT_TRUE(near);
  EXPECT_LE(std::chrono::abs((near->least + near->most) / 2), Duration{2});
  const auto behind = readSntpReply(bytes, kCookie, end - std::chrono::seconds{1}, kRoundTrip);
  ASSERT_TRUE(behind);
  EXPECT_LE(std::chrono::abs((behind->least + behind->most) / 2 - std::chrono::seconds{1}),
            Duration{2});
}

TEST(Sntp, BelievesNoAnswerToAnotherQuestion) {
  EXPECT_EQ(readSntpReply(reply(), kCookie + 1, kSent, kRoundTrip).error().reason,
            "sntp_reply_wrong");
  EXPECT_FALSE(answersSntp(reply(), kCookie + 1));
  EXPECT_TRUE(answersSntp(reply(), kCookie));
}

TEST(Sntp, TakesAnswersOfServersOnly) {
  EXPECT_EQ(read(changed(0, 0x23)).error().reason, "sntp_reply_wrong") << "a client";
  EXPECT_EQ(read(changed(0, 0x25)).error().reason, "sntp_reply_wrong") << "a broadcast";
  EXPECT_EQ(read(changed(0, 0x14)).error().reason, "sntp_reply_wrong") << "version 2";
  EXPECT_TRUE(read(changed(0, 0x1c))) << "version 3";
  const Bytes nothing;
  EXPECT_EQ(read(nothing).error().reason, "sntp_reply_wrong");
  EXPECT_EQ(read(BytesView(reply()).first(47)).error().reason, "sntp_reply_wrong");
  auto longer = reply();
  longer.resize(68);
  EXPECT_TRUE(read(longer)) << "what follows the header is not asked for";
}

TEST(Sntp, BelievesNobodyWhoDoesNotKnowTheTime) {
  EXPECT_EQ(read(changed(0, 0xe4)).error().reason, "sntp_unsynchronised") << "leap 3";
  EXPECT_EQ(read(changed(1, 16)).error().reason, "sntp_unsynchronised");
  EXPECT_TRUE(read(changed(1, 15)));
  EXPECT_TRUE(read(changed(0, 0x64))) << "a leap second is announced";
  EXPECT_EQ(read(changed(5, 2)).error().reason, "sntp_unsynchronised") << "root delay 2 s";
  EXPECT_EQ(read(changed(9, 1)).error().reason, "sntp_unsynchronised") << "dispersion 1 s";
}

TEST(Sntp, HearsAKissOfDeath) {
  const auto kissed = [](std::string_view code) {
    auto bytes = changed(1, 0);
    std::ranges::copy(code, bytes.begin() + 12);
    return read(bytes).error().reason;
  };
  EXPECT_EQ(kissed("DENY"), "sntp_kiss_deny");
  EXPECT_EQ(kissed("RSTR"), "sntp_kiss_deny");
  EXPECT_EQ(kissed("RATE"), "sntp_kiss_rate");
  EXPECT_EQ(kissed("INIT"), "sntp_unsynchronised");
}

TEST(Sntp, BelievesNoServerThatKeptTheQuestionLongerThanTheAnswerTook) {
  EXPECT_EQ(read(changed(43, 0x41)).error().reason, "sntp_reply_wrong") << "a second too long";
  EXPECT_EQ(read(changed(43, 0x3f)).error().reason, "sntp_reply_wrong") << "sent before it came";
}

TEST(NtpAddress, IsAHostWithOrWithoutAPort) {
  const auto parsed = [](std::string_view text) {
    const auto address = NtpAddress::parse(text);
    return address ? address->host + " " + std::to_string(address->port) : address.error().reason;
  };
  EXPECT_EQ(parsed("time.example.vn"), "time.example.vn 123");
  EXPECT_EQ(parsed("192.0.2.1:10123"), "192.0.2.1 10123");
  EXPECT_EQ(parsed("[2001:db8::1]"), "2001:db8::1 123");
  EXPECT_EQ(parsed("[2001:db8::1]:65535"), "2001:db8::1 65535");
  for (const auto* wrong : {"",
                            ":123",
                            "a:",
                            "a:0",
                            "a:65536",
                            "a:12x",
                            "a b",
                            "2001:db8::1",
                            "[2001:db8::1",
                            "[]",
                            "[::1]1",
                            "http://a",
                            "a/b"}) {
    EXPECT_EQ(parsed(wrong), "ntp_address_malformed") << wrong;
  }
}

}  // namespace
}  // namespace congvan::fetch
