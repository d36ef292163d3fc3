// SPDX-License-Identifier: Apache-2.0
#include "office/audit/log_entry.h"

#include "trust/tlog/checkpoint.h"

namespace congvan::audit {

Result<Bytes> readEntry(const LogFiles& files, std::uint64_t index) {
  const Error missing{Code::NotFound, "leaf_not_in_tree"};
  const auto published = files.published();
  if (!published) return published.error();
  if (!*published) return missing;
  const auto note = tlog::parseNote(**published);
  if (!note) return note.error();
  const auto checkpoint = tlog::parseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  if (index >= checkpoint->head.size) return missing;

  constexpr std::uint64_t kBundleWidth = 256;
  auto entries = tlog::readEntries(files, tlog::bundleHolding(checkpoint->head.size, index));
  if (!entries) return entries.error();
  return std::move(entries->at(index % kBundleWidth));
}

}  // namespace congvan::audit
