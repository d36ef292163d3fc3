// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/token_keys.h"
#include "tests/support/soft_token.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

/// A signature through the signer process against the same one with the module in this process.
/// Names are `work/…` and `raw/…`; tools/bench divides them.
namespace congvan::bench {
namespace {

struct Both {
  test::SoftToken soft;
  crypto::SystemRandom random;
  pkcs11::SignerProcess process{soft.options()};
  pkcs11::Token token{process, random};
  std::optional<pkcs11::Module> module;
  std::optional<pkcs11::TokenKeys> here;

  Both() {
    ::setenv("SOFTHSM2_CONF", (soft.folder() / "softhsm2.conf").c_str(), 1);
    module = *pkcs11::Module::load(test::kSoftHsm);
    here.emplace(*module,
                 pkcs11::TokenOptions{.module = test::kSoftHsm,
                                      .label = "congvan",
                                      .pin_file = soft.folder() / "pin",
                                      .tries_file = soft.folder() / "tries-here"});
  }
};

void addKey(Both& both, const std::string& name, crypto::KeyKind kind) {
  auto made = std::make_shared<crypto::KeyToken::Made>(*both.token.make(kind, name));
  const auto digest = std::make_shared<Bytes>(32, std::uint8_t{0x5A});
  benchmark::RegisterBenchmark(("work/token/" + name).c_str(), [=](benchmark::State& state) {
    for (auto _ : state) {
      if (!made->key->signDigest(*digest)) state.SkipWithError("not signed");
    }
  })->UseRealTime();
  benchmark::RegisterBenchmark(("raw/token/" + name).c_str(), [=, &both](benchmark::State& state) {
    const pkcs11::Question question = pkcs11::AskSignature{
        crypto::SecretBytes(made->way.secret.view()), made->key->algorithm(), *digest};
    for (auto _ : state) {
      if (!both.here->answer(question)) state.SkipWithError("not signed");
    }
  })->UseRealTime();
}

}  // namespace
}  // namespace congvan::bench

int main(int count, char** values) {
  benchmark::Initialize(&count, values);
  {
    congvan::bench::Both both;
    congvan::bench::addKey(both, "P-256", congvan::crypto::KeyKind::P256);
    congvan::bench::addKey(both, "RSA-3072", congvan::crypto::KeyKind::Rsa3072);
    benchmark::RunSpecifiedBenchmarks();
  }
  std::_Exit(0);  // modules are known to hang in their destructors
}
