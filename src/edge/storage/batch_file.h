// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/log_files.h"

/// A staged batch as one file: magic, size, root, number of files, then for each its tile path and
/// bytes, and the SHA-256 of all that in the end. Numbers are big-endian.
namespace congvan::storage {

Bytes encodeBatch(const audit::LogBatch& batch);
/// Malformed `batch_malformed`: cut short, altered, or of another form.
Result<audit::LogBatch> parseBatch(BytesView bytes);

/// `70000-<root in hex>`, and the size in such a name (nullopt: another name).
std::string batchName(const tlog::TreeHead& head);
std::optional<std::uint64_t> batchSize(std::string_view name);

}  // namespace congvan::storage
