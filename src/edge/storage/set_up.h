// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "edge/storage/database.h"
#include "office/work/transactions.h"

#include <string_view>

namespace congvan::storage {

/// Gives an empty database to the data folder of that id, for `congvan init` alone. What a set-up
/// of the same folder left that was cut short is thrown away: every row but those about the schema.
/// Only that folder has the secret that they are sealed with, and it has not been served yet.
///
/// Conflict `already_set_up`: an office is in it. Conflict `set_up_elsewhere`: the set-up of
/// another folder began here and has not ended. Nothing is changed then.
Result<> claimForSetUp(work::Tx& tx, Dialect dialect, std::string_view folder, Instant now);

}  // namespace congvan::storage
