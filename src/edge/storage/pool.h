// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/database.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace congvan::storage {

/// At most `most` sessions, made when first needed, handed out in order of arrival, the most
/// recently used first. Safe from any thread.
template <typename Session>
class Pool {
 public:
  Pool(std::size_t most, std::chrono::milliseconds wait) : most_(most), wait_(wait) {}

  /// An idle session, or null when the caller may make one; throws `Interrupted` (Exhausted).
  /// Answer each with exactly one `giveBack`.
  std::unique_ptr<Session> take() {
    std::unique_lock lock(mutex_);
    const auto place = queue_.insert(queue_.end(), 0);
    const bool mine =
        freed_.wait_for(lock, wait_, [&] { return place == queue_.begin() && out_ < most_; });
    queue_.erase(place);
    freed_.notify_all();
    if (!mine) throw Interrupted(Interrupted::Why::Exhausted, "no database connection is free");
    ++out_;
    if (idle_.empty()) return nullptr;
    auto session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  /// Null: it was broken, or was never made.
  void giveBack(std::unique_ptr<Session> session) {
    {
      const std::scoped_lock lock(mutex_);
      --out_;
      if (session) idle_.push_back(std::move(session));
    }
    freed_.notify_all();
  }

  /// Closes those that nobody uses: after one was found lost, the others are too, most likely.
  void dropIdle() {
    std::vector<std::unique_ptr<Session>> dropped;
    const std::scoped_lock lock(mutex_);
    dropped.swap(idle_);
  }

 private:
  const std::size_t most_;
  const std::chrono::milliseconds wait_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::list<char> queue_;  // who came first
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t out_ = 0;
};

/// Looks statements up by text without copying it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// A parameter's text must be what both databases keep alike: UTF-8 without NUL. Throws.
void checkText(std::string_view text);

}  // namespace congvan::storage
