// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/serve_keys.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <unistd.h>

/// `congvan-signer`: started by the service with a socket as standard input, and by nobody else. A
/// fault ends it, as a crash of the module does; the service starts another.
namespace {

using congvan::pkcs11::TokenOptions;

constexpr int kUsage = 64;

bool readNumber(std::string_view text, int& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && number > 0;
}

bool take(TokenOptions& options, std::string_view name, const char* value) {
  if (name == "--module")
    options.module = value;
  else if (name == "--label")
    options.label = value;
  else if (name == "--serial")
    options.serial = value;
  else if (name == "--pin-file")
    options.pin_file = value;
  else if (name == "--tries-file")
    options.tries_file = value;
  else if (name == "--tries-most")
    return readNumber(value, options.pin_tries_most);
  else if (name == "--sessions")
    return readNumber(value, options.sessions);
  else
    return false;
  return true;
}

}  // namespace

int main(int count, char** values) {
  TokenOptions options;
  bool good = count % 2 == 1;
  for (int at = 1; good && at + 1 < count; at += 2)
    good = take(options, values[at], values[at + 1]);
  if (!good || options.module.empty() || options.tries_file.empty()) {
    std::fputs("congvan-signer: started by congvan serve\n", stderr);
    return kUsage;
  }
  congvan::pkcs11::giveUpPrivileges();
  congvan::pkcs11::serveKeys(congvan::pkcs11::Descriptor(STDIN_FILENO), options);
}
