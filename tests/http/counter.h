// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/dispatch.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

/// A small desk of routes that count what really happened, for tests of everything around actions.
namespace congvan::http::test {

struct OneDoorkeeper final : Doorkeeper {
  Result<directory::Caller> caller(const std::string& token,
                                   std::string_view,
                                   directory::Purpose) override {
    if (token != "good") return Error{Code::Unauthenticated, "session_expired"};
    return directory::Caller{};
  }
  Result<directory::Caller> callerOfChange(const std::string& token,
                                           const std::string& csrf,
                                           std::string_view trace,
                                           directory::Purpose purpose) override {
    auto let_in = caller(token, trace, purpose);
    if (let_in && csrf != "right") return Error{Code::Forbidden, "csrf_missing"};
    return let_in;
  }
};

/// Lets a test hold requests at work.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void awaitWaiting(int wanted) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= wanted; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

struct Desk {
  static constexpr std::uint64_t kSmallLimit = 1000;
  static constexpr std::uint64_t kUploadLimit = 1U << 20U;
  static constexpr std::size_t kLong = 8U << 20U;

  std::atomic<int> hellos{0};
  std::atomic<int> secrets{0};
  std::atomic<int> uploads{0};
  std::atomic<std::uint64_t> upload_bytes{0};
  Gate gate;
  Router router;
  OneDoorkeeper doorkeeper;
  Log log;
  Dispatcher dispatcher{router, doorkeeper, log};

  Desk() {
    open("GET", "/hello", BodyKind::None, 0, [this](const Request&) -> Result<Reply> {
      ++hellos;
      return Reply{.type = "text/plain", .body = "hello\n"};
    });
    open("GET", "/client", BodyKind::None, 0, [](const Request& request) -> Result<Reply> {
      return Reply{.type = "text/plain", .body = request.client};
    });
    open("GET", "/secret", BodyKind::None, 0, [this](const Request&) -> Result<Reply> {
      ++secrets;
      return Reply{.type = "text/plain", .body = "secret\n"};
    });
    open("POST",
         "/small",
         BodyKind::Small,
         kSmallLimit,
         [](const Request& request) -> Result<Reply> {
           return Reply{.type = "text/plain", .body = request.body};
         });
    open("POST", "/json", BodyKind::Json, kSmallLimit, [](const Request& request) -> Result<Reply> {
      return Reply{.type = "text/plain", .body = request.body};
    });
    open("PUT", "/upload", BodyKind::Upload, kUploadLimit, [this](const Request& request) {
      return upload(request);
    });
    open("PUT", "/unread", BodyKind::Upload, kUploadLimit, [](const Request&) -> Result<Reply> {
      return Error{Code::Forbidden, "document_not_yours"};
    });
    open("GET", "/wait", BodyKind::None, 0, [this](const Request&) -> Result<Reply> {
      gate.pass();
      return Reply{.type = "text/plain", .body = "waited\n"};
    });
    open("GET", "/long", BodyKind::None, 0, [](const Request&) -> Result<Reply> {
      return Reply{.type = "text/plain", .body = std::string(kLong, 'x')};
    });
    open("DELETE", "/thing", BodyKind::None, 0, [](const Request&) -> Result<Reply> {
      return Reply{.status = 204};
    });
    open("GET", "/fault", BodyKind::None, 0, [](const Request&) -> Result<Reply> {
      throw std::runtime_error("table persons is gone");
    });
    router.add({"GET",
                "/foreign-fault",
                Access::Public,
                BodyKind::None,
                0,
                [](const Request&) -> Result<Reply> { throw std::runtime_error("disk is gone"); },
                directory::Purpose::Work,
                [] { return Reply{.type = "text/plain", .body = "try later"}; }});
    router.add(
        {"GET", "/mine", Access::Session, BodyKind::None, 0, [](const Request&) -> Result<Reply> {
           return Reply{.type = "text/plain", .body = "yours\n"};
         }});
    router.add({"POST",
                "/change",
                Access::Change,
                BodyKind::Small,
                kSmallLimit,
                [](const Request&) -> Result<Reply> { return Reply{.type = "text/plain"}; }});
  }

 private:
  void open(
      std::string method, std::string pattern, BodyKind body, std::uint64_t limit, Action action) {
    router.add(
        {std::move(method), std::move(pattern), Access::Public, body, limit, std::move(action)});
  }

  Result<Reply> upload(const Request& request) {
    std::uint64_t bytes = 0;
    const auto read = request.upload->pump([&](BytesView block) -> Result<> {
      bytes += block.size();
      return kDone;
    });
    if (!read) return read.error();
    ++uploads;
    upload_bytes += bytes;
    return Reply{.type = "text/plain", .body = std::to_string(bytes)};
  }
};

}  // namespace congvan::http::test
