// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/sntp.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace congvan::fetch {
namespace {

// Where the fields of the header are (RFC 5905 7.3).
constexpr std::size_t kStratumAt = 1;
constexpr std::size_t kRootDelayAt = 4;
constexpr std::size_t kRootDispersionAt = 8;
constexpr std::size_t kReferenceIdAt = 12;
constexpr std::size_t kOriginateAt = 24;
constexpr std::size_t kReceiveAt = 32;
constexpr std::size_t kTransmitAt = 40;

constexpr std::uint8_t kVersionAndClient = 4U << 3U | 3U;
constexpr std::uint8_t kModeServer = 4;
constexpr std::uint8_t kLeapUnknown = 3;
constexpr std::uint8_t kStratumMost = 15;
constexpr std::int64_t kMicros = 1'000'000;
// A server less sure than this says nothing that helps (RFC 5905: MAXDIST).
constexpr Duration kDistanceMost = std::chrono::seconds{1};
// Between the two clocks that measure the way and the server's stay.
constexpr Duration kResolution = std::chrono::milliseconds{1};

std::uint64_t number(BytesView bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (const auto octet : bytes.subspan(at, size)) value = value << 8U | octet;
  return value;
}

/// Seconds since 1900 with a binary fraction; the era is left out, as on the wire.
std::uint64_t toNtp(Instant time) {
  constexpr std::int64_t kFrom1900To1970 = 2'208'988'800;
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto seconds =
      static_cast<std::uint64_t>(whole.time_since_epoch().count() + kFrom1900To1970);
  const auto micros = static_cast<std::uint64_t>((time - whole).count());
  return seconds << 32U | (micros << 32U) / kMicros;
}

/// `later` - `earlier`, right across the end of an era (2036) while the two are 68 years apart at
/// most.
Duration between(std::uint64_t earlier, std::uint64_t later) {
  const auto apart = std::bit_cast<std::int64_t>(later - earlier);
  const auto seconds = apart >> 32;
  const auto fraction = apart & 0xffffffff;
  return Duration{seconds * kMicros + ((fraction * kMicros) >> 32)};
}

/// Seconds in 16.16.
Duration shortTime(std::uint64_t value) {
  return Duration{static_cast<std::int64_t>((value * kMicros) >> 16U)};
}

Error wrong(std::string detail) {
  return {Code::Malformed, "sntp_reply_wrong", {}, std::move(detail)};
}

Error unsynchronised(std::string detail) {
  return {Code::Unavailable, "sntp_unsynchronised", {}, std::move(detail)};
}

/// Stratum 0: four letters say what the server wants (RFC 5905 7.4).
Error kiss(BytesView reply) {
  std::string code;
  for (const auto octet : reply.subspan(kReferenceIdAt, 4)) {
    code += octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet) : '?';
  }
  if (code == "DENY" || code == "RSTR") return {Code::Unavailable, "sntp_kiss_deny", {}, code};
  if (code == "RATE") return {Code::Unavailable, "sntp_kiss_rate", {}, code};
  return unsynchronised("kiss " + code);
}

}  // namespace

std::array<std::uint8_t, kSntpBytes> makeSntpRequest(std::uint64_t cookie) {
  std::array<std::uint8_t, kSntpBytes> request{};
  request.front() = kVersionAndClient;
  for (std::size_t i = 0; i < 8; ++i) {
    request.at(kTransmitAt + i) = static_cast<std::uint8_t>(cookie >> (56U - 8U * i));
  }
  return request;
}

bool answersSntp(BytesView reply, std::uint64_t cookie) {
  return reply.size() >= kSntpBytes && number(reply, kOriginateAt, 8) == cookie;
}

Result<ClockError> readSntpReply(BytesView reply,
                                 std::uint64_t cookie,
                                 Instant sent,
                                 Duration round_trip) {
  if (!answersSntp(reply, cookie)) return wrong("not to this question");
  const auto leap = reply.front() >> 6U;
  const auto version = reply.front() >> 3U & 7U;
  const auto mode = reply.front() & 7U;
  if (mode != kModeServer || version < 3 || version > 4) return wrong("not a server's answer");
  const auto stratum = reply[kStratumAt];
  if (stratum == 0) return kiss(reply);
  if (stratum > kStratumMost || leap == kLeapUnknown) {
    return unsynchronised(fmt::format("stratum {}, leap {}", stratum, leap));
  }
  const auto received = number(reply, kReceiveAt, 8);
  const auto transmitted = number(reply, kTransmitAt, 8);
  if (received == 0 || transmitted == 0) return wrong("no time in it");
  const auto stay = between(received, transmitted);
  if (stay < Duration::zero() || stay > round_trip + kResolution) {
    return wrong("it kept the question longer than the answer took");
  }
  const auto way = std::max(round_trip - stay, Duration::zero());
  const auto distance = way / 2 + shortTime(number(reply, kRootDelayAt, 4)) / 2 +
                        shortTime(number(reply, kRootDispersionAt, 4)) + Duration{1};
  if (distance > kDistanceMost) {
    return unsynchronised(fmt::format("unsure by {} us", distance.count()));
  }
  const auto there = between(toNtp(sent), received);
  const auto back = between(toNtp(sent + round_trip), transmitted);
  const auto ahead = there / 2 + back / 2;
  return ClockError{ahead - distance, ahead + distance};
}

}  // namespace congvan::fetch
