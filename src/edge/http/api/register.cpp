// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/problem.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

using authority::CertificateId;
using authority::Column;
using authority::RegisterFilter;
using authority::RegisterRow;

Result<std::optional<directory::Date>> dateOf(const Request& request, std::string_view name) {
  const auto text = request.queryValue(name);
  if (!text) return std::optional<directory::Date>{};
  const auto date = parseDate(*text);
  if (!date) return date.error();
  return std::optional(*date);
}

Result<std::optional<Uuid>> idOf(const Request& request, std::string_view name) {
  const auto text = request.queryValue(name);
  if (!text) return std::optional<Uuid>{};
  const auto id = Uuid::parse(*text);
  if (!id) return id.error();
  return std::optional(*id);
}

Result<RegisterFilter> filterOf(const Request& request) {
  RegisterFilter filter;
  if (const auto kind = request.queryValue("kind")) {
    filter.kind = authority::certificateKind(*kind);
    if (!filter.kind) return Error{Code::Malformed, "kind_unknown"};
  }
  if (const auto state = request.queryValue("state")) {
    filter.standing = authority::standing(*state);
    if (!filter.standing) return Error{Code::Malformed, "standing_unknown"};
  }
  const auto agency = idOf(request, "agency");
  if (!agency) return agency.error();
  if (*agency) filter.agency = directory::AgencyId{**agency};
  const auto holder = idOf(request, "holder");
  if (!holder) return holder.error();
  filter.holder = *holder;
  const auto from = dateOf(request, "expiresFrom");
  if (!from) return from.error();
  filter.expires_from = *from;
  const auto to = dateOf(request, "expiresTo");
  if (!to) return to.error();
  filter.expires_to = *to;
  const auto day = dateOf(request, "at");
  if (!day) return day.error();
  filter.day = *day;
  return filter;
}

Json registerRowView(const RegisterRow& row) {
  Json json = {{"id", row.id.text()},
               {"request", row.request ? Json(row.request->text()) : Json(nullptr)}};
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string key(authority::name(static_cast<Column>(i)));
    json[key] = row.cells[i].empty() ? Json(nullptr) : Json(row.cells[i]);
  }
  return json;
}

/// GET /api/v1/register?kind=…&state=…&agency=…&holder=…&expiresFrom=…&expiresTo=…&at=…: newest
/// first. 200; 403; 422 `day_not_begun`.
Result<Reply> listRegister(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  const auto filter = filterOf(request);
  if (!filter) return filter.error();
  std::optional<CertificateId> after;
  if (page->after) after = CertificateId{*page->after};
  const auto found = services.register_desk.list(*request.caller, *filter, after, page->limit);
  if (!found) return found.error();
  auto items = Json::array();
  for (const auto& row : found->rows) items.push_back(registerRowView(row));
  return jsonReply({{"items", std::move(items)},
                    {"next", found->next ? Json(found->next->text()) : Json(nullptr)}});
}

/// GET /api/v1/register/counts?at=…&agency=…: by kind and state at the end of a day. 200; 403; 422
/// `day_not_begun`.
Result<Reply> countRegister(const Services& services, const Request& request) {
  const auto day = dateOf(request, "at");
  if (!day) return day.error();
  const auto agency = idOf(request, "agency");
  if (!agency) return agency.error();
  std::optional<directory::AgencyId> body;
  if (*agency) body = directory::AgencyId{**agency};
  const auto found = services.register_desk.counts(*request.caller, *day, body);
  if (!found) return found.error();
  auto counts = Json::array();
  std::int64_t total = 0;
  for (const auto& [key, number] : found->counts) {
    counts.push_back({{"kind", authority::name(key.first)},
                      {"state", authority::name(key.second)},
                      {"count", number}});
    total += number;
  }
  return jsonReply(
      {{"at", formatVietnam(found->at)}, {"counts", std::move(counts)}, {"total", total}});
}

/// GET /api/v1/register/expiring: those in force that end within 7, 14, 30, 60, 90 days. 200; 403.
Result<Reply> expiringCertificates(const Services& services, const Request& request) {
  const auto steps = services.register_desk.expiring(*request.caller);
  if (!steps) return steps.error();
  auto items = Json::array();
  for (const auto& step : *steps) {
    Json kinds = Json::object();
    std::int64_t total = 0;
    for (const auto& [kind, number] : step.ending) {
      kinds[std::string(authority::name(kind))] = number;
      total += number;
    }
    items.push_back({{"days", step.days_most},
                     {"count", total},
                     {"followed", step.followed},
                     {"kinds", std::move(kinds)}});
  }
  return wholeListReply(std::move(items));
}

/// GET /api/v1/register/coverage?of=agencies|posts: who has no certificate in force. 200; 403.
Result<Reply> uncovered(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  const auto of = request.queryValue("of").value_or("agencies");
  auto items = Json::array();
  std::string last;
  if (of == "agencies") {
    std::optional<directory::AgencyId> after;
    if (page->after) after = directory::AgencyId{*page->after};
    const auto found =
        services.register_desk.agenciesWithoutSeal(*request.caller, after, page->limit);
    if (!found) return found.error();
    for (const auto& agency : *found) {
      items.push_back({{"agency", agency.id.text()}, {"name", agency.name}});
      last = agency.id.text();
    }
  } else if (of == "posts") {
    std::optional<directory::PostId> after;
    if (page->after) after = directory::PostId{*page->after};
    const auto found =
        services.register_desk.postsWithoutCertificate(*request.caller, after, page->limit);
    if (!found) return found.error();
    for (const auto& post : *found) {
      items.push_back({{"agency", post.agency.text()},
                       {"name", post.person_name},
                       {"post", post.post.text()},
                       {"person", post.person.text()},
                       {"title", post.title}});
      last = post.post.text();
    }
  } else {
    return Error{Code::Malformed, "coverage_unknown"};
  }
  return listReply(std::move(items), last, page->limit);
}

std::string cellWord(const RegisterRow& row, Column column, Language language) {
  const auto& cell = row.at(column);
  if (cell.empty()) return cell;
  if (column == Column::Kind) return word("kind." + cell, language);
  if (column == Column::Standing) return word("standing." + cell, language);
  if (column == Column::RevocationReason) return word("reason." + cell, language);
  return cell;
}

Result<std::unique_ptr<work::TableWriter>> registerTable(const Services& services,
                                                         const Request& request,
                                                         const RegisterFilter& filter,
                                                         work::TableFormat format) {
  const auto language = languageOf(headerValue(request.headers, "accept-language").value_or(""));
  const auto day = filter.day.value_or(vietnamDate(services.clock.now()));
  work::TableHead head{.title = word("sheet.register", language) + " " + formatDate(day)};
  for (std::size_t i = 0; i < authority::kColumnCount; ++i) {
    const std::string key(authority::name(static_cast<Column>(i)));
    head.columns.push_back(word("column." + key, language));
  }
  auto writer = services.tables.begin(format, head);
  if (!writer) return writer;
  const auto done =
      services.register_desk.exportRows(*request.caller, filter, [&](const RegisterRow& row) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < authority::kColumnCount; ++i) {
          cells.push_back(cellWord(row, static_cast<Column>(i), language));
        }
        return (*writer)->row(cells);
      });
  if (!done) return done.error();
  return writer;
}

/// What `congvan log monitor --register` reads: the same in every language.
Result<std::unique_ptr<work::TableWriter>> monitorTable(const Services& services,
                                                        const Request& request) {
  auto writer = services.tables.begin(work::TableFormat::Csv,
                                      {{}, {"serial", "sha256", "kind", "notBefore", "notAfter"}});
  if (!writer) return writer;
  const auto done = services.register_desk.exportForMonitor(
      *request.caller, [&](const authority::RegisterDesk::LoggedRow& row) {
        return (*writer)->row({row.serial,
                               row.sha256,
                               std::string(row.kind),
                               formatUtc(row.not_before),
                               formatUtc(row.not_after)});
      });
  if (!done) return done.error();
  return writer;
}

/// GET /api/v1/register/export?format=csv|xlsx|monitor, filters as of the list: the file. 200; 403;
/// 413 `table_too_large`; 422 `day_not_begun`.
Result<Reply> exportRegister(const Services& services, const Request& request) {
  constexpr std::string_view kXlsx =
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  const auto filter = filterOf(request);
  if (!filter) return filter.error();
  const auto format = request.queryValue("format").value_or("csv");
  const bool xlsx = format == "xlsx";
  if (!xlsx && format != "csv" && format != "monitor") {
    return Error{Code::Malformed, "table_format_unknown"};
  }
  const auto kind = xlsx ? work::TableFormat::Xlsx : work::TableFormat::Csv;
  auto writer = format == "monitor" ? monitorTable(services, request)
                                    : registerTable(services, request, *filter, kind);
  if (!writer) return writer.error();
  auto file = (*writer)->finish();
  if (!file) return file.error();
  return fileReply(std::move(*file),
                   xlsx ? kXlsx : "text/csv; charset=utf-8",
                   xlsx ? "so-chung-thu.xlsx" : "so-chung-thu.csv");
}

}  // namespace

void addRegisterRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 4096);
  const std::string all = "/api/v1/register";
  endpoints.reading(all, &listRegister);
  endpoints.reading(all + "/counts", &countRegister);
  endpoints.reading(all + "/expiring", &expiringCertificates);
  endpoints.reading(all + "/coverage", &uncovered);
  endpoints.reading(all + "/export", &exportRegister);
}

}  // namespace congvan::http
