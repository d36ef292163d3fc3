// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <array>
#include <cstdint>

/// One question and answer of the network time protocol as a client has them (RFC 4330, RFC 5905
/// 7.3). Bytes in, values out; no socket here.
namespace congvan::fetch {

/// How far true time is ahead of this machine's clock: somewhere between the two.
struct ClockError {
  Duration least{};
  Duration most{};
  auto operator<=>(const ClockError&) const = default;
};

inline constexpr std::size_t kSntpBytes = 48;

/// The question. `cookie` stands where a client's own time would and comes back in the answer: by
/// chance, it tells nothing about this clock, and nobody who did not see it can answer.
std::array<std::uint8_t, kSntpBytes> makeSntpRequest(std::uint64_t cookie);

/// Whether `reply` was made by somebody who saw the question.
bool answersSntp(BytesView reply, std::uint64_t cookie);

/// What the answer says of a clock that showed `sent` when the question went, `round_trip` ago.
/// Everything the server does not know for sure, and the whole way, is inside the two bounds.
///
/// Malformed `sntp_reply_wrong`: not a server's answer to this question. Unavailable
/// `sntp_kiss_deny`: never ask it again; `sntp_kiss_rate`: ask less; `sntp_unsynchronised`: it
/// does not know the time, or to no better than a second.
Result<ClockError> readSntpReply(BytesView reply,
                                 std::uint64_t cookie,
                                 Instant sent,
                                 Duration round_trip);

}  // namespace congvan::fetch
