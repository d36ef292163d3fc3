// SPDX-License-Identifier: Apache-2.0
#include "tests/support/openssl_pki.h"
#include "trust/crypto/digest.h"
#include "trust/pki/make_crl.h"

#include <benchmark/benchmark.h>

/// A CRL of 10,000 entries, the most that a list has, against what nobody can save: hashing its
/// bytes, signing and checking the signature. Names are `work/…` and `raw/…`; tools/bench divides
/// them.
namespace congvan::bench {
namespace {

constexpr std::size_t kEntries = 10'000;

struct Issuer {
  Issuer() : certificate(pki_.certificate("ca")), key(pki_.key("ca")) {
    const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
    request = {.number = 1'795'312'800'000,
               .this_update = now,
               .next_update = now + std::chrono::hours(24),
               .distribution_point = "http://ca.example.vn/pki/ca1.1.crl"};
    entries.reserve(kEntries);
    for (std::size_t i = 0; i < kEntries; ++i) {
      Bytes serial(16, 0x42);
      serial[14] = static_cast<std::uint8_t>(i >> 8U);
      serial[15] = static_cast<std::uint8_t>(i);
      entries.push_back({serial, now, pki::RevocationReason::Superseded});
    }
    der = *pki::makeCrl(certificate, key, entries, request);
  }

 private:
  test::OpensslPki pki_;

 public:
  pki::Certificate certificate;
  crypto::SoftwareKey key;
  pki::CrlRequest request;
  std::vector<pki::RevokedEntry> entries;
  Bytes der;
};

const Issuer& issuer() {
  static const Issuer kIssuer;
  return kIssuer;
}

void making(benchmark::State& state) {
  const auto& by = issuer();
  for (auto _ : state) {
    const auto made = pki::makeCrl(by.certificate, by.key, by.entries, by.request);
    if (!made) state.SkipWithError(made.error().reason.c_str());
    benchmark::DoNotOptimize(made);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * by.der.size()));
}
BENCHMARK(making)->Name("work/crl-make/10000")->Unit(benchmark::kMillisecond);

/// Hashed once to be signed, and once to be checked.
void rawParts(benchmark::State& state) {
  const auto& by = issuer();
  const auto algorithm = by.key.algorithm();
  for (auto _ : state) {
    const auto value = crypto::signMessage(by.key, by.der);
    const auto good = crypto::checkSignature(by.certificate.publicKey(), algorithm, by.der, *value);
    benchmark::DoNotOptimize(good);
  }
}
BENCHMARK(rawParts)->Name("raw/crl-make/10000")->Unit(benchmark::kMillisecond);

void parsing(benchmark::State& state) {
  const auto& by = issuer();
  for (auto _ : state) benchmark::DoNotOptimize(pki::Crl::parse(by.der));
}
BENCHMARK(parsing)->Name("work/crl-parse/10000")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace congvan::bench

BENCHMARK_MAIN();
