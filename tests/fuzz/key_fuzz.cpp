// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/crypto/der.h"
#include "trust/crypto/software_key.h"

namespace congvan::crypto {
namespace {

using fuzz::require;

void checkPublicKey(BytesView input) {
  const auto key = PublicKey::parse(input);
  if (!key) return;
  const auto again = PublicKey::parse(key->spki());
  require(again && again->spki() == key->spki(), "a public key survives writing");
  require(checkSignature(*key, {Scheme::Ecdsa}, input, Bytes(8)) != SignatureCheck::Good,
          "zeros sign nothing");
}

void checkAlgorithm(BytesView input) {
  const auto algorithm = parseAlgorithm(input, DigestAlgorithm::Sha256);
  if (!algorithm) return;
  const bool written = algorithm->scheme != Scheme::RsaPss || digestAvailable(algorithm->digest);
  if (!written || algorithm->digest == DigestAlgorithm::Ripemd160) return;
  const auto again = parseAlgorithm(encodeAlgorithm(*algorithm));
  require(again && *again == *algorithm, "an identifier survives writing");
}

void checkPrivateKey(const Result<SoftwareKey>& key) {
  if (!key || key->publicKey().bits() > 2048) return;
  const Bytes message{1, 2, 3};
  const auto value = signMessage(*key, message);
  if (value) (void)checkSignature(key->publicKey(), key->algorithm(), message, *value);
}

/// Reads every element to the bottom; the reader must end on any input.
void walk(der::Reader reader, int depth) {
  while (!reader.atEnd() && depth < 64) {
    const auto element = reader.any();
    if ((element.tag & 0x20U) != 0) walk(der::Reader(element.content), depth + 1);
  }
}

}  // namespace
}  // namespace congvan::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace congvan::crypto;  // NOLINT(google-build-using-namespace): one function
  const congvan::BytesView input(data, size);
  checkPublicKey(input);
  checkAlgorithm(input);
  checkPrivateKey(SoftwareKey::fromPkcs8(input));
  // With a passphrase an iteration count of the input's choice would be worked off.
  checkPrivateKey(SoftwareKey::fromPem(congvan::asText(input), SecretBytes()));
  walk(der::Reader(input), 0);
  return 0;
}
