// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/server.h"
#include "tests/http/counter.h"
#include "trust/crypto/random.h"

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/// Bytes on loopback, with no library between the test and the wire.
namespace congvan::http::test {

/// A connection that says exactly what it is told to.
class Wire {
 public:
  explicit Wire(std::uint16_t port, const char* from = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    auto address = addressOf(from, 0);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("bind");
    address = addressOf("127.0.0.1", port);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("connect");
  }
  ~Wire() {
    if (socket_ >= 0) ::close(socket_);
  }
  Wire(Wire&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), read_(std::move(other.read_)) {}
  Wire& operator=(Wire&&) = delete;

  /// False: the other side takes no more.
  bool say(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void stopSaying() const { ::shutdown(socket_, SHUT_WR); }
  void hangUp() {
    const linger now{1, 0};  // a reset, as of a machine that went away
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
  }

  /// Everything until the other side closes.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(read_, {});
  }
  /// One response; empty when the connection ended before a whole one came.
  std::string response(bool has_body = true) {
    auto end = read_.find("\r\n\r\n");
    while (end == std::string::npos) {
      if (!more()) return {};
      end = read_.find("\r\n\r\n");
    }
    std::size_t whole = end + 4;
    const auto at = read_.find("Content-Length: ");
    if (has_body && at < end) whole += std::stoul(read_.substr(at + 16));
    while (read_.size() < whole) {
      if (!more()) return {};
    }
    auto one = read_.substr(0, whole);
    read_.erase(0, whole);
    return one;
  }
  /// True: closed, and nothing was said before.
  bool closedSilently() { return rest().empty(); }

 private:
  static sockaddr_in addressOf(const char* host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    return address;
  }
  bool more() {
    char block[16384];
    const auto got = ::recv(socket_, block, sizeof block, 0);
    if (got <= 0) return false;
    read_.append(block, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string read_;
};

/// A desk that is served. Times are short, so that tests of slow peers are not slow.
struct Served {
  static ListenerOptions quick() {
    using std::chrono::milliseconds;
    return {.name = "test",
            .header_time = milliseconds{300},
            .idle_time = milliseconds{300},
            .body_time = milliseconds{300},
            .reply_time = milliseconds{300},
            .linger_time = milliseconds{300},
            .body_bytes_per_second = 1U << 20U,
            .stop_time = milliseconds{3000}};
  }
  static ListenerOptions patient() { return {.name = "test"}; }

  SystemClock clock;
  crypto::SystemRandom random;
  Desk desk;
  Server server;

  explicit Served(ListenerOptions options = patient())
      : server(std::move(options), desk.dispatcher, desk.log, clock, random) {
    const auto started = server.start();
    if (!started) throw std::runtime_error(started.error().reason + started.error().detail);
  }
  ~Served() {
    desk.gate.open();
    server.stop();
  }
  Wire wire(const char* from = "127.0.0.1") const { return Wire(server.port(), from); }
  /// What one connection hears that says `text` and then waits for the end.
  std::string answerTo(std::string_view text) const {
    auto one = wire();
    one.say(text);
    return one.rest();
  }
  bool works() const {
    return answerTo("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").find("hello") !=
           std::string::npos;
  }
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

inline std::string statusOf(std::string_view response) {
  return response.size() < 12 ? "none" : std::string(response.substr(9, 3));
}

inline int countOf(std::string_view text, std::string_view part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace congvan::http::test
