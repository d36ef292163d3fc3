// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"

namespace congvan::audit {

/// The entry at `index` as the log's readers see it. NotFound `leaf_not_in_tree`: the published
/// checkpoint does not reach it. Refusals of the reader.
Result<Bytes> readEntry(const LogFiles& files, std::uint64_t index);

}  // namespace congvan::audit
