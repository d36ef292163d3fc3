// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/pki/ocsp_request.h"

#include <algorithm>

namespace congvan {
namespace {

void checkOcspRequest(BytesView input) {
  const auto request = pki::readOcspRequest(input);
  if (!request) {
    fuzz::require(request.error().code == Code::Malformed, "a refusal is Malformed");
    return;
  }
  const pki::OcspRequestLimits limits;
  fuzz::require(input.size() <= limits.bytes, "a request is bounded");
  fuzz::require(request->nonce.size() <= limits.nonce_bytes, "a nonce is bounded");
  fuzz::require(!request->ids.empty() && request->ids.size() <= limits.certificates,
                "the certificates asked for are bounded");
  for (const auto& id : request->ids) {
    fuzz::require(!id.serial.empty(), "a serial has octets");
    const auto found = std::search(input.begin(), input.end(), id.der.begin(), id.der.end());
    fuzz::require(found != input.end(), "what is repeated was asked");
  }
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  congvan::checkOcspRequest({data, size});
  return 0;
}
