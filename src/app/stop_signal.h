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
  void await() const {
    int signal = 0;
    ::sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_{};
};

}  // namespace congvan::app
