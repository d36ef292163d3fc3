// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/migrations.h"

#include "base/text.h"
#include "trust/crypto/digest.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>

namespace congvan::storage {
namespace {

constexpr std::string_view kMariaDbTable =
    " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC";

Error badMigration(std::string_view what, std::string_view text) {
  return Error{
      Code::Malformed, "migration_malformed", {}, std::string(what) + ": " + std::string(text)};
}

/// How one type token is spelled. `%c` stands for the column, `%n` for the number in the token.
struct TypeSpelling {
  std::string_view token;
  std::string_view sqlite;
  std::string_view mariadb;
};

// SQLite does not enforce lengths, so a check does: what one database refuses, both do.
constexpr std::array kTypes{
    TypeSpelling{"id", "BLOB CHECK (length(%c) = 16)", "BINARY(16)"},
    TypeSpelling{"hash", "BLOB CHECK (length(%c) = 32)", "BINARY(32)"},
    TypeSpelling{"text", "TEXT CHECK (length(%c) <= %n)", "VARCHAR(%n)"},
    TypeSpelling{"longtext", "TEXT CHECK (length(%c) <= 4000000)", "MEDIUMTEXT"},
    TypeSpelling{"bytes", "BLOB CHECK (length(%c) <= %n)", "VARBINARY(%n)"},
    TypeSpelling{"blob", "BLOB CHECK (length(%c) <= 16000000)", "MEDIUMBLOB"},
    TypeSpelling{"time", "INTEGER", "BIGINT"},
    TypeSpelling{"int", "INTEGER", "BIGINT"},
    TypeSpelling{"bool", "INTEGER CHECK (%c IN (0, 1))", "TINYINT"},
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::optional<std::string> spellType(const std::smatch& token, Dialect dialect) {
  const auto* type = std::ranges::find(kTypes, token.str(2), &TypeSpelling::token);
  if (type == kTypes.end()) return std::nullopt;
  const auto form = dialect == Dialect::Sqlite ? type->sqlite : type->mariadb;
  const bool wants_number = type->mariadb.find("%n") != std::string_view::npos;
  if (wants_number != token[3].matched) return std::nullopt;
  return replaced(replaced(std::string(form), "%c", token.str(1)), "%n", token.str(3));
}

Result<std::string> spellTypes(const std::string& text, Dialect dialect) {
  static const std::regex kToken(R"((\w+)\s+\{(\w+)(?::(\d+))?\})");
  std::string spelled;
  auto rest = text.begin();
  for (std::sregex_iterator token(text.begin(), text.end(), kToken), end; token != end; ++token) {
    const auto type = spellType(*token, dialect);
    if (!type) return badMigration("unknown type", token->str());
    spelled.append(rest, text.begin() + token->position());
    spelled.append(token->str(1)).append(" ").append(*type);
    rest = text.begin() + token->position() + token->length();
  }
  spelled.append(rest, text.end());
  if (spelled.find('{') != std::string::npos) return badMigration("unknown token", text);
  return spelled;
}

/// The openings that a statement may have, and what MariaDB needs so that it can run twice.
struct Opening {
  std::string_view written;
  std::string_view mariadb;
};
constexpr std::array kOpenings{
    Opening{"CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "},
    Opening{"CREATE INDEX ", "CREATE INDEX IF NOT EXISTS "},
    Opening{"CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX IF NOT EXISTS "},
    Opening{"DROP TABLE ", "DROP TABLE IF EXISTS "},
};

Result<MigrationStep> spellStep(std::string text, Dialect dialect) {
  auto spelled = spellTypes(text, dialect);
  if (!spelled) return spelled.error();
  for (const auto& opening : kOpenings) {
    if (!text.starts_with(opening.written)) continue;
    if (dialect == Dialect::MariaDb) spelled->replace(0, opening.written.size(), opening.mariadb);
    if (text.starts_with("CREATE TABLE ")) {
      spelled->append(dialect == Dialect::Sqlite ? std::string_view(" STRICT") : kMariaDbTable);
    }
    return MigrationStep{std::move(text), std::move(*spelled), true};
  }
  if (text.starts_with("ALTER TABLE ") && text.find(" ADD COLUMN ") != std::string::npos) {
    auto form = *spelled;
    if (dialect == Dialect::MariaDb) {
      form = replaced(form, " ADD COLUMN ", " ADD COLUMN IF NOT EXISTS ");
    }
    return MigrationStep{std::move(text), std::move(form), true};
  }
  if (text.starts_with("UPDATE ") || text.starts_with("INSERT ") || text.starts_with("DELETE ")) {
    return MigrationStep{std::move(text), std::move(*spelled), false};
  }
  return badMigration("a statement of this kind is not allowed", text);
}

/// Statements end with a semicolon at the end of a line; `--` begins a comment line.
std::vector<std::string> splitStatements(std::string_view text) {
  std::vector<std::string> statements;
  std::string current;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with("--")) continue;
    if (!current.empty()) current.push_back('\n');
    current.append(line);
    if (!current.ends_with(';')) continue;
    current.pop_back();
    statements.push_back(std::move(current));
    current.clear();
  }
  if (!current.empty()) statements.push_back(std::move(current));
  return statements;
}

Bytes checksumOf(const MigrationStep& step) {
  return crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(step.text));
}

struct KnownStep {
  std::string file;
  std::int64_t number = 0;
  MigrationStep step;
};

Result<std::vector<KnownStep>> allSteps(std::span<const Migration> migrations, Dialect dialect) {
  std::vector<KnownStep> all;
  for (const auto& migration : migrations) {
    auto steps = readMigration(migration, dialect);
    if (!steps) return steps.error();
    std::int64_t number = 0;
    for (auto& step : *steps) {
      all.push_back({std::string(migration.name), ++number, std::move(step)});
    }
  }
  return all;
}

using StepKey = std::pair<std::string, std::int64_t>;
using Recorded = std::map<StepKey, Bytes>;

constexpr std::string_view kStepsTable =
    "CREATE TABLE schema_steps (\n"
    "file {text:100} NOT NULL,\n"
    "step {int} NOT NULL,\n"
    "checksum {hash} NOT NULL,\n"
    "applied_at {time} NOT NULL,\n"
    "PRIMARY KEY (file, step))";

bool hasStepsTable(Connection& connection, Dialect dialect) {
  const auto* sql = dialect == Dialect::Sqlite
                        ? "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_steps'"
                        : "SELECT COUNT(*) FROM information_schema.tables "
                          "WHERE table_schema = DATABASE() AND table_name = 'schema_steps'";
  return connection.queryOne(sql)->integer(0) > 0;
}

Recorded recordedSteps(Connection& connection, Dialect dialect) {
  Recorded recorded;
  if (!hasStepsTable(connection, dialect)) return recorded;
  for (const auto& row : connection.query("SELECT file, step, checksum FROM schema_steps")) {
    recorded.emplace(StepKey{row.text(0), row.integer(1)}, row.bytes(2));
  }
  return recorded;
}

Result<SchemaState> compareSteps(const std::vector<KnownStep>& known, Recorded recorded) {
  SchemaState state;
  for (const auto& [file, number, step] : known) {
    const auto found = recorded.find({file, number});
    if (found == recorded.end()) {
      ++state.pending;
      continue;
    }
    const auto name = file + " step " + std::to_string(number);
    if (found->second != checksumOf(step)) {
      return Error{Code::Conflict, "schema_changed", {{"step", name}}, name};
    }
    if (state.pending > 0) {
      return Error{
          Code::Conflict, "schema_changed", {{"step", name}}, "applied out of order: " + name};
    }
    recorded.erase(found);
    ++state.applied;
  }
  if (!recorded.empty()) {
    return Error{Code::Conflict, "schema_newer", {}, recorded.begin()->first.first};
  }
  return state;
}

/// Keeps other runners on this server out. On the nodes of a cluster the lock is not shared; two
/// runners then do the same steps twice, which every step allows.
class OneRunner {
 public:
  OneRunner(Connection& connection, Dialect dialect)
      : connection_(connection), is_needed_(dialect == Dialect::MariaDb) {
    if (!is_needed_) return;
    const auto row = connection_.queryOne(
        "SELECT COALESCE(GET_LOCK(CONCAT('congvan-migrate-', DATABASE()), 30), 0)");
    has_it_ = row->integer(0) == 1;
  }
  OneRunner(const OneRunner&) = delete;
  OneRunner& operator=(const OneRunner&) = delete;
  ~OneRunner() = default;

  bool hasIt() const { return has_it_ || !is_needed_; }
  void release() {
    if (has_it_) connection_.query("SELECT RELEASE_ALL_LOCKS()");
  }

 private:
  Connection& connection_;
  const bool is_needed_;
  bool has_it_ = false;
};

void recordStep(Connection& connection, const KnownStep& known, Instant now) {
  connection.execute(
      "INSERT INTO schema_steps (file, step, checksum, applied_at) VALUES (?, ?, ?, ?)",
      {known.file, known.number, checksumOf(known.step), now});
}

bool isRecorded(Connection& connection, const KnownStep& known) {
  return connection
             .queryOne("SELECT COUNT(*) FROM schema_steps WHERE file = ? AND step = ?",
                       {known.file, known.number})
             ->integer(0) > 0;
}

void applyStep(Connection& connection, Dialect dialect, const KnownStep& known, Instant now) {
  const bool commits_itself = known.step.is_definition && dialect == Dialect::MariaDb;
  // Another runner may have done it meanwhile, and a definition done twice may undo later steps.
  if (commits_itself && !isRecorded(connection, known)) connection.execute(known.step.spelled);
  connection.begin(Access::Write);
  if (!isRecorded(connection, known)) {
    if (!commits_itself) connection.execute(known.step.spelled);
    recordStep(connection, known, now);
  }
  connection.commit();
}

void makeStepsTable(Connection& connection, Dialect dialect) {
  if (hasStepsTable(connection, dialect)) return;
  const auto step = spellStep(std::string(kStepsTable), dialect);
  if (!step) throw DatabaseFault(step.error().detail);
  connection.begin(Access::Write);
  if (!hasStepsTable(connection, dialect)) connection.execute(step->spelled);
  connection.commit();
}

}  // namespace

Result<std::vector<MigrationStep>> readMigration(const Migration& migration, Dialect dialect) {
  std::vector<MigrationStep> steps;
  for (auto& statement : splitStatements(migration.text)) {
    auto step = spellStep(std::move(statement), dialect);
    if (!step) return step.error();
    steps.push_back(std::move(*step));
  }
  return steps;
}

Result<SchemaState> migrate(Database& database,
                            std::span<const Migration> migrations,
                            Instant now) {
  const auto dialect = database.dialect();
  const auto known = allSteps(migrations, dialect);
  if (!known) return known.error();
  const auto connection = database.acquire(Access::Write);
  OneRunner runner(*connection, dialect);
  if (!runner.hasIt()) return Error{Code::Unavailable, "migration_running"};
  makeStepsTable(*connection, dialect);
  const auto recorded = recordedSteps(*connection, dialect);
  const auto state = compareSteps(*known, recorded);
  if (state) {
    for (const auto& step : *known) {
      if (!recorded.contains({step.file, step.number})) applyStep(*connection, dialect, step, now);
    }
  }
  runner.release();
  if (!state) return state.error();
  return SchemaState{state->applied + state->pending, 0};
}

Result<SchemaState> inspectSchema(Database& database, std::span<const Migration> migrations) {
  const auto known = allSteps(migrations, database.dialect());
  if (!known) return known.error();
  const auto connection = database.acquire(Access::Read);
  return compareSteps(*known, recordedSteps(*connection, database.dialect()));
}

}  // namespace congvan::storage
