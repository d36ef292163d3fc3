// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/pem.h"

#include "trust/crypto/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace congvan::pki {

PemEnd readPemBlocks(BytesView pem,
                     const std::function<bool(std::string_view label, BytesView block)>& take) {
  const auto bio = crypto::memoryBio(pem);
  for (;;) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    const int found = PEM_read_bio(bio.get(), &name, &header, &data, &size);
    const crypto::MemoryHandle own_data(data);
    const std::unique_ptr<char, crypto::Releaser<crypto::freeMemory>> own_name(name);
    const std::unique_ptr<char, crypto::Releaser<crypto::freeMemory>> own_header(header);
    if (found != 1) {
      const auto code = ERR_peek_last_error();
      crypto::drainErrors();
      return ERR_GET_REASON(code) == PEM_R_NO_START_LINE ? PemEnd::NoMore : PemEnd::Broken;
    }
    if (!take(name, BytesView(data, static_cast<std::size_t>(size)))) return PemEnd::Stopped;
  }
}

}  // namespace congvan::pki
