// SPDX-License-Identifier: Apache-2.0
#include "edge/http/watchdog.h"

#include <sys/socket.h>

namespace congvan::http {
namespace {

constexpr auto kLook = std::chrono::milliseconds{250};

}  // namespace

Watchdog::Watch::Watch(Watchdog& watchdog, Poco::Net::StreamSocket socket) : watchdog_(watchdog) {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.entries_.push_front({std::move(socket), Time::max(), Phase::Idle});
  entry_ = watchdog_.entries_.begin();
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.entries_.erase(entry_);
}

void Watchdog::Watch::set(Time deadline, Phase phase) {
  const std::lock_guard lock(watchdog_.mutex_);
  entry_->deadline = deadline;
  entry_->phase = phase;
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

template <typename Chosen>
void Watchdog::shutWhere(Chosen chosen) {
  for (auto& entry : entries_) {
    // The descriptor is shut, not closed: the connection's own thread sees the end and closes it.
    // Through the descriptor, since a TLS socket's own shutdown would talk to the peer first.
    if (chosen(entry)) ::shutdown(entry.socket.impl()->sockfd(), SHUT_RDWR);
  }
}

void Watchdog::shutIdle() {
  const std::lock_guard lock(mutex_);
  shutWhere([](const Watch::Entry& entry) { return entry.phase == Watch::Phase::Idle; });
}

void Watchdog::shutAll() {
  const std::lock_guard lock(mutex_);
  shutWhere([](const Watch::Entry&) { return true; });
}

std::size_t Watchdog::watched() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kLook);
    const auto now = std::chrono::steady_clock::now();
    shutWhere([now](const Watch::Entry& entry) { return entry.deadline <= now; });
  }
}

}  // namespace congvan::http
