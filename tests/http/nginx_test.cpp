// SPDX-License-Identifier: Apache-2.0
#include "tests/http/wire.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

namespace congvan::http::test {
namespace {

using congvan::test::TempFolder;

std::uint16_t freePort() {
  const Served nobody;
  return nobody.server.port();
}

/// nginx before a server, as deploy/ sets it up: keep-alive to the server, bodies passed on as they
/// come.
class Nginx {
 public:
  Nginx(const TempFolder& folder, std::uint16_t behind) : port_(freePort()) {
    const auto root = folder.path().string();
    folder.write(
        "nginx.conf",
        "daemon off; master_process off; pid " + root + "/nginx.pid; error_log " + root +
            "/error.log;\nevents { worker_connections 256; }\nhttp {\n"
            "  access_log off; client_body_temp_path " +
            root + "/b; proxy_temp_path " + root + "/p; fastcgi_temp_path " + root +
            "/f; uwsgi_temp_path " + root + "/u; scgi_temp_path " + root +
            "/s;\n"
            "  upstream office { server 127.0.0.1:" +
            std::to_string(behind) +
            "; keepalive 8; }\n  server { listen 127.0.0.1:" + std::to_string(port_) +
            "; client_max_body_size 2m; keepalive_timeout 150ms; client_header_timeout 150ms; "
            "client_body_timeout 150ms;\n    location / { proxy_pass http://office; "
            "proxy_http_version 1.1; proxy_set_header Connection \"\"; "
            "proxy_set_header Host $host; "
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; "
            "proxy_request_buffering off; } }\n}\n");
    const auto config = root + "/nginx.conf";
    const auto prefix = root + "/";
    const char* words[] = {
        "nginx", "-p", prefix.c_str(), "-c", config.c_str(), "-e", "stderr", nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    const int failed = posix_spawn(
        &process_, "/usr/sbin/nginx", &files, nullptr, const_cast<char* const*>(words), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) throw std::runtime_error("nginx does not start");
    awaitListening();
  }
  ~Nginx() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::string answerTo(std::string_view text, const char* from = "127.0.0.1") const {
    Wire wire(port_, from);
    wire.say(text);
    return wire.rest();
  }

 private:
  void awaitListening() const {
    for (int i = 0; i < 100; ++i) {
      try {
        const Wire reached(port_);
        return;
      } catch (const std::runtime_error& not_yet) {
        ::poll(nullptr, 0, 50);
      }
    }
    throw std::runtime_error("nginx does not listen");
  }

  std::uint16_t port_;
  pid_t process_ = 0;
};

class BehindNginx : public testing::Test {
 protected:
  void SetUp() override {
    if (::access("/usr/sbin/nginx", X_OK) != 0) GTEST_SKIP() << "needs Debian package nginx";
  }
};

TEST_F(BehindNginx, RequestsArriveAndConnectionsAreKept) {
  const TempFolder folder;
  const Served served;
  const Nginx nginx(folder, served.server.port());

  for (int i = 0; i < 10; ++i) EXPECT_EQ(statusOf(nginx.answerTo(get("/hello"))), "200");

  EXPECT_EQ(served.desk.hellos, 10);
}

TEST_F(BehindNginx, TheClientIsWhoCalledNginxWhateverItClaims) {
  const TempFolder folder;
  auto options = Served::patient();
  options.trusted_proxies = *TrustedProxies::parse({"127.0.0.1"});
  const Served served(options);
  const Nginx nginx(folder, served.server.port());
  const std::string asked =
      "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";

  EXPECT_TRUE(nginx.answerTo(asked, "127.0.0.2").ends_with("\r\n127.0.0.2"));
  const Served untrusting;
  const TempFolder other;
  EXPECT_TRUE(Nginx(other, untrusting.server.port())
                  .answerTo(asked, "127.0.0.2")
                  .ends_with("\r\n127.0.0.1"));
}

TEST_F(BehindNginx, ABodyNeverRunsAsARequest) {
  const TempFolder folder;
  const Served served;
  const Nginx nginx(folder, served.server.port());
  const auto inner = get("/secret");
  const auto length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  const auto chunk = "25\r\n" + inner + "\r\n0\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> tries = {
      {length, inner},
      {length + "Expect: 100-continue\r\n", inner},
      {length + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\n" + length, "0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\n", chunk},
      {"Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding : chunked\r\n" + length, "0\r\n\r\n" + inner},
      {"Transfer-Encoding: xchunked\r\n" + length, "0\r\n\r\n" + inner},
      {length + "Content-Length: 0\r\n", inner},
      {"Content-Length: +0\r\n", inner},
      {"Content-Length\r\n", inner},
      {"X: y\r\n " + length, inner},
  };
  // Bodies where none belongs, and where the action refuses without reading; what nginx itself
  // takes for the next request is not smuggled, so nothing follows but the inner one.
  for (const auto* line : {"PUT /unread HTTP/1.1",
                           "POST /none HTTP/1.1",
                           "DELETE /thing HTTP/1.1",
                           "POST /change HTTP/1.1"}) {
    for (const auto& [head, body] : tries) {
      const int before = served.desk.secrets;
      const auto answer =
          nginx.answerTo(std::string(line) + "\r\nHost: a\r\n" + head + "\r\n" + body);
      const bool seen_by_nginx = countOf(answer, "HTTP/1.1 ") > 1 + countOf(answer, "100 Continue");
      EXPECT_EQ(served.desk.secrets, before + (seen_by_nginx ? 1 : 0)) << line << "\n"
                                                                       << head << answer;
      EXPECT_EQ(statusOf(nginx.answerTo(get("/hello"))), "200") << "the next one is in step";
    }
  }
}

TEST_F(BehindNginx, AnUploadThatBreaksOffChangesNothing) {
  const TempFolder folder;
  const Served served;
  const Nginx nginx(folder, served.server.port());

  nginx.answerTo("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" +
                 std::string(5000, 'x'));

  EXPECT_EQ(statusOf(nginx.answerTo(get("/hello"))), "200");
  EXPECT_EQ(served.desk.uploads, 0);
}

TEST_F(BehindNginx, AWholeUploadArrivesWhole) {
  const TempFolder folder;
  const Served served;
  const Nginx nginx(folder, served.server.port());

  const auto answer =
      nginx.answerTo("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" +
                     std::string(1'000'000, 'x'));

  EXPECT_EQ(statusOf(answer), "200");
  EXPECT_EQ(served.desk.upload_bytes, 1'000'000U);
}

}  // namespace
}  // namespace congvan::http::test
