// SPDX-License-Identifier: Apache-2.0
#include "edge/http/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::http {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string_view nameOf(Exposition::Kind kind) {
  switch (kind) {
    case Exposition::Kind::Counter:
      return "counter";
    case Exposition::Kind::Gauge:
      return "gauge";
    case Exposition::Kind::Histogram:
      return "histogram";
  }
  return "untyped";
}

template <typename Counters>
std::uint64_t sumOf(const Counters& counters) {
  std::uint64_t sum = 0;
  for (const auto& counter : counters) sum += counter.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace

void Exposition::family(std::string_view name, Kind kind, std::string_view help) {
  family_ = name;
  text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, nameOf(kind));
}

void Exposition::sample(const std::vector<Label>& labels, double value, std::string_view suffix) {
  text_ += family_;
  text_ += suffix;
  const char* before = "{";
  for (const auto& label : labels) {
    text_ += fmt::format("{}{}=\"{}\"", before, label.name, escaped(label.value));
    before = ",";
  }
  text_ += fmt::format("{}{}\n", labels.empty() ? " " : "} ", value);
}

Traffic::Traffic(std::string listener, const Router& router)
    : listener_(std::move(listener)), router_(router), routes_(router.routes().size() + 1) {}

void Traffic::connectionOpened() {
  count(opened_);
  open_.fetch_add(1, std::memory_order_relaxed);
}

void Traffic::served(const Route* route, int status, std::chrono::microseconds took) {
  const auto at = route == nullptr ? routes_.size() - 1
                                   : static_cast<std::size_t>(route - router_.routes().data());
  auto& one = routes_.at(at);
  count(one.by_class.at(static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)));
  const auto seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::ranges::lower_bound(kSeconds, seconds) - kSeconds.begin();
  count(one.by_time.at(static_cast<std::size_t>(bucket)));
  one.micros.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
}

void Traffic::refused(std::string_view reason) {
  const auto known = std::ranges::lower_bound(kReasons, reason);
  if (known == kReasons.end() || *known != reason) return;
  count(reasons_.at(static_cast<std::size_t>(known - kReasons.begin())));
}

std::vector<Exposition::Label> Traffic::labelsOf(std::size_t route) const {
  const bool known = route < router_.routes().size();
  return {{"listener", listener_},
          {"method", known ? std::string_view(router_.routes()[route].method) : "any"},
          {"route", known ? std::string_view(router_.routes()[route].pattern) : "none"}};
}

void Traffic::writeRequests(Exposition& out) const {
  static constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    for (std::size_t i = 0; i < kClasses.size(); ++i) {
      const auto seen = routes_[route].by_class[i].load(std::memory_order_relaxed);
      if (seen == 0) continue;
      auto labels = labelsOf(route);
      labels.push_back({"status", kClasses[i]});
      out.sample(labels, static_cast<double>(seen));
    }
  }
}

void Traffic::writeTimes(Exposition& out) const {
  for (std::size_t route = 0; route < routes_.size(); ++route) {
    const auto& one = routes_[route];
    if (sumOf(one.by_time) == 0) continue;
    auto labels = labelsOf(route);
    labels.push_back({"le", {}});
    // Summed up here once, so that `_count` is the last bucket whatever is counted meanwhile.
    double so_far = 0;
    for (std::size_t i = 0; i < one.by_time.size(); ++i) {
      so_far += static_cast<double>(one.by_time[i].load(std::memory_order_relaxed));
      const auto bound = i < kSeconds.size() ? fmt::format("{}", kSeconds[i]) : "+Inf";
      labels.back().value = bound;
      out.sample(labels, so_far, "_bucket");
    }
    labels.pop_back();
    constexpr double kMicros = 1e6;
    out.sample(
        labels, static_cast<double>(one.micros.load(std::memory_order_relaxed)) / kMicros, "_sum");
    out.sample(labels, so_far, "_count");
  }
}

void Traffic::write(Exposition& out, std::span<const Traffic* const> listeners) {
  using Kind = Exposition::Kind;
  const auto ofEach = [&](auto value) {
    for (const auto* one : listeners) {
      out.sample({{"listener", one->listener_}}, static_cast<double>(value(*one)));
    }
  };
  out.family("congvan_http_connections_open", Kind::Gauge, "Connections open now.");
  ofEach([](const Traffic& one) { return one.open_.load(std::memory_order_relaxed); });
  out.family("congvan_http_connections_total", Kind::Counter, "Connections served.");
  ofEach([](const Traffic& one) { return one.opened_.load(std::memory_order_relaxed); });
  out.family("congvan_http_connections_refused_total",
             Kind::Counter,
             "Connections closed at once, too many from one address.");
  ofEach([](const Traffic& one) { return one.refused_.load(std::memory_order_relaxed); });
  out.family("congvan_http_requests_total", Kind::Counter, "Requests answered.");
  for (const auto* one : listeners) one->writeRequests(out);
  out.family("congvan_http_request_duration_seconds",
             Kind::Histogram,
             "From the head of a request to the end of its answer.");
  for (const auto* one : listeners) one->writeTimes(out);
  out.family("congvan_http_refusals_total",
             Kind::Counter,
             "Refusals by their stable code, of codes worth watching.");
  for (const auto* one : listeners) {
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
      const auto seen = one->reasons_[i].load(std::memory_order_relaxed);
      if (seen == 0) continue;
      out.sample({{"listener", one->listener_}, {"reason", kReasons[i]}},
                 static_cast<double>(seen));
    }
  }
}

}  // namespace congvan::http
