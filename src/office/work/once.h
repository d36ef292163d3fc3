// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/idempotency.h"

#include <optional>
#include <string>

namespace congvan::work {

/// Makes a retry answer with what the first try made: the answer kept is the id of the thing made
/// or changed, and the retry is shown that thing as it now is. Both calls run in the transaction of
/// the effect.
class Once {
 public:
  Once(Idempotency& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// The id kept under the key; nullopt: no key was given or nothing is kept. RuleRefused
  /// `idempotency_key_reused`.
  Result<std::optional<std::string>> before(Tx& tx, const std::optional<IdempotencyKey>& key) {
    if (!key) return std::optional<std::string>{};
    return store_.find(tx, *key);
  }
  Result<> after(Tx& tx, const std::optional<IdempotencyKey>& key, std::string_view id) {
    if (!key) return kDone;
    return store_.record(tx, *key, id, clock_.now());
  }

 private:
  Idempotency& store_;
  const Clock& clock_;
};

}  // namespace congvan::work
