// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/signer_process.h"

#include "edge/pkcs11/frame.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace congvan::pkcs11 {
namespace {

Error away(std::string detail) {
  return {Code::Unavailable, "token_unavailable", {}, std::move(detail)};
}

struct Pair {
  Descriptor ours;
  Descriptor theirs;
};

Result<Pair> socketPair() {
  std::array<int, 2> both{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) {
    return away(std::string("socketpair: ") + std::strerror(errno));
  }
  return Pair{Descriptor(both[0]), Descriptor(both[1])};
}

struct Actions {
  posix_spawn_file_actions_t value{};
  Actions() { ::posix_spawn_file_actions_init(&value); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&value); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
};

struct Attributes {
  posix_spawnattr_t value{};
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
};

/// With the socket as standard input and nothing else of ours open but standard error, no signals
/// held back, and away from the terminal's ^C.
Result<pid_t> start(const SignerProcess::Options& options, const Descriptor& socket) {
  Actions actions;
  Attributes attributes;
  sigset_t none{};
  sigset_t all{};
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes.value, &none);
  ::posix_spawnattr_setsigdefault(&attributes.value, &all);
  ::posix_spawnattr_setpgroup(&attributes.value, 0);
  ::posix_spawnattr_setflags(
      &attributes.value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  ::posix_spawn_file_actions_adddup2(&actions.value, socket.number(), STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, STDERR_FILENO + 1);

  std::vector<std::string> words{options.program.string()};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto named = options.environment;
  std::vector<char*> variables;
  for (auto& one : named) variables.push_back(one.data());
  for (char** own = environ; *own != nullptr; ++own) variables.push_back(*own);
  variables.push_back(nullptr);
  pid_t process = 0;
  const int failed = ::posix_spawn(&process,
                                   options.program.c_str(),
                                   &actions.value,
                                   &attributes.value,
                                   arguments.data(),
                                   variables.data());
  if (failed != 0) return away(options.program.string() + ": " + std::strerror(failed));
  return process;
}

bool changesNothing(const Question& question) {
  return !std::holds_alternative<AskMake>(question);
}

}  // namespace

/// One process and the socket to it. A thread reads the answers and sees the process off.
class SignerProcess::Connection {
 public:
  Connection(Descriptor socket, pid_t process)
      : socket_(std::move(socket)), process_(process), reader_([this] { read(); }) {}
  ~Connection() {
    ::shutdown(socket_.number(), SHUT_RDWR);  // at this the process ends, and then the reader
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// nullopt: the process is gone and answered nothing.
  std::optional<Result<Bytes>> ask(const Question& question, const Options& options);
  std::optional<pid_t> process() const {
    const std::lock_guard lock(mutex_);
    return gone_ ? std::nullopt : std::optional(process_);
  }

 private:
  struct Waiter {
    std::condition_variable came;
    std::optional<Result<Bytes>> answer;
  };
  /// Takes the answer to what is known under this number; false when there is no such message.
  bool take(BytesView message);
  void read();
  void end();

  Descriptor socket_;
  std::mutex writing_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::uint32_t, Waiter*> waiting_;
  std::uint32_t last_number_ = 0;
  int making_ = 0;
  bool gone_ = false;
  pid_t process_;
  std::jthread reader_;
};

std::optional<Result<Bytes>> SignerProcess::Connection::ask(const Question& question,
                                                            const Options& options) {
  Waiter waiter;
  std::unique_lock lock(mutex_);
  if (gone_) return std::nullopt;
  if (waiting_.size() >= options.asked_most) return Error{Code::Unavailable, "service_busy"};
  while (waiting_.contains(++last_number_)) {
  }
  const auto number = last_number_;
  const auto message = encode(number, question);
  if (!message) return Error{Code::Malformed, "frame_malformed"};
  waiting_.emplace(number, &waiter);
  const bool making = !changesNothing(question);
  making_ += making ? 1 : 0;
  lock.unlock();
  {
    const std::lock_guard turn(writing_);
    // What cannot be written is found out by the reader.
    static_cast<void>(writeFrame(socket_, message->view()));
  }
  lock.lock();
  const auto time = making ? options.make_time : options.answer_time;
  const bool settled =
      waiter.came.wait_for(lock, time, [&] { return gone_ || waiter.answer.has_value(); });
  waiting_.erase(number);
  making_ -= making ? 1 : 0;
  if (settled) return std::move(waiter.answer);
  // Many tokens do nothing else while they make a key.
  if (making_ == 0) end();
  return Error{Code::Unavailable, "token_slow"};
}

bool SignerProcess::Connection::take(BytesView message) {
  auto answer = readAnswer(message);
  if (!answer) return false;
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(answer->number);
  if (found == waiting_.end()) return answer->number <= last_number_;  // came too late
  found->second->answer.emplace(std::move(answer->content));
  found->second->came.notify_one();
  return true;
}

void SignerProcess::Connection::read() {
  while (true) {
    const auto message = readFrame(socket_);
    if (!message || !*message || !take((*message)->view())) break;
  }
  {
    const std::lock_guard lock(mutex_);
    end();
    gone_ = true;
    for (const auto& [number, waiter] : waiting_) waiter->came.notify_one();
  }
  // Not before `gone_`: until somebody waits for it, the number is no other process's.
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// With the lock held.
void SignerProcess::Connection::end() {
  if (!gone_) ::kill(process_, SIGKILL);
}

SignerProcess::SignerProcess(Options options) : options_(std::move(options)) {}

SignerProcess::~SignerProcess() = default;

std::optional<pid_t> SignerProcess::process() const {
  const std::lock_guard lock(mutex_);
  return current_ ? current_->process() : std::nullopt;
}

Result<std::shared_ptr<SignerProcess::Connection>> SignerProcess::connection() {
  const std::lock_guard lock(mutex_);
  if (current_ && current_->process()) return current_;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_start_) return away("the signer process is started again in a moment");
  auto pair = socketPair();
  if (!pair) return pair.error();
  constexpr int kDoublingsMost = 16;
  next_start_ = now + std::min(options_.pause_longest,
                               options_.pause_first * (1 << std::min(failures_, kDoublingsMost)));
  ++failures_;
  const auto process = start(options_, pair->theirs);
  if (!process) return process.error();
  current_ = std::make_shared<Connection>(std::move(pair->ours), *process);
  return current_;
}

/// A process that has answered well may be started again at once when it dies.
void SignerProcess::note(const Result<Bytes>& answer) {
  if (!answer) return;
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  next_start_ = {};
}

Result<Bytes> SignerProcess::ask(const Question& question) {
  const int turns = changesNothing(question) ? 2 : 1;
  for (int turn = 0; turn < turns; ++turn) {
    const auto there = connection();
    if (!there) return there.error();
    auto answer = (*there)->ask(question, options_);
    if (!answer) continue;
    note(*answer);
    return std::move(*answer);
  }
  return away("the signer process died");
}

}  // namespace congvan::pkcs11
