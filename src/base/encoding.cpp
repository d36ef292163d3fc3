// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <sodium.h>

namespace congvan {
namespace {

std::string encode(BytesView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // libsodium writes a terminator
  return text;
}

Result<Bytes> decode(std::string_view text, int variant, const char* ignore) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(
      bytes.data(), bytes.size(), text.data(), text.size(), ignore, &size, &end, variant);
  if (failed != 0 || end != text.data() + text.size()) {
    return Error{Code::Malformed, "base64_malformed"};
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string toHex(BytesView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Result<Bytes> fromHex(std::string_view text) {
  Bytes bytes(text.size() / 2 + 1);
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed =
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end);
  if (failed != 0 || end != text.data() + text.size() || text.size() % 2 != 0) {
    return Error{Code::Malformed, "hex_malformed"};
  }
  bytes.resize(size);
  return bytes;
}

std::string toBase64(BytesView bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

Result<Bytes> fromBase64(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL, " \r\n\t");
}

std::string toBase64Url(BytesView bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Result<Bytes> fromBase64Url(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, nullptr);
}

}  // namespace congvan
