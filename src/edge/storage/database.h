// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// One SQL text, two databases. This header is all that a store sees of either; the two client
/// libraries stay inside their driver files.
///
/// Values are integers, text (UTF-8 without NUL, compared byte by byte, trailing spaces count),
/// bytes and null. Times are microseconds since 1970 in UTC, booleans 0 and 1, ids 16 bytes.
/// There are no auto-increments, no upserts and no session state: what a statement means does not
/// depend on what the connection did before its transaction.
namespace congvan::storage {

/// One parameter of a statement: a view, valid while the call lasts.
class Param {
 public:
  using Held = std::variant<std::monostate, std::int64_t, std::string_view, BytesView>;

  Param(std::nullopt_t /*null*/) {}                                  // NOLINT: implicit
  Param(std::int64_t value) : held_(value) {}                        // NOLINT: implicit
  Param(int value) : held_(std::int64_t{value}) {}                   // NOLINT: implicit
  Param(bool value) : held_(std::int64_t{value ? 1 : 0}) {}          // NOLINT: implicit
  Param(std::string_view text) : held_(text) {}                      // NOLINT: implicit
  Param(const std::string& text) : held_(std::string_view(text)) {}  // NOLINT: implicit
  Param(const char* text) : held_(std::string_view(text)) {}         // NOLINT: implicit
  Param(BytesView bytes) : held_(bytes) {}                           // NOLINT: implicit
  Param(const Bytes& bytes) : held_(BytesView(bytes)) {}             // NOLINT: implicit
  template <std::size_t Size>
  Param(const std::array<std::uint8_t, Size>& bytes)
      : held_(BytesView(bytes)) {}                       // NOLINT: implicit
  Param(const Uuid& id) : held_(BytesView(id.bytes)) {}  // NOLINT: implicit
  Param(Instant time) : held_(toMicros(time)) {}         // NOLINT: implicit
  template <typename Of>
  Param(const Id<Of>& id) : Param(id.value) {}  // NOLINT: implicit
  template <typename T>
  Param(const std::optional<T>& maybe)  // NOLINT: implicit
      : held_(maybe ? Param(*maybe).held_ : Held{}) {}

  const Held& held() const { return held_; }

 private:
  Held held_;
};

using Params = std::span<const Param>;

/// One value of a result.
using Value = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

/// One row of a result. Asking for the wrong type, or for a null without saying that it may be
/// one, is a bug in the statement and throws.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  bool isNull(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;
  bool boolean(std::size_t column) const { return integer(column) != 0; }
  Instant time(std::size_t column) const { return fromMicros(integer(column)); }
  const std::string& text(std::size_t column) const;
  const Bytes& bytes(std::size_t column) const;
  Uuid uuid(std::size_t column) const;
  template <typename IdType>
  IdType id(std::size_t column) const {
    return IdType{uuid(column)};
  }
  /// A column of exactly 32 bytes.
  std::array<std::uint8_t, 32> hash(std::size_t column) const;

  std::optional<std::int64_t> optionalInteger(std::size_t column) const;
  std::optional<Instant> optionalTime(std::size_t column) const;
  std::optional<std::string> optionalText(std::size_t column) const;
  std::optional<Bytes> optionalBytes(std::size_t column) const;
  template <typename IdType>
  std::optional<IdType> optionalId(std::size_t column) const {
    if (isNull(column)) return std::nullopt;
    return id<IdType>(column);
  }

  /// Whether `text`, `bytes`, `integer` would give it: for rows that anybody may have made.
  template <typename T>
  bool holds(std::size_t column) const {
    return std::holds_alternative<T>(at(column));
  }

  std::size_t size() const { return values_.size(); }

 private:
  const Value& at(std::size_t column) const;

  std::vector<Value> values_;
};

/// The database could not go on, but a second try of the whole transaction may: only
/// `SqlTransactions` catches it.
class Interrupted : public std::runtime_error {
 public:
  enum class Why {
    Contended,      ///< deadlock, lock time-out, busy, certification failure: nothing was stored
    Lost,           ///< the connection or its server is gone; before COMMIT nothing was stored
    Exhausted,      ///< no connection became free in time; waiting again would not help
    CommitUnknown,  ///< COMMIT was asked and its answer never came: stored or not
  };
  Interrupted(Why why, const std::string& text) : std::runtime_error(text), why_(why) {}
  Why why() const { return why_; }

 private:
  Why why_;
};

/// Everything else that a database can answer: bad SQL, a value too long, a broken file.
class DatabaseFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Access { Read, Write };

/// One conversation with the database, used by one thread at a time. Returned to its pool when
/// destroyed; a transaction still open then is rolled back, a broken connection thrown away.
///
/// Every call throws `Interrupted` or `DatabaseFault`.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// All rows. Results are held in memory: page by key.
  virtual std::vector<Row> query(std::string_view sql, Params params) = 0;
  /// How many rows the WHERE matched, whether or not their values changed.
  virtual std::int64_t execute(std::string_view sql, Params params) = 0;
  /// Executes an INSERT. False: a unique key is taken already; the statement did nothing and the
  /// transaction goes on.
  [[nodiscard]] virtual bool insertUnlessTaken(std::string_view sql, Params params) = 0;

  virtual void begin(Access access) = 0;
  virtual void commit() = 0;
  /// Never throws: a connection that cannot roll back is thrown away, and the server does it.
  virtual void rollback() noexcept = 0;

  std::vector<Row> query(std::string_view sql, std::initializer_list<Param> params = {}) {
    return query(sql, Params(params.begin(), params.size()));
  }
  std::int64_t execute(std::string_view sql, std::initializer_list<Param> params = {}) {
    return execute(sql, Params(params.begin(), params.size()));
  }
  [[nodiscard]] bool insertUnlessTaken(std::string_view sql, std::initializer_list<Param> params) {
    return insertUnlessTaken(sql, Params(params.begin(), params.size()));
  }
  /// The only row, or none. More than one is a bug and throws.
  std::optional<Row> queryOne(std::string_view sql, std::initializer_list<Param> params = {});
};

enum class Dialect { Sqlite, MariaDb };

/// A pool of connections. Safe from any thread.
class Database {
 public:
  virtual ~Database() = default;
  virtual Dialect dialect() const = 0;
  /// Waits for a free one as long as the driver's options say, then throws `Interrupted`
  /// (Exhausted). SQLite has one writer: `Write` waits for it, in order of arrival.
  virtual std::unique_ptr<Connection> acquire(Access access) = 0;
};

}  // namespace congvan::storage
