// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

/// The root of work that no request asked for: the place where its faults stop.
namespace congvan::app {

/// A thread that does one thing again and again. What is refused or thrown is logged
/// (`job.refused`, `job.fault`), kept as `trouble`, and tried again after a pause that grows, so
/// that work goes on by itself when the disk has room again or the database is back.
class JobLoop {
 public:
  struct Pace {
    std::chrono::milliseconds turn{200};  ///< between two turns that went well
    std::chrono::milliseconds longest{std::chrono::seconds{15}};  ///< after many that did not
  };
  using Work = std::function<Result<>(const std::stop_token&)>;

  JobLoop(std::string name, Pace pace) : name_(std::move(name)), pace_(pace) {}
  ~JobLoop() { stop(); }
  JobLoop(const JobLoop&) = delete;
  JobLoop& operator=(const JobLoop&) = delete;

  void start(Work work);
  bool isStarted() const { return thread_.joinable(); }
  /// Work that waits inside must be woken between the two.
  void askToStop() { thread_.request_stop(); }
  void stop() { thread_ = {}; }

  /// One turn on the caller's thread; what it dies of is logged and answered as
  /// Unavailable `background_failing`.
  Result<> once(const Work& work, const std::stop_token& stop);
  /// For work that stays in one turn: what ailed the last one is over.
  void recovered();
  /// What the last turn ended with, if not well.
  std::optional<Error> trouble() const;

 private:
  void run(const Work& work, const std::stop_token& stop);

  const std::string name_;
  const Pace pace_;
  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
  int failures_ = 0;  // in a row
  std::jthread thread_;
};

}  // namespace congvan::app
