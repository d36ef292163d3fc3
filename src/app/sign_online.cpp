// SPDX-License-Identifier: Apache-2.0
#include "app/sign.h"
#include "edge/fetch/tsa_source.h"
#include "trust/crypto/random.h"

namespace congvan::app {

Exit runSign(const Arguments& arguments) {
  crypto::SystemRandom random;
  return signCommand(arguments, [&random](const std::string& url) {
    fetch::TsaOptions authority{.urls = {url}};
    // Whoever names an authority on the command line may name one of their own network.
    authority.limits.addresses = fetch::Addresses::Any;
    return std::unique_ptr<timestamp::Source>(
        std::make_unique<fetch::HttpTimestampSource>(authority, random));
  });
}

}  // namespace congvan::app
