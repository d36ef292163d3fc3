// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/digest.h"

#include "trust/crypto/openssl.h"

#include <array>

namespace congvan::crypto {
namespace {

using MessageDigest = std::unique_ptr<EVP_MD, Releaser<EVP_MD_free>>;

struct DigestRow {
  std::size_t size;
  std::string_view name;
  std::string_view oid;
  const char* library_name;
};

// In the order of the enumeration.
constexpr std::array kDigests{
    DigestRow{16, "MD5", "1.2.840.113549.2.5", "MD5"},
    DigestRow{20, "SHA-1", "1.3.14.3.2.26", "SHA1"},
    DigestRow{28, "SHA-224", "2.16.840.1.101.3.4.2.4", "SHA2-224"},
    DigestRow{32, "SHA-256", "2.16.840.1.101.3.4.2.1", "SHA2-256"},
    DigestRow{48, "SHA-384", "2.16.840.1.101.3.4.2.2", "SHA2-384"},
    DigestRow{64, "SHA-512", "2.16.840.1.101.3.4.2.3", "SHA2-512"},
    DigestRow{28, "SHA-512/224", "2.16.840.1.101.3.4.2.5", "SHA2-512/224"},
    DigestRow{32, "SHA-512/256", "2.16.840.1.101.3.4.2.6", "SHA2-512/256"},
    DigestRow{28, "SHA3-224", "2.16.840.1.101.3.4.2.7", "SHA3-224"},
    DigestRow{32, "SHA3-256", "2.16.840.1.101.3.4.2.8", "SHA3-256"},
    DigestRow{48, "SHA3-384", "2.16.840.1.101.3.4.2.9", "SHA3-384"},
    DigestRow{64, "SHA3-512", "2.16.840.1.101.3.4.2.10", "SHA3-512"},
    DigestRow{20, "RIPEMD-160", "1.3.36.3.2.1", "RIPEMD160"},
    DigestRow{64, "SHAKE256", "2.16.840.1.101.3.4.2.12", "SHAKE256"},
};

const DigestRow& rowOf(DigestAlgorithm algorithm) {
  return kDigests.at(static_cast<std::size_t>(algorithm));
}

const EVP_MD* fetched(DigestAlgorithm algorithm) {
  static const auto all = [] {
    std::array<MessageDigest, kDigests.size()> handles;
    for (std::size_t i = 0; i < kDigests.size(); ++i) {
      handles[i].reset(EVP_MD_fetch(nullptr, kDigests[i].library_name, nullptr));
    }
    drainErrors();
    return handles;
  }();
  return all.at(static_cast<std::size_t>(algorithm)).get();
}

}  // namespace

std::size_t digestSize(DigestAlgorithm algorithm) {
  return rowOf(algorithm).size;
}
std::string_view digestName(DigestAlgorithm algorithm) {
  return rowOf(algorithm).name;
}
std::string_view digestOid(DigestAlgorithm algorithm) {
  return rowOf(algorithm).oid;
}

std::optional<DigestAlgorithm> digestByOid(std::string_view oid) {
  // id-shake256-len, whose parameter says 512 bits wherever it stands beside Ed448 (RFC 8419 3.1).
  if (oid == "2.16.840.1.101.3.4.2.18") return DigestAlgorithm::Shake256;
  for (std::size_t i = 0; i < kDigests.size(); ++i) {
    if (kDigests[i].oid == oid) return static_cast<DigestAlgorithm>(i);
  }
  return std::nullopt;
}

bool digestAvailable(DigestAlgorithm algorithm) {
  return fetched(algorithm) != nullptr;
}

const EVP_MD* digestHandle(DigestAlgorithm algorithm) {
  const EVP_MD* handle = fetched(algorithm);
  if (handle == nullptr) {
    throw std::runtime_error("digest not offered by the library: " +
                             std::string(digestName(algorithm)));
  }
  return handle;
}

struct Digest::State {
  DigestContext context;
  std::size_t size;
};

Digest::Digest(DigestAlgorithm algorithm)
    : state_(std::make_unique<State>(
          State{need(DigestContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new"), digestSize(algorithm)})) {
  if (EVP_DigestInit_ex2(state_->context.get(), digestHandle(algorithm), nullptr) != 1) {
    throwFault("EVP_DigestInit_ex2");
  }
}

Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

Digest& Digest::update(BytesView bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) {
    throwFault("EVP_DigestUpdate");
  }
  return *this;
}

Digest::Digest(std::unique_ptr<State> state) : state_(std::move(state)) {}

Digest Digest::fork() const {
  auto copy = std::make_unique<State>(
      State{need(DigestContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new"), state_->size});
  if (EVP_MD_CTX_copy_ex(copy->context.get(), state_->context.get()) != 1) {
    throwFault("EVP_MD_CTX_copy_ex");
  }
  return Digest(std::move(copy));
}

Bytes Digest::finish() {
  Bytes value(state_->size);
  auto* context = state_->context.get();
  const bool extendable = (EVP_MD_get_flags(EVP_MD_CTX_get0_md(context)) & EVP_MD_FLAG_XOF) != 0;
  const int done = extendable ? EVP_DigestFinalXOF(context, value.data(), value.size())
                              : EVP_DigestFinal_ex(context, value.data(), nullptr);
  if (done != 1) throwFault("EVP_DigestFinal");
  return value;
}

Bytes digest(DigestAlgorithm algorithm, BytesView message) {
  if (algorithm == DigestAlgorithm::Shake256) return Digest(algorithm).update(message).finish();
  Bytes value(digestSize(algorithm));
  if (EVP_Digest(message.data(),
                 message.size(),
                 value.data(),
                 nullptr,
                 digestHandle(algorithm),
                 nullptr) != 1) {
    throwFault("EVP_Digest");
  }
  return value;
}

}  // namespace congvan::crypto
