// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_lists.h"

#include "base/csv.h"
#include "base/encoding.h"
#include "base/json_fields.h"
#include "base/names.h"
#include "office/audit/details.h"
#include "office/authority/request_text.h"
#include "office/directory/actor.h"
#include "office/directory/authentication.h"
#include "trust/crypto/digest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace congvan::authority {

using directory::Caller;
using directory::Role;

namespace {

constexpr auto kRowStates = std::to_array<Named<RowState>>({
    {RowState::Waiting, "waiting"},
    {RowState::Entered, "entered"},
    {RowState::Refused, "refused"},
});

/// Folded, in either language; the first two are for whoever reads the list.
constexpr auto kListColumns = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"no", "no"},
    {"stt", "no"},
    {"name", "name"},
    {"ho va ten", "name"},
    {"email", "email"},
    {"thu dien tu", "email"},
    {"person", "person"},
    {"ma nguoi", "person"},
    {"device", "device"},
    {"thiet bi", "device"},
    {"csr", "csr"},
});
constexpr std::string_view kPemBegin = "-----BEGIN";

Error csvError(std::string_view reason, std::size_t line, std::string column = {}) {
  return {Code::Malformed,
          std::string(reason),
          {{"line", std::to_string(line)}, {"column", std::move(column)}}};
}

/// The place of each column that is known; checked to be what a list of this kind needs.
Result<std::map<std::string_view, std::size_t>> columnsOf(const std::vector<std::string>& header,
                                                          CertificateKind kind) {
  std::map<std::string_view, std::size_t> columns;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto folded = foldForSearch(header[i]);
    const auto known =
        std::ranges::find(kListColumns, folded, [](const auto& one) { return one.first; });
    if (known == kListColumns.end())
      return csvError("csv_column_unknown", 1, header[i].substr(0, 60));
    if (!columns.emplace(known->second, i).second)
      return csvError("csv_column_twice", 1, header[i].substr(0, 60));
  }
  const bool device = kind == CertificateKind::Device;
  const bool names_holder = columns.contains("email") || columns.contains("person");
  if (device && !columns.contains("device")) return csvError("csv_columns_missing", 1, "device");
  if (!device && !names_holder) return csvError("csv_columns_missing", 1, "email");
  if (kind != CertificateKind::Person && !columns.contains("csr")) {
    return csvError("csv_columns_missing", 1, "csr");
  }
  return columns;
}

void refuseRow(RequestListRow& row, std::string_view reason, std::vector<Param> params = {}) {
  row.state = RowState::Refused;
  row.reason = reason;
  row.params = std::move(params);
}

/// A line's own fault, and not the service's: tried again it would be the same.
bool isRefusal(const Error& error) {
  return error.code != Code::Unavailable && error.code != Code::Stale &&
         error.code != Code::TooMany;
}

Result<RequestListId> listOf(const work::Job& job) {
  const auto json = parseJson(job.payload);
  if (!json) return json.error();
  Fields fields(*json);
  const auto id = RequestListId::parse(fields.text("list", 36));
  if (!id) fields.refuse("list", "not_an_id");
  const auto read = fields.finish();
  if (!read) return read.error();
  return *id;
}

}  // namespace

std::string_view name(RowState state) {
  return nameIn(kRowStates, state);
}
std::optional<RowState> rowState(std::string_view name) {
  return valueIn(kRowStates, name);
}

// --- taking a list in ---

Result<std::vector<RequestListRow>> RequestLists::rowsOf(const Wanted& wanted,
                                                         std::string_view csv) const {
  CsvReader reader(csv);
  const auto header = reader.next();
  if (!header) return header.error();
  if (!*header) return csvError("csv_empty", 1);
  const auto columns = columnsOf(**header, wanted.kind);
  if (!columns) return columns.error();
  std::vector<RequestListRow> rows;
  for (;;) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) break;
    const auto& cells = **record;
    if (cells.size() == 1 && trim(cells[0]).empty()) continue;  // an empty line
    if (cells.size() != (*header)->size()) return csvError("csv_columns_differ", reader.line());
    if (rows.size() == kListRowsMost) {
      return Error{
          Code::TooLarge, "request_list_too_long", {{"limit", std::to_string(kListRowsMost)}}};
    }
    const auto cell = [&](std::string_view column) -> std::string {
      const auto found = columns->find(column);
      return found == columns->end() ? "" : std::string(trim(cells[found->second]));
    };
    RequestListRow row{.line = static_cast<std::int64_t>(reader.line())};
    row.who = cell("person").empty() ? cell("email") : cell("person");
    row.device_name = cell("device");
    constexpr std::size_t kWhoLongest = 254;  // of an e-mail address
    if (countCharacters(row.who) > kWhoLongest ||
        countCharacters(row.device_name) > kDeviceNameLongest) {
      row.who = "";
      row.device_name = "";
      refuseRow(row, "request_text_wrong");
    }
    if (const auto csr = cell("csr"); csr.starts_with(kPemBegin)) {
      row.csr = toBytes(std::string_view(csr));
    } else if (!csr.empty()) {
      auto bytes = fromBase64(csr);
      if (bytes) row.csr = std::move(*bytes);
      if (!bytes) refuseRow(row, "request_malformed");
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return csvError("csv_empty", 1);
  return rows;
}

Result<bool> RequestLists::worksAt(work::Tx& tx,
                                   directory::PersonId person,
                                   directory::AgencyId agency) {
  const auto posts = tools_.directory.postsOfPerson(tx, person);
  if (!posts) return posts.error();
  const auto today = vietnamDate(tools_.clock.now());
  for (const auto& post : *posts) {
    if (!directory::inForce(post, today)) continue;
    const auto lineage = directory::lineageOf(tx, tools_.directory, post.agency);
    if (!lineage) return lineage.error();
    if (directory::legalPersonOf(*lineage) == agency) return true;
  }
  return false;
}

/// Nobody learns from a list who works elsewhere: whoever is not of this agency is unknown.
Result<> RequestLists::findHolder(work::Tx& tx, directory::AgencyId agency, RequestListRow& row) {
  std::vector<directory::PersonId> meant;
  if (const auto id = Uuid::parse(row.who)) {
    meant.push_back(directory::PersonId{*id});
  } else if (!row.who.empty()) {
    const auto people = tools_.store.peopleWithEmail(tx, row.who);
    if (!people) return people.error();
    for (const auto& person : *people) meant.push_back(person.id);
  }
  for (const auto& person : meant) {
    const auto here = worksAt(tx, person, agency);
    if (!here) return here.error();
    if (!*here) continue;
    if (row.person) {
      row.person.reset();
      refuseRow(row, "request_list_person_ambiguous");
      return kDone;
    }
    row.person = person.value;
  }
  if (!row.person) refuseRow(row, "request_list_person_unknown");
  return kDone;
}

Result<RequestListRead> RequestLists::enter(const Caller& caller,
                                            const Wanted& wanted,
                                            std::string_view csv) {
  if (wanted.kind != CertificateKind::Person && wanted.kind != CertificateKind::PersonSim &&
      wanted.kind != CertificateKind::Device) {
    return Error{Code::RuleRefused, "request_list_kind"};
  }
  const auto number = lineOrEmpty(wanted.document_number, kWordLongest);
  const auto now = tools_.clock.now();
  if (!number || number->empty() || wanted.document_date > vietnamDate(now)) {
    return Error{Code::RuleRefused, "request_document_missing"};
  }
  const auto digest = toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(csv)));
  return tools_.transactions.run<RequestListRead>([&](work::Tx& tx) -> Result<RequestListRead> {
    const auto lineage = directory::lineageOf(tx, tools_.directory, wanted.agency);
    if (!lineage) return lineage.error();
    const auto allowed = directory::require(caller, Role::Clerk, *lineage);
    if (!allowed) return allowed.error();
    const auto before = tools_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) {
      const RequestListId id{*Uuid::parse(**before)};
      const auto list = tools_.store.find(tx, id);
      if (!list) return list.error();
      auto rows = tools_.store.rows(tx, id);
      if (!rows) return rows.error();
      return RequestListRead{*list, std::move(*rows)};
    }
    auto rows = rowsOf(wanted, csv);
    if (!rows) return rows.error();
    std::set<Uuid> seen;
    for (auto& row : *rows) {
      if (wanted.kind == CertificateKind::Device || row.state == RowState::Refused) continue;
      const auto found = findHolder(tx, wanted.agency, row);
      if (!found) return found.error();
      if (row.person && !seen.insert(*row.person).second) {
        refuseRow(row, "request_list_person_twice");
      }
    }
    const RequestList list{.id = ids_.make<RequestListTag>(),
                           .kind = wanted.kind,
                           .agency = wanted.agency,
                           .document_number = *number,
                           .document_date = wanted.document_date,
                           .entered_by = caller.person.value,
                           .post = caller.post,
                           .created = now};
    const auto added = tools_.store.add(tx, list, *rows);
    if (!added) return added.error();
    const auto job = tools_.jobs.add(tx,
                                     {.id = ids_.make<work::JobTag>(),
                                      .kind = std::string(kRequestListJob),
                                      .payload = R"({"list":")" + list.id.text() + R"("})",
                                      .total = static_cast<std::int64_t>(rows->size()),
                                      .last_error = {},
                                      .due = now,
                                      .created = now});
    if (!job) return job.error();
    const auto recorded =
        tools_.trail.record(tx,
                            {.kind = audit::EventKind::RequestListEntered,
                             .by = directory::actor(caller),
                             .subject_kind = "request-list",
                             .subject = list.id.value,
                             .trace = caller.trace,
                             .details = audit::Details()
                                            .say("kind", name(list.kind))
                                            .say("agency", list.agency)
                                            .say("rows", static_cast<std::int64_t>(rows->size()))
                                            .say("file_sha256", digest)
                                            .text()});
    if (!recorded) return recorded.error();
    const auto noted = tools_.once.after(tx, caller.once, list.id.text());
    if (!noted) return noted.error();
    return RequestListRead{list, std::move(*rows)};
  });
}

Result<RequestListRead> RequestLists::find(const Caller& caller, RequestListId id) {
  return tools_.transactions.read<RequestListRead>([&](work::Tx& tx) -> Result<RequestListRead> {
    const auto list = tools_.store.find(tx, id);
    if (!list) return list.error();
    const auto lineage = directory::lineageOf(tx, tools_.directory, list->agency);
    if (!lineage) return lineage.error();
    const bool reads = std::ranges::any_of(
        kRequestReaders, [&](Role role) { return directory::holds(caller, role, *lineage); });
    if (!reads && list->entered_by != caller.person.value) {
      return Error{Code::NotFound, "request_list_missing"};
    }
    auto rows = tools_.store.rows(tx, id);
    if (!rows) return rows.error();
    return RequestListRead{*list, std::move(*rows)};
  });
}

// --- the job ---

/// As they are today: who lost the post enters nothing more.
Result<Caller> RequestLists::callerOf(work::Tx& tx, const RequestList& list) {
  const directory::PersonId person{list.entered_by};
  const auto post = tools_.directory.findPost(tx, list.post);
  if (!post) return post.error();
  if (post->holder != person || !directory::inForce(*post, vietnamDate(tools_.clock.now()))) {
    return Error{Code::Forbidden, "post_missing_now"};
  }
  auto caller = directory::makeCaller(tx, tools_.directory, person, *post);
  if (caller) caller->trace = "request-list/" + list.id.text();
  return caller;
}

Result<> RequestLists::enterRow(const RequestList& list, const RequestListRow& row) {
  auto settled = row;
  const auto entered = tools_.transactions.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto caller = callerOf(tx, list);
    if (!caller) return caller.error();
    RequestContent content{.kind = list.kind,
                           .person = row.person,
                           .agency = list.agency,
                           .device_name = row.device_name,
                           .key = row.csr.empty() ? KeySource::Server : KeySource::Csr,
                           .csr = row.csr,
                           .document_number = list.document_number,
                           .document_date = list.document_date};
    const auto request = tools_.requests.enter(tx, *caller, content);
    if (!request) return request.error();
    settled.state = RowState::Entered;
    settled.request = request->id;
    return tools_.store.settle(tx, list.id, settled);
  });
  if (entered || !isRefusal(entered.error())) return entered;
  settled.request.reset();
  refuseRow(settled, entered.error().reason, entered.error().params);
  return tools_.transactions.run<std::monostate>(
      [&](work::Tx& tx) { return tools_.store.settle(tx, list.id, settled); });
}

Result<> RequestLists::run(work::Run& run) {
  const auto id = listOf(run.job());
  if (!id) return id.error();
  const auto list = tools_.transactions.read<RequestList>(
      [&](work::Tx& tx) { return tools_.store.find(tx, *id); });
  if (!list) return list.error();
  for (;;) {
    const auto alive = run.heartbeat();
    if (!alive) return alive;
    const auto row = tools_.transactions.read<std::optional<RequestListRow>>(
        [&](work::Tx& tx) { return tools_.store.waiting(tx, *id); });
    if (!row) return row.error();
    if (!*row) break;
    const auto entered = enterRow(*list, **row);
    // Another worker, after a lease that ran out, was quicker with this line.
    if (!entered && entered.error().code != Code::Stale) return entered;
  }
  return tools_.transactions.run<std::monostate>([&](work::Tx& tx) { return run.finish(tx); });
}

}  // namespace congvan::authority
