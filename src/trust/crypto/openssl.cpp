// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/openssl.h"

#include <openssl/err.h>

#include <climits>

namespace congvan::crypto {

void freeMemory(void* memory) noexcept {
  OPENSSL_free(memory);
}

std::string drainErrors() {
  std::string text;
  while (const auto code = ERR_get_error()) {
    char line[256];
    ERR_error_string_n(code, line, sizeof line);
    if (!text.empty()) text += "; ";
    text += line;
  }
  return text;
}

void throwFault(std::string_view call) {
  throw std::runtime_error(std::string(call) + ": " + drainErrors());
}

BioHandle memoryBio(BytesView bytes) {
  if (bytes.size() > static_cast<std::size_t>(INT_MAX)) throw std::length_error("memoryBio");
  // Nothing may have no address, which OpenSSL refuses.
  const void* start = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  return need(BioHandle(BIO_new_mem_buf(start, static_cast<int>(bytes.size()))), "BIO_new_mem_buf");
}

Bytes bioBytes(BIO* bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(bio, &start);
  return toBytes(std::string_view(start, static_cast<std::size_t>(size)));
}

int noPassphrase(char*, int, int, void*) noexcept {
  return -1;
}

}  // namespace congvan::crypto
