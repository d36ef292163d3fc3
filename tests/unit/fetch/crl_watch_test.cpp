// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/crl_watch.h"

#include "tests/support/openssl_pki.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <atomic>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace congvan::fetch {
namespace {

using test::mustRun;
using test::OpensslPki;

/// Gives everybody the same answer on loopback, and counts who came.
class OneAnswer {
 public:
  OneAnswer() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* generic = reinterpret_cast<sockaddr*>(&at);  // NOLINT: that is the interface
    if (::bind(listening_, generic, size) != 0 || ::listen(listening_, 8) != 0 ||
        ::getsockname(listening_, generic, &size) != 0) {
      throw std::runtime_error("no listener");
    }
    port_ = ntohs(at.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~OneAnswer() {
    thread_ = {};
    ::close(listening_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  void say(std::string answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  void give(const std::string& body) {
    say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/list.crl"; }
  int visits() const { return visits_; }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd waiting{listening_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) != 1) continue;
      const int wire = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (wire < 0) continue;
      ++visits_;
      std::array<char, 4096> asked{};
      static_cast<void>(::recv(wire, asked.data(), asked.size(), 0));
      {
        const std::lock_guard lock(mutex_);
        static_cast<void>(::send(wire, answer_.data(), answer_.size(), MSG_NOSIGNAL));
      }
      ::close(wire);
    }
  }

  int listening_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::string answer_;
  std::atomic<int> visits_{0};
  std::jthread thread_;
};

/// An authority of openssl and its lists, by the time they were made at.
class Issuer {
 public:
  Issuer() {
    pki_.folder().write("ca.cnf",
                        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\n"
                        "default_md=sha256\n");
    pki_.folder().write("index.txt", "");
    pki_.folder().write("number", "01\n");
  }
  /// `from` and `to` as openssl has them: `20260101000000Z`.
  std::string list(const std::string& from, const std::string& to) const {
    mustRun(
        pki_.folder(),
        "openssl ca -config ca.cnf -gencrl -cert ca.pem -keyfile ca.key -crl_lastupdate " + from +
            " -crl_nextupdate " + to +
            " -out list.pem 2>/dev/null && openssl crl -in list.pem -outform DER -out list.crl");
    return toText(pki_.folder().bytes("list.crl"));
  }
  pki::Certificate certificate() const { return pki_.certificate("ca"); }

 private:
  OpensslPki pki_;
};

const Issuer& issuer() {
  static const auto* made = new Issuer;  // lives as long as the process
  return *made;
}
const Issuer& stranger() {
  static const auto* made = new Issuer;
  return *made;
}

struct NowClock final : Clock {
  Instant now() const override { return *parseTime("2026-11-22T12:00:00Z"); }
};

struct Shelf {
  std::map<std::string, Bytes> files;
  bool is_full = false;

  CrlWatch::Kept kept() {
    return {.read = [this](const std::string& name) -> std::optional<Bytes> {
              const auto found = files.find(name);
              if (found == files.end()) return std::nullopt;
              return found->second;
            },
            .write = [this](const std::string& name, BytesView list) -> Result<> {
              if (is_full) return Error{Code::Unavailable, "output_unwritable"};
              files[name] = toBytes(list);
              return kDone;
            }};
  }
};

const std::string kOld = "20261101000000Z";
const std::string kNew = "20261121000000Z";
const std::string kUntil = "20261221000000Z";

class CrlFetching : public testing::Test {
 protected:
  CrlWatch watch(Addresses addresses = Addresses::Any) {
    return {{{server.url(), addresses}}, {issuer().certificate()}, shelf.kept(), clock};
  }
  static std::string trouble(CrlWatch& watch) {
    const auto looked = watch.look();
    const auto known = watch.known().front();
    EXPECT_EQ(looked ? "" : "foreign_lists_missing", known.trouble ? looked.error().reason : "");
    return known.trouble ? known.trouble->reason : "";
  }
  static std::string timeOf(const CrlWatch& watch) {
    const auto lists = watch.current();
    return lists.empty() ? "none" : formatUtc(lists.front().thisUpdate());
  }

  OneAnswer server;
  Shelf shelf;
  NowClock clock;
};

TEST_F(CrlFetching, TakesANewerListAndKeepsItOverARestart) {
  auto first = watch();
  EXPECT_EQ(timeOf(first), "none");
  server.give(issuer().list(kOld, kUntil));
  EXPECT_EQ(trouble(first), "");
  EXPECT_EQ(timeOf(first), "2026-11-01T00:00:00Z");
  server.give(issuer().list(kNew, kUntil));
  EXPECT_EQ(trouble(first), "");
  EXPECT_EQ(timeOf(first), "2026-11-21T00:00:00Z");
  EXPECT_EQ(timeOf(watch()), "2026-11-21T00:00:00Z") << "before anything is fetched";
}

TEST_F(CrlFetching, NeverGoesBack) {
  auto fetching = watch();
  server.give(issuer().list(kNew, kUntil));
  EXPECT_EQ(trouble(fetching), "");
  server.give(issuer().list(kOld, kUntil));
  EXPECT_EQ(trouble(fetching), "crl_older");
  EXPECT_EQ(timeOf(fetching), "2026-11-21T00:00:00Z");
  auto again = watch();
  EXPECT_EQ(trouble(again), "crl_older") << "nor after a restart";
}

TEST_F(CrlFetching, KeepsWhatItHasWhenSomethingElseComes) {
  auto fetching = watch();
  server.give(issuer().list(kOld, kUntil));
  EXPECT_EQ(trouble(fetching), "");
  const auto newer = issuer().list(kNew, kUntil);
  struct Bad {
    std::string answer;
    std::string why;
  };
  const auto body = [](const std::string& bytes) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" +
           bytes;
  };
  auto broken = newer;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  for (const auto& [answer, why] :
       {Bad{body("garbage"), "crl_malformed"},
        Bad{body(""), "crl_malformed"},
        Bad{body(stranger().list(kNew, kUntil)), "crl_signer_unknown"},
        Bad{body(broken), "crl_signer_unknown"},
        Bad{body(issuer().list("20261123000000Z", kUntil)), "crl_not_yet"},
        Bad{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "crl_http_status"},
        Bad{"HTTP/1.1 302 Found\r\nLocation: " + server.url() + "\r\nContent-Length: 0\r\n\r\n",
            "crl_http_status"},
        Bad{"HTTP/1.1 200 OK\r\nContent-Length: 17000000\r\n\r\n", "fetch_too_large"},
        Bad{"", "fetch_not_http"}}) {
    server.say(answer);
    EXPECT_EQ(trouble(fetching), why);
    EXPECT_EQ(timeOf(fetching), "2026-11-01T00:00:00Z") << why;
  }
  server.give(newer);
  EXPECT_EQ(trouble(fetching), "");
  EXPECT_EQ(timeOf(fetching), "2026-11-21T00:00:00Z");
}

TEST_F(CrlFetching, CallsNoAddressInsideThatTheOperatorDidNotName) {
  auto fetching = watch(Addresses::PublicOnly);
  server.give(issuer().list(kNew, kUntil));
  EXPECT_EQ(trouble(fetching), "address_refused");
  EXPECT_EQ(server.visits(), 0);
}

TEST_F(CrlFetching, UsesAListThatItCannotKeep) {
  auto fetching = watch();
  server.give(issuer().list(kNew, kUntil));
  shelf.is_full = true;
  EXPECT_EQ(trouble(fetching), "output_unwritable");
  EXPECT_EQ(timeOf(fetching), "2026-11-21T00:00:00Z");
}

TEST_F(CrlFetching, BelievesNoKeptListWhoseSignerIsNotNamedAnyMore) {
  auto first = watch();
  server.give(issuer().list(kNew, kUntil));
  EXPECT_EQ(trouble(first), "");
  const CrlWatch other(
      {{server.url(), Addresses::Any}}, {stranger().certificate()}, shelf.kept(), clock);
  EXPECT_EQ(timeOf(other), "none");
}

}  // namespace
}  // namespace congvan::fetch
