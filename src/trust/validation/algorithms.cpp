// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/algorithms.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace congvan::validation {
namespace {

using crypto::DigestAlgorithm;
using crypto::KeyFamily;

constexpr Instant monthStart(int year, unsigned month) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / 1};
}

struct DigestEnd {
  DigestAlgorithm digest;
  Instant until;
};

// Dates of TS 119 312 V1.5.1 and, for what it no longer lists, of its predecessors.
constexpr auto kDigestEnds = std::to_array<DigestEnd>({
    {DigestAlgorithm::Md5, monthStart(2004, 8)},
    {DigestAlgorithm::Sha1, monthStart(2012, 8)},
    {DigestAlgorithm::Ripemd160, monthStart(2014, 8)},
    {DigestAlgorithm::Sha224, monthStart(2029, 1)},
    {DigestAlgorithm::Sha512_224, monthStart(2029, 1)},
    {DigestAlgorithm::Sha3_224, monthStart(2029, 1)},
});

struct KeyEnd {
  KeyFamily family;
  int bits_below;  ///< the row speaks of keys with fewer bits than this
  Instant until;
};

// The first row that fits counts.
constexpr auto kKeyEnds = std::to_array<KeyEnd>({
    {KeyFamily::Rsa, 1024, monthStart(2010, 8)},
    {KeyFamily::Rsa, 1900, monthStart(2019, 10)},
    {KeyFamily::Rsa, 3000, monthStart(2029, 1)},
    {KeyFamily::Dsa, 1024, monthStart(2010, 8)},
    {KeyFamily::Dsa, 2048, monthStart(2015, 12)},
    {KeyFamily::Dsa, std::numeric_limits<int>::max(), monthStart(2029, 1)},
    {KeyFamily::Ec, 224, monthStart(2012, 8)},
    {KeyFamily::Ec, 256, monthStart(2021, 10)},
});

std::string keyName(const crypto::PublicKey& key) {
  switch (key.family()) {
    case KeyFamily::Rsa:
      return fmt::format("RSA {}", key.bits());
    case KeyFamily::Dsa:
      return fmt::format("DSA {}", key.bits());
    case KeyFamily::Ec:
      return fmt::format("ECDSA {}", key.bits());
    default:
      return "key";
  }
}

void addEnd(std::vector<Weakness>& ends, std::optional<DigestAlgorithm> digest) {
  if (!digest) return;
  const auto until = reliableUntil(*digest);
  if (!until) return;
  std::string what(crypto::digestName(*digest));
  const bool known =
      std::any_of(ends.begin(), ends.end(), [&](const Weakness& end) { return end.what == what; });
  if (!known) ends.push_back({std::move(what), *until});
}

}  // namespace

std::optional<Instant> reliableUntil(DigestAlgorithm digest) {
  for (const auto& end : kDigestEnds) {
    if (end.digest == digest) return end.until;
  }
  return std::nullopt;
}

std::optional<Instant> reliableUntil(KeyFamily family, int bits) {
  for (const auto& end : kKeyEnds) {
    if (end.family == family && bits < end.bits_below) return end.until;
  }
  return std::nullopt;
}

std::optional<Instant> reliableUntil(const crypto::PublicKey& key, int rsa_bits_min) {
  auto until = reliableUntil(key.family(), key.bits());
  if (key.family() == KeyFamily::Rsa && key.bits() < rsa_bits_min) {
    const auto short_end = monthStart(2019, 10);
    until = until ? std::min(*until, short_end) : short_end;
  }
  return until;
}

std::vector<Weakness> endsOf(const Algorithms& algorithms, int rsa_bits_min) {
  const auto& [signer, certificate, imprint] = algorithms;
  std::vector<Weakness> ends;
  addEnd(ends, imprint);
  for (const auto& digest : signer.digests) addEnd(ends, digest.algorithm);
  if (signer.algorithm && signer.algorithm->scheme != crypto::Scheme::Ed25519 &&
      signer.algorithm->scheme != crypto::Scheme::Ed448) {
    addEnd(ends, signer.algorithm->digest);
  }
  if (certificate) {
    const auto key = certificate->publicKey();
    const auto until = reliableUntil(key, rsa_bits_min);
    if (until) ends.push_back({keyName(key), *until});
  }
  return ends;
}

Instant sha1End() {
  return *reliableUntil(DigestAlgorithm::Sha1);
}

}  // namespace congvan::validation
