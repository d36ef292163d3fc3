// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace congvan::work {

/// Lets a few at a time do something that costs much memory or time, such as stretching a password;
/// some more may wait a while, so that a flood costs its senders their turn and nobody else theirs.
/// Safe from any thread; outlives its places.
class Gate {
 public:
  struct Limits {
    int places = 4;
    int waiting_most = 16;
    std::chrono::milliseconds longest_wait{5000};
  };
  struct Leave {
    void operator()(Gate* gate) const noexcept { gate->leave(); }
  };
  using Place = std::unique_ptr<Gate, Leave>;

  explicit Gate(Limits limits) : limits_(limits) {}

  /// A place until it is dropped. Unavailable `service_busy`: too many wait, or the wait was long.
  Result<Place> enter() {
    std::unique_lock lock(mutex_);
    if (inside_ >= limits_.places) {
      if (waiting_ >= limits_.waiting_most) return Error{Code::Unavailable, "service_busy"};
      ++waiting_;
      const bool free =
          left_.wait_for(lock, limits_.longest_wait, [this] { return inside_ < limits_.places; });
      --waiting_;
      if (!free) return Error{Code::Unavailable, "service_busy"};
    }
    ++inside_;
    return Place(this);
  }

 private:
  void leave() noexcept {
    {
      const std::lock_guard lock(mutex_);
      --inside_;
    }
    left_.notify_one();
  }

  const Limits limits_;
  std::mutex mutex_;  // guards the two below
  std::condition_variable left_;
  int inside_ = 0;
  int waiting_ = 0;
};

}  // namespace congvan::work
