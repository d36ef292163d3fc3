// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "office/work/transactions.h"

#include <optional>
#include <string>

namespace congvan::work {

/// Who asked what under which key. `scope` is principal, method and route; `fingerprint` the
/// SHA-256 of the request, which may hold a secret: it is never kept as it is.
struct IdempotencyKey {
  std::string scope;
  std::string key;
  Bytes fingerprint;
};

/// A port: makes a retry answer what the first try answered. The record is written in the same
/// transaction as the effect.
class Idempotency {
 public:
  virtual ~Idempotency() = default;
  /// What was answered before, if anything.
  /// RuleRefused `idempotency_key_reused`: the same key came with another request.
  virtual Result<std::optional<std::string>> find(Tx& tx, const IdempotencyKey& key) = 0;
  /// Conflict `idempotency_in_progress`: another transaction stored it first.
  virtual Result<> record(Tx& tx,
                          const IdempotencyKey& key,
                          std::string_view answer,
                          Instant now) = 0;
  /// Forgets records older than `before`; returns how many.
  virtual Result<std::int64_t> sweep(Tx& tx, Instant before) = 0;
};

}  // namespace congvan::work
