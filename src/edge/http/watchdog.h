// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace congvan::http {

/// Shuts the socket of a connection whose deadline has passed. Poco's time-outs are per receive
/// call, so a sender of one byte a second would hold a thread for as long as it likes.
class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A watched connection: lives on the connection's thread, takes itself off at the end.
  class Watch {
   public:
    Watch(Watchdog& watchdog, Poco::Net::StreamSocket socket);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    void expectBy(Time deadline);
    /// No deadline: the service itself is at work.
    void rest() { expectBy(Time::max()); }

   private:
    friend class Watchdog;
    struct Entry {
      Poco::Net::StreamSocket socket;
      Time deadline;
    };
    Watchdog& watchdog_;
    std::list<Entry>::iterator entry_;
  };

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Shuts every connection that waits for its peer; those at work go on. For stopping.
  void shutWaiting();
  /// Shuts all.
  void shutAll();
  std::size_t watched() const;

 private:
  void run();
  template <typename Chosen>
  void shutWhere(Chosen chosen);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Watch::Entry> entries_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace congvan::http
