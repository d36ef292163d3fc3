// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/database.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace congvan::test {

struct Fault {
  enum class When {
    Before,  ///< failed and not stored
    After,   ///< failed but stored
  };
};

/// Passes everything on to a real database, but loses the connection at a chosen call: `begin`,
/// each statement and `commit` count from 1 over the whole life, retries included. A commit that
/// is lost throws `CommitUnknown`, as the drivers do.
class FaultyDatabase final : public storage::Database {
 public:
  explicit FaultyDatabase(storage::Database& real) : real_(real) {}

  void loseAt(int call, Fault::When when) {
    lose_at_ = call;
    when_ = when;
  }
  void loseEvery(Fault::When when) { loseAt(-1, when); }
  /// Loses the answer to a COMMIT instead, counted from now over those of the calling thread only:
  /// whatever works beside the test is left alone. 0: none.
  void loseCommit(int commit, Fault::When when) {
    loseAt(0, when);
    struck_ = false;
    commits_to_go_ = commit;
    thread_ = std::this_thread::get_id();
  }
  /// Does `action` before the given call of this thread, counted from now: what another instance
  /// does in that moment.
  void meanwhile(int call, std::function<void()> action) {
    meanwhile_ = std::move(action);
    calls_to_go_ = call;
    thread_ = std::this_thread::get_id();
  }
  /// Did the thread come to that call?
  bool hasMet() const { return calls_to_go_ <= 0; }
  bool hasStruck() const { return struck_; }
  int calls() const { return calls_; }

  storage::Dialect dialect() const override { return real_.dialect(); }
  std::unique_ptr<storage::Connection> acquire(storage::Access access) override {
    return std::make_unique<FaultyConnection>(*this, real_.acquire(access));
  }

 private:
  class FaultyConnection final : public storage::Connection {
   public:
    FaultyConnection(FaultyDatabase& faults, std::unique_ptr<storage::Connection> real)
        : faults_(faults), real_(std::move(real)) {}

    std::vector<storage::Row> query(std::string_view sql, storage::Params params) override {
      return faults_.around(kLost, [&] { return real_->query(sql, params); });
    }
    std::int64_t execute(std::string_view sql, storage::Params params) override {
      return faults_.around(kLost, [&] { return real_->execute(sql, params); });
    }
    bool insertUnlessTaken(std::string_view sql, storage::Params params) override {
      return faults_.around(kLost, [&] { return real_->insertUnlessTaken(sql, params); });
    }
    void begin(storage::Access access) override {
      faults_.around(kLost, [&] {
        real_->begin(access);
        return 0;
      });
    }
    void commit() override {
      faults_.aroundCommit([&] {
        real_->commit();
        return 0;
      });
    }
    void rollback() noexcept override { real_->rollback(); }

   private:
    static constexpr auto kLost = storage::Interrupted::Why::Lost;
    FaultyDatabase& faults_;
    std::unique_ptr<storage::Connection> real_;
  };

  template <typename Action>
  void aroundCommit(const Action& action) {
    const bool strikes = std::this_thread::get_id() == thread_ && --commits_to_go_ == 0;
    around(storage::Interrupted::Why::CommitUnknown, action, strikes);
  }

  template <typename Action>
  std::invoke_result_t<const Action&> around(storage::Interrupted::Why why,
                                             const Action& action,
                                             bool named = false) {
    const bool own = std::this_thread::get_id() == thread_;
    if (own && meanwhile_ && --calls_to_go_ == 0) std::exchange(meanwhile_, {})();
    const int call = ++calls_;
    const bool strikes = named || lose_at_ < 0 || call == lose_at_;
    if (strikes) struck_ = true;
    if (strikes && when_ == Fault::When::Before) throw storage::Interrupted(why, "lost by a test");
    auto result = action();
    if (strikes) throw storage::Interrupted(why, "lost by a test");
    return result;
  }

  storage::Database& real_;
  int lose_at_ = 0;
  Fault::When when_ = Fault::When::Before;
  int commits_to_go_ = 0;
  int calls_to_go_ = 0;
  std::function<void()> meanwhile_;
  std::atomic<std::thread::id> thread_;
  std::atomic<int> calls_ = 0;
  std::atomic<bool> struck_ = false;
};

}  // namespace congvan::test
