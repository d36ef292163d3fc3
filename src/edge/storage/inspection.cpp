// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/inspection.h"

#include "edge/storage/database.h"
#include "edge/storage/transactions.h"
#include "office/work/jobs.h"

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

}  // namespace congvan::storage
