// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/idempotency.h"
#include "office/work/outbox.h"
#include "trust/crypto/secret.h"

namespace congvan::storage {

/// The port `work::Outbox` over SQL. A key stays taken after `done`, until the row is swept.
///
/// Beyond the port's reasons: TooLarge `payload_too_large` (64 KiB). NotFound `outbox_missing`: no
/// such entry, or it is done.
class SqlOutbox final : public work::Outbox {
 public:
  Result<> add(work::Tx& tx, const work::OutboxEntry& entry) override;
  Result<std::vector<work::OutboxEntry>> due(work::Tx& tx,
                                             std::string_view topic,
                                             Instant now,
                                             int limit) override;
  Result<> done(work::Tx& tx, work::OutboxId id) override;
  Result<> postpone(work::Tx& tx, work::OutboxId id, Instant until) override;

  /// Forgets entries of `topic` that are done and were due before `before`, at most `limit`;
  /// returns how many.
  Result<std::int64_t> sweep(work::Tx& tx, std::string_view topic, Instant before, int limit);
};

/// The port `work::Idempotency` over SQL. Answers are at most 1 MiB (TooLarge `answer_too_large`).
///
/// A request may hold a PIN, so its fingerprint is kept under a key of `secret`, which is not in
/// the database; `secret` outlives this.
class SqlIdempotency final : public work::Idempotency {
 public:
  explicit SqlIdempotency(const crypto::SecretBytes& secret) : secret_(secret) {}

  Result<std::optional<std::string>> find(work::Tx& tx, const work::IdempotencyKey& key) override;
  Result<> record(work::Tx& tx,
                  const work::IdempotencyKey& key,
                  std::string_view answer,
                  Instant now) override;
  Result<std::int64_t> sweep(work::Tx& tx, Instant before) override;

 private:
  Bytes keptPrint(const work::IdempotencyKey& key) const;
  const crypto::SecretBytes& secret_;
};

}  // namespace congvan::storage
