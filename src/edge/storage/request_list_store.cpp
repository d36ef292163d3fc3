// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/request_list_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/transactions.h"

#include <nlohmann/json.hpp>

namespace congvan::storage {
namespace {

using authority::RequestList;
using authority::RequestListId;
using authority::RequestListRow;
using authority::RowState;

constexpr std::string_view kSelectListRow =
    "SELECT line, who, person, device_name, csr, state, request, reason, params "
    "FROM request_list_rows";

/// `{"state": "issued"}`
std::string refusalParams(const std::vector<congvan::Param>& params) {
  auto json = nlohmann::json::object();
  for (const auto& one : params) json[one.name] = one.value.substr(0, 200);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RequestListRow listRowFrom(const Row& row) {
  RequestListRow read;
  read.line = row.integer(0);
  read.who = row.text(1);
  read.person = optionalUuid(row, 2);
  read.device_name = row.text(3);
  read.csr = row.bytes(4);
  read.state = known(authority::rowState(row.text(5)));
  read.request = row.optionalId<authority::RequestId>(6);
  read.reason = row.text(7);
  const auto params = nlohmann::json::parse(row.text(8));
  for (const auto& [name, value] : params.items()) {
    read.params.push_back({name, value.get<std::string>()});
  }
  return read;
}

}  // namespace

Result<> SqlRequestListStore::add(work::Tx& tx,
                                  const RequestList& list,
                                  const std::vector<RequestListRow>& rows) {
  auto& connection = connectionOf(tx);
  const bool stored = connection.insertUnlessTaken(
      "INSERT INTO request_lists (id, kind, agency, document_number, document_date, entered_by, "
      "post, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {list.id,
       name(list.kind),
       list.agency,
       list.document_number,
       formatDate(list.document_date),
       list.entered_by,
       list.post,
       list.created});
  if (!stored) return taken("request_list_taken");
  for (const auto& row : rows) {
    const bool added = connection.insertUnlessTaken(
        "INSERT INTO request_list_rows (list, line, who, person, device_name, csr, state, request, "
        "reason, params) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {list.id,
         row.line,
         row.who,
         row.person,
         row.device_name,
         row.csr,
         name(row.state),
         row.request,
         row.reason,
         refusalParams(row.params)});
    if (!added) return taken("request_list_taken");
  }
  return kDone;
}

Result<RequestList> SqlRequestListStore::find(work::Tx& tx, RequestListId id) {
  return found(connectionOf(tx).queryOne(
                   "SELECT id, kind, agency, document_number, document_date, entered_by, post, "
                   "created FROM request_lists WHERE id = ?",
                   {id}),
               "request_list_missing",
               [](const Row& row) {
                 return RequestList{.id = row.id<RequestListId>(0),
                                    .kind = known(authority::certificateKind(row.text(1))),
                                    .agency = row.id<directory::AgencyId>(2),
                                    .document_number = row.text(3),
                                    .document_date = dateFrom(row.text(4)),
                                    .entered_by = row.uuid(5),
                                    .post = row.id<directory::PostId>(6),
                                    .created = row.time(7)};
               });
}

Result<std::vector<RequestListRow>> SqlRequestListStore::rows(work::Tx& tx, RequestListId id) {
  return all(
      connectionOf(tx).query(std::string(kSelectListRow) + " WHERE list = ? ORDER BY line", {id}),
      listRowFrom);
}

Result<std::optional<RequestListRow>> SqlRequestListStore::waiting(work::Tx& tx, RequestListId id) {
  const auto row = connectionOf(tx).queryOne(
      std::string(kSelectListRow) + " WHERE list = ? AND state = ? ORDER BY line LIMIT 1",
      {id, name(RowState::Waiting)});
  if (!row) return std::optional<RequestListRow>{};
  return std::optional(listRowFrom(*row));
}

Result<> SqlRequestListStore::settle(work::Tx& tx, RequestListId id, const RequestListRow& row) {
  return swapped(connectionOf(tx).execute(
      "UPDATE request_list_rows SET state = ?, request = ?, reason = ?, params = ? "
      "WHERE list = ? AND line = ? AND state = ?",
      {name(row.state),
       row.request,
       row.reason,
       refusalParams(row.params),
       id,
       row.line,
       name(RowState::Waiting)}));
}

Result<std::vector<directory::Person>> SqlRequestListStore::peopleWithEmail(
    work::Tx& tx, std::string_view email) {
  const auto rows = connectionOf(tx).query(
      "SELECT id, name, email, version FROM people WHERE email = ? ORDER BY id LIMIT 20", {email});
  return all(rows, [](const Row& row) {
    return directory::Person{
        row.id<directory::PersonId>(0), row.text(1), row.text(2), row.integer(3)};
  });
}

}  // namespace congvan::storage
