// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/messages.h"
#include "tests/fuzz/property.h"

#include <algorithm>

namespace congvan {
namespace {

using fuzz::require;

void checkRequest(BytesView input) {
  const auto request = pkcs11::readRequest(input);
  if (!request) return;
  const auto again = pkcs11::encode(request->number, request->question);
  require(again && std::ranges::equal(again->view(), input), "a request has one encoding");
}

void checkAnswer(BytesView input) {
  const auto answer = pkcs11::readAnswer(input);
  if (!answer) return;
  require(std::ranges::equal(pkcs11::encode(*answer).view(), input), "an answer has one encoding");
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const congvan::BytesView input(data, size);
  congvan::checkRequest(input);
  // What is longer never comes out of a frame.
  if (size <= 4096) congvan::checkAnswer(input);
  return 0;
}
