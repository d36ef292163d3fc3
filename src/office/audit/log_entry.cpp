// SPDX-License-Identifier: Apache-2.0
#include "office/audit/log_entry.h"

#include "office/audit/log_proof.h"

namespace congvan::audit {

Result<Bytes> readEntry(const LogFiles& files, std::uint64_t index) {
  const Error missing{Code::NotFound, "leaf_not_in_tree"};
  const auto head = publishedHead(files);
  if (!head) return head.error();
  if (!*head || index >= (*head)->size) return missing;

  constexpr std::uint64_t kBundleWidth = 256;
  auto entries = tlog::readEntries(files, tlog::bundleHolding((*head)->size, index));
  if (!entries) return entries.error();
  return std::move(entries->at(index % kBundleWidth));
}

}  // namespace congvan::audit
