// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/sntp.h"
#include "tests/fuzz/property.h"

// Any datagram, and the same made to look like an answer to our question: what is believed has
// bounds in order, less than a second from its middle, and came from a server that knows the time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace congvan;  // NOLINT: a file of one function
  constexpr std::uint64_t kCookie = 0x0123456789abcdefULL;
  const auto read = [](BytesView bytes) {
    const auto now = fromUnix(1795000000);
    const auto error = fetch::readSntpReply(bytes, kCookie, now, std::chrono::milliseconds{10});
    if (!error) return;
    fuzz::require(fetch::answersSntp(bytes, kCookie), "to this question");
    fuzz::require(error->least <= error->most, "in order");
    fuzz::require(error->most - error->least <= std::chrono::seconds{2} + Duration{2},
                  "sure enough");
    fuzz::require(bytes[1] >= 1 && bytes[1] <= 15 && bytes[0] >> 6U != 3, "synchronised");
  };
  const BytesView input(data, size);
  read(input);
  auto answering = toBytes(input);
  if (answering.size() < fetch::kSntpBytes) return 0;
  for (std::size_t i = 0; i < 8; ++i) {
    answering[24 + i] = static_cast<std::uint8_t>(kCookie >> (56U - 8U * i));
  }
  read(answering);
  return 0;
}
