// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// How a function says that it did not do what was asked.
///
/// A verdict about somebody's bytes is a value, never an `Error`. A refusal is a `Result`.
/// A fault (database gone, disk full, a bug) is an exception, caught at the three roots only:
/// the HTTP dispatcher, the job loop and `main`.
namespace congvan {

enum class Code {
  Malformed,
  Unauthenticated,
  Forbidden,
  NotFound,
  Conflict,     ///< the state does not allow it now (409)
  Stale,        ///< the caller saw an older version (412)
  RuleRefused,  ///< a rule of law or of the office forbids it (422)
  TooLarge,
  TooMany,
  Unavailable,  ///< try again later; nothing was done, or it is settled by the idempotency record
};

struct Param {
  std::string name;
  std::string value;
  bool operator==(const Param&) const = default;
};

/// `reason` is the stable key that stands in openapi.yaml and in the message catalogues;
/// `params` fill its placeholders; `detail` is for the log only and never reaches a client.
struct Error {
  Code code;
  std::string reason;
  std::vector<Param> params = {};
  std::string detail = {};
};

/// Either a value or an `Error`; cannot be ignored. Reading the wrong side is a bug and throws.
template <typename T = std::monostate>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  explicit operator bool() const noexcept { return state_.index() == 0; }
  const T& operator*() const& { return std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  const T* operator->() const { return &std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// The value of a `Result<>` that succeeded.
inline constexpr std::monostate kDone{};

}  // namespace congvan
