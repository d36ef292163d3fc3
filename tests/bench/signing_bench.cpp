// SPDX-License-Identifier: Apache-2.0
#include "edge/print/drawing_cache.h"
#include "tests/bench/material.h"
#include "trust/crypto/digest.h"
#include "trust/formats/pades/sign.h"

#include <benchmark/benchmark.h>

/// Signing against the two things that nobody can save: the private-key operation and hashing the
/// file. Names are `work/…` and `raw/…`; tools/bench divides them.
namespace congvan::bench {
namespace {

constexpr std::size_t kSmall = 100'000;
constexpr std::size_t kLarge = 50'000'000;

const Signers& signersOf(bool rsa) {
  static const Signers kP256(test::OpensslPki::kP256);
  static const Signers kRsa(test::OpensslPki::kRsa3072);
  return rsa ? kRsa : kP256;
}

const Bytes& fileOf(std::size_t bytes) {
  static const auto kSmallFile = pdfOfSize(kSmall, 5);
  static const auto kLargeFile = pdfOfSize(kLarge, 50);
  return bytes == kSmall ? kSmallFile : kLargeFile;
}

void privateKey(benchmark::State& state, bool rsa) {
  const auto& signer = signersOf(rsa)[0];
  const auto digest = crypto::digest(signer.key.algorithm().digest, fileOf(kSmall));
  for (auto _ : state) benchmark::DoNotOptimize(signer.key.signDigest(digest));
}
BENCHMARK_CAPTURE(privateKey, P256, false)->Name("raw/sign/P-256");
BENCHMARK_CAPTURE(privateKey, Rsa3072, true)->Name("raw/sign/RSA-3072");

void hashing(benchmark::State& state, std::size_t bytes) {
  const auto& file = fileOf(bytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::digest(crypto::DigestAlgorithm::Sha256, file));
  }
}
BENCHMARK_CAPTURE(hashing, Large, kLarge)->Name("raw/sha256/50MB")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(hashing, Small, kSmall)->Name("raw/sha256/100KB");

void signing(benchmark::State& state, std::size_t bytes, bool rsa) {
  const auto& file = fileOf(bytes);
  const auto& signer = signersOf(rsa)[0];
  for (auto _ : state) benchmark::DoNotOptimize(signatureOver(file, signer, "Signature1"));
}
BENCHMARK_CAPTURE(signing, SmallP256, kSmall, false)->Name("work/sign/100KB/P-256");
BENCHMARK_CAPTURE(signing, SmallRsa, kSmall, true)->Name("work/sign/100KB/RSA-3072");
BENCHMARK_CAPTURE(signing, LargeP256, kLarge, false)
    ->Name("work/sign/50MB/P-256")
    ->Unit(benchmark::kMillisecond);

/// With a visible mark that was drawn before, as an official signs.
void signingVisibly(benchmark::State& state, bool rsa) {
  const auto& file = fileOf(kSmall);
  const auto& signer = signersOf(rsa)[0];
  print::DrawingCache drawings;
  const print::MarkText text{.name = "Trần Văn Minh", .post = "Chủ tịch", .time = "22.11.2026"};
  for (auto _ : state) {
    const auto drawing = drawings.mark(text, {190, 80});
    if (!drawing) {
      state.SkipWithError(drawing.error().reason.c_str());
      break;
    }
    pades::SignOptions options;
    options.field = "Signature1";
    options.place = pades::Place{0, {300, 100, 190, 80}};
    options.appearance = **drawing;
    options.signing_time = SystemClock().now();
    benchmark::DoNotOptimize(pades::sign(file, signer.certificate, signer.key, options, nullptr));
  }
}
BENCHMARK_CAPTURE(signingVisibly, P256, false)->Name("work/sign-visible/100KB/P-256");
BENCHMARK_CAPTURE(signingVisibly, Rsa3072, true)->Name("work/sign-visible/100KB/RSA-3072");

}  // namespace
}  // namespace congvan::bench

BENCHMARK_MAIN();
