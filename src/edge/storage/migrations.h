// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "base/time.h"
#include "edge/storage/database.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The schema and its history. `schema/README.md` says how a migration is written.
namespace congvan::storage {

/// One file of `schema/`.
using Migration = EmbeddedFile;

/// All of them, in the order of their numbers.
std::span<const Migration> embeddedMigrations();

/// One statement of a migration, spelled for a database.
struct MigrationStep {
  std::string text;            ///< as written, without comments: what the checksum is of
  std::string spelled;         ///< as executed
  bool is_definition = false;  ///< DDL, which MariaDB commits by itself
};

/// Malformed `migration_malformed`: an unknown token, or a statement of a kind that could not be
/// run twice.
Result<std::vector<MigrationStep>> readMigration(const Migration& migration, Dialect dialect);

struct SchemaState {
  std::int64_t applied = 0;  ///< steps
  std::int64_t pending = 0;
};

/// Brings the database up to date and says how many steps it applied. A step is recorded when it
/// is done and can be run again when the record did not come about; one runner works at a time.
///
/// Conflict `schema_changed`: a step that was applied reads otherwise now.
/// Conflict `schema_newer`: the database holds steps that this program does not know.
/// Unavailable `migration_running`: another runner is at work.
Result<SchemaState> migrate(Database& database, std::span<const Migration> migrations, Instant now);

/// The same comparison without changing anything.
Result<SchemaState> inspectSchema(Database& database, std::span<const Migration> migrations);

}  // namespace congvan::storage
