// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/mysql_driver.h"

#include "edge/storage/pool.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>
#include <unordered_map>

// What the connector does not tell (measured with 1.1.12): Connection::commit(), rollback() and
// setAutoCommit() swallow every error, so begin, commit and rollback are SQL text here; reconnect()
// loses the session's settings, so a lost connection is thrown away; the text of an error is for
// people, only its number is for us.
namespace congvan::storage {
namespace {

constexpr std::size_t kPreparedKept = 256;
constexpr std::chrono::seconds kPingAfter{30};

constexpr std::array kContendedCodes{
    1213,  // deadlock, or a conflict with another node
    1205,  // lock wait too long: the statement alone was undone, we undo the rest
    1020,  // the row changed since the snapshot
    1615,  // a prepared statement met a changed table
    1317,  // the query was killed
    1969,  // the statement took too long
    1040,
    1203,  // too many connections
};
constexpr std::array kLostCodes{
    2002,
    2003,
    2006,
    2013,
    2055,  // cannot connect, gone, lost
    1927,
    1053,  // killed, shutting down
    1047,
    1180,  // a node without quorum
    1290,  // became read-only
};
constexpr int kDuplicateKey = 1062;
constexpr int kNoTls = 2026;

/// The server speaks no TLS, or not as `tls_ca` wants it.
class TlsRefused final : public Interrupted {
 public:
  explicit TlsRefused(const std::string& text) : Interrupted(Why::Lost, text) {}
};

bool isOneOf(const auto& codes, int code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string describeMySql(const sql::SQLException& error, std::string_view statement) {
  return "mysql " + std::to_string(error.getErrorCode()) + "/" + error.getSQLState() + ": " +
         error.what() + ": " + std::string(statement);
}

using MySqlHandle = std::unique_ptr<sql::Connection>;
using MySqlPrepared = std::unique_ptr<sql::PreparedStatement>;

bool isLoopback(std::string_view server) {
  constexpr std::string_view kScheme = "tcp://";
  if (!server.starts_with(kScheme)) return true;
  const auto host = server.substr(kScheme.size());
  return host.starts_with("127.") || host.starts_with("localhost:") || host == "localhost" ||
         host.starts_with("[::1]");
}

sql::ConnectOptionsMap connectOptions(const MySqlOptions& options, const std::string& server) {
  sql::ConnectOptionsMap map;
  map["hostName"] = sql::SQLString(server);
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  map["schema"] = sql::SQLString(options.schema);
  map["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  map["CLIENT_FOUND_ROWS"] = true;  // a count says what WHERE matched
  map["OPT_CONNECT_TIMEOUT"] = static_cast<int>(options.connect_limit.count());
  map["OPT_READ_TIMEOUT"] = static_cast<int>(options.answer_limit.count());
  map["OPT_WRITE_TIMEOUT"] = static_cast<int>(options.answer_limit.count());
  if (!options.tls_ca.empty() && server.starts_with("tcp://")) {
    map["sslCA"] = sql::SQLString(options.tls_ca);
    map["sslVerify"] = true;
    map["sslEnforce"] = true;
  }
  return map;
}

std::int64_t decimalAsInteger(const std::string& text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
    throw DatabaseFault("a number is not an integer of 64 bits");
  }
  return value;
}

/// One session with its statements.
class MySqlSession {
 public:
  MySqlSession(const MySqlOptions& options, Access access) {
    connect(options);
    setUp(options, access);
  }

  std::vector<Row> query(std::string_view statement, Params params) {
    return guarded(statement, [&] {
      auto& prepared = bound(statement, params);
      const std::unique_ptr<sql::ResultSet> result(prepared.executeQuery());
      return allRows(*result);
    });
  }

  std::int64_t execute(std::string_view statement, Params params) {
    return guarded(statement,
                   [&] { return std::int64_t{bound(statement, params).executeUpdate()}; });
  }

  bool insertUnlessTaken(std::string_view statement, Params params) {
    return guarded(statement, [&] {
      auto& prepared = bound(statement, params);
      try {
        prepared.executeUpdate();
        return true;
      } catch (const sql::SQLException& error) {
        if (error.getErrorCode() != kDuplicateKey) throw;
        return false;
      }
    });
  }

  /// Without a prepared statement: transaction control and definitions.
  void command(const std::string& statement) {
    guarded(statement, [&] {
      text_->execute(statement);
      return true;
    });
  }

  void begin(Access access) {
    command(access == Access::Write ? "START TRANSACTION READ WRITE"
                                    : "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    in_transaction_ = true;
  }

  void sendCommit() {
    try {
      text_->execute("COMMIT");
      in_transaction_ = false;
    } catch (const sql::SQLException& error) {
      const int code = error.getErrorCode();
      // A server that answers these has rolled back; any other loss leaves the outcome open.
      if (isOneOf(kContendedCodes, code)) fail(error, "COMMIT");
      if (!isOneOf(kLostCodes, code)) fail(error, "COMMIT");
      broken_ = true;
      throw Interrupted(Interrupted::Why::CommitUnknown, describeMySql(error, "COMMIT"));
    }
  }

  /// False: the session must go, and the server rolls back when it notices.
  bool rollBack() noexcept {
    if (broken_) return false;
    if (!in_transaction_) return true;
    try {
      text_->execute("ROLLBACK");
      in_transaction_ = false;
      return true;
    } catch (const sql::SQLException&) {
      broken_ = true;
      return false;
    }
  }

  bool isBroken() const { return broken_; }

  /// Asks the server when nothing was heard for a while.
  bool isAlive() {
    const auto now = std::chrono::steady_clock::now();
    if (now - used_ < kPingAfter) return true;
    used_ = now;
    return handle_->isValid();
  }

 private:
  void connect(const MySqlOptions& options) {
    std::optional<Interrupted> last;
    for (const auto& server : options.servers) {
      try {
        auto map = connectOptions(options, server);
        handle_.reset(get_driver_instance()->connect(map));
        text_.reset(handle_->createStatement());
        encrypted_wanted_ = !options.tls_ca.empty() && server.starts_with("tcp://");
        return;
      } catch (const sql::SQLException& error) {
        const auto text = describeMySql(error, "connect to " + server);
        if (error.getErrorCode() == kNoTls) throw TlsRefused(text);
        if (!isOneOf(kLostCodes, error.getErrorCode()) &&
            !isOneOf(kContendedCodes, error.getErrorCode())) {
          throw DatabaseFault(text);
        }
        last.emplace(Interrupted::Why::Lost, text);
      }
    }
    if (last) throw Interrupted(*last);
    throw DatabaseFault("no database server is configured");
  }

  void setUp(const MySqlOptions& options, Access access) {
    command(
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY'");
    command("SET SESSION time_zone = '+00:00'");
    command("SET SESSION collation_connection = 'utf8mb4_nopad_bin'");
    command("SET SESSION innodb_lock_wait_timeout = " + std::to_string(options.lock_limit.count()));
    command(access == Access::Write
                ? "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
                : "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    if (encrypted_wanted_) refusePlainText();
    if (isGalera()) command("SET SESSION wsrep_sync_wait = 1");  // read your own writes
  }

  /// The connector can fall back to plain text in silence, so the session itself is asked.
  void refusePlainText() {
    const auto rows = query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", {});
    if (rows.empty() || rows.front().text(1).empty()) {
      throw TlsRefused("the database session is not encrypted");
    }
  }

  bool isGalera() {
    const auto rows = query("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", {});
    return !rows.empty() && rows.front().text(1) == "ON";
  }

  template <typename Action>
  std::invoke_result_t<const Action&> guarded(std::string_view statement, const Action& action) {
    try {
      return action();
    } catch (const sql::SQLException& error) {
      fail(error, statement);
    }
  }

  [[noreturn]] void fail(const sql::SQLException& error, std::string_view statement) {
    const int code = error.getErrorCode();
    const auto text = describeMySql(error, statement);
    if (isOneOf(kContendedCodes, code)) throw Interrupted(Interrupted::Why::Contended, text);
    if (!isOneOf(kLostCodes, code)) throw DatabaseFault(text);
    broken_ = true;
    throw Interrupted(Interrupted::Why::Lost, text);
  }

  sql::PreparedStatement& bound(std::string_view statement, Params params) {
    auto& prepared = preparedFor(statement);
    prepared.clearParameters();
    for (unsigned i = 0; i < params.size(); ++i) bindOne(prepared, i + 1, params[i].held());
    used_ = std::chrono::steady_clock::now();
    return prepared;
  }

  sql::PreparedStatement& preparedFor(std::string_view statement) {
    const auto known = prepared_.find(statement);
    if (known != prepared_.end()) return *known->second;
    if (prepared_.size() >= kPreparedKept) prepared_.clear();
    MySqlPrepared made(handle_->prepareStatement(sql::SQLString(std::string(statement))));
    return *prepared_.emplace(statement, std::move(made)).first->second;
  }

  static void bindOne(sql::PreparedStatement& prepared, unsigned at, const Param::Held& held) {
    if (const auto* number = std::get_if<std::int64_t>(&held)) {
      prepared.setInt64(at, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&held)) {
      checkText(*text);
      prepared.setString(at, sql::SQLString(std::string(*text)));
    } else if (const auto* bytes = std::get_if<BytesView>(&held)) {
      // setBlob would take a stream, be consumed by one execution and then silently store NULL.
      prepared.setString(at, sql::SQLString(toText(*bytes)));
    } else {
      prepared.setNull(at, sql::DataType::SQLNULL);
    }
  }

  static std::vector<Row> allRows(sql::ResultSet& result) {
    auto& shape = *result.getMetaData();
    const auto columns = shape.getColumnCount();
    std::vector<Row> rows;
    while (result.next()) {
      std::vector<Value> values;
      values.reserve(columns);
      for (unsigned i = 1; i <= columns; ++i) values.push_back(valueOf(result, shape, i));
      rows.emplace_back(std::move(values));
    }
    return rows;
  }

  static Value valueOf(sql::ResultSet& result, sql::ResultSetMetaData& shape, unsigned at) {
    if (result.isNull(at)) return std::monostate{};  // a null reads as 0 or '' otherwise
    switch (shape.getColumnType(at)) {
      case sql::DataType::BIT:
      case sql::DataType::TINYINT:
      case sql::DataType::SMALLINT:
      case sql::DataType::MEDIUMINT:
      case sql::DataType::INTEGER:
      case sql::DataType::BIGINT:
        return integerOf(result, shape, at);
      case sql::DataType::DECIMAL:
      case sql::DataType::NUMERIC:
        return decimalAsInteger(std::string(result.getString(at)));  // what SUM gives
      case sql::DataType::BINARY:
      case sql::DataType::VARBINARY:
      case sql::DataType::LONGVARBINARY:
        return toBytes(std::string(result.getString(at)));
      case sql::DataType::CHAR:
      case sql::DataType::VARCHAR:
      case sql::DataType::LONGVARCHAR:
        return std::string(result.getString(at));
      default:
        throw DatabaseFault("a column type that is not kept here");
    }
  }

  static Value integerOf(sql::ResultSet& result, sql::ResultSetMetaData& shape, unsigned at) {
    if (shape.isSigned(at)) return std::int64_t{result.getInt64(at)};
    const auto value = result.getUInt64(at);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      throw DatabaseFault("a number is not an integer of 64 bits");
    }
    return static_cast<std::int64_t>(value);
  }

  MySqlHandle handle_;
  std::unique_ptr<sql::Statement> text_;
  std::unordered_map<std::string, MySqlPrepared, TextHash, std::equal_to<>> prepared_;
  std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
  bool encrypted_wanted_ = false;
  bool in_transaction_ = false;
  bool broken_ = false;
};

class MySqlConnection final : public Connection {
 public:
  MySqlConnection(Pool<MySqlSession>& pool, std::unique_ptr<MySqlSession> session)
      : pool_(pool), session_(std::move(session)) {}
  MySqlConnection(const MySqlConnection&) = delete;
  MySqlConnection& operator=(const MySqlConnection&) = delete;
  ~MySqlConnection() override {
    if (!session_->rollBack()) {
      session_.reset();
      pool_.dropIdle();
    }
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
  void begin(Access access) override { session_->begin(access); }
  void commit() override { session_->sendCommit(); }
  void rollback() noexcept override { session_->rollBack(); }

 private:
  Pool<MySqlSession>& pool_;
  std::unique_ptr<MySqlSession> session_;
};

class MySqlDatabase final : public Database {
 public:
  explicit MySqlDatabase(MySqlOptions options)
      : options_(std::move(options)),
        readers_(options_.readers, options_.wait),
        writers_(options_.writers, options_.wait) {
    get_driver_instance();  // before there are threads
  }

  Dialect dialect() const override { return Dialect::MariaDb; }

  std::unique_ptr<Connection> acquire(Access access) override {
    auto& pool = access == Access::Write ? writers_ : readers_;
    auto session = pool.take();
    try {
      if (session && !session->isAlive()) session.reset();
      if (!session) session = std::make_unique<MySqlSession>(options_, access);
    } catch (const std::exception&) {
      pool.giveBack(nullptr);
      throw;
    }
    return std::make_unique<MySqlConnection>(pool, std::move(session));
  }

 private:
  const MySqlOptions options_;
  Pool<MySqlSession> readers_;
  Pool<MySqlSession> writers_;
};

std::string serverVariable(Connection& connection, std::string_view name) {
  const auto row = connection.queryOne("SHOW GLOBAL VARIABLES WHERE Variable_name = ?", {name});
  return row ? row->text(1) : std::string();
}

Result<> checkServer(Connection& connection) {
  if (serverVariable(connection, "innodb_flush_log_at_trx_commit") != "1") {
    return Error{
        Code::RuleRefused, "database_not_durable", {}, "innodb_flush_log_at_trx_commit must be 1"};
  }
  if (serverVariable(connection, "log_bin") != "ON") return kDone;
  if (serverVariable(connection, "binlog_format") != "ROW") {
    return Error{Code::RuleRefused, "database_binlog_format", {}, "binlog_format must be ROW"};
  }
  // With a binary log it is this log that says, after a crash, what was committed.
  if (serverVariable(connection, "sync_binlog") != "1") {
    return Error{Code::RuleRefused, "database_not_durable", {}, "sync_binlog must be 1"};
  }
  return kDone;
}

}  // namespace

Result<std::unique_ptr<Database>> openMySql(const MySqlOptions& options) {
  if (options.tls_ca.empty() &&
      !std::all_of(options.servers.begin(), options.servers.end(), [](const auto& server) {
        return isLoopback(server);
      })) {
    return Error{Code::RuleRefused, "database_tls_required"};
  }
  std::unique_ptr<Database> database = std::make_unique<MySqlDatabase>(options);
  try {
    const auto connection = database->acquire(Access::Write);
    const auto checked = checkServer(*connection);
    if (!checked) return checked.error();
  } catch (const TlsRefused& why) {
    return Error{Code::Unavailable, "database_tls_unavailable", {}, why.what()};
  } catch (const Interrupted& why) {
    return Error{Code::Unavailable, "storage_unavailable", {}, why.what()};
  }
  return database;
}

}  // namespace congvan::storage
