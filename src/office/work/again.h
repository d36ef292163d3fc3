// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/transactions.h"

#include <functional>

namespace congvan::work {

/// Runs a change again when another moved its row between the look and the write.
///
/// For rows that nobody sends a version for: two that change one at once are both to come through,
/// and neither is to be told that it is stale. Stale for another reason than `version_stale` is the
/// action's own word. Unavailable `storage_unavailable` when the row never stands still.
template <typename T>
Result<T> runUntilCurrent(Transactions& transactions, const std::function<Result<T>(Tx&)>& action) {
  constexpr int kTries = 50;
  for (int left = kTries; left > 0; --left) {
    auto done = transactions.run<T>(action);
    if (done || done.error().reason != "version_stale") return done;
  }
  return Error{Code::Unavailable, "storage_unavailable", {}, "the row never stands still"};
}

}  // namespace congvan::work
