// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/services.h"
#include "office/authority/ocsp_desk.h"
#include "tests/bench/material.h"
#include "tests/contract/office_world.h"
#include "tests/http/wire.h"
#include "trust/crypto/der.h"
#include "trust/crypto/random.h"
#include "trust/formats/timestamp/token.h"
#include "trust/pki/build.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

/// OCSP and time-stamps against the private-key operation (in process) and against the same server
/// giving out the same bytes from memory (over HTTP). Names are `work/…` and `raw/…`; tools/bench
/// divides them.
namespace congvan::bench {
namespace {

namespace der = crypto::der;

constexpr int kAskers = 16;

/// As `openssl ocsp` asks, with the nonce of 32 octets that newer clients send.
Bytes requestFor(const pki::Certificate& issuer, BytesView serial, std::size_t nonce_bytes) {
  der::Reader spki(issuer.spkiDer());
  auto fields = spki.sequence();
  fields.expect(der::kSequence);
  const auto bits = fields.expect(der::kBitString).subspan(1);
  const auto sha1 = [](BytesView bytes) {
    return der::octetString(crypto::digest(crypto::DigestAlgorithm::Sha1, bytes));
  };
  const auto id = der::sequence({der::sequence({der::oid("1.3.14.3.2.26"), der::null()}),
                                 sha1(issuer.subjectDer()),
                                 sha1(bits),
                                 der::element(der::kInteger, serial)});
  Bytes extensions;
  if (nonce_bytes > 0) {
    const auto nonce = der::octetString(Bytes(nonce_bytes, 7));
    extensions = der::element(der::contextConstructed(2),
                              der::sequence({der::sequence(
                                  {der::oid("1.3.6.1.5.5.7.48.1.2"), der::octetString(nonce)})}));
  }
  return der::sequence({der::sequence({der::sequence({der::sequence({id})}), extensions})});
}

/// A responder with a key of this kind; what it answers for does not matter.
struct Responder {
  explicit Responder(const std::string& kind)
      : certificate([&] {
          pki_.makeLeaf("ocsp", kind, "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\n");
          return pki_.certificate("ocsp");
        }()),
        key(pki_.key("ocsp")),
        signer(*pki::OcspSigner::make(certificate, std::make_shared<crypto::SoftwareKey>(key))),
        request(requestFor(pki_.certificate("ca"), Bytes(16, 0x42), 32)) {}

 private:
  test::OpensslPki pki_;

 public:
  pki::Certificate certificate;
  crypto::SoftwareKey key;
  pki::OcspSigner signer;
  Bytes request;
};

const Responder& responderWith(bool rsa) {
  static const Responder kP256(test::OpensslPki::kP256);
  static const Responder kRsa(test::OpensslPki::kRsa2048);
  return rsa ? kRsa : kP256;
}

void rawSign(benchmark::State& state, bool rsa) {
  const auto& responder = responderWith(rsa);
  const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha256, responder.request);
  for (auto _ : state) benchmark::DoNotOptimize(responder.key.signDigest(digest));
}
BENCHMARK_CAPTURE(rawSign, P256, false)->Name("raw/ocsp-key/P-256");
BENCHMARK_CAPTURE(rawSign, Rsa2048, true)->Name("raw/ocsp-key/RSA-2048");

/// From the bytes of a request with a nonce to those of its answer, the status known.
void answering(benchmark::State& state, bool rsa) {
  const auto& responder = responderWith(rsa);
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  const pki::OcspTimes times{now, now + std::chrono::hours(1)};
  for (auto _ : state) {
    const auto request = pki::readOcspRequest(responder.request);
    const std::vector<pki::OcspEntry> entries = {
        {.cert_id = request->ids.front().der, .status = pki::CertificateStatus::Good}};
    const auto answer = responder.signer.answer(entries, request->nonce, times);
    if (!answer) state.SkipWithError(answer.error().reason.c_str());
    benchmark::DoNotOptimize(answer);
  }
}
BENCHMARK_CAPTURE(answering, P256, false)->Name("work/ocsp-answer/P-256");
BENCHMARK_CAPTURE(answering, Rsa2048, true)->Name("work/ocsp-answer/RSA-2048");

/// From the bytes of a request for a time-stamp to those of its answer; the signature is checked
/// before it leaves, as for everything that is signed here.
void stamping(benchmark::State& state, bool rsa) {
  static const auto pki = [] {
    auto made = std::make_unique<test::OpensslPki>();
    made->makeTimestampAuthority("tsa-p256", test::OpensslPki::kP256);
    made->makeTimestampAuthority("tsa-rsa", test::OpensslPki::kRsa2048);
    return made;
  }();
  const std::string name = rsa ? "tsa-rsa" : "tsa-p256";
  const auto certificate = pki->certificate(name);
  const auto key = pki->key(name);
  crypto::SystemRandom random;
  const auto request =
      timestamp::makeRequest(crypto::DigestAlgorithm::Sha256, Bytes(32, 1), random);
  const timestamp::AuthorityOptions options{.policies = {"1.2.3"},
                                            .chain = {pki->certificate("ca")}};
  const SystemClock clock;
  for (auto _ : state) {
    benchmark::DoNotOptimize(timestamp::answer(
        request.der, certificate, key, options, pki::makeSerial(random), clock.now()));
  }
}
BENCHMARK_CAPTURE(stamping, P256, false)->Name("work/tsa-answer/P-256");
BENCHMARK_CAPTURE(stamping, Rsa2048, true)->Name("work/tsa-answer/RSA-2048");

/// A whole office with one certificate, its desk, and a server that nobody else asks.
class Province {
 public:
  /// Null: this machine has no such server.
  static Province* on(test::Backend backend) {
    static const auto kSqlite = made(test::Backend::Sqlite);
    static const auto kMariaDb = made(test::Backend::MariaDb);
    return (backend == test::Backend::Sqlite ? kSqlite : kMariaDb).get();
  }

  authority::OcspDesk& desk() { return desk_; }
  const Bytes& plain() const { return plain_; }
  const Bytes& with_nonce() const { return with_nonce_; }
  const Bytes& timestamp_request() const { return timestamp_request_; }
  std::uint16_t port() const { return server_->port(); }
  std::array<std::optional<http::test::Wire>, kAskers> wires;  ///< each of one thread

 private:
  static std::unique_ptr<Province> made(test::Backend backend) {
    auto* database = test::emptyDatabase(backend);
    if (database == nullptr) return nullptr;
    return std::unique_ptr<Province>(new Province(*database));
  }

  explicit Province(storage::Database& database)
      : transactions_(database, random_), world_(transactions_) {
    const auto record = world_.certify(world_.head);
    const auto issuer = *pki::Certificate::parse(*world_.ca->issuerCertificate("ca1"));
    const auto serial = pki::Certificate::parse(record.der)->serialDer();
    plain_ = requestFor(issuer, serial, 0);
    with_nonce_ = requestFor(issuer, serial, 32);
    timestamp_request_ =
        timestamp::makeRequest(crypto::DigestAlgorithm::Sha256, Bytes(32, 1), random_).der;
    const auto answer = desk_.answer(plain_);
    if (!answer.keep) throw std::runtime_error("no answer about a certificate of ours");
    http::addOcspRoutes(router_, services_);
    http::addPkiRoutes(router_, services_);
    // The ceiling: the same bytes and headers, at no cost.
    router_.add({"GET",
                 "/plain",
                 http::Access::Public,
                 http::BodyKind::None,
                 0,
                 [body = toText(answer.der)](const http::Request&) -> Result<http::Reply> {
                   return http::Reply{.type = "application/ocsp-response", .body = body};
                 }});
    server_ = std::make_unique<http::Server>(
        http::ListenerOptions{.name = "pki", .opaque_prefix = std::string(http::kOcspGetPrefix)},
        dispatcher_,
        log_,
        world_.clock,
        random_);
    const auto started = server_->start();
    if (!started) throw std::runtime_error(started.error().reason);
  }

  crypto::SystemRandom random_;
  storage::SqlTransactions transactions_;
  test::World world_;
  authority::OcspDesk desk_{transactions_, world_.certificates, *world_.ca, world_.clock};
  http::Services services_{world_.authentication,
                           world_.people,
                           *world_.ca,
                           desk_,
                           world_.requests,
                           world_.numbers,
                           world_.custody,
                           world_.signer,
                           world_.outgoing,
                           world_.reception,
                           world_.evidence,
                           world_.issuance_desk,
                           world_.blobs,
                           world_.clock};
  http::Router router_;
  http::test::OneDoorkeeper doorkeeper_;
  http::Log log_;
  http::Dispatcher dispatcher_{router_, doorkeeper_, log_};
  Bytes plain_;
  Bytes with_nonce_;
  Bytes timestamp_request_;
  std::unique_ptr<http::Server> server_;
};

Province* provinceFor(benchmark::State& state, test::Backend backend) {
  auto* province = Province::on(backend);
  if (province == nullptr) state.SkipWithError("no MariaDB server on this machine");
  return province;
}

void atTheDesk(benchmark::State& state, test::Backend backend, bool nonce) {
  auto* province = provinceFor(state, backend);
  if (province == nullptr) return;
  const auto& request = nonce ? province->with_nonce() : province->plain();
  for (auto _ : state) benchmark::DoNotOptimize(province->desk().answer(request));
}
BENCHMARK_CAPTURE(atTheDesk, KeptSqlite, test::Backend::Sqlite, false)
    ->Name("work/ocsp-kept/SQLite")
    ->UseRealTime();
BENCHMARK_CAPTURE(atTheDesk, KeptMariaDb, test::Backend::MariaDb, false)
    ->Name("work/ocsp-kept/MariaDB")
    ->UseRealTime();
BENCHMARK_CAPTURE(atTheDesk, FreshSqlite, test::Backend::Sqlite, true)
    ->Name("work/ocsp-fresh/SQLite")
    ->UseRealTime();
BENCHMARK_CAPTURE(atTheDesk, FreshMariaDb, test::Backend::MariaDb, true)
    ->Name("work/ocsp-fresh/MariaDB")
    ->UseRealTime();

enum class Ask { Plain, Get, Post, Timestamp };

std::string postMessage(std::string_view path, BytesView body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         toText(body);
}

std::string messageFor(const Province& province, Ask ask) {
  if (ask == Ask::Plain) return http::test::get("/plain");
  if (ask == Ask::Timestamp) return postMessage("/pki/tsa", province.timestamp_request());
  const auto& request = province.plain();
  if (ask == Ask::Get) {
    return http::test::get(std::string(http::kOcspGetPrefix) + toBase64(request));
  }
  return postMessage("/pki/ocsp", request);
}

/// Over connections that stay open as long as the server lets them, from one round to the next:
/// what it costs to connect is not asked here.
void overHttp(benchmark::State& state, test::Backend backend, Ask ask) {
  auto* province = provinceFor(state, backend);
  if (province == nullptr) return;
  const auto message = messageFor(*province, ask);
  auto& wire = province->wires.at(static_cast<std::size_t>(state.thread_index()));
  for (auto _ : state) {
    std::string answer;
    if (wire && wire->say(message)) answer = wire->response();
    if (answer.empty()) {
      wire.emplace(province->port());
      wire->say(message);
      answer = wire->response();
    }
    if (!answer.starts_with("HTTP/1.1 200")) state.SkipWithError("not answered");
  }
}
// Processor time of all threads, askers included: whoever else works on the machine counts less.
BENCHMARK_CAPTURE(overHttp, Plain, test::Backend::Sqlite, Ask::Plain)
    ->Name("raw/http")
    ->Threads(kAskers)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overHttp, GetSqlite, test::Backend::Sqlite, Ask::Get)
    ->Name("work/http-ocsp-get/SQLite")
    ->Threads(kAskers)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overHttp, PostSqlite, test::Backend::Sqlite, Ask::Post)
    ->Name("work/http-ocsp-post/SQLite")
    ->Threads(kAskers)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overHttp, Timestamp, test::Backend::Sqlite, Ask::Timestamp)
    ->Name("work/http-tsa")
    ->Threads(kAskers)
    ->MeasureProcessCPUTime();
// A server of another process: only the wall clock sees its part.
BENCHMARK_CAPTURE(overHttp, PlainByTheWall, test::Backend::Sqlite, Ask::Plain)
    ->Name("raw/http-wall")
    ->Threads(kAskers)
    ->UseRealTime();
BENCHMARK_CAPTURE(overHttp, GetByTheWall, test::Backend::Sqlite, Ask::Get)
    ->Name("work/http-ocsp-wall/SQLite")
    ->Threads(kAskers)
    ->UseRealTime();
BENCHMARK_CAPTURE(overHttp, GetMariaDb, test::Backend::MariaDb, Ask::Get)
    ->Name("work/http-ocsp-wall/MariaDB")
    ->Threads(kAskers)
    ->UseRealTime();

}  // namespace
}  // namespace congvan::bench

int main(int count, char** values) {
  // On the disk: in memory a flush costs nothing.
  ::setenv("CONGVAN_TEST_DATABASES", std::filesystem::temp_directory_path().c_str(), 1);
  // Every request is logged there, also the plain ones.
  if (std::freopen("/dev/null", "w", stderr) == nullptr) return 1;
  benchmark::Initialize(&count, values);
  // Made before threads come.
  congvan::bench::Province::on(congvan::test::Backend::Sqlite);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
