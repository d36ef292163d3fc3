// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/serve_keys.h"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace congvan::pkcs11 {
namespace {

// The service has at most this many under way; more is not the service.
constexpr std::size_t kWaitingMost = 1024;

/// Without destructors: modules are known to hang and crash in theirs, and the sessions of a
/// process end with it.
[[noreturn]] void leave(int status) {
  ::_exit(status);
}

class Waiting {
 public:
  bool add(Request request) {
    {
      const std::lock_guard lock(mutex_);
      if (requests_.size() >= kWaitingMost) return false;
      requests_.push_back(std::move(request));
    }
    some_.notify_one();
    return true;
  }
  Request next() {
    std::unique_lock lock(mutex_);
    some_.wait(lock, [this] { return !requests_.empty(); });
    auto request = std::move(requests_.front());
    requests_.pop_front();
    return request;
  }

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<Request> requests_;
};

/// Loaded where it is first needed: a module that hangs must not keep the end of the service from
/// being seen.
class LateKeys {
 public:
  explicit LateKeys(TokenOptions options) : options_(std::move(options)) {}

  Result<TokenKeys*> get() {
    const std::lock_guard lock(mutex_);
    if (!module_) {
      auto loaded = Module::load(options_.module);
      if (!loaded) return loaded.error();
      module_.emplace(*loaded);
      keys_.emplace(*module_, options_);
    }
    return &*keys_;
  }

 private:
  const TokenOptions options_;
  std::mutex mutex_;
  std::optional<Module> module_;
  std::optional<TokenKeys> keys_;
};

}  // namespace

void giveUpPrivileges() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  // Whoever stops the service stops this by closing the socket, after the last signature.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
}

void serveKeys(Descriptor service, const TokenOptions& options) {
  Waiting waiting;
  LateKeys keys(options);
  std::mutex writing;
  const auto work = [&] {
    while (true) {
      const auto request = waiting.next();
      const auto ready = keys.get();
      const Answer answer{request.number,
                          ready ? (*ready)->answer(request.question) : ready.error()};
      {
        const std::lock_guard lock(writing);
        if (!writeFrame(service, encode(answer).view())) leave(0);
      }
      if (!ready || (*ready)->isLost()) leave(0);
    }
  };
  std::vector<std::thread> threads;
  for (int count = 0; count < options.sessions; ++count) threads.emplace_back(work);
  while (true) {
    constexpr int kMalformed = 65;
    const auto message = readFrame(service);
    if (message && !*message) leave(0);
    if (!message) leave(kMalformed);
    auto request = readRequest((*message)->view());
    if (!request || !waiting.add(std::move(*request))) leave(kMalformed);
  }
}

}  // namespace congvan::pkcs11
