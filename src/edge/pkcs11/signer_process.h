// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/pkcs11/messages.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace congvan::pkcs11 {

/// The signer process as the service sees it: started when it is first asked, and started again
/// when it has died, after a pause that grows. Safe from any thread; several ask at once.
class SignerProcess {
 public:
  struct Options {
    std::filesystem::path program;
    std::vector<std::string> arguments;    ///< never a secret: everybody on the machine sees them
    std::vector<std::string> environment;  ///< `NAME=value`, before what the service has itself
    std::chrono::milliseconds answer_time{10'000};
    std::chrono::milliseconds make_time{180'000};  ///< RSA keys take long in small tokens
    std::chrono::milliseconds pause_first{100};
    std::chrono::milliseconds pause_longest{5'000};
    std::size_t asked_most = 256;  ///< at once
  };

  explicit SignerProcess(Options options);
  ~SignerProcess();
  SignerProcess(const SignerProcess&) = delete;
  SignerProcess& operator=(const SignerProcess&) = delete;

  /// As the token answers. Unavailable `token_unavailable`: the process died (what changes nothing
  /// was asked once more) or is to be started again in a moment; `token_slow`: no answer in time,
  /// and the process was ended; `service_busy`: too many ask. Malformed `frame_malformed`: nothing
  /// that the messages have a form for.
  Result<Bytes> ask(const Question& question);

  /// nullopt: none runs.
  std::optional<pid_t> process() const;

 private:
  class Connection;
  Result<std::shared_ptr<Connection>> connection();
  void note(const Result<Bytes>& answer);

  const Options options_;
  mutable std::mutex mutex_;
  std::shared_ptr<Connection> current_;
  std::chrono::steady_clock::time_point next_start_{};
  int failures_ = 0;  // processes in a row that answered nothing well
};

}  // namespace congvan::pkcs11
