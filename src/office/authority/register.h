// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "office/audit/log_files.h"
#include "office/audit/trail.h"
#include "office/authority/register_store.h"
#include "office/authority/store.h"
#include "office/directory/permissions.h"
#include "office/directory/store.h"

#include <array>
#include <functional>

/// The register of certificates: what was issued to whom, how it stands or stood, what is missing
/// and what ends soon. How a certificate stood is told by the events of the records log, never by
/// how its row looks today.
namespace congvan::authority {

/// Officers see what the managing bodies below them asked for or hold; auditors see everything.
/// Without either each of these is Forbidden `role_missing`. A day that has not begun is
/// RuleRefused `day_not_begun`. Safe from any thread.
class RegisterDesk {
 public:
  struct Tools {
    work::Transactions& transactions;
    RegisterStore& store;
    CertificateStore& certificates;
    directory::DirectoryStore& directory;
    audit::EventStore& events;
    audit::LeafQueue& leaves;
    const audit::LogFiles& issuance_log;
    audit::Trail& trail;
    const Clock& clock;
  };
  explicit RegisterDesk(const Tools& tools) : tools_(tools) {}

  struct Page {
    std::vector<RegisterRow> rows;
    std::optional<CertificateId> next;  ///< where to go on; nullopt: that was all
  };
  /// Newest first. A page may be short, even empty, and not be the last: so much is looked at, no
  /// more.
  Result<Page> list(const directory::Caller& caller,
                    const RegisterFilter& filter,
                    std::optional<CertificateId> after,
                    int limit);

  /// At the end of `day`, or now.
  Result<RegisterCounts> counts(const directory::Caller& caller,
                                std::optional<directory::Date> day,
                                std::optional<directory::AgencyId> agency);

  /// For each of these numbers of days those that end within them and not within the one before.
  static constexpr std::array kExpiryDays{7, 14, 30, 60, 90};
  Result<std::vector<ExpiryStep>> expiring(const directory::Caller& caller);

  Result<std::vector<directory::Agency>> agenciesWithoutSeal(
      const directory::Caller& caller, std::optional<directory::AgencyId> after, int limit);
  Result<std::vector<UncoveredPost>> postsWithoutCertificate(const directory::Caller& caller,
                                                             std::optional<directory::PostId> after,
                                                             int limit);

  using RowTaker = std::function<Result<>(const RegisterRow&)>;
  /// Hands over every row as it stood at one moment, oldest first, and then writes down that it was
  /// done: how many there were. What is made meanwhile is not among them.
  Result<std::int64_t> exportRows(const directory::Caller& caller,
                                  const RegisterFilter& filter,
                                  const RowTaker& take);

  struct LoggedRow {
    std::string serial;
    std::string sha256;
    std::string_view kind;
    Instant not_before{};
    Instant not_after{};
  };
  using LoggedTaker = std::function<Result<>(const LoggedRow&)>;
  /// What somebody outside holds against the issuance log: every certificate that there is, with
  /// nothing about its holder. Needs to see everything. What is on its way into the log right now
  /// is left out, but not for long.
  Result<std::int64_t> exportForMonitor(const directory::Caller& caller, const LoggedTaker& take);

 private:
  struct Judged;   // a certificate as it stood, and what led there
  struct Reading;  // names that one walk has looked up

  Result<RegisterReach> reachOf(work::Tx& tx, const directory::Caller& caller);
  /// What is asked for, as of `at`.
  Result<RegisterQuery> queryOf(const directory::Caller& caller,
                                const RegisterFilter& filter,
                                Instant at);
  Result<Instant> momentOf(const std::optional<directory::Date>& day);
  Result<std::vector<Judged>> judge(work::Tx& tx,
                                    Instant at,
                                    std::vector<CertificateRecord> records);
  /// Every certificate of `query`, a page a transaction.
  Result<> eachPage(const RegisterQuery& query,
                    Instant at,
                    const std::function<Result<>(work::Tx&, std::vector<Judged>)>& read,
                    const std::function<Result<>()>& then);
  Result<std::vector<RegisterRow>> rowsOf(work::Tx& tx,
                                          Reading& reading,
                                          Instant at,
                                          const std::vector<Judged>& judged);
  Result<> sayHolder(work::Tx& tx, Reading& reading, const Judged& one, RegisterRow& row);
  Result<> sayRevocation(work::Tx& tx, Instant at, const Judged& one, RegisterRow& row);
  Result<std::vector<audit::KeptEvent>> eventsAbout(work::Tx& tx, audit::EventFilter filter);
  Result<> noteExport(const directory::Caller& caller,
                      std::string_view what,
                      std::int64_t rows,
                      const std::optional<directory::Date>& day);
  Result<bool> isOnItsWay(work::Tx& tx, const CertificateRecord& record, std::uint64_t published);

  Tools tools_;
};

}  // namespace congvan::authority
