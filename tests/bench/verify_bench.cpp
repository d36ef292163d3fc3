// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/material.h"
#include "trust/crypto/digest.h"
#include "trust/pki/path.h"
#include "trust/verify/verify.h"

#include <benchmark/benchmark.h>

#include <array>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

/// Verifying against hashing the file, against poppler's pdfsig (process to process), against one
/// signature, and paths against their bare signature checks. tools/bench divides them.
namespace congvan::bench {
namespace {

constexpr std::size_t kLarge = 50'000'000;

const Signers& officials() {
  static const Signers kOfficials(test::OpensslPki::kP256);
  return kOfficials;
}

const Bytes& signedLarge() {
  static const auto kFile = signedTimes(pdfOfSize(kLarge, 50), officials(), 1);
  return kFile;
}

/// A page with `count` signatures, so that the page weighs nothing beside them.
const Bytes& signedOften(int count) {
  static const auto kOnce = signedTimes(pdfOfSize(100'000, 5), officials(), 1);
  static const auto kFifty = signedTimes(pdfOfSize(100'000, 5), officials(), 50);
  return count == 1 ? kOnce : kFifty;
}

void verifyHere(benchmark::State& state, const Bytes& file) {
  verify::Request request;
  request.file = file;
  request.material.anchors = {officials().root()};
  request.policy.revocation = pki::RevocationMode::Try;
  request.time = SystemClock().now();
  for (auto _ : state) {
    const auto outcome = verify::verify(request);
    if (outcome.verdict.overall != validation::Overall::TotalPassed) {
      state.SkipWithError("not TOTAL-PASSED");
      break;
    }
  }
}

void hashLarge(benchmark::State& state) {
  const auto& file = signedLarge();
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::digest(crypto::DigestAlgorithm::Sha256, file));
  }
}
BENCHMARK(hashLarge)->Name("raw/sha256/50MB-signed")->Unit(benchmark::kMillisecond);

void verifyLarge(benchmark::State& state) {
  verifyHere(state, signedLarge());
}
BENCHMARK(verifyLarge)->Name("work/verify/50MB")->Unit(benchmark::kMillisecond);

void verifyOften(benchmark::State& state) {
  verifyHere(state, signedOften(static_cast<int>(state.range(0))));
}
BENCHMARK(verifyOften)
    ->Name("work/verify/signatures")
    ->Arg(1)
    ->Arg(50)
    ->Unit(benchmark::kMicrosecond);

/// 2 MB, three signatures.
const Bytes& signedThrice() {
  static const auto kFile = signedTimes(pdfOfSize(2'000'000, 20), officials(), 3);
  return kFile;
}

void hashThrice(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::digest(crypto::DigestAlgorithm::Sha256, signedThrice()));
  }
}
BENCHMARK(hashThrice)->Name("raw/sha256/2MB-signed")->Unit(benchmark::kMillisecond);

void verifyThrice(benchmark::State& state) {
  verifyHere(state, signedThrice());
}
BENCHMARK(verifyThrice)->Name("work/verify/2MB")->Unit(benchmark::kMillisecond);

// --- process to process ---

/// The 2 MB file with three signatures and its root, on the disk.
const test::TempFolder& desk() {
  static const auto* const kFolder = [] {
    officials().folder().write("ba-chu-ky.pdf", signedThrice());
    return &officials().folder();
  }();
  return *kFolder;
}

/// Runs a program to its end, its output thrown away; its exit code.
int runToEnd(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

void process(benchmark::State& state, const std::vector<std::string>& command) {
  for (auto _ : state) {
    if (runToEnd(command) != 0) {
      state.SkipWithError((command.front() + " did not exit 0").c_str());
      break;
    }
  }
}

void verifyProcess(benchmark::State& state, const std::vector<std::string>& options) {
  std::vector<std::string> command{CONGVAN_PROGRAM, "verify", (desk() / "ba-chu-ky.pdf").string()};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"--trust", (desk() / "ca.pem").string()});
  process(state, command);
}
BENCHMARK_CAPTURE(verifyProcess, Full, {"--revocation", "try"})
    ->Name("work/verify-process/full")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(verifyProcess, Integrity, {"--checks", "integrity"})
    ->Name("work/verify-process/integrity")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void pdfsigProcess(benchmark::State& state) {
  // -nocert: pdfsig then leaves out trust and the network, which only makes it faster.
  process(state, {"pdfsig", "-nocert", (desk() / "ba-chu-ky.pdf").string()});
}
BENCHMARK(pdfsigProcess)->Name("raw/pdfsig")->Unit(benchmark::kMillisecond)->UseRealTime();

// --- paths ---

/// Root, issuing authority, official, and the CRLs of both authorities, all made by openssl.
struct Chain {
  test::TempFolder folder;
  pki::PathRequest request;
  crypto::PublicKey root_key{nullptr};
  crypto::PublicKey issuing_key{nullptr};
  crypto::SignatureAlgorithm algorithm;

  Chain() : request(make()) {
    root_key = request.anchors[0].publicKey();
    issuing_key = request.intermediates[0].publicKey();
    algorithm = *crypto::parseAlgorithm(request.leaf.signatureAlgorithmDer());
  }

 private:
  pki::Certificate named(const char* name) const {
    return *pki::Certificate::parsePem(folder.text(std::string(name) + ".pem"));
  }
  pki::PathRequest make() const {
    folder.write("ca.cnf",
                 std::string_view("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\n"
                                  "default_md=sha256\ndefault_crl_days=30\n"
                                  "crl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n"));
    test::mustRun(
        folder,
        "key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key; };"
        "request() { openssl req -new -key $1.key -subj \"/C=VN/O=Kiem thu/CN=$1\" -out $1.csr; };"
        "for one in root issuing leaf; do key $one && request $one; done 2>/dev/null &&"
        "printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign\\n"
        "subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' > ca.ext &&"
        "printf 'keyUsage=critical,nonRepudiation\\nsubjectKeyIdentifier=hash\\n"
        "authorityKeyIdentifier=keyid\\n' > leaf.ext &&"
        "sed '/authority/d' ca.ext > root.ext &&"
        "openssl x509 -req -in root.csr -signkey root.key -extfile root.ext -days 3650 -out "
        "root.pem 2>/dev/null &&"
        "openssl x509 -req -in issuing.csr -CA root.pem -CAkey root.key -extfile ca.ext -days 3000 "
        "-out issuing.pem 2>/dev/null &&"
        "openssl x509 -req -in leaf.csr -CA issuing.pem -CAkey issuing.key -extfile leaf.ext -days "
        "900 -out leaf.pem 2>/dev/null &&"
        "for one in root issuing; do : > index.txt; echo 01 > number; openssl ca -gencrl -config "
        "ca.cnf -cert $one.pem -keyfile $one.key -out $one.crl 2>/dev/null || exit 1; done");
    pki::PathRequest made{.leaf = named("leaf"),
                          .anchors = {named("root")},
                          .intermediates = {named("issuing")},
                          .time = SystemClock().now()};
    for (const auto* name : {"root.crl", "issuing.crl"}) {
      made.crls.push_back(*pki::Crl::parseAny(folder.bytes(name)));
    }
    return made;
  }
};

const Chain& chain() {
  static const Chain kChain;
  return kChain;
}

void rawChecks(benchmark::State& state) {
  const auto& given = chain();
  const std::array<std::pair<const crypto::PublicKey*, const pki::Certificate*>, 2> checks{
      {{&given.issuing_key, &given.request.leaf},
       {&given.root_key, &given.request.intermediates[0]}}};
  for (auto _ : state) {
    for (const auto& [key, certificate] : checks) {
      const auto check = crypto::checkSignature(
          *key, given.algorithm, certificate->tbsDer(), certificate->signatureValue());
      if (check != crypto::SignatureCheck::Good) state.SkipWithError("a signature is not good");
    }
  }
}
BENCHMARK(rawChecks)->Name("raw/path/2-checks")->Unit(benchmark::kMicrosecond);

void path(benchmark::State& state, pki::RevocationMode revocation) {
  auto request = chain().request;
  request.revocation = revocation;
  for (auto _ : state) {
    const auto report = pki::validatePath(request);
    if (report.result != pki::PathResult::Ok) {
      state.SkipWithError(report.reason.c_str());
      break;
    }
  }
}
BENCHMARK_CAPTURE(path, Off, pki::RevocationMode::Off)
    ->Name("work/path/no-revocation")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(path, Require, pki::RevocationMode::Require)
    ->Name("work/path/crls")
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace congvan::bench

BENCHMARK_MAIN();
