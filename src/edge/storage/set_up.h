// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "edge/storage/database.h"
#include "office/work/transactions.h"

#include <string_view>

/// For `congvan init`: it fills an empty database, or one that holds nothing but what an earlier
/// try of the same data folder left. A lease in the folder's name, written before anything else,
/// says so until the set-up has ended.
namespace congvan::storage {

/// Looks only, also before there is a schema. Conflict `already_set_up`: an office is in it.
/// Conflict `set_up_elsewhere`: the set-up of another folder began here and has not ended. Conflict
/// `database_not_ours` with `table`: one that no migration of ours made.
Result<> mayBeSetUp(Database& database, std::string_view folder);

/// Gives the database to the folder of that id. What its set-up that was cut short left is thrown
/// away: every row of our tables but those about the schema. Refusals of `mayBeSetUp`; nothing is
/// changed then.
Result<> claimForSetUp(work::Tx& tx, Dialect dialect, std::string_view folder, Instant now);

/// From now on it is an office, and nobody empties it any more.
Result<> endSetUp(work::Tx& tx);

}  // namespace congvan::storage
