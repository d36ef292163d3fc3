// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/outbox.h"

#include "edge/storage/columns.h"
#include "edge/storage/transactions.h"
#include "trust/crypto/keyed_hash.h"

namespace congvan::storage {
namespace {

constexpr std::size_t kOutboxPayloadMost = 64U << 10U;
constexpr std::size_t kFingerprintSize = 32;
constexpr std::size_t kAnswerMost = 1U << 20U;

}  // namespace

Result<> SqlOutbox::add(work::Tx& tx, const work::OutboxEntry& entry) {
  if (entry.payload.size() > kOutboxPayloadMost) return Error{Code::TooLarge, "payload_too_large"};
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO outbox (id, topic, item, payload, due, attempts, pending) "
      "VALUES (?, ?, ?, ?, ?, ?, 1)",
      {entry.id, entry.topic, entry.key, entry.payload, entry.due, entry.attempts});
  if (!stored) return taken("outbox_key_taken");
  return kDone;
}

Result<std::vector<work::OutboxEntry>> SqlOutbox::due(work::Tx& tx,
                                                      std::string_view topic,
                                                      Instant now,
                                                      int limit) {
  const auto rows = connectionOf(tx).query(
      "SELECT id, topic, item, payload, due, attempts FROM outbox "
      "WHERE topic = ? AND pending = 1 AND due <= ? ORDER BY due, id LIMIT ?",
      {topic, now, limit});
  return all(rows, [](const Row& row) {
    return work::OutboxEntry{.id = row.id<work::OutboxId>(0),
                             .topic = row.text(1),
                             .key = row.text(2),
                             .payload = row.text(3),
                             .due = row.time(4),
                             .attempts = row.integer(5)};
  });
}

Result<> SqlOutbox::done(work::Tx& tx, work::OutboxId id) {
  const auto changed =
      connectionOf(tx).execute("UPDATE outbox SET pending = 0 WHERE id = ? AND pending = 1", {id});
  if (changed == 0) return missing("outbox_missing");
  return kDone;
}

Result<> SqlOutbox::postpone(work::Tx& tx, work::OutboxId id, Instant until) {
  const auto changed = connectionOf(tx).execute(
      "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE id = ? AND pending = 1",
      {until, id});
  if (changed == 0) return missing("outbox_missing");
  return kDone;
}

Result<std::int64_t> SqlOutbox::sweep(work::Tx& tx,
                                      std::string_view topic,
                                      Instant before,
                                      int limit) {
  auto& connection = connectionOf(tx);
  const auto old = connection.query(
      "SELECT id FROM outbox WHERE topic = ? AND pending = 0 AND due < ? ORDER BY due, id LIMIT ?",
      {topic, before, limit});
  std::int64_t swept = 0;
  for (const auto& row : old) {
    swept += connection.execute("DELETE FROM outbox WHERE id = ?", {row.bytes(0)});
  }
  return swept;
}

Bytes SqlIdempotency::keptPrint(const work::IdempotencyKey& key) const {
  if (key.fingerprint.size() != kFingerprintSize) throw DatabaseFault("not a SHA-256 fingerprint");
  return crypto::keyedHash(secret_, "congvan idempotency fingerprint", key.fingerprint);
}

Result<std::optional<std::string>> SqlIdempotency::find(work::Tx& tx,
                                                        const work::IdempotencyKey& key) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT fingerprint, answer FROM idempotency WHERE scope = ? AND request_key = ?",
      {key.scope, key.key});
  if (!row) return std::optional<std::string>();
  if (row->bytes(0) != keptPrint(key)) {
    return Error{Code::RuleRefused, "idempotency_key_reused"};
  }
  return std::optional(row->text(1));
}

Result<> SqlIdempotency::record(work::Tx& tx,
                                const work::IdempotencyKey& key,
                                std::string_view answer,
                                Instant now) {
  if (answer.size() > kAnswerMost) return Error{Code::TooLarge, "answer_too_large"};
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO idempotency (scope, request_key, fingerprint, answer, created) "
      "VALUES (?, ?, ?, ?, ?)",
      {key.scope, key.key, keptPrint(key), answer, now});
  if (!stored) return taken("idempotency_in_progress");
  return kDone;
}

Result<std::int64_t> SqlIdempotency::sweep(work::Tx& tx, Instant before) {
  return connectionOf(tx).execute("DELETE FROM idempotency WHERE created < ?", {before});
}

}  // namespace congvan::storage
