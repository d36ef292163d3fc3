// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "edge/http/router.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a listener counts of itself, and the text that Prometheus reads.
///
/// Counting takes no lock and allocates nothing. Labels come from closed sets (routes, classes of
/// status, reasons named below), never from what was sent, so that nobody can make the series grow
/// and none of them names a person or a document.
namespace congvan::http {

/// Text exposition format 0.0.4: one family after another, each with its samples.
class Exposition {
 public:
  static constexpr std::string_view kType = "text/plain; version=0.0.4; charset=utf-8";
  enum class Kind { Counter, Gauge, Histogram };
  struct Label {
    std::string_view name;
    std::string_view value;
  };

  void family(std::string_view name, Kind kind, std::string_view help);
  /// A sample of the family begun last; `suffix` is `_bucket`, `_sum` or `_count` of a histogram.
  void sample(const std::vector<Label>& labels, double value, std::string_view suffix = {});
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string family_;
};

/// The connections and requests of one listener. Safe from any thread.
class Traffic {
 public:
  static constexpr std::array<double, 11> kSeconds{
      .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  /// Refusals worth a series of their own: bodies, floods, and guessing.
  static constexpr auto kReasons = std::to_array<std::string_view>({"body_too_large",
                                                                    "body_truncated",
                                                                    "csrf_missing",
                                                                    "file_too_large",
                                                                    "key_locked",
                                                                    "length_required",
                                                                    "origin_foreign",
                                                                    "pin_delayed",
                                                                    "pin_wrong",
                                                                    "request_malformed",
                                                                    "service_busy",
                                                                    "sign_in_delayed",
                                                                    "sign_in_failed",
                                                                    "storage_unavailable"});

  /// After the last route was added.
  Traffic(std::string listener, const Router& router);

  void connectionOpened();
  void connectionClosed() { open_.fetch_sub(1, std::memory_order_relaxed); }
  void connectionRefused() { count(refused_); }
  /// `route` is one of the router's; nullptr: the request reached none.
  void served(const Route* route, int status, std::chrono::microseconds took);
  void refused(std::string_view reason);

  /// All listeners together, because a family stands in one piece. Series that are still zero are
  /// left out but for those of connections.
  static void write(Exposition& out, std::span<const Traffic* const> listeners);

 private:
  using Counter = std::atomic<std::uint64_t>;
  struct OfRoute {
    std::array<Counter, 5> by_class{};  ///< 1xx to 5xx
    std::array<Counter, kSeconds.size() + 1> by_time{};
    Counter micros{0};
  };
  static void count(Counter& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
  std::vector<Exposition::Label> labelsOf(std::size_t route) const;
  void writeRequests(Exposition& out) const;
  void writeTimes(Exposition& out) const;

  const std::string listener_;
  const Router& router_;
  std::vector<OfRoute> routes_;  ///< the last one is of requests that reached none
  std::array<Counter, kReasons.size()> reasons_{};
  std::atomic<std::int64_t> open_{0};
  Counter opened_{0};
  Counter refused_{0};
};

}  // namespace congvan::http
