// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/authority_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/office_rows.h"
#include "edge/storage/transactions.h"

namespace congvan::storage {
namespace {

using authority::CertificateId;
using authority::CertificateKind;
using authority::CertificateRecord;
using authority::CertificateState;
using authority::CrlShard;
using authority::Holder;
using authority::Issuer;
using authority::IssuerId;
using authority::ListedRevocation;
using authority::Order;
using authority::OrderId;
using authority::OrderState;

constexpr int kCertificatesMost = 200;

constexpr std::string_view kSelectCertificate =
    "SELECT id, kind, state, person, agency, profile, issuer, serial, subject, not_before, "
    "not_after, tbs_sha256, der, intent_leaf, issued_leaf, revoked_at, revoked_reason, "
    "invalid_since, created, version, approvals_salt, crl_shard FROM certificates";

std::optional<pki::Revoked> revokedFrom(const Row& row) {
  if (row.isNull(15)) return std::nullopt;
  return pki::Revoked{.time = row.time(15),
                      .reason = static_cast<pki::RevocationReason>(row.integer(16)),
                      .invalidity_date = row.optionalTime(17)};
}

CertificateRecord certificateFrom(const Row& row) {
  CertificateRecord record;
  record.id = row.id<CertificateId>(0);
  record.kind = known(authority::certificateKind(row.text(1)));
  record.state = known(authority::certificateState(row.text(2)));
  record.holder = {optionalUuid(row, 3), optionalUuid(row, 4)};
  record.profile = row.text(5);
  record.issuer = row.optionalId<IssuerId>(6);
  record.serial = row.text(7);
  record.subject = row.text(8);
  record.not_before = row.time(9);
  record.not_after = row.time(10);
  record.tbs_sha256 = row.bytes(11);
  record.der = row.bytes(12);
  record.intent_leaf = optionalUuid(row, 13);
  record.issued_leaf = optionalUuid(row, 14);
  record.revoked = revokedFrom(row);
  record.created = row.time(18);
  record.version = row.integer(19);
  record.approvals_salt = row.bytes(20);
  record.crl_shard = row.integer(21);
  return record;
}

/// The three columns of a revocation; all null when there is none.
struct RevokedColumns {
  std::optional<Instant> at;
  std::optional<std::int64_t> reason;
  std::optional<Instant> invalid_since;

  explicit RevokedColumns(const std::optional<pki::Revoked>& revoked) {
    if (!revoked) return;
    at = revoked->time;
    reason = static_cast<std::int64_t>(revoked->reason);
    invalid_since = revoked->invalidity_date;
  }
};

std::vector<CertificateRecord> certificatesWhere(Connection& connection,
                                                 std::string_view condition,
                                                 std::initializer_list<Param> params) {
  return all(connection.query(std::string(kSelectCertificate) + std::string(condition), params),
             certificateFrom);
}

constexpr std::string_view kSelectOrder =
    "SELECT id, kind, person, agency, activator, ordered_by, state, certificate, created, version, "
    "request FROM certificate_orders";

Order orderFrom(const Row& row) {
  Order order;
  order.id = row.id<OrderId>(0);
  order.kind = known(authority::certificateKind(row.text(1)));
  order.holder = {optionalUuid(row, 2), optionalUuid(row, 3)};
  order.activator = row.uuid(4);
  order.ordered_by = row.uuid(5);
  order.state = known(authority::orderState(row.text(6)));
  order.certificate = row.optionalId<CertificateId>(7);
  order.created = row.time(8);
  order.version = row.integer(9);
  // Before requests there were orders of one officer; none of those is open any more.
  order.request = row.optionalId<authority::RequestId>(10).value_or(authority::RequestId{});
  return order;
}

constexpr std::string_view kSelectIssuer =
    "SELECT id, name, certificate, wrapped_key, version, issues_since FROM issuers";

Issuer issuerFrom(const Row& row) {
  Issuer issuer;
  issuer.id = row.id<IssuerId>(0);
  issuer.name = row.text(1);
  issuer.certificate = row.id<CertificateId>(2);
  issuer.wrapped_key = row.bytes(3);
  issuer.version = row.integer(4);
  issuer.issues_since = row.optionalTime(5);
  return issuer;
}

/// The list itself is read apart.
CrlShard shardFrom(const Row& row) {
  CrlShard shard;
  shard.issuer = row.id<IssuerId>(0);
  shard.shard = row.integer(1);
  shard.address = row.text(2);
  shard.number = row.integer(3);
  shard.next_update = row.time(4);
  shard.version = row.integer(5);
  return shard;
}

constexpr std::string_view kSelectKey =
    "SELECT id, certificate, person, agency, wrapped, version FROM kept_keys";

signing::KeptKey keyFrom(const Row& row) {
  signing::KeptKey key;
  key.id = row.id<signing::KeyId>(0);
  key.certificate = row.uuid(1);
  key.person = optionalUuid(row, 2);
  key.agency = optionalUuid(row, 3);
  key.wrapped = row.bytes(4);
  key.version = row.integer(5);
  return key;
}

constexpr std::string_view kSelectAccess =
    "SELECT kept_key, person, wrapped, offered_until, failures, blocked_until, locked, version "
    "FROM key_access";

signing::KeyAccess accessFrom(const Row& row) {
  signing::KeyAccess access;
  access.key = row.id<signing::KeyId>(0);
  access.person = row.uuid(1);
  access.wrapped = row.bytes(2);
  access.offered_until = row.optionalTime(3);
  access.failures = row.integer(4);
  access.blocked_until = row.optionalTime(5);
  access.locked = row.boolean(6);
  access.version = row.integer(7);
  return access;
}

}  // namespace

std::vector<CertificateRecord> certificatesBy(Connection& connection,
                                              const std::string& rest,
                                              const std::vector<Param>& params) {
  return all(connection.query(std::string(kSelectCertificate) + rest, params), certificateFrom);
}

Result<> SqlCertificateStore::add(work::Tx& tx, const CertificateRecord& record) {
  const RevokedColumns revoked(record.revoked);
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO certificates (id, kind, state, person, agency, profile, issuer, serial, "
      "subject, not_before, not_after, tbs_sha256, der, intent_leaf, issued_leaf, revoked_at, "
      "revoked_reason, invalid_since, created, version, approvals_salt, crl_shard) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {record.id,
       name(record.kind),
       name(record.state),
       record.holder.person,
       record.holder.agency,
       record.profile,
       record.issuer,
       record.serial,
       record.subject,
       record.not_before,
       record.not_after,
       record.tbs_sha256,
       record.der,
       record.intent_leaf,
       record.issued_leaf,
       revoked.at,
       revoked.reason,
       revoked.invalid_since,
       record.created,
       record.version,
       record.approvals_salt,
       record.crl_shard});
  if (!stored) return taken("serial_taken");
  return kDone;
}

Result<> SqlCertificateStore::replace(work::Tx& tx, const CertificateRecord& record) {
  const RevokedColumns revoked(record.revoked);
  return swapped(connectionOf(tx).execute(
      "UPDATE certificates SET state = ?, person = ?, agency = ?, profile = ?, subject = ?, "
      "not_before = ?, not_after = ?, tbs_sha256 = ?, approvals_salt = ?, der = ?, "
      "intent_leaf = ?, issued_leaf = ?, revoked_at = ?, revoked_reason = ?, invalid_since = ?, "
      "version = version + 1 WHERE id = ? AND version = ?",
      {name(record.state),
       record.holder.person,
       record.holder.agency,
       record.profile,
       record.subject,
       record.not_before,
       record.not_after,
       record.tbs_sha256,
       record.approvals_salt,
       record.der,
       record.intent_leaf,
       record.issued_leaf,
       revoked.at,
       revoked.reason,
       revoked.invalid_since,
       record.id,
       record.version}));
}

Result<CertificateRecord> SqlCertificateStore::find(work::Tx& tx, CertificateId id) {
  return found(connectionOf(tx).queryOne(std::string(kSelectCertificate) + " WHERE id = ?", {id}),
               "certificate_missing",
               certificateFrom);
}

Result<CertificateRecord> SqlCertificateStore::findBySerial(work::Tx& tx,
                                                            IssuerId issuer,
                                                            std::string_view serial) {
  return found(
      connectionOf(tx).queryOne(
          std::string(kSelectCertificate) + " WHERE issuer = ? AND serial = ?", {issuer, serial}),
      "certificate_missing",
      certificateFrom);
}

Result<std::vector<CertificateRecord>> SqlCertificateStore::list(work::Tx& tx,
                                                                 std::optional<CertificateId> after,
                                                                 int limit) {
  auto& connection = connectionOf(tx);
  const auto most = pageLimit(limit, kCertificatesMost);
  if (!after) return certificatesWhere(connection, " ORDER BY id DESC LIMIT ?", {most});
  return certificatesWhere(connection, " WHERE id < ? ORDER BY id DESC LIMIT ?", {*after, most});
}

Result<std::vector<CertificateRecord>> SqlCertificateStore::ofHolder(work::Tx& tx,
                                                                     const Holder& holder,
                                                                     CertificateKind kind) {
  Conditions where;
  where.add("kind = ?", {name(kind)});
  if (holder.person) where.add("person = ?", {*holder.person});
  if (!holder.person) where.add("person IS NULL");
  if (holder.agency) where.add("agency = ?", {*holder.agency});
  if (!holder.agency) where.add("agency IS NULL");
  const auto sql = std::string(kSelectCertificate) + where.text() + " ORDER BY id DESC";
  return all(connectionOf(tx).query(sql, where.params({})), certificateFrom);
}

Result<std::vector<ListedRevocation>> SqlCertificateStore::revokedIn(work::Tx& tx,
                                                                     IssuerId issuer,
                                                                     std::int64_t shard) {
  const auto rows = connectionOf(tx).query(
      "SELECT serial, revoked_at, revoked_reason, invalid_since FROM certificates "
      "WHERE issuer = ? AND crl_shard = ? AND revoked_at IS NOT NULL AND state IN (?, ?, ?) "
      "ORDER BY id",
      {issuer,
       shard,
       name(CertificateState::Revoked),
       name(CertificateState::Suspended),
       name(CertificateState::Abandoned)});
  return all(rows, [](const Row& row) {
    return ListedRevocation{row.text(0),
                            {.time = row.time(1),
                             .reason = static_cast<pki::RevocationReason>(row.integer(2)),
                             .invalidity_date = row.optionalTime(3)}};
  });
}

Result<std::vector<CertificateRecord>> SqlCertificateStore::intended(work::Tx& tx) {
  return certificatesWhere(
      connectionOf(tx), " WHERE state = ? ORDER BY id", {name(CertificateState::Intended)});
}

Result<> SqlCertificateStore::forgetKey(work::Tx& tx, CertificateId id) {
  auto& connection = connectionOf(tx);
  connection.execute(
      "DELETE FROM key_access WHERE kept_key IN (SELECT id FROM kept_keys WHERE certificate = ?)",
      {id});
  connection.execute("DELETE FROM kept_keys WHERE certificate = ?", {id});
  return kDone;
}

Result<std::optional<CertificateId>> SqlCertificateStore::ofKey(work::Tx& tx,
                                                                BytesView spki_sha256) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT certificate FROM certified_keys WHERE spki_sha256 = ?", {spki_sha256});
  if (!row) return std::optional<CertificateId>{};
  return std::optional(row->id<CertificateId>(0));
}

Result<> SqlCertificateStore::claimKey(work::Tx& tx, BytesView spki_sha256, CertificateId id) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO certified_keys (spki_sha256, certificate) VALUES (?, ?)", {spki_sha256, id});
  if (!stored) return taken("key_taken");
  return kDone;
}

Result<std::vector<CertificateRecord>> SqlCertificateStore::withoutKey(work::Tx& tx,
                                                                       CertificateId after,
                                                                       int limit) {
  return certificatesWhere(
      connectionOf(tx),
      " WHERE id > ? AND state <> ? AND state <> ? AND NOT EXISTS "
      "(SELECT 1 FROM certified_keys WHERE certified_keys.certificate = certificates.id) "
      "ORDER BY id LIMIT ?",
      {after, name(CertificateState::Intended), name(CertificateState::Abandoned), limit});
}

Result<> SqlCertificateStore::claimSeal(work::Tx& tx, const Uuid& agency, CertificateId id) {
  auto& connection = connectionOf(tx);
  const auto last = connection.queryOne(
      "SELECT COALESCE(MAX(number), 0) FROM seal_numbers WHERE agency = ?", {agency});
  const bool stored = connection.insertUnlessTaken(
      "INSERT INTO seal_numbers (agency, number, certificate) VALUES (?, ?, ?)",
      {agency, last->integer(0) + 1, id});
  if (!stored) return taken("seal_active");
  return kDone;
}

Result<> SqlCertificateStore::addOrder(work::Tx& tx, const Order& order) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO certificate_orders (id, kind, person, agency, activator, ordered_by, state, "
      "certificate, created, version, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {order.id,
       name(order.kind),
       order.holder.person,
       order.holder.agency,
       order.activator,
       order.ordered_by,
       name(order.state),
       order.certificate,
       order.created,
       order.version,
       order.request});
  if (!stored) return taken("order_taken");
  return kDone;
}

Result<> SqlCertificateStore::replaceOrder(work::Tx& tx, const Order& order) {
  return swapped(connectionOf(tx).execute(
      "UPDATE certificate_orders SET kind = ?, person = ?, agency = ?, activator = ?, "
      "ordered_by = ?, state = ?, certificate = ?, version = version + 1 "
      "WHERE id = ? AND version = ?",
      {name(order.kind),
       order.holder.person,
       order.holder.agency,
       order.activator,
       order.ordered_by,
       name(order.state),
       order.certificate,
       order.id,
       order.version}));
}

Result<Order> SqlCertificateStore::findOrder(work::Tx& tx, OrderId id) {
  const auto row = connectionOf(tx).queryOne(std::string(kSelectOrder) + " WHERE id = ?", {id});
  return found(row, "order_missing", orderFrom);
}

Result<std::vector<Order>> SqlCertificateStore::openOrders(work::Tx& tx, const Uuid& activator) {
  return all(connectionOf(tx).query(
                 std::string(kSelectOrder) + " WHERE activator = ? AND state = ? ORDER BY id",
                 {activator, name(OrderState::Open)}),
             orderFrom);
}

/// The columns of the one list that there was before shards stay empty.
Result<> SqlCertificateStore::addIssuer(work::Tx& tx, const Issuer& issuer) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO issuers (id, name, certificate, wrapped_key, crl_number, crl, crl_next_update, "
      "version, issues_since) VALUES (?, ?, ?, ?, 0, ?, 0, ?, ?)",
      {issuer.id,
       issuer.name,
       issuer.certificate,
       issuer.wrapped_key,
       Bytes(),
       issuer.version,
       issuer.issues_since});
  if (!stored) return taken("issuer_name_taken");
  return kDone;
}

Result<> SqlCertificateStore::replaceIssuer(work::Tx& tx, const Issuer& issuer) {
  return swapped(connectionOf(tx).execute(
      "UPDATE issuers SET certificate = ?, wrapped_key = ?, issues_since = ?, "
      "version = version + 1 WHERE id = ? AND version = ?",
      {issuer.certificate, issuer.wrapped_key, issuer.issues_since, issuer.id, issuer.version}));
}

Result<Issuer> SqlCertificateStore::findIssuer(work::Tx& tx, IssuerId id) {
  const auto row = connectionOf(tx).queryOne(std::string(kSelectIssuer) + " WHERE id = ?", {id});
  return found(row, "issuer_missing", issuerFrom);
}

Result<std::vector<Issuer>> SqlCertificateStore::issuers(work::Tx& tx) {
  return all(connectionOf(tx).query(std::string(kSelectIssuer) + " ORDER BY id"), issuerFrom);
}

Result<std::map<IssuerId, std::int64_t>> SqlCertificateStore::issuerVersions(work::Tx& tx) {
  std::map<IssuerId, std::int64_t> versions;
  for (const auto& row : connectionOf(tx).query("SELECT id, version FROM issuers", {})) {
    versions.emplace(row.id<IssuerId>(0), row.integer(1));
  }
  return versions;
}

Result<> SqlCertificateStore::addShard(work::Tx& tx, const CrlShard& shard) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO crl_shards (issuer, shard, address, number, crl, next_update, version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {shard.issuer,
       shard.shard,
       shard.address,
       shard.number,
       shard.crl,
       shard.next_update,
       shard.version});
  if (!stored) return taken("shard_taken");
  return kDone;
}

Result<> SqlCertificateStore::replaceShard(work::Tx& tx, const CrlShard& shard) {
  return swapped(connectionOf(tx).execute(
      "UPDATE crl_shards SET address = ?, number = ?, crl = ?, next_update = ?, "
      "version = version + 1 WHERE issuer = ? AND shard = ? AND version = ?",
      {shard.address,
       shard.number,
       shard.crl,
       shard.next_update,
       shard.issuer,
       shard.shard,
       shard.version}));
}

Result<CrlShard> SqlCertificateStore::findShard(work::Tx& tx, IssuerId issuer, std::int64_t shard) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT issuer, shard, address, number, next_update, version, crl FROM crl_shards "
      "WHERE issuer = ? AND shard = ?",
      {issuer, shard});
  auto read = found(row, "shard_missing", shardFrom);
  if (read) read->crl = row->bytes(6);
  return read;
}

Result<std::vector<CrlShard>> SqlCertificateStore::shardsOf(work::Tx& tx, IssuerId issuer) {
  return all(connectionOf(tx).query(
                 "SELECT issuer, shard, address, number, next_update, version FROM crl_shards "
                 "WHERE issuer = ? ORDER BY shard",
                 {issuer}),
             shardFrom);
}

Result<std::int64_t> SqlCertificateStore::countInShard(work::Tx& tx,
                                                       IssuerId issuer,
                                                       std::int64_t shard) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT COUNT(*) FROM certificates WHERE issuer = ? AND crl_shard = ?", {issuer, shard});
  return row->integer(0);
}

Result<> SqlCertificateStore::markStatusChanged(work::Tx& tx,
                                                IssuerId issuer,
                                                std::int64_t shard,
                                                Instant now) {
  auto& connection = connectionOf(tx);
  connection.execute("UPDATE issuers SET version = version + 1 WHERE id = ?", {issuer});
  const auto marked = connection.execute(
      "UPDATE crl_shards SET next_update = ?, version = version + 1 "
      "WHERE issuer = ? AND shard = ?",
      {now, issuer, shard});
  if (marked == 0) return missing("shard_missing");
  return kDone;
}

Result<> SqlKeyStore::addKey(work::Tx& tx, const signing::KeptKey& key) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO kept_keys (id, certificate, person, agency, wrapped, version) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {key.id, key.certificate, key.person, key.agency, key.wrapped, key.version});
  if (!stored) return taken("key_taken");
  return kDone;
}

Result<> SqlKeyStore::addAccess(work::Tx& tx, const signing::KeyAccess& access) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO key_access (kept_key, person, wrapped, offered_until, failures, blocked_until, "
      "locked, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {access.key,
       access.person,
       access.wrapped,
       access.offered_until,
       access.failures,
       access.blocked_until,
       access.locked,
       access.version});
  if (!stored) return taken("access_taken");
  return kDone;
}

Result<> SqlKeyStore::replaceAccess(work::Tx& tx, const signing::KeyAccess& access) {
  return swapped(connectionOf(tx).execute(
      "UPDATE key_access SET wrapped = ?, offered_until = ?, failures = ?, blocked_until = ?, "
      "locked = ?, version = version + 1 WHERE kept_key = ? AND person = ? AND version = ?",
      {access.wrapped,
       access.offered_until,
       access.failures,
       access.blocked_until,
       access.locked,
       access.key,
       access.person,
       access.version}));
}

Result<> SqlKeyStore::removeAccess(work::Tx& tx, signing::KeyId key, const Uuid& person) {
  const auto removed = connectionOf(tx).execute(
      "DELETE FROM key_access WHERE kept_key = ? AND person = ?", {key, person});
  if (removed == 0) return missing("key_access_missing");
  return kDone;
}

Result<signing::KeptKey> SqlKeyStore::findKey(work::Tx& tx, signing::KeyId id) {
  return found(connectionOf(tx).queryOne(std::string(kSelectKey) + " WHERE id = ?", {id}),
               "key_missing",
               keyFrom);
}

Result<std::vector<signing::KeptKey>> SqlKeyStore::keysOfAgency(work::Tx& tx, const Uuid& agency) {
  return all(
      connectionOf(tx).query(std::string(kSelectKey) + " WHERE agency = ? ORDER BY id", {agency}),
      keyFrom);
}

Result<signing::KeptKey> SqlKeyStore::findKeyOfCertificate(work::Tx& tx, const Uuid& certificate) {
  return found(
      connectionOf(tx).queryOne(std::string(kSelectKey) + " WHERE certificate = ?", {certificate}),
      "key_missing",
      keyFrom);
}

Result<std::vector<signing::KeyAccess>> SqlKeyStore::accesses(work::Tx& tx, signing::KeyId key) {
  return all(connectionOf(tx).query(
                 std::string(kSelectAccess) + " WHERE kept_key = ? ORDER BY person", {key}),
             accessFrom);
}

Result<signing::KeyAccess> SqlKeyStore::findAccess(work::Tx& tx,
                                                   signing::KeyId key,
                                                   const Uuid& person) {
  return found(
      connectionOf(tx).queryOne(std::string(kSelectAccess) + " WHERE kept_key = ? AND person = ?",
                                {key, person}),
      "key_access_missing",
      accessFrom);
}

}  // namespace congvan::storage
