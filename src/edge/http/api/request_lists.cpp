// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_lists.h"

#include "base/encoding.h"
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/problem.h"
#include "trust/crypto/digest.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace congvan::http {
namespace {

/// 300 lines with a CSR each, and room.
constexpr std::uint64_t kListBytesMost = 2U << 20U;

Json rowJson(const authority::RequestListRow& row) {
  Json json = {{"line", row.line},
               {"who", row.who.empty() ? Json(row.device_name) : Json(row.who)},
               {"state", authority::name(row.state)},
               {"request", row.request ? Json(row.request->text()) : Json(nullptr)},
               {"code", nullptr},
               {"vi", nullptr},
               {"en", nullptr}};
  if (row.state != authority::RowState::Refused) return json;
  const Error why{Code::RuleRefused, row.reason, row.params};
  json["code"] = row.reason;
  json["vi"] = sentence(why, Language::Vietnamese).value_or(row.reason);
  json["en"] = sentence(why, Language::English).value_or(row.reason);
  return json;
}

Json listJson(const authority::RequestListRead& read) {
  const auto& list = read.list;
  const auto in = [&](authority::RowState state) {
    return std::ranges::count(read.rows, state, &authority::RequestListRow::state);
  };
  auto rows = Json::array();
  for (const auto& row : read.rows) rows.push_back(rowJson(row));
  return {{"id", list.id.text()},
          {"kind", authority::name(list.kind)},
          {"agency", list.agency.text()},
          {"documentNumber", list.document_number},
          {"documentDate", formatDate(list.document_date)},
          {"created", formatVietnam(list.created)},
          {"total", read.rows.size()},
          {"waiting", in(authority::RowState::Waiting)},
          {"entered", in(authority::RowState::Entered)},
          {"refused", in(authority::RowState::Refused)},
          {"rows", std::move(rows)}};
}

/// POST /api/v1/certificate-request-lists?kind=…&agency=…&documentNumber=…&documentDate=…   a CSV.
///
/// 201 the list, whose lines a job goes on with. 400 what is wrong with the CSV; 403
/// `role_missing`; 413 `request_list_too_long`; 422 `request_document_missing`.
Result<Reply> enterList(const Services& services, const Request& request) {
  authority::RequestLists::Wanted wanted;
  const auto kind = authority::certificateKind(request.queryValue("kind").value_or("person"));
  if (!kind) return Error{Code::Malformed, "kind_unknown"};
  wanted.kind = *kind;
  const auto agency = Uuid::parse(request.queryValue("agency").value_or(""));
  if (!agency) return agency.error();
  wanted.agency = directory::AgencyId{*agency};
  wanted.document_number = request.queryValue("documentNumber").value_or("");
  const auto date = parseDate(request.queryValue("documentDate").value_or(""));
  if (!date) return date.error();
  wanted.document_date = *date;
  std::string csv;
  const auto received = request.upload->pump([&](BytesView block) -> Result<> {
    csv.append(asText(block));
    return kDone;
  });
  if (!received) return received.error();
  const auto said = std::string(authority::name(wanted.kind)) + "\n" + wanted.agency.text() + "\n" +
                    wanted.document_number + "\n" + formatDate(wanted.document_date) + "\n" +
                    toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(csv)));
  const auto caller = callerOf(request, said);
  if (!caller) return caller.error();
  const auto entered = services.request_lists.enter(*caller, wanted, csv);
  if (!entered) return entered.error();
  auto reply = jsonReply(listJson(*entered));
  reply.status = 201;
  return reply;
}

/// GET /api/v1/certificate-request-lists/{id}: every line and what became of it. 200; 404.
Result<Reply> showList(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto read = services.request_lists.find(*request.caller, authority::RequestListId{*id});
  if (!read) return read.error();
  return jsonReply(listJson(*read));
}

}  // namespace

void addRequestListRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 4096);
  const std::string all = "/api/v1/certificate-request-lists";
  endpoints.upload("POST", all, kListBytesMost, &enterList);
  endpoints.reading(all + "/{id}", &showList);
}

}  // namespace congvan::http
