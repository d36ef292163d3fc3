// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/formats/cades/read.h"
#include "trust/formats/timestamp/ber.h"

#include <algorithm>

// Any bytes: reading ends, and what it hands out keeps its promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace congvan;
  const BytesView input(data, size);
  if (const auto normal = timestamp::normalise(input)) {
    // Rewriting once is enough, and what needs no rewriting is not copied.
    const auto again = timestamp::normalise(normal->bytes);
    fuzz::require(again && again->owned.empty(), "rewriting once is enough");
    fuzz::require(std::ranges::equal(again->bytes, normal->bytes),
                  "rewriting twice changes nothing");
  }
  const auto message = cades::read(input, [](crypto::DigestAlgorithm algorithm) {
    return Bytes(crypto::digestSize(algorithm));
  });
  if (!message) return 0;
  for (const auto& signature : message->signatures) {
    const auto& signer = signature.signer;
    if (signer.signed_bytes.empty()) continue;
    fuzz::require(signer.signed_bytes.front() == 0x31, "signed attributes are a SET");
    fuzz::require(signer.digests.size() == 1, "there is one message digest to check");
  }
  return 0;
}
