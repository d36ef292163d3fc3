// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/inspection.h"

#include "base/encoding.h"
#include "base/json.h"
#include "edge/storage/columns.h"
#include "edge/storage/database.h"
#include "edge/storage/transactions.h"
#include "office/work/jobs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace congvan::storage {
namespace {

constexpr std::string_view kArrivals = "den";  // the one register of arrivals (records/reception)

struct Book {
  Bytes agency;
  std::string name;
  std::int64_t year = 0;
  std::int64_t last = 0;
};

std::vector<Book> books(Connection& connection) {
  std::vector<Book> all;
  for (const auto& row :
       connection.query("SELECT agency, book, book_year, last_number FROM number_books", {})) {
    all.push_back({row.bytes(0), row.text(1), row.integer(2), row.integer(3)});
  }
  return all;
}

/// The numbers that rows carry in one book; the year is that of the date beside each number.
std::vector<std::int64_t> numbersIn(Connection& connection, const Book& book) {
  const Param agency(book.agency);
  const Param type(book.name);
  std::vector<Row> rows;
  if (book.name == kArrivals) {
    rows = connection.query(
        "SELECT arrival_number, arrival_date FROM incoming "
        "WHERE agency = ? AND arrival_number IS NOT NULL",
        std::array{agency});
  } else {
    rows = connection.query(
        "SELECT number, issue_date FROM documents "
        "WHERE agency = ? AND type = ? AND number IS NOT NULL",
        std::array{agency, type});
  }
  std::vector<std::int64_t> numbers;
  const auto year = std::to_string(book.year);
  for (const auto& row : rows) {
    if (row.text(1).starts_with(year)) numbers.push_back(row.integer(0));
  }
  std::ranges::sort(numbers);
  return numbers;
}

void compare(const Book& book,
             const std::vector<std::int64_t>& numbers,
             std::vector<Breach>& breaches) {
  const auto where = [&](std::int64_t number) {
    return book.name + "/" + std::to_string(book.year) + " " + std::to_string(number);
  };
  std::int64_t expected = 1;
  for (const auto number : numbers) {
    if (number < expected) {
      breaches.push_back({"number_twice", where(number)});
      continue;
    }
    for (; expected < number; ++expected) breaches.push_back({"number_gap", where(expected)});
    ++expected;
  }
  for (; expected <= book.last; ++expected) breaches.push_back({"number_gap", where(expected)});
  if (expected - 1 > book.last) breaches.push_back({"number_beyond_book", where(expected - 1)});
}

bool holdsId(const Row& row, std::size_t column) {
  return row.holds<Bytes>(column) && Uuid::fromBytes(row.bytes(column));
}

bool holdsIdOrNull(const Row& row, std::size_t column) {
  return row.isNull(column) || holdsId(row, column);
}

/// The columns of `foundEvents`: 1 to 10 are those of the event.
std::optional<audit::KeptEvent> keptEvent(const Row& row) {
  for (const std::size_t text : {1U, 6U, 8U, 9U}) {
    if (!row.holds<std::string>(text)) return std::nullopt;
  }
  const bool readable = row.holds<std::int64_t>(2) && holdsIdOrNull(row, 3) &&
                        holdsIdOrNull(row, 4) && holdsIdOrNull(row, 5) && holdsId(row, 7) &&
                        row.holds<Bytes>(10);
  const auto kind = readable ? audit::eventKind(row.text(1)) : std::nullopt;
  if (!kind) return std::nullopt;
  return audit::KeptEvent{.event = {.id = row.id<audit::EventId>(0),
                                    .kind = *kind,
                                    .time = row.time(2),
                                    .person = optionalUuid(row, 3),
                                    .post = optionalUuid(row, 4),
                                    .agency = optionalUuid(row, 5),
                                    .subject_kind = row.text(6),
                                    .subject = row.uuid(7),
                                    .trace = row.text(8),
                                    .details = row.text(9)},
                          .salt = row.bytes(10),
                          .leaf_index = {}};
}

audit::FoundEvent foundEvent(const Row& row) {
  audit::FoundEvent found{.id = row.uuid(0), .kept = keptEvent(row), .leaf = {}, .waiting = {}};
  const bool placed = row.holds<std::int64_t>(13) && row.integer(13) >= 0;
  const bool waiting = !placed && row.holds<Bytes>(12);
  if (placed || waiting) found.leaf = row.id<audit::LeafId>(11);
  if (waiting) found.waiting = row.bytes(12);
  if (placed && found.kept) found.kept->leaf_index = static_cast<std::uint64_t>(row.integer(13));
  return found;
}

/// What the events of a document say of it; a later one takes the place of an earlier.
Json saidOf(Connection& connection, const Uuid& document) {
  Json said = Json::object();
  // In the order of the log: clocks go back, and those of two instances differ.
  for (const auto& row : connection.query(
           "SELECT e.details FROM audit_events e LEFT JOIN log_leaves l ON l.id = e.leaf "
           "WHERE e.subject = ? AND e.subject_kind = ? "
           "ORDER BY CASE WHEN l.place IS NULL THEN 1 ELSE 0 END, l.place, e.happened, e.id",
           std::array{Param(document), Param("document")})) {
    if (!row.holds<std::string>(0)) continue;  // `foundEvents` tells of it
    const auto details = parseJson(row.text(0));
    if (details && details->is_object()) said.update(*details);
  }
  return said;
}

/// A row of `inspectDocuments` in the words of the events.
Json asSaid(const Row& row) {
  return {{"agency", row.uuid(1).text()},
          {"type", row.text(2)},
          {"subject", row.text(3)},
          {"urgency", row.text(4)},
          {"state", row.text(5)},
          {"number", row.isNull(6) ? Json() : Json(row.integer(6))},
          {"sha256", toHex(row.bytes(7))}};
}

}  // namespace

Result<std::vector<Breach>> inspectNumbers(work::Tx& tx) {
  auto& connection = connectionOf(tx);
  std::vector<Breach> breaches;
  for (const auto& book : books(connection)) compare(book, numbersIn(connection, book), breaches);
  return breaches;
}

Result<std::vector<Breach>> unsealedNumbers(work::Tx& tx) {
  std::vector<Breach> unsealed;
  for (const auto& row : connectionOf(tx).query(
           "SELECT number, notation, issue_date FROM documents WHERE state = ? ORDER BY id",
           std::array{Param("issuing")})) {
    unsealed.push_back({"number_unsealed",
                        std::to_string(row.integer(0)) + "/" + row.text(1) + " " + row.text(2)});
  }
  return unsealed;
}

Result<std::vector<work::BlobHash>> namedBlobs(work::Tx& tx) {
  auto& connection = connectionOf(tx);
  std::set<work::BlobHash> named;
  for (const auto* sql : {"SELECT DISTINCT file FROM document_files",
                          "SELECT DISTINCT file FROM incoming",
                          "SELECT DISTINCT verification_report FROM incoming WHERE "
                          "verification_report IS NOT NULL",
                          "SELECT DISTINCT report FROM incoming_verdicts"}) {
    for (const auto& row : connection.query(sql, {})) named.insert(work::BlobHash{row.hash(0)});
  }
  return std::vector<work::BlobHash>(named.begin(), named.end());
}

Result<std::vector<AwaitingTimestamp>> awaitingTimestamps(work::Tx& tx) {
  std::vector<AwaitingTimestamp> all;
  for (const auto& row : connectionOf(tx).query(
           "SELECT COALESCE(jobs.state, 'missing'), COALESCE(jobs.last_error, ''), COUNT(*) "
           "FROM documents LEFT JOIN jobs ON jobs.id = documents.timestamp_job "
           "WHERE documents.timestamp_job IS NOT NULL GROUP BY jobs.state, jobs.last_error",
           {})) {
    all.push_back({row.text(0), row.text(1), row.integer(2)});
  }
  return all;
}

Result<std::map<std::string, std::int64_t>> jobCounts(work::Tx& tx) {
  std::map<std::string, std::int64_t> counts{
      {"waiting", 0}, {"running", 0}, {"done", 0}, {"failed", 0}, {"cancelled", 0}};
  for (const auto& row :
       connectionOf(tx).query("SELECT state, COUNT(*) FROM jobs GROUP BY state", {})) {
    counts[row.text(0)] = row.integer(1);
  }
  return counts;
}

Result<std::vector<Breach>> deadJobs(work::Tx& tx, int limit) {
  std::vector<Breach> dead;
  for (const auto& row :
       connectionOf(tx).query("SELECT kind, attempts, last_error, id FROM jobs WHERE state = ? "
                              "ORDER BY id DESC LIMIT ?",
                              std::array{Param("failed"), Param(limit)})) {
    dead.push_back({row.text(0) + " given up after " + std::to_string(row.integer(1)) +
                        " runs: " + row.text(2),
                    row.id<work::JobId>(3).text()});
  }
  return dead;
}

Result<std::int64_t> waitingLeaves(work::Tx& tx) {
  const auto rows = connectionOf(tx).query("SELECT COUNT(*) FROM log_leaves WHERE waiting = ?",
                                           std::array{Param(true)});
  return rows.at(0).integer(0);
}

Result<std::vector<audit::LeafId>> waitingRecords(work::Tx& tx) {
  const auto rows =
      connectionOf(tx).query("SELECT id FROM log_leaves WHERE log = ? AND waiting = 1",
                             std::array{Param(name(audit::Log::Records))});
  return all(rows, [](const Row& row) { return row.id<audit::LeafId>(0); });
}

Result<std::vector<audit::FoundEvent>> foundEvents(work::Tx& tx,
                                                   const std::optional<Uuid>& after,
                                                   int limit) {
  const auto rows = connectionOf(tx).query(
      "SELECT e.id, e.kind, e.happened, e.person, e.post, e.agency, e.subject_kind, e.subject, "
      "e.trace, e.details, e.salt, l.id, l.entry, l.place "
      "FROM audit_events e LEFT JOIN log_leaves l ON l.id = e.leaf AND l.log = ? "
      "WHERE e.id > ? AND LENGTH(e.id) = 16 ORDER BY e.id LIMIT ?",
      std::array{Param(name(audit::Log::Records)), Param(after.value_or(Uuid())), Param(limit)});
  return all(rows, foundEvent);
}

Result<DocumentPage> inspectDocuments(work::Tx& tx, const std::optional<Uuid>& after, int limit) {
  auto& connection = connectionOf(tx);
  DocumentPage page;
  for (const auto& row : connection.query(
           "SELECT id, agency, type, subject, urgency, state, number, file FROM documents "
           "WHERE id > ? ORDER BY id LIMIT ?",
           std::array{Param(after.value_or(Uuid())), Param(limit)})) {
    ++page.documents;
    page.last = row.uuid(0);
    const auto said = saidOf(connection, *page.last);
    if (said.empty()) page.breaches.push_back({"document_without_event", page.last->text()});
    const auto shown = asSaid(row);
    for (const auto& [member, value] : shown.items()) {
      if (said.empty() || said.value(member, Json()) == value) continue;
      page.breaches.push_back({"document_differs", page.last->text() + " " + member});
    }
  }
  return page;
}

}  // namespace congvan::storage
