// SPDX-License-Identifier: Apache-2.0
#include "edge/http/connection.h"

#include "base/encoding.h"
#include "edge/http/framing.h"
#include "trust/crypto/secret.h"

#include <Poco/Net/HTTPBufferAllocator.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/TCPServerConnection.h>

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>
#include <sys/socket.h>

namespace congvan::http {
namespace {

using Poco::Net::HTTPServerRequestImpl;
using Poco::Net::HTTPServerResponseImpl;
using Poco::Net::HTTPServerSession;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBlock = 64U << 10U;
constexpr std::uint64_t kDrainMost = 64U << 10U;

SteadyClock::time_point deadlineFor(std::uint64_t bytes,
                                    std::chrono::milliseconds grace,
                                    const ListenerOptions& options) {
  return SteadyClock::now() + grace + std::chrono::seconds{bytes / options.body_bytes_per_second};
}

/// Reads exactly as many bytes as were promised, against a deadline while it waits for them.
class WireBody final : public BodySource {
 public:
  struct Parts {
    HTTPServerRequestImpl& wire;
    HTTPServerResponseImpl& response;
    Watchdog::Watch& watch;
    const ListenerOptions& options;
  };
  WireBody(const Parts& parts, std::uint64_t length)
      : parts_(parts),
        length_(length),
        left_(length),
        invitation_due_(length > 0 && parts.wire.getExpectContinue()) {}

  std::uint64_t length() const override { return length_; }
  std::uint64_t left() const { return left_; }

  Result<> pump(const std::function<Result<>(BytesView)>& sink) override {
    invite();
    parts_.watch.expectBy(deadlineFor(left_, parts_.options.body_time, parts_.options));
    const auto done = read(sink);
    parts_.watch.rest();
    return done;
  }

  /// True: the next byte on the wire begins the next request. What nobody read would be taken
  /// for one.
  bool drained() {
    if (left_ == 0) return true;
    // An uninvited sender may send the body or leave it: no reader can tell which.
    if (invitation_due_ || left_ > kDrainMost) return false;
    return static_cast<bool>(pump([](BytesView) -> Result<> { return kDone; }));
  }

 private:
  /// Only now, not before the route was found and the caller let in: a body that will be refused
  /// is never asked for.
  void invite() {
    if (!invitation_due_) return;
    invitation_due_ = false;
    parts_.response.sendContinue();
  }

  Result<> read(const std::function<Result<>(BytesView)>& sink) {
    auto& stream = parts_.wire.stream();
    std::vector<char> block(std::min<std::uint64_t>(kBlock, left_));
    while (left_ > 0) {
      const auto wanted = std::min<std::uint64_t>(block.size(), left_);
      stream.read(block.data(), static_cast<std::streamsize>(wanted));
      const auto got = static_cast<std::uint64_t>(stream.gcount());
      if (got == 0) return Error{Code::Malformed, "body_truncated"};
      left_ -= got;
      const auto taken = sink(asBytes({block.data(), got}));
      if (!taken) return taken;
    }
    return kDone;
  }

  Parts parts_;
  std::uint64_t length_;
  std::uint64_t left_;
  bool invitation_due_;
};

/// A place in a counter, given back at the end.
class Admitted {
 public:
  explicit Admitted(Admission& admission) : admission_(admission), in_(admission.enter()) {}
  ~Admitted() {
    if (in_) admission_.leave();
  }
  Admitted(const Admitted&) = delete;
  Admitted& operator=(const Admitted&) = delete;
  explicit operator bool() const { return in_; }

 private:
  Admission& admission_;
  bool in_;
};

class AddressPlace {
 public:
  AddressPlace(AddressCount& addresses, std::string address)
      : addresses_(addresses), address_(std::move(address)), in_(addresses.enter(address_)) {}
  ~AddressPlace() {
    if (in_) addresses_.leave(address_);
  }
  AddressPlace(const AddressPlace&) = delete;
  AddressPlace& operator=(const AddressPlace&) = delete;
  explicit operator bool() const { return in_; }

 private:
  AddressCount& addresses_;
  std::string address_;
  bool in_;
};

class CountedConnection {
 public:
  explicit CountedConnection(Traffic& traffic) : traffic_(traffic) { traffic_.connectionOpened(); }
  ~CountedConnection() { traffic_.connectionClosed(); }
  CountedConnection(const CountedConnection&) = delete;
  CountedConnection& operator=(const CountedConnection&) = delete;

 private:
  Traffic& traffic_;
};

/// Poco keeps its 4 KiB buffers in a pool and never wipes them. A connection gives back that of the
/// session and those of the last request, four at most, and the pool hands out first what it got
/// last. Other connections may have given back theirs meanwhile, so those of eight are wiped.
class BuffersWipedAfter {
 public:
  BuffersWipedAfter() = default;
  BuffersWipedAfter(const BuffersWipedAfter&) = delete;
  BuffersWipedAfter& operator=(const BuffersWipedAfter&) = delete;
  ~BuffersWipedAfter() {
    using Buffers = Poco::Net::HTTPBufferAllocator;
    std::array<char*, 32> given{};
    for (auto& one : given) {
      one = Buffers::allocate(Buffers::BUFFER_SIZE);
      crypto::wipe(one, Buffers::BUFFER_SIZE);
    }
    for (auto* one : given) Buffers::deallocate(one, Buffers::BUFFER_SIZE);
  }
};

Headers headersOf(const HTTPServerRequestImpl& wire) {
  Headers headers;
  for (const auto& [name, value] : wire) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    headers.emplace_back(std::move(lower), value);
  }
  return headers;
}

Language languageFor(const Request& request) {
  return languageOf(headerValue(request.headers, "accept-language").value_or("vi"));
}

class Connection final : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket,
             Poco::Net::HTTPServerParams::Ptr params,
             Shared& shared)
      : TCPServerConnection(socket), params_(std::move(params)), shared_(shared) {}

  /// What the socket throws when the peer is gone ends the connection and nothing else: Poco
  /// catches it around this.
  void run() override {
    const auto peer = socket().peerAddress().host().toString();
    const AddressPlace place(shared_.addresses, peer);
    if (!place) {
      shared_.traffic.connectionRefused();
      shared_.log.refused("", Error{Code::TooMany, "connections_too_many", {}, peer});
      return;
    }
    const CountedConnection counted(shared_.traffic);
    const BuffersWipedAfter wiped;
    // In this order: the watch is gone before the session closes the descriptor, which the
    // watchdog must not touch once another connection may have got its number.
    HTTPServerSession session(socket(), params_);
    Watchdog::Watch watch(shared_.watchdog, socket());
    watch.expectRequestBy(SteadyClock::now() + shared_.options.header_time);
    while (!shared_.draining && session.hasMoreRequests()) {
      if (!serveNext(session, watch)) return;
      watch.expectRequestBy(SteadyClock::now() + shared_.options.idle_time +
                            shared_.options.header_time);
    }
  }

 private:
  /// False: this was the last one.
  bool serveNext(HTTPServerSession& session, Watchdog::Watch& watch) {
    const auto started = SteadyClock::now();
    HTTPServerResponseImpl response(session);
    const auto wire = readHead(session, response, watch);
    if (!wire) return false;
    watch.rest();
    Request request;
    request.method = wire->getMethod();
    request.headers = headersOf(*wire);
    request.client = shared_.options.trusted_proxies.clientOf(
        wire->clientAddress().host().toString(), request.headers);
    request.trace = newTrace();
    response.setVersion(wire->getVersion() == "HTTP/1.0" ? "HTTP/1.0" : "HTTP/1.1");
    response.setKeepAlive(wire->getKeepAlive() && session.canKeepAlive());
    const auto status = serve(*wire, response, request, watch);
    const auto taken =
        std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started);
    shared_.traffic.served(request.route, status, taken);
    shared_.log.served(
        {request.trace, request.method, request.path, request.client, status, taken.count()});
    session.setKeepAlive(response.getKeepAlive() && session.canKeepAlive());
    if (unread_) linger(watch);
    return session.getKeepAlive();
  }

  /// nullptr: the peer sent nothing more, or no HTTP and has been told so.
  std::unique_ptr<HTTPServerRequestImpl> readHead(HTTPServerSession& session,
                                                  HTTPServerResponseImpl& response,
                                                  Watchdog::Watch& watch) {
    std::string why;
    try {
      return std::make_unique<HTTPServerRequestImpl>(response, session, params_.get());
    } catch (const Poco::Net::NoMessageException&) {
      return nullptr;
    } catch (const Poco::Net::MessageException& malformed) {
      why = malformed.displayText();
    } catch (const Poco::DataException& malformed) {  // a Content-Length that is no number
      why = malformed.displayText();
    }
    // `response` still points to the request that never came to be.
    HTTPServerResponseImpl apology(session);
    apology.setVersion("HTTP/1.1");
    Request nothing;
    nothing.trace = newTrace();
    const Error error{Code::Malformed, "request_malformed", {}, std::move(why)};
    static_cast<void>(refuseAndClose(apology, nothing, error, watch));
    linger(watch);
    return nullptr;
  }

  int serve(HTTPServerRequestImpl& wire,
            HTTPServerResponseImpl& response,
            Request& request,
            Watchdog::Watch& watch) {
    const auto length =
        bodyLength({wire.getMethod(), wire.getURI(), wire.getVersion()}, request.headers);
    if (!length) return refuseAndClose(response, request, length.error(), watch);
    const auto target = parseTarget(wire.getURI(), shared_.options.opaque_prefix);
    if (!target) return refuseAndClose(response, request, target.error(), watch);
    request.path = target->path;
    request.query = target->query;
    const Admitted admitted(shared_.admission);
    if (!admitted || shared_.draining) {
      return refuseAndClose(response, request, {Code::Unavailable, "service_busy"}, watch);
    }
    WireBody body({wire, response, watch, shared_.options}, *length);
    const auto reply = shared_.dispatcher(request, body);
    shared_.traffic.refused(request.refusal);
    unread_ = !body.drained();
    if (unread_) response.setKeepAlive(false);
    send(response, request, reply, watch);
    return reply.status;
  }

  int refuseAndClose(HTTPServerResponseImpl& response,
                     const Request& request,
                     const Error& error,
                     Watchdog::Watch& watch) {
    shared_.log.refused(request.trace, error);
    shared_.traffic.refused(error.reason);
    unread_ = true;
    response.setKeepAlive(false);
    const auto reply = problem(error, request.trace, languageFor(request));
    send(response, request, reply, watch);
    return reply.status;
  }

  void setHeaders(HTTPServerResponseImpl& response, const Request& request, const Reply& reply) {
    response.setDate(Poco::Timestamp());
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Frame-Options", "DENY");
    response.set("X-Trace-Id", request.trace);
    if (shared_.options.tls) response.set("Strict-Transport-Security", "max-age=31536000");
    for (const auto& [name, value] : reply.headers) response.add(name, value);
  }

  void send(HTTPServerResponseImpl& response,
            const Request& request,
            const Reply& reply,
            Watchdog::Watch& watch) {
    const auto bytes = reply.blob ? reply.blob->bytes() : asBytes(reply.body);
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(reply.status));
    // RFC 9110, 8.6: no length of what is not there.
    if (reply.status != Poco::Net::HTTPResponse::HTTP_NO_CONTENT &&
        reply.status != Poco::Net::HTTPResponse::HTTP_NOT_MODIFIED) {
      response.setContentType(reply.type);
      response.setContentLength64(static_cast<Poco::Int64>(bytes.size()));
    }
    setHeaders(response, request, reply);
    if (shared_.draining) response.setKeepAlive(false);
    watch.expectBy(deadlineFor(bytes.size(), shared_.options.reply_time, shared_.options));
    auto& out = response.send();
    const auto sent = request.method == "HEAD" ? BytesView{} : bytes;
    for (std::size_t at = 0; at < sent.size() && out.good(); at += kBlock) {
      const auto block = asText(sent.subspan(at, std::min(kBlock, sent.size() - at)));
      out.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
    out.flush();
    if (!out.good()) response.setKeepAlive(false);
    watch.rest();
  }

  /// Closing a socket with unread bytes resets it, and a reset can overtake the answer that says
  /// why: so the sending side is shut and what still comes is thrown away for a short while.
  void linger(Watchdog::Watch& watch) {
    const auto deadline = SteadyClock::now() + shared_.options.linger_time;
    watch.expectBy(deadline);
    const auto descriptor = socket().impl()->sockfd();
    ::shutdown(descriptor, SHUT_WR);
    std::array<char, 4096> thrown{};
    while (SteadyClock::now() < deadline &&
           ::recv(descriptor, thrown.data(), thrown.size(), 0) > 0) {
    }
  }

  std::string newTrace() { return makeUuid(shared_.clock, shared_.random).text(); }

  Poco::Net::HTTPServerParams::Ptr params_;
  Shared& shared_;
  bool unread_ = false;
};

}  // namespace

bool Admission::enter() {
  if (count_.fetch_add(1) < most_) return true;
  count_.fetch_sub(1);
  return false;
}

bool AddressCount::isFree(const std::string& address) const {
  return options_.connections_per_address == 0 || options_.trusted_proxies.contains(address);
}

bool AddressCount::enter(const std::string& address) {
  if (isFree(address)) return true;
  const std::lock_guard lock(mutex_);
  auto& open = open_[address];
  if (open >= options_.connections_per_address) return false;
  ++open;
  return true;
}

void AddressCount::leave(const std::string& address) {
  if (isFree(address)) return;
  const std::lock_guard lock(mutex_);
  const auto open = open_.find(address);
  if (--open->second == 0) open_.erase(open);
}

Poco::Net::TCPServerConnection* ConnectionFactory::createConnection(
    const Poco::Net::StreamSocket& socket) {
  return new Connection(socket, params_, shared_);  // NOLINT: Poco takes ownership
}

}  // namespace congvan::http
