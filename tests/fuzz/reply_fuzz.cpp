// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/reply_parser.h"
#include "tests/fuzz/property.h"

#include <algorithm>

// Any bytes from a server: within the limit, and the same outcome however they are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using congvan::fetch::ReplyParser;
  constexpr std::size_t kLimit = 64;
  const congvan::BytesView input(data, size);
  ReplyParser at_once(kLimit);
  at_once.feed(input);
  ReplyParser in_pieces(kLimit);
  for (std::size_t at = 0; at < size; at += 3)
    in_pieces.feed(input.subspan(at, std::min<std::size_t>(3, size - at)));
  const auto state = at_once.close();
  congvan::fuzz::require(state == in_pieces.close(), "pieces do not matter");
  if (state != ReplyParser::State::Done) return 0;
  const auto whole = at_once.take();
  congvan::fuzz::require(whole.body.size() <= kLimit, "the limit holds");
  congvan::fuzz::require(whole.body == in_pieces.take().body, "pieces do not matter");
  return 0;
}
