// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/metrics.h"
#include "edge/http/server.h"
#include "edge/http/watchdog.h"

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/TCPServerConnectionFactory.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>

/// One connection: heads read by Poco, everything after that by us. Only the server uses this.
namespace congvan::http {

/// Counts up to a limit; safe from any thread.
class Admission {
 public:
  explicit Admission(int most) : most_(most) {}
  bool enter();
  void leave() { count_.fetch_sub(1); }

 private:
  int most_;
  std::atomic<int> count_{0};
};

/// Open connections by address of the peer; safe from any thread.
class AddressCount {
 public:
  explicit AddressCount(const ListenerOptions& options) : options_(options) {}
  bool enter(const std::string& address);
  void leave(const std::string& address);

 private:
  bool isFree(const std::string& address) const;

  const ListenerOptions& options_;
  std::mutex mutex_;
  std::map<std::string, int> open_;
};

/// What the connections of one listener share.
struct Shared {
  const ListenerOptions& options;
  const Dispatcher& dispatcher;
  Log& log;
  const Clock& clock;
  Random& random;
  Traffic& traffic;
  Watchdog watchdog;
  Admission admission;
  AddressCount addresses;
  std::atomic<bool> draining{false};
};

class ConnectionFactory final : public Poco::Net::TCPServerConnectionFactory {
 public:
  ConnectionFactory(Poco::Net::HTTPServerParams::Ptr params, Shared& shared)
      : params_(std::move(params)), shared_(shared) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override;

 private:
  Poco::Net::HTTPServerParams::Ptr params_;
  Shared& shared_;
};

}  // namespace congvan::http
