// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace congvan::app {

/// SIGTERM and SIGINT, kept back from the moment this is made: before any thread is started, so
/// that only `await` takes them.
class StopSignal {
 public:
  StopSignal() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGTERM);
    ::sigaddset(&signals_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  /// Whether one has come; it stays, so that `await` returns at once.
  bool requested() const {
    sigset_t waiting{};
    ::sigpending(&waiting);
    return ::sigismember(&waiting, SIGTERM) == 1 || ::sigismember(&waiting, SIGINT) == 1;
  }
  void await() const {
    int signal = 0;
    ::sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_{};
};

}  // namespace congvan::app
