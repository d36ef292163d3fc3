// SPDX-License-Identifier: Apache-2.0
#include "app/house.h"

#include "app/embedded.h"
#include "app/files.h"
#include "app/program.h"
#include "edge/fetch/tsa_source.h"
#include "edge/storage/inspection.h"
#include "edge/storage/migrations.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/set_up.h"
#include "edge/storage/sqlite_driver.h"
#include "trust/verify/material.h"

#include <algorithm>

namespace congvan::app {
namespace {

// A client that lost an answer asks again within minutes; a day leaves room for one that is mended
// in the morning.
constexpr std::chrono::hours kRetriesKept{24};

/// The profiles and rules that travel inside the program; a folder `profiles` in the data folder
/// goes before them.
class ProfileFiles final : public authority::Profiles {
 public:
  explicit ProfileFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::string> read(std::string_view name) override {
    const auto file = std::string(name) + ".yaml";
    if (std::filesystem::exists(folder_ / file)) {
      const auto own = readFile(folder_ / file, 64U << 10U);
      if (!own) return own.error();
      return toText(*own);
    }
    const auto embedded = embeddedText(embeddedProfiles(), name);
    if (!embedded)
      return Error{Code::NotFound, "profile_missing", {{"profile", std::string(name)}}};
    return std::string(*embedded);
  }

 private:
  std::filesystem::path folder_;
};

/// Where to look for time-stamps. The addresses are the operator's own, so any is allowed, also one
/// inside the province's network.
std::vector<signing::OrderedTimestamps::Named> timestampSources(const TsaSettings& settings,
                                                                authority::Authority& authority,
                                                                Random& random) {
  constexpr std::chrono::seconds kAnswerTime{5};
  std::vector<signing::OrderedTimestamps::Named> sources;
  for (const auto& name : settings.sources) {
    if (name == kBuiltInTsa) {
      sources.push_back({name, std::make_unique<authority::BuiltInTimestamps>(authority, random)});
      continue;
    }
    fetch::TsaOptions options{.urls = {name}};
    options.limits.time = kAnswerTime;
    options.limits.addresses = fetch::Addresses::Any;
    sources.push_back({name, std::make_unique<fetch::HttpTimestampSource>(options, random)});
  }
  return sources;
}

std::unique_ptr<fetch::ClockWatch> watchClock(const TsaSettings::Clock& settings,
                                              const Clock& clock,
                                              Random& random) {
  if (settings.servers.empty()) return nullptr;
  std::vector<std::unique_ptr<fetch::ClockSource>> sources;
  for (const auto& name : settings.servers) {
    if (name == kKernelClock) {
      sources.push_back(std::make_unique<fetch::KernelClock>());
    } else if (auto address = fetch::NtpAddress::parse(name)) {
      sources.push_back(std::make_unique<fetch::SntpServer>(std::move(*address), clock, random));
    }
  }
  return std::make_unique<fetch::ClockWatch>(std::move(sources), settings.rules, clock);
}

Result<std::vector<pki::Certificate>> readTimestampAnchors(const TsaSettings& settings) {
  std::vector<pki::Certificate> anchors;
  for (const auto& file : settings.trust) {
    const auto bytes = readFile(file, 1U << 20U);
    if (!bytes) return bytes.error();
    const auto found = verify::readCertificates(*bytes);
    if (!found) return found.error();
    anchors.insert(anchors.end(), found->begin(), found->end());
  }
  return anchors;
}

/// Those that the operator named, wherever they are, and those that stand in the certificates that
/// the operator believes, on the public network.
std::vector<fetch::CrlWatch::Wanted> wantedLists(const TsaSettings& settings,
                                                 const std::vector<pki::Certificate>& anchors) {
  std::vector<fetch::CrlWatch::Wanted> wanted;
  const auto want = [&](const std::string& url, fetch::Addresses addresses) {
    if (std::ranges::find(wanted, url, &fetch::CrlWatch::Wanted::url) == wanted.end()) {
      wanted.push_back({url, addresses});
    }
  };
  for (const auto& url : settings.crls) want(url, fetch::Addresses::Any);
  for (const auto& anchor : anchors) {
    for (const auto& url : anchor.crlAddresses()) want(url, fetch::Addresses::PublicOnly);
  }
  constexpr std::size_t kListsMost = 32;
  if (wanted.size() > kListsMost) wanted.resize(kListsMost);
  return wanted;
}

/// In a folder of this instance's own; others fetch for themselves.
fetch::CrlWatch::Kept keptLists(const std::filesystem::path& folder) {
  const auto fileOf = [folder](const std::string& name) { return folder / (name + ".crl"); };
  return {.read = [fileOf](const std::string& name) -> std::optional<Bytes> {
            auto bytes = readFile(fileOf(name));
            if (!bytes) return std::nullopt;
            return toBytes(*bytes);
          },
          .write = [folder, fileOf](const std::string& name, BytesView list) -> Result<> {
            std::error_code ignored;  // writing says it, and says it better
            std::filesystem::create_directory(folder, ignored);
            return writeFile(fileOf(name), {list});
          }};
}

/// `http://ca.example.vn:8080` gives `ca.example.vn:8080`: a log is named by its address without
/// the scheme.
std::string withoutScheme(std::string_view url) {
  const auto at = url.find("://");
  return std::string(at == std::string_view::npos ? url : url.substr(at + 3));
}

std::unique_ptr<pkcs11::SignerProcess> signerProcess(const Settings& settings) {
  if (!settings.token) return nullptr;
  const auto& token = *settings.token;
  const auto tries = std::filesystem::absolute(DataFolder(settings.data).tokenTries());
  pkcs11::SignerProcess::Options options{.program = programBeside("congvan-signer"),
                                         .arguments = {"--module",
                                                       token.module.string(),
                                                       "--pin-file",
                                                       token.pin_file.string(),
                                                       "--tries-file",
                                                       tries.string(),
                                                       "--tries-most",
                                                       std::to_string(token.pin_tries_most),
                                                       "--sessions",
                                                       std::to_string(token.sessions)},
                                         .environment = token.environment};
  for (const auto& [name, value] :
       {std::pair{"--label", &token.label}, {"--serial", &token.serial}}) {
    if (value->empty()) continue;
    options.arguments.insert(options.arguments.end(), {name, *value});
  }
  return std::make_unique<pkcs11::SignerProcess>(std::move(options));
}

}  // namespace

Result<std::unique_ptr<storage::Database>> openDatabase(const Settings& settings) {
  if (!settings.mysql) return storage::openSqlite({.file = DataFolder(settings.data).database()});
  storage::MySqlOptions options{.servers = settings.mysql->servers,
                                .user = settings.mysql->user,
                                .schema = settings.mysql->schema,
                                .tls_ca = settings.mysql->tls_ca};
  if (!settings.mysql->password_file.empty()) {
    const auto password = readFile(settings.mysql->password_file, 4096);
    if (!password) return password.error();
    options.password = toText(*password);
    while (!options.password.empty() && options.password.back() == '\n')
      options.password.pop_back();
  }
  return storage::openMySql(options);
}

namespace {

Result<> makeCurrent(storage::Database& database) {
  const auto done = storage::migrate(database, storage::embeddedMigrations(), SystemClock().now());
  if (!done) return done.error();
  return kDone;
}

Result<> requireCurrent(storage::Database& database) {
  const auto state = storage::inspectSchema(database, storage::embeddedMigrations());
  if (!state) return state.error();
  if (state->pending == 0) return kDone;
  return Error{Code::Conflict, "schema_outdated", {{"pending", std::to_string(state->pending)}}};
}

}  // namespace

struct House::Opened {
  Settings settings;
  crypto::SecretBytes secret;
  std::unique_ptr<storage::Database> database;
  tlog::NoteKey issuance_key;
  tlog::NoteKey records_key;
  std::vector<pki::Certificate> timestamp_anchors;
};

Result<std::unique_ptr<House>> House::open(const Settings& settings, Schema schema) {
  const DataFolder folder(settings.data);
  if (schema == Schema::MustBeCurrent && !settings.mysql && !exists(folder.database())) {
    return Error{Code::NotFound, "input_unreadable", {{"file", folder.database().string()}}};
  }
  const auto folders = folder.requireFolders();
  if (!folders) return folders.error();
  auto secret = folder.serverSecret();
  if (!secret) return secret.error();
  auto database = openDatabase(settings);
  if (!database) return database.error();
  const auto usable =
      schema == Schema::MustBeCurrent ? requireCurrent(**database) : makeCurrent(**database);
  if (!usable) return usable.error();

  crypto::SystemRandom random;
  const auto origin = withoutScheme(settings.public_url) + "/log/";
  auto issuance_key = folder.logKey("issuance", origin + "issuance", random);
  if (!issuance_key) return issuance_key.error();
  auto records_key = folder.logKey("records", origin + "records", random);
  if (!records_key) return records_key.error();
  auto timestamp_anchors = readTimestampAnchors(settings.tsa);
  if (!timestamp_anchors) return timestamp_anchors.error();
  return std::unique_ptr<House>(new House({settings,
                                           std::move(*secret),
                                           std::move(*database),
                                           std::move(*issuance_key),
                                           std::move(*records_key),
                                           std::move(*timestamp_anchors)}));
}

House::House(Opened opened)
    : settings_(std::move(opened.settings)),
      folder_(settings_.data),
      server_secret_(std::move(opened.secret)),
      database_(std::move(opened.database)),
      blob_files_(storage::openFiles(folder_.root() / "blobs")),
      transactions_(*database_, random_),
      leaves_(clock_, random_),
      blobs_(*blob_files_, clock_, random_),
      issuance_log_(folder_,
                    audit::Log::Issuance,
                    std::move(opened.issuance_key),
                    settings_.node,
                    {transactions_, leases_, leaves_, log_state_},
                    clock_,
                    settings_.witnesses),
      records_log_(folder_,
                   audit::Log::Records,
                   std::move(opened.records_key),
                   settings_.node,
                   {transactions_, leases_, leaves_, log_state_},
                   clock_,
                   settings_.witnesses),
      issuance_(leaves_, issuance_log_.sequencer()),
      signer_process_(signerProcess(settings_)),
      token_(signer_process_ ? std::make_unique<pkcs11::Token>(*signer_process_, random_)
                             : nullptr),
      trail_(events_, leaves_, clock_, random_),
      once_(idempotency_, clock_),
      authentication_(transactions_,
                      directory_store_,
                      trail_,
                      once_,
                      server_secret_,
                      clock_,
                      random_,
                      {.first_password = settings_.first_password}),
      profiles_(std::make_unique<ProfileFiles>(folder_.root() / "profiles")),
      clock_watch_(watchClock(settings_.tsa.clock, clock_, random_)),
      foreign_lists_(wantedLists(settings_.tsa, opened.timestamp_anchors),
                     opened.timestamp_anchors,
                     keptLists(folder_.foreignLists()),
                     clock_),
      authority_(transactions_,
                 certificate_store_,
                 request_store_,
                 directory_store_,
                 trail_,
                 once_,
                 issuance_,
                 leases_,
                 *profiles_,
                 server_secret_,
                 keyToken(),
                 clock_,
                 random_,
                 {.public_url = settings_.public_url,
                  .province = settings_.province,
                  .ca_key = settings_.ca_key,
                  .keys = settings_.keys,
                  .tsa = {.policies = settings_.tsa.policies,
                          .accuracy_millis = settings_.tsa.accuracy_millis,
                          .key = settings_.tsa_key,
                          .time = clock_watch_.get()},
                  .holder = settings_.node}),
      ocsp_(transactions_, certificate_store_, authority_, clock_),
      requests_({transactions_,
                 request_store_,
                 certificate_store_,
                 directory_store_,
                 authority_,
                 *profiles_,
                 trail_,
                 once_,
                 clock_,
                 random_}),
      numbers_(transactions_,
               request_store_,
               directory_store_,
               authority_,
               trail_,
               once_,
               server_secret_,
               clock_,
               random_),
      timestamps_(timestampSources(settings_.tsa, authority_, random_), clock_),
      custody_(transactions_,
               key_store_,
               directory_store_,
               trail_,
               server_secret_,
               keyToken(),
               clock_,
               random_),
      directory_(transactions_, directory_store_, trail_, custody_, once_, clock_, random_),
      marks_(folder_.seals()),
      signer_(blobs_,
              authority_,
              custody_,
              marks_,
              timestamps_,
              clock_,
              {.timestamp_anchors = std::move(opened.timestamp_anchors),
               .foreign_lists = &foreign_lists_}),
      deliveries_(delivery_store_, trail_, clock_, random_),
      outgoing_({transactions_,
                 jobs_,
                 record_store_,
                 directory_store_,
                 deliveries_,
                 signer_,
                 trail_,
                 once_,
                 clock_,
                 random_}),
      reception_({transactions_,
                  blobs_,
                  record_store_,
                  directory_store_,
                  deliveries_,
                  signer_,
                  trail_,
                  once_,
                  clock_,
                  random_}),
      evidence_({transactions_,
                 outgoing_,
                 record_store_,
                 directory_store_,
                 deliveries_,
                 signer_,
                 events_,
                 records_log_.files(),
                 trail_,
                 clock_}),
      issued_(transactions_, authority_, leaves_, issuance_log_.files()),
      register_({transactions_,
                 register_store_,
                 certificate_store_,
                 directory_store_,
                 events_,
                 leaves_,
                 issuance_log_.files(),
                 trail_,
                 clock_}),
      request_lists_({transactions_,
                      request_list_store_,
                      requests_,
                      directory_store_,
                      jobs_,
                      trail_,
                      once_,
                      clock_,
                      random_}),
      tables_(blobs_, folder_.root() / "blobs" / "tmp"),
      completion_(
          {transactions_, jobs_, record_store_, deliveries_, signer_, trail_, clock_, random_}),
      worker_(transactions_, jobs_, clock_, settings_.node),
      services_{authentication_,
                directory_,
                authority_,
                ocsp_,
                requests_,
                numbers_,
                custody_,
                signer_,
                outgoing_,
                reception_,
                evidence_,
                issued_,
                register_,
                request_lists_,
                tables_,
                blobs_,
                clock_,
                settings_.limits} {
  worker_.handle(std::string(records::kTimestampJob),
                 [this](work::Run& run) { return completion_.complete(run); });
  worker_.handle(std::string(authority::kRequestListJob),
                 [this](work::Run& run) { return request_lists_.run(run); });
}

crypto::KeyToken& House::keyToken() {
  if (token_) return *token_;
  return no_token_;
}

House::~House() {
  stop();
}

Result<> House::setUp(std::string_view folder,
                      const directory::NewAgency& top,
                      const directory::NewPerson& administrator,
                      const crypto::SecretBytes& password,
                      const authority::NewAuthority& authority) {
  const auto claimed = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return storage::claimForSetUp(tx, database_->dialect(), folder, clock_.now());
  });
  if (!claimed) return claimed;
  const auto made = directory_.setUp(top, administrator, password);
  if (!made) return made.error();
  issuance_log_.start();
  records_log_.start();
  return authority_.create(authority);
}

Result<> House::endSetUp() {
  return transactions_.run<std::monostate>(&storage::endSetUp);
}

Result<> House::startAuthority() {
  if (folder_.isUnfinished()) {
    return Error{Code::Conflict, "set_up_unfinished", {{"folder", folder_.root().string()}}};
  }
  const auto ended = endSetUp();  // a set-up may have been killed between its mark and this
  if (!ended) return ended;
  issuance_log_.start();
  records_log_.start();
  return authority_.start();
}

Result<> House::start() {
  const auto started = startAuthority();
  if (!started) return started;
  const auto rules = requests_.check();
  if (!rules) return rules;
  const auto requeued = completion_.requeue();
  if (!requeued) return requeued.error();
  startBackground();
  return kDone;
}

void House::stop() {
  arrivals_.stop();
  sweeps_.stop();
  blob_sweeps_.stop();
  job_counts_loop_.stop();
  clock_loop_.stop();
  foreign_lists_loop_.stop();
  token_loop_.stop();
  jobs_loop_.stop();  // a run at work comes to its end, at most the time for an answer away
  issuance_log_.stop();
  records_log_.stop();
}

void House::startBackground() {
  arrivals_.start([this](const std::stop_token&) -> Result<> {
    const auto judged = reception_.verifyArrivals();
    return judged ? Result<>(kDone) : Result<>(judged.error());
  });
  sweeps_.start([this](const std::stop_token&) { return sweep(); });
  blob_sweeps_.start([this](const std::stop_token&) { return sweepBlobs(); });
  jobs_loop_.start([this](const std::stop_token& stop) { return runJobs(stop); });
  // Asked often: a session that nobody uses is ended by some tokens, and readiness is to be true.
  if (token_) token_loop_.start([this](const std::stop_token&) { return token_->health(); });
  job_counts_loop_.start([this](const std::stop_token&) { return countJobs(); });
  if (!foreign_lists_.known().empty()) {
    foreign_lists_loop_.start(
        [this](const std::stop_token& stop) { return foreign_lists_.look(stop); });
  }
  if (clock_watch_) {
    clock_loop_.start([this](const std::stop_token& stop) { return clock_watch_->look(stop); });
  }
}

Result<> House::sweep() {
  const auto sessions = authentication_.sweep();
  if (!sessions) return sessions.error();
  const auto forgotten = transactions_.run<std::int64_t>(
      [&](work::Tx& tx) { return idempotency_.sweep(tx, clock_.now() - kRetriesKept); });
  if (!forgotten) return forgotten.error();
  const auto ended = transactions_.run<std::int64_t>(
      [&](work::Tx& tx) { return jobs_.sweep(tx, clock_.now() - settings_.jobs_kept); });
  if (!ended) return ended.error();
  return authority_.settle();
}

Result<> House::sweepBlobs() {
  // Read first: what is named after this was written after this, or again, and is too young.
  const auto named = transactions_.read<std::vector<work::BlobHash>>(&storage::namedBlobs);
  if (!named) return named.error();
  const auto swept = blobs_.sweep([&](const work::BlobHash& hash) -> Result<bool> {
    return std::ranges::binary_search(*named, hash);
  });
  if (!swept) return swept.error();
  return kDone;
}

Result<std::uint64_t> House::recordsHead() {
  return transactions_.read<std::uint64_t>([&](work::Tx& tx) -> Result<std::uint64_t> {
    const auto head = log_state_.find(tx, audit::Log::Records);
    if (!head) return head.error();
    return *head ? (*head)->tree.size : 0;
  });
}

Result<std::vector<House::Expiry>> House::expiries() {
  return transactions_.read<std::vector<Expiry>>([&](work::Tx& tx) -> Result<std::vector<Expiry>> {
    const auto issuers = certificate_store_.issuers(tx);
    if (!issuers) return issuers.error();
    std::vector<Expiry> found;
    for (const auto& issuer : *issuers) {
      const auto record = certificate_store_.find(tx, issuer.certificate);
      if (!record) return record.error();
      found.push_back({issuer.name + ".crt", record->not_after});
      const auto shards = certificate_store_.shardsOf(tx, issuer.id);
      if (!shards) return shards.error();
      for (const auto& shard : *shards) {
        if (shard.number == 0) continue;  // nobody asked for it yet
        found.push_back({authority::crlName(issuer.name, shard.shard) + ".crl",
                         shard.next_update,
                         !issuer.wrapped_key.empty()});
      }
    }
    return found;
  });
}

/// Every job that is due.
Result<> House::runJobs(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto ran = worker_.runOne();
    if (!ran) return ran.error();
    if (!*ran) break;
  }
  return kDone;
}

Result<> House::countJobs() {
  auto counts = transactions_.read<std::map<std::string, std::int64_t>>(&storage::jobCounts);
  if (!counts) return counts.error();
  const std::lock_guard lock(job_counts_mutex_);
  job_counts_ = std::move(*counts);
  return kDone;
}

std::map<std::string, std::int64_t> House::jobCounts() const {
  const std::lock_guard lock(job_counts_mutex_);
  return job_counts_;
}

std::optional<Error> House::trouble() {
  for (auto* log : {&issuance_log_, &records_log_}) {
    if (auto failure = log->failure()) return failure;
  }
  // A file that cannot be judged is refused at each turn and ails nobody else.
  for (const auto* loop : {&token_loop_, &arrivals_, &sweeps_, &blob_sweeps_, &jobs_loop_}) {
    const auto ailing = loop->trouble();
    if (ailing && ailing->code == Code::Unavailable) return ailing;
  }
  const auto answers =
      transactions_.read<std::monostate>([](work::Tx&) -> Result<> { return kDone; });
  if (!answers) return answers.error();
  return std::nullopt;
}

}  // namespace congvan::app
