// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Identifiers are made by the application (UUID version 7, RFC 9562 section 5.7), so that every
/// instance of a cluster can make them and a retry can reuse them.
namespace congvan {

/// A port: the only source of unpredictable bytes for business code.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;

  /// Lower case with hyphens.
  std::string text() const;
  /// Malformed: not 36 characters of that form.
  static Result<Uuid> parse(std::string_view text);
  /// Malformed: not 16 bytes.
  static Result<Uuid> fromBytes(BytesView bytes);
};

Uuid makeUuid(const Clock& clock, Random& random);

/// A `Uuid` that says of what: `Id<struct Document>` does not mix with `Id<struct Person>`.
template <typename Of>
struct Id {
  Uuid value;
  auto operator<=>(const Id&) const = default;
  std::string text() const { return value.text(); }
  static Result<Id> parse(std::string_view text) {
    auto value = Uuid::parse(text);
    if (!value) return value.error();
    return Id{*value};
  }
};

/// Makes ids; safe from any thread when `random` is.
class Ids {
 public:
  Ids(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
  template <typename Of>
  Id<Of> make() {
    return Id<Of>{makeUuid(clock_, random_)};
  }

 private:
  const Clock& clock_;
  Random& random_;
};

}  // namespace congvan
