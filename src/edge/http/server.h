// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/http/dispatch.h"
#include "edge/http/metrics.h"
#include "edge/http/tls_identity.h"
#include "edge/http/trusted_proxies.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

/// The server: Poco's sockets and threads, our framing, limits and deadlines. See README.md for
/// what Poco does that this guards against.
namespace congvan::http {

struct ListenerOptions {
  std::string name;  ///< `app`, `pki`, `private`: for the log
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;             ///< 0: any free one, see `Server::port`
  std::optional<TlsFiles> tls;        ///< nullopt: plain
  int connections_most = 512;         ///< one thread each
  int requests_most = 64;             ///< at work at once; more are answered 503
  int connections_per_address = 128;  ///< more are closed at once; 0: any number
  std::string opaque_prefix;          ///< of paths, see `parseTarget`
  TrustedProxies trusted_proxies;     ///< not counted: they carry everybody's connections
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds idle_time{10'000};
  std::chrono::milliseconds body_time{10'000};       ///< besides what the size allows, see below
  std::chrono::milliseconds reply_time{30'000};      ///< likewise for a reader of replies
  std::chrono::milliseconds linger_time{2'000};      ///< for a refused sender to see why
  std::uint64_t body_bytes_per_second = 16U << 10U;  ///< slower senders and readers are cut off
  std::chrono::milliseconds stop_time{20'000};
};

/// One listener. Serves from `start` to `stop`. Made after the last route was added.
class Server {
 public:
  Server(ListenerOptions options,
         const Dispatcher& dispatcher,
         Log& log,
         const Clock& clock,
         Random& random);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Unavailable `address_taken` (detail has the cause) or `tls_files_unusable`: nothing is served.
  Result<> start();
  std::uint16_t port() const;
  /// Reads the certificate's files again: whoever connects from now on is shown what they hold, and
  /// no connection ends. Unavailable `tls_files_unusable`: the one before is still shown.
  Result<> reloadTls();
  /// Lets running requests finish, at most `stop_time`; then cuts what is left.
  void stop();
  const Traffic& traffic() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace congvan::http
