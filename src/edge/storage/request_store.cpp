// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/request_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/office_rows.h"
#include "edge/storage/transactions.h"

#include <utility>

namespace congvan::storage {
namespace {

using authority::Act;
using authority::CertificateId;
using authority::OrderId;
using authority::RequestFilter;
using authority::RequestId;
using authority::RequestReach;
using authority::RequestRecord;
using authority::RequestState;
using authority::RequestType;

constexpr int kRequestsMost = 200;

constexpr std::string_view kSelectRequest =
    "SELECT id, type, kind, state, person, agency, device_name, key_source, activator, csr, "
    "document_number, document_date, certificate_followed, revocation_reason, invalid_since, "
    "reason, entered_by, entered, confirmed_by, confirmed, accepted_by, accepted, approved_by, "
    "approved, handed_over_by, handed_over, due, renewals, approved_hash, rule, valid_days, "
    "certificate_order, certificate, record_number, device_kind, device_serial, created, version "
    "FROM certificate_requests";

std::optional<Act> actFrom(const Row& row, std::size_t person) {
  if (row.isNull(person)) return std::nullopt;
  return Act{row.uuid(person), row.time(person + 1)};
}

std::optional<Uuid> personOf(const std::optional<Act>& act) {
  return act ? std::optional(act->person) : std::nullopt;
}

std::optional<Instant> timeOf(const std::optional<Act>& act) {
  return act ? std::optional(act->at) : std::nullopt;
}

RequestRecord requestFrom(const Row& row) {
  RequestRecord request;
  request.id = row.id<RequestId>(0);
  auto& content = request.content;
  content.type = known(authority::requestType(row.text(1)));
  content.kind = known(authority::certificateKind(row.text(2)));
  request.state = known(authority::requestState(row.text(3)));
  content.person = optionalUuid(row, 4);
  content.agency = row.id<directory::AgencyId>(5);
  content.device_name = row.text(6);
  content.key = known(authority::keySource(row.text(7)));
  content.activator = optionalUuid(row, 8);
  content.csr = row.bytes(9);
  content.document_number = row.text(10);
  content.document_date = optionalDate(row, 11);
  content.certificate = row.optionalId<CertificateId>(12);
  content.reason = static_cast<pki::RevocationReason>(row.integer(13));
  content.invalidity_date = row.optionalTime(14);
  request.reason = row.text(15);
  request.entered = {row.uuid(16), row.time(17)};
  request.confirmed = actFrom(row, 18);
  request.accepted = actFrom(row, 20);
  request.approved = actFrom(row, 22);
  request.handed_over = actFrom(row, 24);
  request.due = optionalDate(row, 26);
  request.renewals = row.integer(27);
  request.approved_hash = row.bytes(28);
  request.rule = row.text(29);
  request.valid_days = row.integer(30);
  request.order = row.optionalId<OrderId>(31);
  request.certificate = row.optionalId<CertificateId>(32);
  request.hand_over = {row.text(33), row.text(34), row.text(35)};
  request.created = row.time(36);
  request.version = row.integer(37);
  return request;
}

void addReach(Conditions& where, const RequestReach& reach) {
  std::string within = "(person = ? OR entered_by = ?";
  std::vector<Param> params{reach.self, reach.self};
  std::string_view before = " OR agency IN (?";
  for (const auto& agency : reach.agencies) {
    within += std::exchange(before, ", ?");
    params.emplace_back(agency);
  }
  within += reach.agencies.empty() ? ")" : "))";
  where.addWith(within, params);
}

}  // namespace

std::vector<RequestRecord> requestsBy(Connection& connection,
                                      const std::string& rest,
                                      const std::vector<Param>& params) {
  return all(connection.query(std::string(kSelectRequest) + rest, params), requestFrom);
}

Result<> SqlRequestStore::add(work::Tx& tx, const RequestRecord& request) {
  const auto& content = request.content;
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO certificate_requests (id, type, kind, state, person, agency, device_name, "
      "key_source, activator, csr, document_number, document_date, certificate_followed, "
      "revocation_reason, invalid_since, reason, entered_by, entered, confirmed_by, confirmed, "
      "accepted_by, accepted, approved_by, approved, handed_over_by, handed_over, due, renewals, "
      "approved_hash, rule, valid_days, certificate_order, certificate, record_number, "
      "device_kind, device_serial, created, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {request.id,
       name(content.type),
       name(content.kind),
       name(request.state),
       content.person,
       content.agency,
       content.device_name,
       name(content.key),
       content.activator,
       content.csr,
       content.document_number,
       dateColumn(content.document_date),
       content.certificate,
       static_cast<std::int64_t>(content.reason),
       content.invalidity_date,
       request.reason,
       request.entered.person,
       request.entered.at,
       personOf(request.confirmed),
       timeOf(request.confirmed),
       personOf(request.accepted),
       timeOf(request.accepted),
       personOf(request.approved),
       timeOf(request.approved),
       personOf(request.handed_over),
       timeOf(request.handed_over),
       dateColumn(request.due),
       request.renewals,
       request.approved_hash,
       request.rule,
       request.valid_days,
       request.order,
       request.certificate,
       request.hand_over.record_number,
       request.hand_over.device_kind,
       request.hand_over.device_serial,
       request.created,
       request.version});
  if (!stored) return taken("request_taken");
  return kDone;
}

Result<> SqlRequestStore::replace(work::Tx& tx, const RequestRecord& request) {
  const auto& content = request.content;
  return swapped(connectionOf(tx).execute(
      "UPDATE certificate_requests SET state = ?, device_name = ?, key_source = ?, activator = ?, "
      "csr = ?, document_number = ?, document_date = ?, certificate_followed = ?, "
      "revocation_reason = ?, invalid_since = ?, reason = ?, confirmed_by = ?, confirmed = ?, "
      "accepted_by = ?, accepted = ?, approved_by = ?, approved = ?, handed_over_by = ?, "
      "handed_over = ?, due = ?, renewals = ?, approved_hash = ?, rule = ?, valid_days = ?, "
      "certificate_order = ?, certificate = ?, record_number = ?, device_kind = ?, "
      "device_serial = ?, version = version + 1 WHERE id = ? AND version = ?",
      {name(request.state),
       content.device_name,
       name(content.key),
       content.activator,
       content.csr,
       content.document_number,
       dateColumn(content.document_date),
       content.certificate,
       static_cast<std::int64_t>(content.reason),
       content.invalidity_date,
       request.reason,
       personOf(request.confirmed),
       timeOf(request.confirmed),
       personOf(request.accepted),
       timeOf(request.accepted),
       personOf(request.approved),
       timeOf(request.approved),
       personOf(request.handed_over),
       timeOf(request.handed_over),
       dateColumn(request.due),
       request.renewals,
       request.approved_hash,
       request.rule,
       request.valid_days,
       request.order,
       request.certificate,
       request.hand_over.record_number,
       request.hand_over.device_kind,
       request.hand_over.device_serial,
       request.id,
       request.version}));
}

Result<RequestRecord> SqlRequestStore::find(work::Tx& tx, RequestId id) {
  return found(connectionOf(tx).queryOne(std::string(kSelectRequest) + " WHERE id = ?", {id}),
               "request_missing",
               requestFrom);
}

Result<std::optional<RequestRecord>> SqlRequestStore::ofCertificate(work::Tx& tx,
                                                                    CertificateId id) {
  const auto row = connectionOf(tx).queryOne(
      std::string(kSelectRequest) + " WHERE certificate = ? AND type NOT IN (?, ?, ?)",
      {id,
       name(RequestType::Revocation),
       name(RequestType::Suspension),
       name(RequestType::Release)});
  if (!row) return std::optional<RequestRecord>{};
  return std::optional(requestFrom(*row));
}

Result<std::vector<RequestRecord>> SqlRequestStore::following(work::Tx& tx, CertificateId id) {
  return all(connectionOf(tx).query(
                 std::string(kSelectRequest) + " WHERE certificate_followed = ? ORDER BY id", {id}),
             requestFrom);
}

Result<std::vector<RequestRecord>> SqlRequestStore::list(work::Tx& tx,
                                                         const RequestReach& reach,
                                                         const RequestFilter& filter) {
  Conditions where;
  if (filter.state) where.add("state = ?", {name(*filter.state)});
  if (filter.kind) where.add("kind = ?", {name(*filter.kind)});
  if (filter.agency) where.add("agency = ?", {*filter.agency});
  if (filter.after) where.add("id < ?", {*filter.after});
  if (!reach.all) addReach(where, reach);
  const auto most = pageLimit(filter.limit, kRequestsMost);
  const auto sql = std::string(kSelectRequest) + where.text() + " ORDER BY id DESC LIMIT ?";
  return all(connectionOf(tx).query(sql, where.params({most})), requestFrom);
}

Result<> SqlRequestStore::keepNumbers(work::Tx& tx, const Uuid& person, BytesView sealed) {
  auto& connection = connectionOf(tx);
  connection.execute("DELETE FROM personal_numbers WHERE person = ?", {person});
  const bool stored = connection.insertUnlessTaken(
      "INSERT INTO personal_numbers (person, sealed) VALUES (?, ?)", {person, sealed});
  if (!stored) return taken("personal_numbers_taken");
  return kDone;
}

Result<Bytes> SqlRequestStore::numbers(work::Tx& tx, const Uuid& person) {
  const auto row =
      connectionOf(tx).queryOne("SELECT sealed FROM personal_numbers WHERE person = ?", {person});
  if (!row) return missing("personal_numbers_missing");
  return row->bytes(0);
}

}  // namespace congvan::storage
