// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <functional>
#include <optional>

namespace congvan::work {

/// One unit of change. Opaque here: only the store that made it looks inside.
/// Stores take `Tx&` as their first parameter; nothing holds one beyond the function it was given
/// to.
class Tx {
 public:
  Tx() = default;
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;
  virtual ~Tx() = default;
};

/// A port: the only way to read or change kept state.
///
/// The function may be run several times (deadlock, lost connection), so it does nothing that
/// cannot be undone by rolling back: no signing, no network, no mail, no assignment to outer
/// variables that a second run would find changed.
class Transactions {
 public:
  virtual ~Transactions() = default;

  /// Runs `action` and commits when it returns a value; rolls back when it returns an Error or
  /// throws.
  ///
  /// Unavailable `storage_unavailable`: the database is gone or stays busy after bounded retries;
  /// nothing was stored. Unavailable `commit_unknown`: the connection was lost at COMMIT, so it may
  /// be stored or not; the idempotency record settles the retry. Otherwise the error of `action`.
  template <typename T>
  Result<T> run(const std::function<Result<T>(Tx&)>& action) {
    return typed<T>(action, &Transactions::runUntyped);
  }
  /// The same for reading: a consistent view, and nothing may be changed.
  template <typename T>
  Result<T> read(const std::function<Result<T>(Tx&)>& action) {
    return typed<T>(action, &Transactions::readUntyped);
  }
  /// One statement, and no more: it sees what was committed when it began, so nothing has to hold
  /// together and the database is spoken to once instead of three times.
  template <typename T>
  Result<T> glance(const std::function<Result<T>(Tx&)>& action) {
    return typed<T>(action, &Transactions::glanceUntyped);
  }

 protected:
  using Untyped = std::function<Result<>(Tx&)>;
  virtual Result<> runUntyped(const Untyped& action) = 0;
  virtual Result<> readUntyped(const Untyped& action) = 0;
  virtual Result<> glanceUntyped(const Untyped& action) = 0;

 private:
  template <typename T>
  Result<T> typed(const std::function<Result<T>(Tx&)>& action,
                  Result<> (Transactions::*runner)(const Untyped&)) {
    std::optional<T> value;
    const auto done = (this->*runner)([&](Tx& tx) -> Result<> {
      value.reset();
      auto result = action(tx);
      if (!result) return result.error();
      value.emplace(std::move(*result));
      return kDone;
    });
    if (!done) return done.error();
    return std::move(*value);
  }
};

}  // namespace congvan::work
