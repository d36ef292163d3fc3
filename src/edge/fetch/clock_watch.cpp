// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/clock_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::fetch {
namespace {

// Both clocks of a machine run on one quartz, which may be this much too fast or slow.
constexpr std::int64_t kDriftPerMillion = 100;
// How long a server that was asked too often is left alone.
constexpr Duration kRatePause = std::chrono::minutes{15};
// One that wants no questions; not for ever, since somebody on the way may have said so.
constexpr Duration kDenyPause = std::chrono::hours{24};

Duration farthest(const ClockError& error) {
  return std::max(std::chrono::abs(error.least), std::chrono::abs(error.most));
}

}  // namespace

std::optional<ClockError> agreed(std::vector<ClockError> heard, std::size_t asked) {
  const auto majority = asked / 2 + 1;
  if (heard.size() < majority) return std::nullopt;
  struct End {
    Duration at;
    int step;
  };
  std::vector<End> ends;
  for (const auto& one : heard) {
    ends.push_back({one.least, 1});
    ends.push_back({one.most, -1});
  }
  // Where one ends as another begins, both hold.
  std::ranges::sort(ends, [](const End& a, const End& b) {
    return a.at != b.at ? a.at < b.at : a.step > b.step;
  });
  std::optional<ClockError> shared;
  std::size_t holding = 0;
  for (const auto& end : ends) {
    const bool held = holding >= majority;
    holding += static_cast<std::size_t>(end.step);
    const bool holds = holding >= majority;
    if (holds && !shared) shared = ClockError{end.at, end.at};
    if (held && !holds) shared->most = end.at;
  }
  return shared;
}

ClockWatch::ClockWatch(std::vector<std::unique_ptr<ClockSource>> sources,
                       ClockRules rules,
                       const Clock& clock,
                       SteadyNow steady)
    : rules_(rules), clock_(clock), steady_(std::move(steady)) {
  for (auto& source : sources) {
    auto name = source->name();
    asked_.push_back({std::move(source), {std::move(name), std::nullopt, std::nullopt}, {}});
  }
}

ClockError ClockWatch::Agreement::at(const Moment& moment) const {
  const auto passed = std::max(moment.steady - when.steady, Duration::zero());
  const auto stepped = (moment.clock - when.clock) - passed;
  const auto drifted = passed * kDriftPerMillion / 1'000'000;
  return {error.least - stepped - drifted, error.most - stepped + drifted};
}

ClockWatch::Moment ClockWatch::moment() const {
  constexpr int kTries = 5;
  for (int left = kTries;; --left) {
    const auto before = steady_();
    const Moment both{clock_.now(), steady_()};
    // Put to sleep between the two, the thread would see a step that was none.
    if (both.steady - before < std::chrono::milliseconds{1} || left == 1) return both;
  }
}

Duration ClockWatch::steadyNow() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

Result<> ClockWatch::look(const std::stop_token& stop) {
  std::vector<Agreement> heard;
  for (auto& one : asked_) {
    if (stop.stop_requested()) return kDone;
    if (one.again_at && steady_() < *one.again_at) continue;
    const auto answer = one.source->ask();
    const std::lock_guard lock(mutex_);
    one.last.error.reset();
    one.last.trouble.reset();
    one.again_at.reset();
    if (answer) {
      one.last.error = *answer;
      heard.push_back({*answer, moment()});
      continue;
    }
    one.last.trouble = answer.error();
    if (answer.error().reason == "sntp_kiss_deny") one.again_at = steady_() + kDenyPause;
    if (answer.error().reason == "sntp_kiss_rate") one.again_at = steady_() + kRatePause;
  }
  // As if all had answered now: a slow one takes a second, and the clock may have been stepped.
  const auto end = moment();
  std::vector<ClockError> errors;
  errors.reserve(heard.size());
  for (const auto& one : heard) errors.push_back(one.at(end));
  const auto shared = agreed(errors, asked_.size());
  if (!shared) {
    return Error{Code::Unavailable,
                 "clock_unconfirmed",
                 {},
                 fmt::format("{} of {} answered, no majority agrees", heard.size(), asked_.size())};
  }
  const std::lock_guard lock(mutex_);
  agreement_ = Agreement{*shared, end};
  return kDone;
}

std::optional<ClockError> ClockWatch::errorNow(Instant now) const {
  if (!agreement_) return std::nullopt;
  return agreement_->at({now, steady_()});
}

std::optional<ClockError> ClockWatch::error(Instant now) const {
  const std::lock_guard lock(mutex_);
  return errorNow(now);
}

Result<> ClockWatch::vouch(Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto error = errorNow(now);
  if (!error) return Error{Code::Unavailable, "clock_unconfirmed"};
  const auto age = steady_() - agreement_->when.steady;
  if (age > rules_.age_most) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(age).count();
    return Error{Code::Unavailable, "clock_check_old", {{"seconds", std::to_string(seconds)}}};
  }
  const auto off = farthest(*error);
  if (off > rules_.off_most) {
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(off).count();
    return Error{Code::Unavailable, "clock_wrong", {{"milliseconds", std::to_string(millis)}}};
  }
  return kDone;
}

std::vector<ClockWatch::Heard> ClockWatch::heard() const {
  const std::lock_guard lock(mutex_);
  std::vector<Heard> all;
  for (const auto& one : asked_) all.push_back(one.last);
  return all;
}

}  // namespace congvan::fetch
