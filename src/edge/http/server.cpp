// SPDX-License-Identifier: Apache-2.0
#include "edge/http/server.h"

#include "edge/http/connection.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>
#include <openssl/ssl.h>

namespace congvan::http {
namespace {

Poco::Timespan timespan(std::chrono::milliseconds time) {
  return {static_cast<long>(time.count() / 1000), static_cast<long>(time.count() % 1000) * 1000};
}

Poco::Net::Context::Ptr contextOf(TlsIdentity& identity) {
  // For TLS 1.2; those of 1.3 are all good. Forward secret and authenticated, nothing else.
  constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
  constexpr int kDepth = 9;
  Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLSV1_2_SERVER_USE,
                                                           "",
                                                           "",
                                                           "",
                                                           Poco::Net::Context::VERIFY_NONE,
                                                           kDepth,
                                                           false,
                                                           kCiphers);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  identity.showIn(context->sslContext());
  // What was decrypted holds PINs and passwords, and its buffers go back to the heap.
  SSL_CTX_set_options(context->sslContext(), SSL_OP_CLEANSE_PLAINTEXT);
  return context;
}

Poco::Net::ServerSocket listenOn(const ListenerOptions& options, TlsIdentity& identity) {
  constexpr int kBacklog = 1024;
  auto socket =
      options.tls ? Poco::Net::SecureServerSocket(contextOf(identity)) : Poco::Net::ServerSocket();
  // Not SO_REUSEPORT, which Poco sets unless told: a second process would share the port unseen.
  socket.bind(Poco::Net::SocketAddress(options.address, options.port), true, false);
  socket.listen(kBacklog);
  return socket;
}

}  // namespace

struct Server::State {
  ListenerOptions options;
  TlsIdentity identity;
  Traffic traffic;
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
        traffic(options.name, dispatcher.router()),
        shared{options,
               dispatcher,
               log,
               clock,
               random,
               traffic,
               {},
               Admission(options.requests_most),
               AddressCount(options)},
        // A thread that is just ending counts in the pool and no more in the server: without the
        // spare ones a connection at the limit would be dropped for it.
        threads("http", 4, options.connections_most + 16) {}
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
  const auto identity = reloadTls();
  if (!identity) return identity;
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxThreads(state.options.connections_most);
  params->setMaxQueued(state.options.connections_most);
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(timespan(state.options.idle_time));
  params->setMaxKeepAliveRequests(1000);
  params->setTimeout(timespan(state.options.header_time));
  try {
    const auto socket = listenOn(state.options, state.identity);
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

Result<> Server::reloadTls() {
  const auto& files = state_->options.tls;
  return files ? state_->identity.load(*files) : Result<>(kDone);
}

std::uint16_t Server::port() const {
  return state_->port;
}

const Traffic& Server::traffic() const {
  return state_->traffic;
}

void Server::stop() {
  auto& state = *state_;
  if (!state.server) return;
  state.shared.draining = true;
  state.server->stop();
  const auto deadline = std::chrono::steady_clock::now() + state.options.stop_time;
  while (state.shared.watchdog.watched() > 0) {
    state.shared.watchdog.shutIdle();
    if (std::chrono::steady_clock::now() > deadline) state.shared.watchdog.shutAll();
    Poco::Thread::sleep(20);
  }
  state.threads.joinAll();
  state.server.reset();
  state.shared.log.stopped(state.options.name);
}

}  // namespace congvan::http
