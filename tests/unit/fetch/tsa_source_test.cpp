// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/tsa_source.h"

#include "tests/unit/timestamp/openssl_ts.h"
#include "trust/crypto/random.h"
#include "trust/formats/timestamp/token.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace congvan::fetch {
namespace {

using test::OpensslPki;

const OpensslPki& authority() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeTimestampAuthority("tsa", OpensslPki::kP256);
    test::writeTsConfig(*fresh, "tsa");
    fresh->makeLeaf("web",
                    OpensslPki::kP256,
                    "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
    test::mustRun(fresh->folder(), "cat web.pem web.key > web-both.pem");
    return fresh;
  }();
  return *made;
}

// A process of tsa_server.py that ends when this goes away, because its standard input then closes.
class Server {
 public:
  explicit Server(const std::string& mode, const std::string& pem = {}) {
    const std::string folder = authority().folder().path().string();  // made here, not in the child
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
      throw std::runtime_error("pipe2");
    child_ = fork();
    if (child_ == 0) {
      dup2(input[0], STDIN_FILENO);
      dup2(output[1], STDOUT_FILENO);
      const std::string script =
          std::string(CONGVAN_SOURCE_DIR) + "/tests/unit/fetch/tsa_server.py";
      if (pem.empty())
        execlp("python3", "python3", script.c_str(), folder.c_str(), mode.c_str(), nullptr);
      else
        execlp("python3",
               "python3",
               script.c_str(),
               folder.c_str(),
               mode.c_str(),
               pem.c_str(),
               nullptr);
      _exit(127);
    }
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    FILE* lines = fdopen(output[0], "r");
    if (lines == nullptr || fscanf(lines, "%d", &port_) != 1)
      throw std::runtime_error("tsa_server.py did not start");
    fclose(lines);
  }
  ~Server() {
    close(input_);
    waitpid(child_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_) + "/tsa";
  }

 private:
  pid_t child_ = 0;
  int input_ = -1;
  int port_ = 0;
};

const Bytes kImprint = crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes("value"));

TsaOptions options(std::vector<std::string> urls) {
  return {.urls = std::move(urls),
          .limits = {.time = std::chrono::milliseconds(1000),
                     .reply_bytes = 65536,
                     .addresses = Addresses::Any,
                     .ca_file = (authority().folder() / "ca.pem").string()},
          .token_bytes = 100};
}

Result<Bytes> stampFrom(TsaOptions from) {
  crypto::SystemRandom random;
  return HttpTimestampSource(std::move(from), random)
      .stamp(crypto::DigestAlgorithm::Sha256, kImprint);
}

void expectStamped(const Result<Bytes>& token) {
  ASSERT_TRUE(token) << token.error().detail;
  const auto stamp =
      timestamp::read(*token, evidence::TimestampKind::Signature, [](auto) { return kImprint; });
  ASSERT_TRUE(stamp);
  EXPECT_TRUE(stamp->imprint.matches());
}

void expectUnavailable(const Result<Bytes>& token, const std::string& why) {
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, Code::Unavailable);
  EXPECT_EQ(token.error().reason, "tsa_unavailable");
  EXPECT_NE(token.error().detail.find(why), std::string::npos) << token.error().detail;
}

class EveryFraming : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(TsaSource,
                         EveryFraming,
                         testing::Values("good", "chunked", "until-close"),
                         [](const auto& tested) {
                           return tested.param == "until-close" ? std::string("untilClose")
                                                                : tested.param;
                         });

TEST_P(EveryFraming, GetsATokenOfOpenssl) {
  const Server server(GetParam());
  expectStamped(stampFrom(options({server.url()})));
}

TEST(TsaSource, GetsATokenOverTls) {
  const Server server("good", "web-both.pem");
  expectStamped(stampFrom(options({server.url("https", "localhost")})));
}

TEST(TsaSource, RefusesATlsServerThatNobodyVouchesFor) {
  const Server server("good", "web-both.pem");
  auto from = options({server.url("https", "localhost")});
  from.limits.ca_file = (authority().folder() / "tsa.pem").string();
  expectUnavailable(stampFrom(from), "fetch_failed");
}

TEST(TsaSource, TimesOutInTheTlsHandshake) {
  const Server server("mute");
  const auto started = std::chrono::steady_clock::now();
  expectUnavailable(stampFrom(options({server.url("https", "localhost")})), "fetch_timed_out");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
}

struct Misbehaviour {
  std::string mode;
  std::string why;
};

class EveryMisbehaviour : public testing::TestWithParam<Misbehaviour> {};
INSTANTIATE_TEST_SUITE_P(TsaSource,
                         EveryMisbehaviour,
                         testing::Values(Misbehaviour{"silent", "fetch_timed_out"},
                                         Misbehaviour{"dripping", "fetch_timed_out"},
                                         Misbehaviour{"oversized", "fetch_too_large"},
                                         Misbehaviour{"endless", "fetch_too_large"},
                                         Misbehaviour{"broken_off", "fetch_not_http"},
                                         Misbehaviour{"redirect", "tsa_http_status 302"},
                                         Misbehaviour{"failing", "tsa_http_status 500"},
                                         Misbehaviour{"html", "tsa_content_type text/html"},
                                         Misbehaviour{"not_http", "fetch_not_http"},
                                         Misbehaviour{"other_question", "tsa_answer_wrong"}),
                         [](const auto& tested) { return tested.param.mode; });

TEST_P(EveryMisbehaviour, IsUnavailableInTimeAndTheNextAuthorityIsAsked) {
  const Server bad(GetParam().mode);
  const Server good("good");
  const auto started = std::chrono::steady_clock::now();
  expectUnavailable(stampFrom(options({bad.url()})), GetParam().why);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
  expectStamped(stampFrom(options({bad.url(), good.url()})));
}

TEST(TsaSource, PassesOverAuthoritiesThatAreNotThere) {
  const Server good("good");
  expectStamped(stampFrom(options({"http://127.0.0.1:1/",
                                   "http://no-such-host.invalid/",
                                   "ftp://127.0.0.1/",
                                   "not a url",
                                   good.url()})));
  expectUnavailable(stampFrom(options({"http://127.0.0.1:1/"})), "fetch_failed");
  expectUnavailable(stampFrom(options({})), "no authority is configured");
}

TEST(TsaSource, CallsNoPrivateAddressUnlessAllowed) {
  const Server good("good");
  for (const auto* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    auto from = options({good.url("http", host)});
    from.limits.addresses = Addresses::PublicOnly;
    expectUnavailable(stampFrom(from), "address_refused");
  }
}

TEST(TsaSource, RefusesAddressesThatCarryMore) {
  for (const auto* url :
       {"http://user:secret@127.0.0.1/", "http://127.0.0.1/a%0d%0aX-Evil:%201", "http://"}) {
    const auto refused = stampFrom(options({url}));
    ASSERT_FALSE(refused);
  }
}

TEST(TsaSource, RemembersHowLargeTokensAre) {
  const Server server("good");
  crypto::SystemRandom random;
  HttpTimestampSource source(options({server.url()}), random);
  EXPECT_EQ(source.tokenBytes(), 100U);
  const auto token = source.stamp(crypto::DigestAlgorithm::Sha256, kImprint);
  ASSERT_TRUE(token) << token.error().detail;
  EXPECT_GT(source.tokenBytes(), token->size());
}

}  // namespace
}  // namespace congvan::fetch
