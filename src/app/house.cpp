// SPDX-License-Identifier: Apache-2.0
#include "app/house.h"

#include "app/embedded.h"
#include "app/files.h"
#include "edge/storage/migrations.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/sqlite_driver.h"

namespace congvan::app {
namespace {

/// The profiles that travel inside the program; a folder `profiles` in the data folder goes before
/// them.
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

/// `http://ca.example.vn:8080` gives `ca.example.vn:8080`: a log is named by its address without
/// the scheme.
std::string withoutScheme(std::string_view url) {
  const auto at = url.find("://");
  return std::string(at == std::string_view::npos ? url : url.substr(at + 3));
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

struct House::Opened {
  Settings settings;
  crypto::SecretBytes secret;
  std::unique_ptr<storage::Database> database;
  tlog::NoteKey issuance_key;
  tlog::NoteKey records_key;
};

Result<std::unique_ptr<House>> House::open(const Settings& settings) {
  const DataFolder folder(settings.data);
  auto secret = folder.serverSecret();
  if (!secret) return secret.error();
  auto database = openDatabase(settings);
  if (!database) return database.error();
  const auto schema =
      storage::migrate(**database, storage::embeddedMigrations(), SystemClock().now());
  if (!schema) return schema.error();

  crypto::SystemRandom random;
  const auto origin = withoutScheme(settings.public_url) + "/log/";
  auto issuance_key = folder.logKey("issuance", origin + "issuance", random);
  if (!issuance_key) return issuance_key.error();
  auto records_key = folder.logKey("records", origin + "records", random);
  if (!records_key) return records_key.error();
  return std::unique_ptr<House>(new House({settings,
                                           std::move(*secret),
                                           std::move(*database),
                                           std::move(*issuance_key),
                                           std::move(*records_key)}));
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
                    clock_),
      records_log_(folder_,
                   audit::Log::Records,
                   std::move(opened.records_key),
                   settings_.node,
                   {transactions_, leases_, leaves_, log_state_},
                   clock_),
      issuance_(leaves_, issuance_log_.sequencer()),
      trail_(events_, leaves_, clock_, random_),
      once_(idempotency_, clock_),
      authentication_(transactions_, directory_store_, trail_, clock_, random_),
      directory_(transactions_, directory_store_, trail_, once_, clock_, random_),
      profiles_(std::make_unique<ProfileFiles>(folder_.root() / "profiles")),
      authority_(transactions_,
                 certificate_store_,
                 directory_store_,
                 trail_,
                 once_,
                 issuance_,
                 *profiles_,
                 server_secret_,
                 clock_,
                 random_,
                 {.public_url = settings_.public_url, .province = settings_.province}),
      timestamps_(authority_, random_),
      custody_(transactions_, key_store_, trail_, server_secret_, clock_, random_),
      marks_(folder_.seals()),
      signer_(blobs_, authority_, custody_, marks_, timestamps_, clock_),
      deliveries_(delivery_store_, trail_, clock_, random_),
      outgoing_({transactions_,
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
                 deliveries_,
                 authority_,
                 signer_,
                 events_,
                 leaves_,
                 records_log_.files(),
                 issuance_log_.files(),
                 trail_,
                 clock_}),
      services_{authentication_,
                directory_,
                authority_,
                custody_,
                signer_,
                outgoing_,
                reception_,
                evidence_,
                blobs_,
                clock_,
                settings_.limits} {}

House::~House() {
  stop();
}

Result<> House::setUp(const directory::NewAgency& top,
                      const directory::NewPerson& administrator,
                      const crypto::SecretBytes& password) {
  const auto made = directory_.setUp(top, administrator, password);
  if (!made) return made.error();
  issuance_log_.start();
  records_log_.start();
  return authority_.create();
}

Result<> House::start() {
  issuance_log_.start();
  records_log_.start();
  const auto started = authority_.start();
  if (!started) return started;
  background_ = std::jthread([this](const std::stop_token& stop) { background(stop); });
  return kDone;
}

void House::stop() {
  background_ = {};
  issuance_log_.stop();
  records_log_.stop();
}

void House::background(const std::stop_token& stop) {
  // Arrivals are judged as they come; the rest is housekeeping. A refusal here shows again at the
  // next turn.
  constexpr std::chrono::milliseconds kTurn{200};
  constexpr int kSweepEvery = 3000;
  std::mutex mutex;
  std::condition_variable_any wake;
  for (int turn = 0; !stop.stop_requested(); ++turn) {
    const auto judged = reception_.verifyArrivals();
    if (turn % kSweepEvery == 0) {
      const auto swept = authentication_.sweep();
      static_cast<void>(swept);
    }
    static_cast<void>(judged);
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kTurn, [] { return false; });
  }
}

std::optional<Error> House::trouble() {
  for (auto* log : {&issuance_log_, &records_log_}) {
    if (auto failure = log->failure()) return failure;
  }
  const auto answers =
      transactions_.read<std::monostate>([](work::Tx&) -> Result<> { return kDone; });
  if (!answers) return answers.error();
  return std::nullopt;
}

}  // namespace congvan::app
