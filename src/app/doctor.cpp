// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/house.h"
#include "app/log_text.h"
#include "app/options.h"
#include "app/tls.h"
#include "edge/storage/inspection.h"
#include "edge/storage/migrations.h"
#include "trust/tlog/check.h"

#include <chrono>
#include <cstdio>

namespace congvan::app {
namespace {

const std::vector<Option> kDoctorOptions = {
    {"config", "FILE", "tệp cấu hình / settings (congvan.yaml of the data folder)"},
    {"help", "", "trợ giúp / this help"},
};

enum class Health { Good, Warning, Bad };

/// One line a check; remembers whether any was bad.
class Sheet {
 public:
  void line(Health health, const std::string& what, const std::string& detail = {}) {
    const char* word = health == Health::Good      ? "TỐT / OK     "
                       : health == Health::Warning ? "LƯU Ý / WARN "
                                                   : "LỖI / BAD    ";
    std::printf("%s %s%s%s\n", word, what.c_str(), detail.empty() ? "" : ": ", detail.c_str());
    if (health == Health::Bad) bad_ = true;
  }
  void refused(const std::string& what, const Error& error) {
    line(Health::Bad, what, error.reason);
  }
  void found(Health health, const std::string& what, std::string_view reason, std::string where) {
    line(health,
         what,
         where.append(": ").append(findingText(reason)) + " [" + std::string(reason) + "]");
  }
  bool bad() const { return bad_; }

 private:
  bool bad_ = false;
};

void checkLog(Sheet& sheet, const std::string& name, RunningLog& log, tlog::LogRules rules) {
  const auto checkpoint = log.files().published();
  if (!checkpoint) return sheet.refused("log " + name, checkpoint.error());
  if (!*checkpoint) return sheet.line(Health::Warning, "log " + name, "no checkpoint yet");
  const auto report = tlog::checkWholeLog({.tiles = log.files(),
                                           .bundles = log.files(),
                                           .checkpoint = **checkpoint,
                                           .key = log.verifier(),
                                           .rules = rules});
  for (const auto& finding : report.findings) {
    const auto health = finding.gravity == tlog::Gravity::Broken ? Health::Bad : Health::Warning;
    sheet.found(health, "log " + name, finding.reason, finding.where);
  }
  if (report.sound()) {
    sheet.line(Health::Good, "log " + name, std::to_string(report.entries_checked) + " entries");
  }
}

/// Says on standard error how far a long check has come.
class Progress {
 public:
  explicit Progress(std::string what) : what_(std::move(what)) {}
  void at(std::uint64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (now - said_ < std::chrono::seconds{1}) return;
    said_ = now;
    std::fprintf(stderr, "… %s: %llu\n", what_.c_str(), static_cast<unsigned long long>(done));
  }

 private:
  const std::string what_;
  std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

constexpr std::size_t kBreachesShown = 100;  // a lost table would fill the screen for hours

/// Bad lines of one check, the first of them in full.
class Breaches {
 public:
  Breaches(Sheet& sheet, std::string what) : sheet_(sheet), what_(std::move(what)) {}
  void add(std::string_view reason, const std::string& where) {
    if (++count_ <= kBreachesShown) sheet_.found(Health::Bad, what_, reason, where);
  }
  void finish(const std::string& when_none) {
    if (count_ == 0) sheet_.line(Health::Good, what_, when_none);
    if (count_ > kBreachesShown) {
      sheet_.line(Health::Bad, what_, "+ " + std::to_string(count_ - kBreachesShown));
    }
  }

 private:
  Sheet& sheet_;
  const std::string what_;
  std::size_t count_ = 0;
};

/// Every event against its leaf in the log, and every leaf against its event.
void checkEvents(Sheet& sheet, House& house) {
  constexpr int kPage = 1000;
  using Found = std::vector<audit::FoundEvent>;
  auto& transactions = house.transactions();
  auto waiting = transactions.read<std::vector<audit::LeafId>>(
      [](work::Tx& tx) { return storage::waitingRecords(tx); });
  if (!waiting) return sheet.refused("events", waiting.error());
  auto check = audit::EventCheck::begin(house.recordsLog().files(), std::move(*waiting));
  if (!check) return sheet.refused("events", check.error());

  Progress progress("sự việc / events");
  Breaches breaches(sheet, "events");
  std::optional<Uuid> after;
  for (;;) {
    const auto found = transactions.read<Found>(
        [&](work::Tx& tx) { return storage::foundEvents(tx, after, kPage); });
    if (!found) return sheet.refused("events", found.error());
    if (found->empty()) break;
    for (const auto& event : *found) {
      if (const auto finding = check->take(event)) breaches.add(finding->reason, finding->where);
    }
    after = found->back().id;
    progress.at(check->taken());
  }
  const auto head = house.recordsHead();
  if (!head) return sheet.refused("events", head.error());
  for (const auto& finding : check->finish(*head)) breaches.add(finding.reason, finding.where);
  breaches.finish(std::to_string(check->taken()) + " events, " +
                  std::to_string(check->published()) + " leaves");
}

/// What a document's row says against what its events say.
void checkDocuments(Sheet& sheet, work::Transactions& transactions) {
  constexpr int kPage = 200;
  Progress progress("văn bản / documents");
  Breaches breaches(sheet, "documents");
  std::optional<Uuid> after;
  std::uint64_t documents = 0;
  for (;;) {
    const auto page = transactions.read<storage::DocumentPage>(
        [&](work::Tx& tx) { return storage::inspectDocuments(tx, after, kPage); });
    if (!page) return sheet.refused("documents", page.error());
    if (!page->last) break;
    for (const auto& breach : page->breaches) breaches.add(breach.what, breach.where);
    documents += static_cast<std::uint64_t>(page->documents);
    after = page->last;
    progress.at(documents);
  }
  breaches.finish(std::to_string(documents) + " documents as their events say");
}

void checkNumbers(Sheet& sheet, work::Transactions& transactions) {
  const auto breaches = transactions.read<std::vector<storage::Breach>>(
      [](work::Tx& tx) { return storage::inspectNumbers(tx); });
  if (!breaches) return sheet.refused("numbers", breaches.error());
  for (const auto& breach : *breaches)
    sheet.line(Health::Bad, "numbers", breach.what + " " + breach.where);
  if (breaches->empty()) sheet.line(Health::Good, "numbers", "no gap, none twice");
  const auto unsealed = transactions.read<std::vector<storage::Breach>>(
      [](work::Tx& tx) { return storage::unsealedNumbers(tx); });
  if (!unsealed) return sheet.refused("numbers", unsealed.error());
  for (const auto& one : *unsealed)
    sheet.line(Health::Warning, "numbers", one.what + " " + one.where);
}

void checkFiles(Sheet& sheet, work::Transactions& transactions, storage::FolderBlobs& blobs) {
  const auto named = transactions.read<std::vector<work::BlobHash>>(
      [](work::Tx& tx) { return storage::namedBlobs(tx); });
  if (!named) return sheet.refused("files", named.error());
  std::size_t good = 0;
  for (const auto& hash : *named) {
    const auto intact = blobs.isIntact(hash);
    if (intact && *intact) {
      ++good;
    } else {
      sheet.line(Health::Bad, "files", hash.hex() + (intact ? " altered" : " missing"));
    }
  }
  sheet.line(Health::Good, "files", std::to_string(good) + " named and intact");
}

void checkWaiting(Sheet& sheet, work::Transactions& transactions) {
  const auto waiting =
      transactions.read<std::int64_t>([](work::Tx& tx) { return storage::waitingLeaves(tx); });
  if (!waiting) return sheet.refused("waiting leaves", waiting.error());
  // They get their places when the service runs again; nothing is lost.
  sheet.line(
      *waiting == 0 ? Health::Good : Health::Warning, "waiting leaves", std::to_string(*waiting));
}

void checkExpiry(Sheet& sheet, const House::Expiry& one, Instant now) {
  constexpr std::chrono::hours kSoon{24 * 30};
  const auto what = "expiry " + one.name;
  const auto until = formatVietnam(one.until);
  const auto late = one.renews_itself ? Health::Warning : Health::Bad;
  if (one.until < now) return sheet.line(late, what, "over since " + until);
  const bool soon = !one.renews_itself && one.until - now < kSoon;
  sheet.line(soon ? Health::Warning : Health::Good, what, "until " + until);
}

void checkExpiries(Sheet& sheet, House& house, const Settings& settings) {
  auto all = house.expiries();
  if (!all) return sheet.refused("expiry", all.error());
  if (settings.app.tls) {
    const auto tls = tlsCertificate(DataFolder(settings.data));
    if (!tls) return sheet.refused("expiry tls", tls.error());
    all->push_back({"tls", tls->notAfter()});
  }
  for (const auto& one : *all) checkExpiry(sheet, one, house.clock().now());
}

/// Asks the time servers once, as the service does all the time.
void checkClock(Sheet& sheet, House& house) {
  const std::string what = "clock";
  auto* watch = house.clockWatch();
  if (watch == nullptr) {
    return sheet.line(Health::Warning, what, "not checked, no servers (tsa.clock.servers)");
  }
  const auto looked = watch->look();
  for (const auto& source : watch->heard()) {
    if (source.trouble) {
      sheet.line(Health::Warning, what + " " + source.name, source.trouble->reason);
    } else if (source.error) {
      const auto middle = (source.error->least + source.error->most) / 2;
      sheet.line(Health::Good,
                 what + " " + source.name,
                 std::to_string(middle.count()) + " us ahead of this machine, sure to " +
                     std::to_string((source.error->most - middle).count()) + " us");
    }
  }
  const auto vouched = watch->vouch(house.clock().now());
  if (!vouched) return sheet.refused(what, looked ? vouched.error() : looked.error());
  sheet.line(Health::Good, what, "a majority agrees with it");
}

/// As the service last got them; nothing is fetched here.
void checkForeignLists(Sheet& sheet, House& house) {
  for (const auto& one : house.foreignLists().known()) {
    const auto what = "foreign list " + one.url;
    if (!one.list) {
      sheet.line(Health::Warning, what, "none yet");
      continue;
    }
    const auto until = one.list->nextUpdate();
    const bool over = until && *until < house.clock().now();
    sheet.line(over ? Health::Warning : Health::Good,
               what,
               "of " + formatVietnam(one.list->thisUpdate()) +
                   (until ? ", until " + formatVietnam(*until) : ""));
  }
}

/// They are valid, but nothing proves yet when they were signed.
void checkTimestamps(Sheet& sheet, work::Transactions& transactions) {
  const std::string what = "awaiting a time-stamp";
  const auto awaiting = transactions.read<std::vector<storage::AwaitingTimestamp>>(
      [](work::Tx& tx) { return storage::awaitingTimestamps(tx); });
  if (!awaiting) return sheet.refused(what, awaiting.error());
  for (const auto& some : *awaiting) {
    const bool open = some.job_state == "waiting" || some.job_state == "running";
    sheet.line(Health::Warning,
               what,
               std::to_string(some.documents) + " documents, job " + some.job_state + " " +
                   some.last_error + (open ? "" : "; serve starts it again"));
  }
  if (awaiting->empty()) sheet.line(Health::Good, what, "0 documents");
}

void checkJobs(Sheet& sheet, work::Transactions& transactions) {
  constexpr int kListed = 20;
  const auto counts = transactions.read<std::map<std::string, std::int64_t>>(&storage::jobCounts);
  if (!counts) return sheet.refused("jobs", counts.error());
  const auto dead = transactions.read<std::vector<storage::Breach>>(
      [](work::Tx& tx) { return storage::deadJobs(tx, kListed); });
  if (!dead) return sheet.refused("jobs", dead.error());
  for (const auto& one : *dead) sheet.line(Health::Warning, "job " + one.where, one.what);
  std::string summary;
  for (const auto& [state, count] : *counts) {
    summary += (summary.empty() ? "" : ", ") + std::to_string(count) + " " + state;
  }
  sheet.line(dead->empty() ? Health::Good : Health::Warning, "jobs", summary);
}

}  // namespace

Exit runDoctor(const Arguments& arguments) {
  const auto options = Options::parse(arguments, kDoctorOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan doctor --config FILE\n\n%s", helpText(kDoctorOptions).c_str());
    return Exit::Good;
  }
  const auto settings = readSettings(options->valueOr("config", "congvan.yaml"));
  if (!settings) return complain(settings.error());
  const auto house = House::open(*settings, Schema::MustBeCurrent);
  if (!house) return complain(house.error());

  Sheet sheet;
  sheet.line(Health::Good, "settings, server secret, database");
  checkExpiries(sheet, **house, *settings);
  checkClock(sheet, **house);
  checkForeignLists(sheet, **house);
  checkLog(sheet, "issuance", (*house)->issuanceLog(), tlog::LogRules::Issuance);
  checkLog(sheet, "records", (*house)->recordsLog(), tlog::LogRules::Events);
  checkWaiting(sheet, (*house)->transactions());
  checkEvents(sheet, **house);
  checkDocuments(sheet, (*house)->transactions());
  checkNumbers(sheet, (*house)->transactions());
  checkTimestamps(sheet, (*house)->transactions());
  checkJobs(sheet, (*house)->transactions());
  checkFiles(sheet, (*house)->transactions(), (*house)->blobs());
  return sheet.bad() ? Exit::Bad : Exit::Good;
}

Exit runMigrate(const Arguments& arguments) {
  auto known = kDoctorOptions;
  known.push_back({"plan", "", "chỉ xem, không đổi / show what is pending, change nothing"});
  const auto options = Options::parse(arguments, known);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan migrate [--plan] --config FILE\n\n%s", helpText(known).c_str());
    return Exit::Good;
  }
  const auto settings = readSettings(options->valueOr("config", "congvan.yaml"));
  if (!settings) return complain(settings.error());
  const auto database = openDatabase(*settings);
  if (!database) return complain(database.error());
  const auto state =
      options->has("plan")
          ? storage::inspectSchema(**database, storage::embeddedMigrations())
          : storage::migrate(**database, storage::embeddedMigrations(), SystemClock().now());
  if (!state) return complain(state.error());
  std::printf("đã áp dụng / applied: %lld, còn chờ / pending: %lld\n",
              static_cast<long long>(state->applied),
              static_cast<long long>(state->pending));
  return Exit::Good;
}

}  // namespace congvan::app
