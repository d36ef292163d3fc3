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
    /// Waits for the next request, or for the first: may be shut when the service stops.
    void expectRequestBy(Time deadline) { set(deadline, Phase::Idle); }
    /// Waits for the peer within a request.
    void expectBy(Time deadline) { set(deadline, Phase::InRequest); }
    /// No deadline: the service itself is at work.
    void rest() { set(Time::max(), Phase::InRequest); }

   private:
    friend class Watchdog;
    enum class Phase { Idle, InRequest };
    struct Entry {
      Poco::Net::StreamSocket socket;
      Time deadline;
      Phase phase;
    };
    void set(Time deadline, Phase phase);
    Watchdog& watchdog_;
    std::list<Entry>::iterator entry_;
  };

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Shuts every connection that is between requests; requests go on. For stopping.
  void shutIdle();
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
