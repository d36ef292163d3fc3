// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/pki/crl.h"

namespace congvan {
namespace {

using fuzz::require;

void checkCrl(const pki::Crl& crl, BytesView input) {
  const auto& parsed = crl.parsed();
  require(std::ranges::equal(crl.der(), input), "the DER is what was given");
  require(!parsed.issuers.empty(), "a CRL has an issuer");
  for (const auto& entry : parsed.entries) {
    require(entry.issuer < parsed.issuers.size(), "every entry belongs to somebody");
    const auto* found = parsed.find(parsed.issuers[entry.issuer], entry.serial);
    require(found != nullptr && asText(found->serial) == asText(entry.serial),
            "what is listed is found");
  }
  (void)crl.issuer();
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const congvan::BytesView input(data, size);
  if (const auto crl = congvan::pki::Crl::parse(input)) congvan::checkCrl(*crl, input);
  const auto any = congvan::pki::Crl::parseAny(input);
  congvan::fuzz::require(any || !any.error().reason.empty(), "a refusal has a reason");
  return 0;
}
