// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/sqlite_driver.h"

#include "edge/storage/pool.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <unordered_map>

namespace congvan::storage {
namespace {

constexpr std::size_t kStatementsKept = 256;

struct CloseSqlite {
  void operator()(sqlite3* owned) const noexcept { sqlite3_close_v2(owned); }
};
struct FinalizeSqlite {
  void operator()(sqlite3_stmt* owned) const noexcept { sqlite3_finalize(owned); }
};
using SqliteHandle = std::unique_ptr<sqlite3, CloseSqlite>;
using SqliteStatement = std::unique_ptr<sqlite3_stmt, FinalizeSqlite>;

/// Ends one use of a cached statement, so that it holds neither locks nor pointers.
class SqliteUse {
 public:
  explicit SqliteUse(sqlite3_stmt* statement) : statement_(statement) {}
  SqliteUse(const SqliteUse&) = delete;
  SqliteUse& operator=(const SqliteUse&) = delete;
  ~SqliteUse() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

/// One open handle with its statements.
class SqliteSession {
 public:
  SqliteSession(const SqliteOptions& options, Access access) : options_(options) {
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(options.file.c_str(), &opened, flags, nullptr);
    handle_.reset(opened);
    if (code != SQLITE_OK) fail(code, "open " + options.file.string());
    setUp(access);
  }

  std::vector<Row> query(std::string_view sql, Params params) {
    auto* statement = prepared(sql);
    const SqliteUse use(statement);
    bind(statement, params);
    std::vector<Row> rows;
    while (step(statement, sql)) rows.push_back(rowOf(statement));
    return rows;
  }

  std::int64_t execute(std::string_view sql, Params params) {
    auto* statement = prepared(sql);
    const SqliteUse use(statement);
    bind(statement, params);
    if (step(statement, sql)) throw DatabaseFault("a command gave rows: " + std::string(sql));
    return sqlite3_changes64(handle_.get());
  }

  bool insertUnlessTaken(std::string_view sql, Params params) {
    auto* statement = prepared(sql);
    const SqliteUse use(statement);
    bind(statement, params);
    const int code = sqlite3_step(statement);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) return false;
    if (code != SQLITE_DONE) fail(code, sql);
    return true;
  }

  void command(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql);
  }

  void commit() {
    const int code = sqlite3_exec(handle_.get(), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    // The frames may have reached the log though their sync failed: only a restart will tell.
    if ((code & 0xFF) == SQLITE_IOERR) {
      throw Interrupted(Interrupted::Why::CommitUnknown, message(code, "COMMIT"));
    }
    fail(code, "COMMIT");
  }

  bool inTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  /// False: it could not, so the handle must go.
  bool rollBack() noexcept {
    if (!inTransaction()) return true;
    return sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK;
  }

 private:
  void setUp(Access access) {
    sqlite3_busy_timeout(handle_.get(), static_cast<int>(options_.wait.count()));
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    command("PRAGMA journal_mode=WAL");
    command("PRAGMA synchronous=FULL");
    command("PRAGMA foreign_keys=ON");
    command("PRAGMA trusted_schema=OFF");
    command("PRAGMA temp_store=MEMORY");
    command("PRAGMA cache_size=-16000");
    if (access == Access::Read) command("PRAGMA query_only=ON");
    checkPragma("PRAGMA journal_mode", "wal");
    checkPragma("PRAGMA synchronous", "2");
  }

  /// A pragma that did not take effect is silent, and these two carry the durability.
  void checkPragma(const char* sql, std::string_view expected) {
    auto* statement = prepared(sql);
    const SqliteUse use(statement);
    if (!step(statement, sql)) throw DatabaseFault(std::string(sql) + " gave nothing");
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));  // NOLINT
    if (text == nullptr || expected != text) throw DatabaseFault(std::string(sql) + " is not set");
  }

  sqlite3_stmt* prepared(std::string_view sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second.get();
    if (statements_.size() >= kStatementsKept) statements_.clear();
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &made,
                                        &rest);
    SqliteStatement statement(made);
    if (code != SQLITE_OK) fail(code, sql);
    if (rest != sql.data() + sql.size()) throw DatabaseFault("one statement at a time");
    return statements_.emplace(sql, std::move(statement)).first->second.get();
  }

  void bind(sqlite3_stmt* statement, Params params) {
    if (sqlite3_bind_parameter_count(statement) != static_cast<int>(params.size())) {
      throw DatabaseFault("wrong number of parameters");
    }
    for (int i = 0; i < static_cast<int>(params.size()); ++i) {
      const int code = bindOne(statement, i + 1, params[static_cast<std::size_t>(i)].held());
      if (code != SQLITE_OK) fail(code, "bind");
    }
  }

  static int bindOne(sqlite3_stmt* statement, int at, const Param::Held& held) {
    if (const auto* number = std::get_if<std::int64_t>(&held)) {
      return sqlite3_bind_int64(statement, at, *number);
    }
    // A null pointer would store NULL instead of nothing; STATIC: the caller's memory outlives
    // the use.
    if (const auto* text = std::get_if<std::string_view>(&held)) {
      checkText(*text);
      return sqlite3_bind_text64(statement,
                                 at,
                                 text->empty() ? "" : text->data(),
                                 text->size(),
                                 SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    if (const auto* bytes = std::get_if<BytesView>(&held)) {
      return sqlite3_bind_blob64(statement,
                                 at,
                                 bytes->empty() ? static_cast<const void*>("") : bytes->data(),
                                 bytes->size(),
                                 SQLITE_STATIC);
    }
    return sqlite3_bind_null(statement, at);
  }

  /// True when there is a row.
  bool step(sqlite3_stmt* statement, std::string_view sql) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(code, sql);
    return false;
  }

  static Row rowOf(sqlite3_stmt* statement) {
    std::vector<Value> values;
    const int columns = sqlite3_column_count(statement);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(valueOf(statement, i));
    return Row(std::move(values));
  }

  static Value valueOf(sqlite3_stmt* statement, int column) {
    const auto type = sqlite3_column_type(statement, column);
    if (type == SQLITE_INTEGER) return std::int64_t{sqlite3_column_int64(statement, column)};
    if (type == SQLITE_NULL) return std::monostate{};
    if (type == SQLITE_FLOAT) throw DatabaseFault("floating point is not kept here");
    const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
    const BytesView bytes(start, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    if (type == SQLITE_TEXT) return toText(bytes);
    return toBytes(bytes);
  }

  std::string message(int code, std::string_view sql) const {
    return "sqlite " + std::to_string(code) + ": " +
           (handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code)) + ": " +
           std::string(sql);
  }

  [[noreturn]] void fail(int code, std::string_view sql) const {
    const int kind = code & 0xFF;
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) {
      throw Interrupted(Interrupted::Why::Contended, message(code, sql));
    }
    throw DatabaseFault(message(code, sql));
  }

  const SqliteOptions options_;
  SqliteHandle handle_;
  std::unordered_map<std::string, SqliteStatement, TextHash, std::equal_to<>> statements_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(Pool<SqliteSession>& pool, std::unique_ptr<SqliteSession> session)
      : pool_(pool), session_(std::move(session)) {}
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override {
    if (!session_->rollBack()) session_.reset();
    pool_.giveBack(std::move(session_));
  }

  std::vector<Row> query(std::string_view sql, Params params) override {
    return session_->query(sql, params);
  }
  std::int64_t execute(std::string_view sql, Params params) override {
    return session_->execute(sql, params);
  }
  bool insertUnlessTaken(std::string_view sql, Params params) override {
    return session_->insertUnlessTaken(sql, params);
  }
  void begin(Access access) override {
    // IMMEDIATE takes the write lock now: a deferred one could fail to upgrade in mid-transaction.
    session_->command(access == Access::Write ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  void commit() override { session_->commit(); }
  void rollback() noexcept override { session_->rollBack(); }

 private:
  Pool<SqliteSession>& pool_;
  std::unique_ptr<SqliteSession> session_;
};

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(SqliteOptions options)
      : options_(std::move(options)),
        readers_(options_.readers, options_.wait),
        writer_(1, options_.wait) {}

  Dialect dialect() const override { return Dialect::Sqlite; }

  std::unique_ptr<Connection> acquire(Access access) override {
    auto& pool = access == Access::Write ? writer_ : readers_;
    auto session = pool.take();
    if (!session) session = made(pool, access);
    return std::make_unique<SqliteConnection>(pool, std::move(session));
  }

 private:
  std::unique_ptr<SqliteSession> made(Pool<SqliteSession>& pool, Access access) const {
    try {
      return std::make_unique<SqliteSession>(options_, access);
    } catch (const std::exception&) {
      pool.giveBack(nullptr);
      throw;
    }
  }

  const SqliteOptions options_;
  Pool<SqliteSession> readers_;
  Pool<SqliteSession> writer_;
};

class SqliteFileDescriptor {
 public:
  SqliteFileDescriptor(const char* path, int flags)
      : descriptor_(::open(path, flags | O_CLOEXEC, 0600)) {}  // NOLINT: open is variadic
  SqliteFileDescriptor(const SqliteFileDescriptor&) = delete;
  SqliteFileDescriptor& operator=(const SqliteFileDescriptor&) = delete;
  ~SqliteFileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool synced() const { return descriptor_ >= 0 && ::fsync(descriptor_) == 0; }

 private:
  int descriptor_;
};

/// SQLite would make the file readable by all and leave its name unsynced.
void makeSqliteFile(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return;
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const SqliteFileDescriptor made(file.c_str(), O_CREAT | O_RDWR);
  const SqliteFileDescriptor holder(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (!made.synced() || !holder.synced()) {
    throw DatabaseFault("cannot make " + file.string());
  }
}

}  // namespace

std::unique_ptr<Database> openSqlite(const SqliteOptions& options) {
  makeSqliteFile(options.file);
  auto database = std::make_unique<SqliteDatabase>(options);
  database->acquire(Access::Write);
  return database;
}

}  // namespace congvan::storage
