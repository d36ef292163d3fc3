// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/data_folder.h"
#include "app/job_loop.h"
#include "app/logs.h"
#include "app/print_marks.h"
#include "app/settings.h"
#include "edge/fetch/clock_watch.h"
#include "edge/fetch/crl_watch.h"
#include "edge/http/api/services.h"
#include "edge/http/server.h"
#include "edge/pkcs11/token.h"
#include "edge/print/tables.h"
#include "edge/storage/audit_store.h"
#include "edge/storage/authority_store.h"
#include "edge/storage/directory_store.h"
#include "edge/storage/folder_blobs.h"
#include "edge/storage/jobs.h"
#include "edge/storage/outbox.h"
#include "edge/storage/records_store.h"
#include "edge/storage/register_store.h"
#include "edge/storage/request_list_store.h"
#include "edge/storage/request_store.h"
#include "edge/storage/transactions.h"
#include "office/authority/issuance_desk.h"
#include "office/authority/ocsp_desk.h"
#include "office/authority/personal_numbers.h"
#include "office/authority/register.h"
#include "office/authority/request_lists.h"
#include "office/records/evidence_desk.h"
#include "office/records/timestamp_completion.h"
#include "office/signing/timestamps.h"
#include "trust/crypto/random.h"

#include <map>
#include <memory>
#include <mutex>

/// The wiring: the only place that knows concrete classes. Members are made in order and undone in
/// reverse.
namespace congvan::app {

/// Opens the database of the settings. RuleRefused, Unavailable as the drivers say.
Result<std::unique_ptr<storage::Database>> openDatabase(const Settings& settings);

enum class Schema {
  BringUpToDate,
  MustBeCurrent,  ///< for those who only read
};

/// Everything below HTTP, opened on one data folder.
class House {
 public:
  /// Opens logs and stores; the authority is opened by `start`. Conflict `schema_newer`,
  /// `schema_changed`; with MustBeCurrent also `schema_outdated` with `pending`, and NotFound
  /// `input_unreadable` where there is no database yet.
  static Result<std::unique_ptr<House>> open(const Settings& settings,
                                             Schema schema = Schema::BringUpToDate);
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  /// For `init`: the first agency and administrator, then root, issuing CA and time-stamping
  /// authority. `folder` is the id of the data folder. Conflict `already_set_up`,
  /// `set_up_elsewhere`.
  Result<> setUp(std::string_view folder,
                 const directory::NewAgency& top,
                 const directory::NewPerson& administrator,
                 const crypto::SecretBytes& password,
                 const authority::NewAuthority& authority);

  /// It is whole: nothing may throw it away any more.
  Result<> endSetUp();

  /// Loads the authority, settles what a crash left and starts the background work. Conflict
  /// `set_up_unfinished`.
  Result<> start();
  /// The same without the background work, for a ceremony.
  Result<> startAuthority();
  void stop();

  /// What keeps the service from being ready; nullopt: nothing.
  std::optional<Error> trouble();

  /// What ends by itself and when: the authorities' certificates and their CRLs, by name.
  struct Expiry {
    std::string name;
    Instant until;
    bool renews_itself = false;
  };
  Result<std::vector<Expiry>> expiries();

  /// By state, as they were a moment ago: whoever asks does not wait for the database.
  std::map<std::string, std::int64_t> jobCounts() const;

  const http::Services& services() const { return services_; }
  RunningLog& issuanceLog() { return issuance_log_; }
  RunningLog& recordsLog() { return records_log_; }
  /// How far the records log has come, published or not.
  Result<std::uint64_t> recordsHead();
  const Clock& clock() const { return clock_; }
  Random& random() { return random_; }
  authority::Authority& authority() { return authority_; }
  /// Null: the clock is not checked.
  fetch::ClockWatch* clockWatch() { return clock_watch_.get(); }
  const fetch::CrlWatch& foreignLists() const { return foreign_lists_; }
  storage::SqlTransactions& transactions() { return transactions_; }
  storage::FolderBlobs& blobs() { return blobs_; }

 private:
  struct Opened;
  explicit House(Opened opened);
  crypto::KeyToken& keyToken();
  void startBackground();
  Result<> sweep();
  Result<> sweepBlobs();
  Result<> runJobs(const std::stop_token& stop);
  Result<> countJobs();

  Settings settings_;
  DataFolder folder_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  crypto::SecretBytes server_secret_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Files> blob_files_;

  storage::SqlTransactions transactions_;
  storage::SqlLeases leases_;
  storage::SqlJobs jobs_;
  storage::SqlIdempotency idempotency_{server_secret_};
  storage::SqlEventStore events_;
  storage::SqlLeafQueue leaves_;
  storage::SqlLogState log_state_;
  storage::SqlDirectoryStore directory_store_;
  storage::SqlCertificateStore certificate_store_;
  storage::SqlRequestStore request_store_;
  storage::SqlRegisterStore register_store_;
  storage::SqlRequestListStore request_list_store_;
  storage::SqlKeyStore key_store_;
  storage::SqlDeliveryStore delivery_store_;
  storage::SqlRecordStore record_store_;
  storage::FolderBlobs blobs_;
  RunningLog issuance_log_;
  RunningLog records_log_;
  SequencedIssuanceLog issuance_;

  std::unique_ptr<pkcs11::SignerProcess> signer_process_;  // null, as the next: no token is set
  std::unique_ptr<pkcs11::Token> token_;
  crypto::NoKeyToken no_token_;
  audit::Trail trail_;
  work::Once once_;
  directory::Authentication authentication_;
  std::unique_ptr<authority::Profiles> profiles_;
  std::unique_ptr<fetch::ClockWatch> clock_watch_;
  fetch::CrlWatch foreign_lists_;
  authority::Authority authority_;
  authority::OcspDesk ocsp_;
  authority::RequestDesk requests_;
  authority::PersonalNumbersDesk numbers_;
  signing::OrderedTimestamps timestamps_;
  signing::Custody custody_;
  directory::Directory directory_;
  PrintMarks marks_;
  signing::DocumentSigner signer_;
  exchange::Deliveries deliveries_;
  records::Outgoing outgoing_;
  records::Reception reception_;
  records::EvidenceDesk evidence_;
  authority::IssuanceDesk issued_;
  authority::RegisterDesk register_;
  authority::RequestLists request_lists_;
  print::TableFiles tables_;
  records::TimestampCompletion completion_;
  work::Worker worker_;
  http::Services services_;
  mutable std::mutex job_counts_mutex_;
  std::map<std::string, std::int64_t> job_counts_;
  JobLoop arrivals_{"arrivals", {}};
  JobLoop sweeps_{"sweeps", {.turn = std::chrono::minutes{10}}};
  JobLoop blob_sweeps_{"blobs", {.turn = std::chrono::hours{6}}};  // it lists every file
  JobLoop token_loop_{"token",
                      {.turn = std::chrono::seconds{5}, .longest = std::chrono::seconds{5}}};
  JobLoop jobs_loop_{"jobs", {.turn = std::chrono::seconds{1}}};
  JobLoop job_counts_loop_{"job-counts", {.turn = std::chrono::seconds{10}}};
  JobLoop foreign_lists_loop_{"foreign-lists",
                              {.turn = std::chrono::hours{1}, .longest = std::chrono::minutes{10}}};
  // No sooner after a look that failed: servers ask for patience then above all.
  JobLoop clock_loop_{"clock",
                      {.turn = settings_.tsa.clock.every, .longest = settings_.tsa.clock.every}};
};

/// Listeners over a house.
class Listeners {
 public:
  explicit Listeners(House& house, const Settings& settings);
  ~Listeners();
  Result<> start();
  void stop();
  std::uint16_t appPort() const { return app_->port(); }
  std::uint16_t pkiPort() const { return pki_->port(); }

 private:
  Result<> renewTls();

  House& house_;
  const Settings settings_;
  http::Log log_;
  std::unique_ptr<http::Doorkeeper> doorkeeper_;
  http::Router app_router_;
  http::Router pki_router_;
  http::Router internal_router_;
  http::Dispatcher app_dispatcher_;
  http::Dispatcher pki_dispatcher_;
  http::Dispatcher internal_dispatcher_;
  std::unique_ptr<http::Server> app_;
  std::unique_ptr<http::Server> pki_;
  std::unique_ptr<http::Server> internal_;
  // Often, because it costs nothing: whoever replaces the files by hand sees the effect at once.
  JobLoop renewals_{"tls", {.turn = std::chrono::seconds{5}, .longest = std::chrono::hours{1}}};
};

}  // namespace congvan::app
