// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/http_client.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>
#include <fmt/format.h>

#include <array>
#include <optional>
#include <sys/socket.h>
#include <vector>

namespace congvan::fetch {
namespace {

using Poco::Net::SecureStreamSocket;
using Poco::Net::Socket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

constexpr std::size_t kAddressesMax = 4;

class Deadline {
 public:
  explicit Deadline(Duration time) : end_(std::chrono::steady_clock::now() + time) {}
  bool passed() const { return left() == Duration::zero(); }
  Duration left() const {
    const auto rest = std::chrono::duration_cast<Duration>(end_ - std::chrono::steady_clock::now());
    return std::max(rest, Duration::zero());
  }
  Poco::Timespan span() const { return Poco::Timespan(left().count()); }

 private:
  std::chrono::steady_clock::time_point end_;
};

Error timedOut() {
  return {Code::Unavailable, "fetch_timed_out"};
}
Error failed(std::string detail) {
  return {Code::Unavailable, "fetch_failed", {}, std::move(detail)};
}

struct Target {
  bool secure = false;
  std::string host;
  std::uint16_t port = 0;
  std::string authority;  // for Host
  std::string path;
};

Result<Target> parseTarget(const std::string& url) {
  const Error malformed{Code::Malformed, "url_malformed", {}, url};
  std::optional<Poco::URI> uri;
  try {
    uri.emplace(url);
  } catch (const Poco::SyntaxException&) {
    return malformed;
  }
  const std::string scheme = uri->getScheme();
  if ((scheme != "http" && scheme != "https") || uri->getHost().empty() ||
      !uri->getUserInfo().empty())
    return malformed;
  Target target{.secure = scheme == "https",
                .host = uri->getHost(),
                .port = uri->getPort(),
                .authority = uri->getAuthority(),
                .path = uri->getPathAndQuery()};
  if (target.path.empty() || target.path.front() != '/') target.path.insert(0, "/");
  for (const char c : target.path + target.authority) {
    if (c <= ' ' || c == 0x7f) return malformed;  // would split the request line
  }
  return target;
}

Result<std::vector<SocketAddress>> resolve(const Target& target, Addresses policy) {
  std::vector<SocketAddress> allowed;
  Poco::Net::IPAddress literal;
  const auto found = Poco::Net::IPAddress::tryParse(target.host, literal)
                         ? Poco::Net::HostEntry::AddressList{literal}
                         : Poco::Net::DNS::resolve(target.host).addresses();
  for (const auto& address : found) {
    if (allows(policy, address) && allowed.size() < kAddressesMax)
      allowed.emplace_back(address, target.port);
  }
  if (!allowed.empty()) return allowed;
  if (found.empty()) return failed("the host has no address");
  return Error{Code::Forbidden, "address_refused", {}, target.host};
}

/// A request as it goes over the wire to a target.
struct Wired {
  std::string method;
  std::string headers;  // besides those of every request
  BytesView body;
};

std::string requestHead(const Target& target, const Wired& request) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\n{}User-Agent: congvan\r\nConnection: close\r\n\r\n",
      request.method,
      target.path,
      target.authority,
      request.headers);
}

// A connected socket that never blocks past its deadline, not even in the TLS handshake.
class Connection {
 public:
  Connection(const Target& target,
             const SocketAddress& address,
             const ClientLimits& limits,
             const Deadline& deadline)
      : deadline_(deadline) {
    socket_.connect(address, deadline.span());
    socket_.setBlocking(false);
    if (target.secure) startTls(target, limits);
  }

  bool send(BytesView bytes) {
    while (!bytes.empty()) {
      const int sent =
          socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()), MSG_NOSIGNAL);
      if (sent > 0)
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      else if (!wait(Socket::SELECT_WRITE))
        return false;
    }
    return true;
  }

  /// Bytes read, none at the end of the stream; nullopt when time is over.
  std::optional<BytesView> receive() {
    for (;;) {
      if (deadline_.passed()) return std::nullopt;  // a sender that drips never makes us wait below
      const int count = socket_.receiveBytes(buffer_.data(), static_cast<int>(buffer_.size()));
      if (count >= 0) return BytesView(buffer_.data(), static_cast<std::size_t>(count));
      if (!wait(Socket::SELECT_READ)) return std::nullopt;
    }
  }

 private:
  void startTls(const Target& target, const ClientLimits& limits) {
    Poco::Net::Context::Params params;
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    params.caLocation = limits.ca_file;
    params.loadDefaultCAs = limits.ca_file.empty();
    params.cipherList = "HIGH:!aNULL:!eNULL";
    Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    auto secure = SecureStreamSocket::attach(socket_, target.host, context);
    secure.setBlocking(false);
    while (secure.completeHandshake() <= 0) {
      if (!wait(Socket::SELECT_READ)) throw Poco::TimeoutException("TLS handshake");
    }
    secure.verifyPeerCertificate(target.host);
    socket_ = secure;
  }

  bool wait(int mode) {
    return !deadline_.passed() && socket_.poll(deadline_.span(), mode | Socket::SELECT_ERROR);
  }

  StreamSocket socket_;
  const Deadline& deadline_;
  std::array<std::uint8_t, 16384> buffer_{};
};

Result<Reply> readReply(Connection& connection, std::size_t bytes_max) {
  ReplyParser parser(bytes_max);
  auto state = ReplyParser::State::More;
  while (state == ReplyParser::State::More) {
    const auto bytes = connection.receive();
    if (!bytes) return timedOut();
    state = bytes->empty() ? parser.close() : parser.feed(*bytes);
  }
  if (state == ReplyParser::State::TooLarge) return Error{Code::TooLarge, "fetch_too_large"};
  if (state == ReplyParser::State::Malformed) return Error{Code::Unavailable, "fetch_not_http"};
  return parser.take();
}

Result<Reply> exchange(const Target& target,
                       const SocketAddress& address,
                       const Wired& wired,
                       const ClientLimits& limits,
                       const Deadline& deadline) {
  Connection connection(target, address, limits, deadline);
  Bytes request = toBytes(requestHead(target, wired));
  append(request, wired.body);
  if (!connection.send(request)) return timedOut();
  return readReply(connection, limits.reply_bytes);
}

// The one place where the network's exceptions become a value: no answer is an input to a decision.
Result<Reply> tryAddress(const Target& target,
                         const SocketAddress& address,
                         const Wired& wired,
                         const ClientLimits& limits,
                         const Deadline& deadline) {
  try {
    return exchange(target, address, wired, limits, deadline);
  } catch (const Poco::TimeoutException&) {
    return timedOut();
  } catch (const Poco::Exception& fault) {
    return failed(fault.displayText());
  }
}

Result<Reply> sendWired(const std::string& url, const Wired& wired, const ClientLimits& limits) {
  const auto target = parseTarget(url);
  if (!target) return target.error();
  Result<std::vector<SocketAddress>> addresses = failed("not resolved");
  try {
    addresses = resolve(*target, limits.addresses);
  } catch (const Poco::Exception& fault) {
    return failed(fault.displayText());
  }
  if (!addresses) return addresses.error();
  const Deadline deadline(limits.time);
  Result<Reply> reply = timedOut();
  for (const SocketAddress& address : *addresses) {
    if (deadline.passed()) break;
    reply = tryAddress(*target, address, wired, limits, deadline);
    // Only a connection that never came about is worth another address of the same host.
    if (reply || reply.error().reason != "fetch_failed") break;
  }
  return reply;
}

}  // namespace

Result<Reply> send(const Post& post, const ClientLimits& limits) {
  const auto headers = fmt::format("Content-Type: {}\r\nContent-Length: {}\r\nAccept: {}\r\n",
                                   post.content_type,
                                   post.body.size(),
                                   post.accept);
  return sendWired(post.url, {"POST", headers, post.body}, limits);
}

Result<Reply> send(const Get& get, const ClientLimits& limits) {
  return sendWired(get.url, {"GET", fmt::format("Accept: {}\r\n", get.accept), {}}, limits);
}

}  // namespace congvan::fetch
