// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/batch_file.h"
#include "tests/fuzz/property.h"
#include "trust/tlog/leaf.h"
#include "trust/tlog/tile.h"

#include <algorithm>

namespace congvan {
namespace {

using fuzz::require;

void checkLeaf(BytesView input) {
  const auto leaf = tlog::parseLeaf(input);
  if (!leaf) return;
  const auto again = tlog::encodeLeaf(*leaf);
  require(again && std::ranges::equal(*again, input), "a leaf has one encoding");
}

void checkBundle(BytesView input) {
  if (input.empty()) return;
  const auto entries = tlog::parseBundle(input.subspan(1), input[0]);
  if (!entries) return;
  Bytes again;
  for (const auto entry : *entries) tlog::appendToBundle(again, entry);
  require(std::ranges::equal(again, input.subspan(1)), "a bundle has one encoding");
}

void checkBatch(BytesView input) {
  const auto batch = storage::parseBatch(input);
  if (!batch) return;
  require(std::ranges::equal(storage::encodeBatch(*batch), input), "a batch has one encoding");
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const congvan::BytesView input(data, size);
  congvan::checkLeaf(input);
  congvan::checkBundle(input);
  // A fuzzer does not guess a checksum: it is put right, so that what lies behind it is reached.
  congvan::checkBatch(input);
  congvan::Bytes sealed(input.begin(), input.end());
  congvan::append(sealed, congvan::BytesView(congvan::tlog::sha256(sealed)));
  congvan::checkBatch(sealed);
  return 0;
}
