// SPDX-License-Identifier: Apache-2.0
#include "app/job_loop.h"

#include "edge/http/log.h"

#include <algorithm>
#include <condition_variable>

namespace congvan::app {
namespace {

Error failing(const std::string& what) {
  return Error{Code::Unavailable, "background_failing", {}, what};
}

}  // namespace

void JobLoop::start(Work work) {
  thread_ = std::jthread(
      [this, work = std::move(work)](const std::stop_token& stop) { run(work, stop); });
}

Result<> JobLoop::once(const Work& work, const std::stop_token& stop) {
  http::Log log;
  std::string what;
  try {
    const auto done = work(stop);
    if (!done) log.jobRefused(name_, done.error());
    return done;
  } catch (const std::exception& fault) {
    what = fault.what();
  } catch (...) {
    what = "not a std::exception";
  }
  log.jobFault(name_, what);
  return failing(what);
}

void JobLoop::recovered() {
  const std::lock_guard lock(mutex_);
  trouble_.reset();
  failures_ = 0;
}

std::optional<Error> JobLoop::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void JobLoop::run(const Work& work, const std::stop_token& stop) {
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    const auto done = once(work, stop);
    if (done) recovered();
    std::unique_lock lock(mutex_);
    auto pause = pace_.turn;
    if (!done) {
      trouble_ = done.error();
      constexpr int kDoublingsMost = 16;
      pause = std::min(pace_.longest, pace_.turn * (1 << std::min(++failures_, kDoublingsMost)));
    }
    wake.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace congvan::app
