// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/hash.h"

#include "base/encoding.h"
#include "trust/crypto/openssl.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <memory>
#include <stdexcept>

namespace congvan::tlog {
namespace {

/// Looking the algorithm up and making a context cost more than hashing a node, so each thread
/// keeps one.
class Sha256Context {
 public:
  Sha256Context() : method_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    if (!method_ || !context_) throw std::runtime_error("SHA-256 is not available");
  }

  Hash of(std::initializer_list<BytesView> parts) {
    Hash hash{};
    bool good = EVP_DigestInit_ex2(context_.get(), method_.get(), nullptr) == 1;
    for (const auto part : parts) {
      good = good && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
    }
    if (!good || EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) != 1) {
      throw std::runtime_error("SHA-256 failed");
    }
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD, crypto::Releaser<EVP_MD_free>> method_;
  crypto::DigestContext context_;
};

Hash hashOf(std::initializer_list<BytesView> parts) {
  thread_local Sha256Context context;
  return context.of(parts);
}

constexpr std::array<std::uint8_t, 1> kLeafMark{0x00};
constexpr std::array<std::uint8_t, 1> kNodeMark{0x01};

}  // namespace

Hash leafHash(BytesView entry) {
  return hashOf({kLeafMark, entry});
}

Hash nodeHash(const Hash& left, const Hash& right) {
  return hashOf({kNodeMark, left, right});
}

Hash emptyRoot() {
  return hashOf({});
}

Hash sha256(BytesView bytes) {
  return hashOf({bytes});
}

std::string hashText(const Hash& hash) {
  return toBase64(hash);
}

Result<Hash> parseHashText(std::string_view base64) {
  const auto bytes = parseCanonicalBase64(base64);
  if (!bytes) return Error{Code::Malformed, "hash_malformed"};
  return hashFromBytes(*bytes);
}

Result<Hash> hashFromBytes(BytesView bytes) {
  Hash hash{};
  if (bytes.size() != hash.size()) return Error{Code::Malformed, "hash_malformed"};
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

Result<Bytes> parseCanonicalBase64(std::string_view text) {
  auto bytes = fromBase64(text);
  if (!bytes || toBase64(*bytes) != text) return Error{Code::Malformed, "base64_malformed"};
  return bytes;
}

Result<std::uint64_t> parseDecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  const bool padded = text.size() > 1 && text.front() == '0';
  if (read.ec != std::errc{} || read.ptr != end || padded) {
    return Error{Code::Malformed, "number_malformed"};
  }
  return value;
}

}  // namespace congvan::tlog
