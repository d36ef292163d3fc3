// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_list_store.h"
#include "office/authority/requests.h"
#include "office/work/worker.h"

/// Many requests under one letter: a clerk hands over a list, a job enters a request for each line
/// as that clerk would, and each line tells what became of it.
namespace congvan::authority {

inline constexpr std::string_view kRequestListJob = "request-list";
/// As many as a big department has people; the officers still decide on each.
inline constexpr std::size_t kListRowsMost = 300;

struct RequestListRead {
  RequestList list;
  std::vector<RequestListRow> rows;
};

/// Safe from any thread.
class RequestLists {
 public:
  struct Tools {
    work::Transactions& transactions;
    RequestListStore& store;
    RequestDesk& requests;
    directory::DirectoryStore& directory;
    work::Jobs& jobs;
    audit::Trail& trail;
    work::Once once;
    const Clock& clock;
    Random& random;
  };
  explicit RequestLists(const Tools& tools) : tools_(tools), ids_(tools.clock, tools.random) {}

  struct Wanted {
    CertificateKind kind = CertificateKind::Person;  ///< Person, PersonSim, Device
    directory::AgencyId agency;
    std::string document_number;
    directory::Date document_date{};
  };
  /// New certificates for the lines of `csv`, whose first line names the columns: `email` or
  /// `person` (an id) of the holder, `device` (a name), `csr` (base64 or PEM), and for whoever
  /// reads it `name` and `no`. By a clerk of the managing body. A line about nobody of that agency
  /// is refused; the rest wait for the job.
  ///
  /// Forbidden `role_missing`; Malformed as CsvReader, `csv_empty`, `csv_column_unknown`,
  /// `csv_column_twice`, `csv_columns_missing`, `csv_columns_differ`; TooLarge as CsvReader,
  /// `request_list_too_long`; RuleRefused `request_document_missing`, `request_list_kind`.
  Result<RequestListRead> enter(const directory::Caller& caller,
                                const Wanted& wanted,
                                std::string_view csv);
  /// For whoever entered it, and who reads requests of that agency. NotFound
  /// `request_list_missing`.
  Result<RequestListRead> find(const directory::Caller& caller, RequestListId id);

  /// The handler of `kRequestListJob`. A line and its request are one transaction, so a run that
  /// was cut short goes on with the next line.
  Result<> run(work::Run& run);

 private:
  Result<std::vector<RequestListRow>> rowsOf(const Wanted& wanted, std::string_view csv) const;
  Result<> findHolder(work::Tx& tx, directory::AgencyId agency, RequestListRow& row);
  Result<bool> worksAt(work::Tx& tx, directory::PersonId person, directory::AgencyId agency);
  Result<> enterRow(const RequestList& list, const RequestListRow& row);
  Result<directory::Caller> callerOf(work::Tx& tx, const RequestList& list);

  Tools tools_;
  Ids ids_;
};

}  // namespace congvan::authority
