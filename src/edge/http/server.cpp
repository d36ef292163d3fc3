// SPDX-License-Identifier: Apache-2.0
#include "edge/http/server.h"

#include "base/encoding.h"
#include "edge/http/framing.h"
#include "edge/http/watchdog.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerConnection.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <istream>
#include <map>
#include <ostream>

namespace congvan::http {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr std::size_t kBlock = 64U << 10U;
constexpr std::uint64_t kDrainMost = 64U << 10U;

/// The watch of the connection this thread serves: Poco gives one thread to one connection for all
/// its life.
thread_local Watchdog::Watch* watch_of_this_thread = nullptr;

/// Reads exactly as many bytes as were promised, and moves the deadline as they come.
class WireBody final : public BodySource {
 public:
  WireBody(std::istream& stream, std::uint64_t length, std::uint64_t bytes_per_second)
      : stream_(stream), length_(length), left_(length), bytes_per_second_(bytes_per_second) {
    const auto time = std::chrono::seconds{10} + std::chrono::seconds{length_ / bytes_per_second_};
    if (watch_of_this_thread != nullptr) {
      watch_of_this_thread->expectBy(std::chrono::steady_clock::now() + time);
    }
  }

  std::uint64_t length() const override { return length_; }
  std::uint64_t left() const { return left_; }

  Result<> pump(const std::function<Result<>(BytesView)>& sink) override {
    std::vector<char> block(std::min<std::uint64_t>(kBlock, std::max<std::uint64_t>(left_, 1)));
    while (left_ > 0) {
      const auto wanted = std::min<std::uint64_t>(block.size(), left_);
      stream_.read(block.data(), static_cast<std::streamsize>(wanted));
      const auto got = static_cast<std::uint64_t>(stream_.gcount());
      if (got == 0) return Error{Code::Malformed, "body_truncated"};
      left_ -= got;
      const auto taken = sink(asBytes({block.data(), got}));
      if (!taken) return taken;
    }
    if (watch_of_this_thread != nullptr) watch_of_this_thread->rest();
    return kDone;
  }

 private:
  std::istream& stream_;
  std::uint64_t length_;
  std::uint64_t left_;
  std::uint64_t bytes_per_second_;
};

/// Counts requests at work; a request over the limit is told so instead of waiting unseen.
class Admission {
 public:
  explicit Admission(int most) : most_(most) {}
  bool enter() {
    if (count_.fetch_add(1) < most_) return true;
    count_.fetch_sub(1);
    return false;
  }
  void leave() { count_.fetch_sub(1); }
  int count() const { return count_.load(); }

 private:
  int most_;
  std::atomic<int> count_{0};
};

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

struct Shared {
  const ListenerOptions& options;
  const Dispatcher& dispatcher;
  Log& log;
  const Clock& clock;
  Random& random;
  Watchdog watchdog;
  Admission admission;
  std::atomic<bool> draining{false};
};

Headers headersOf(const HTTPServerRequest& wire) {
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

void setFixedHeaders(HTTPServerResponse& response, const Shared& shared) {
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Frame-Options", "DENY");
  if (shared.options.tls) response.set("Strict-Transport-Security", "max-age=31536000");
}

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(Shared& shared) : shared_(shared) {}

  void handleRequest(HTTPServerRequest& wire, HTTPServerResponse& response) override {
    const auto started = std::chrono::steady_clock::now();
    if (watch_of_this_thread != nullptr) watch_of_this_thread->rest();
    Request request;
    request.method = wire.getMethod();
    request.headers = headersOf(wire);
    request.client = wire.clientAddress().host().toString();
    request.trace = makeUuid(shared_.clock, shared_.random).text();
    const auto status = serve(wire, response, request);
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - started);
    shared_.log.served(
        {request.trace, request.method, request.path, request.client, status, taken.count()});
    expectNextRequest();
  }

 private:
  int serve(HTTPServerRequest& wire, HTTPServerResponse& response, Request& request) {
    const auto length =
        bodyLength({wire.getMethod(), wire.getURI(), wire.getVersion()}, request.headers);
    const auto target = parseTarget(wire.getURI());
    if (!length || !target) {
      const auto& error = length ? target.error() : length.error();
      return refuseAndClose(response, request, error);
    }
    request.path = target->path;
    request.query = target->query;
    const Admitted admitted(shared_.admission);
    if (!admitted || shared_.draining) {
      return refuseAndClose(response, request, Error{Code::Unavailable, "service_busy"});
    }

    WireBody body(wire.stream(), *length, shared_.options.body_bytes_per_second);
    const auto reply = shared_.dispatcher(request, body);
    // What nobody read would be parsed as the next request on this connection.
    if (!drained(body)) response.setKeepAlive(false);
    send(response, request, reply);
    return reply.status;
  }

  static bool drained(WireBody& body) {
    if (body.left() > kDrainMost) return false;
    const auto rest = body.pump([](BytesView) -> Result<> { return kDone; });
    return static_cast<bool>(rest);
  }

  int refuseAndClose(HTTPServerResponse& response, const Request& request, const Error& error) {
    shared_.log.refused(request.trace, error);
    response.setKeepAlive(false);
    const auto reply =
        problem(error,
                request.trace,
                languageOf(headerValue(request.headers, "accept-language").value_or("vi")));
    send(response, request, reply);
    return reply.status;
  }

  void send(HTTPServerResponse& response, const Request& request, const Reply& reply) {
    const auto bytes = reply.blob ? reply.blob->bytes() : asBytes(reply.body);
    response.setStatusAndReason(static_cast<HTTPServerResponse::HTTPStatus>(reply.status));
    response.setContentType(reply.type);
    response.setContentLength64(static_cast<Poco::Int64>(bytes.size()));
    setFixedHeaders(response, shared_);
    response.set("X-Trace-Id", request.trace);
    for (const auto& [name, value] : reply.headers) response.add(name, value);
    if (shared_.draining) response.setKeepAlive(false);
    if (watch_of_this_thread != nullptr) {
      const auto time = std::chrono::seconds{30} +
                        std::chrono::seconds{bytes.size() / shared_.options.body_bytes_per_second};
      watch_of_this_thread->expectBy(std::chrono::steady_clock::now() + time);
    }
    auto& out = response.send();
    if (request.method == "HEAD") return;
    for (std::size_t at = 0; at < bytes.size() && out.good(); at += kBlock) {
      const auto block = asText(bytes.subspan(at, std::min(kBlock, bytes.size() - at)));
      out.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
    out.flush();
  }

  void expectNextRequest() {
    if (watch_of_this_thread == nullptr) return;
    watch_of_this_thread->expectBy(std::chrono::steady_clock::now() + shared_.options.idle_time +
                                   shared_.options.header_time);
  }

  Shared& shared_;
};

class HandlerFactory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit HandlerFactory(Shared& shared) : shared_(shared) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(shared_);  // NOLINT(cppcoreguidelines-owning-memory): Poco takes ownership
  }

 private:
  Shared& shared_;
};

class Connection final : public Poco::Net::HTTPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket,
             Poco::Net::HTTPServerParams::Ptr params,
             Poco::Net::HTTPRequestHandlerFactory::Ptr factory,
             Shared& shared)
      : HTTPServerConnection(socket, params, factory), shared_(shared) {}

  void run() override {
    Watchdog::Watch watch(shared_.watchdog, socket());
    watch.expectBy(std::chrono::steady_clock::now() + shared_.options.header_time);
    watch_of_this_thread = &watch;
    HTTPServerConnection::run();
    watch_of_this_thread = nullptr;
  }

 private:
  Shared& shared_;
};

class ConnectionFactory final : public Poco::Net::TCPServerConnectionFactory {
 public:
  ConnectionFactory(Poco::Net::HTTPServerParams::Ptr params, Shared& shared)
      : params_(params), handlers_(new HandlerFactory(shared)), shared_(shared) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    return new Connection(socket, params_, handlers_, shared_);  // NOLINT: Poco takes ownership
  }

 private:
  Poco::Net::HTTPServerParams::Ptr params_;
  Poco::Net::HTTPRequestHandlerFactory::Ptr handlers_;
  Shared& shared_;
};

Poco::Timespan timespan(std::chrono::milliseconds time) {
  return {static_cast<long>(time.count() / 1000), static_cast<long>(time.count() % 1000) * 1000};
}

Poco::Net::ServerSocket listenOn(const ListenerOptions& options) {
  constexpr int kBacklog = 1024;
  const Poco::Net::SocketAddress address(options.address, options.port);
  if (!options.tls) {
    Poco::Net::ServerSocket socket;
    socket.bind(address, true);
    socket.listen(kBacklog);
    return socket;
  }
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLSV1_2_SERVER_USE,
                             options.tls->key,
                             options.tls->certificate,
                             "",
                             Poco::Net::Context::VERIFY_NONE);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  return Poco::Net::SecureServerSocket(address, kBacklog, context);
}

}  // namespace

struct Server::State {
  ListenerOptions options;
  Shared shared;
  Poco::ThreadPool threads;
  std::unique_ptr<Poco::Net::TCPServer> server;
  std::uint16_t port = 0;

  State(ListenerOptions given,
        const Dispatcher& dispatcher,
        Log& log,
        const Clock& clock,
        Random& random)
      : options(std::move(given)),
        shared{options, dispatcher, log, clock, random, {}, Admission(options.requests_most), {}},
        threads("http", 4, options.connections_most) {}
};

Server::Server(ListenerOptions options,
               const Dispatcher& dispatcher,
               Log& log,
               const Clock& clock,
               Random& random)
    : state_(std::make_unique<State>(std::move(options), dispatcher, log, clock, random)) {}

Server::~Server() {
  stop();
}

Result<> Server::start() {
  auto& state = *state_;
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxThreads(state.options.connections_most);
  params->setMaxQueued(state.options.connections_most);
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(timespan(state.options.idle_time));
  params->setMaxKeepAliveRequests(1000);
  params->setTimeout(timespan(state.options.header_time));
  try {
    const auto socket = listenOn(state.options);
    state.port = socket.address().port();
    state.server = std::make_unique<Poco::Net::TCPServer>(
        new ConnectionFactory(params, state.shared), state.threads, socket, params);
    state.server->start();
  } catch (
      const Poco::Exception& refused) {  // the library's only way to say that the address is taken
    return Error{Code::Unavailable,
                 "address_taken",
                 {{"address", state.options.address + ":" + std::to_string(state.options.port)}},
                 refused.displayText()};
  }
  state.shared.log.started(state.options.name,
                           state.options.address + ":" + std::to_string(state.port));
  return kDone;
}

std::uint16_t Server::port() const {
  return state_->port;
}

void Server::stop() {
  auto& state = *state_;
  if (!state.server) return;
  state.shared.draining = true;
  state.server->stop();
  const auto deadline = std::chrono::steady_clock::now() + state.options.stop_time;
  while (state.shared.watchdog.watched() > 0) {
    state.shared.watchdog.shutWaiting();
    if (std::chrono::steady_clock::now() > deadline) state.shared.watchdog.shutAll();
    Poco::Thread::sleep(20);
  }
  state.threads.joinAll();
  state.server.reset();
  state.shared.log.stopped(state.options.name);
}

}  // namespace congvan::http
