// SPDX-License-Identifier: Apache-2.0
#include "app/bench/durable_log.h"
#include "app/bench/material.h"
#include "app/bench/round_trip.h"
#include "app/commands.h"
#include "app/house.h"
#include "app/options.h"
#include "base/json.h"
#include "edge/storage/sqlite_driver.h"
#include "trust/crypto/digest.h"
#include "trust/verify/verify.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <functional>

namespace congvan::app {
namespace {

using bench::Signer;
using Work = std::function<void()>;

const std::vector<Option> kBenchOptions = {
    {"data",
     "DIR",
     "nơi đặt tệp tạm, trên đĩa cần đo / where scratch files go, on the disk to be measured (a "
     "temporary folder)"},
    {"config",
     "FILE",
     "đo cơ sở dữ liệu của cấu hình này, phải còn trống / measure the database of these settings, "
     "which has to be empty"},
    {"seconds", "N", "thời gian cho mỗi phép đo, 1 đến 600 / for each measurement, 1 to 600 (3)"},
    {"format", "FORMAT", "text | json (text)"},
    {"help", "", "trợ giúp / this help"},
};

/// One line of the result.
struct Figure {
  std::string name;  ///< stable, for programs
  double value = 0;
  std::string_view unit;  ///< `ratio` or `per second`
  std::string title;
};

[[noreturn]] void broken(const std::string& what) {
  throw std::runtime_error("bench: " + what);
}

double secondsOn(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Seconds that one call takes, of calls enough for the clock to see.
double timed(clockid_t clock, const Work& work) {
  constexpr double kVisible = 0.005;
  for (int calls = 1;; calls *= 2) {
    const auto start = secondsOn(clock);
    for (int i = 0; i < calls; ++i) work();
    const auto taken = secondsOn(clock) - start;
    if (taken >= kVisible) return taken / calls;
  }
}

/// The median time of each work, done in turn, so that a noisy moment meets all of them.
std::vector<double> inTurn(double seconds, clockid_t clock, const std::vector<Work>& works) {
  constexpr std::size_t kLeast = 3;
  std::vector<std::vector<double>> times(works.size());
  const auto until = secondsOn(CLOCK_MONOTONIC) + seconds * static_cast<double>(works.size());
  while (times[0].size() < kLeast || secondsOn(CLOCK_MONOTONIC) < until) {
    for (std::size_t i = 0; i < works.size(); ++i) times[i].push_back(timed(clock, works[i]));
  }
  std::vector<double> medians;
  for (auto& one : times) {
    std::ranges::nth_element(one, one.begin() + static_cast<std::ptrdiff_t>(one.size() / 2));
    medians.push_back(one[one.size() / 2]);
  }
  return medians;
}

/// Own CPU time: what else runs on the machine counts less.
std::vector<double> cpuInTurn(double seconds, const std::vector<Work>& works) {
  return inTurn(seconds, CLOCK_THREAD_CPUTIME_ID, works);
}

void progress(std::string_view what) {
  std::fprintf(stderr, "%s\n", std::string(what).c_str());
}

Work signing(const Bytes& file, const Signer& signer) {
  return [&] { static_cast<void>(bench::signatureOver(file, signer, "Signature1")); };
}

Work hashing(const Bytes& file) {
  return [&] { static_cast<void>(crypto::digest(crypto::DigestAlgorithm::Sha256, file)); };
}

Work verifying(const Bytes& file, const pki::Certificate& root) {
  verify::Request request{.file = file, .time = SystemClock().now()};
  request.material.anchors = {root};
  request.policy.revocation = pki::RevocationMode::Try;
  return [request = std::move(request)] {
    if (verify::verify(request).verdict.overall != validation::Overall::TotalPassed) {
      broken("a signature just made is not TOTAL-PASSED");
    }
  };
}

constexpr std::size_t kSmall = 100'000;
constexpr std::size_t kLarge = 50'000'000;

void measureSmall(double seconds, std::vector<Figure>& out) {
  struct KeyRow {
    crypto::KeyKind kind;
    std::string_view title;
    std::string_view name;
  };
  const auto file = bench::pdfOfSize(kSmall, 5);
  for (const auto& [kind, title, name] :
       {KeyRow{crypto::KeyKind::P256, "P-256", "p256"},
        KeyRow{crypto::KeyKind::Rsa3072, "RSA-3072", "rsa3072"}}) {
    progress(fmt::format("ký 100 KB / sign 100 KB, {}", title));
    const auto officials = bench::makeOfficials(kind, 1);
    const auto& signer = officials.signers[0];
    const auto digest = crypto::digest(signer.key.algorithm().digest, file);
    const auto taken = cpuInTurn(seconds, {signing(file, signer), [&] {
                                             if (!signer.key.signDigest(digest))
                                               broken("the key refuses");
                                           }});
    out.push_back({fmt::format("sign_100kb_{}", name),
                   taken[0] / taken[1],
                   "ratio",
                   fmt::format("sign 100 KB, {} : raw key operation", title)});
  }
}

void measureLarge(double seconds, std::vector<Figure>& out) {
  progress("ký và kiểm tra 50 MB / sign and verify 50 MB");
  const auto officials = bench::makeOfficials(crypto::KeyKind::P256, 1);
  const auto file = bench::pdfOfSize(kLarge, 50);
  const auto done = bench::signedTimes(file, officials.signers, 1);
  const auto taken = cpuInTurn(
      seconds,
      {signing(file, officials.signers[0]), verifying(done, officials.root), hashing(file)});
  out.push_back({"sign_50mb", taken[0] / taken[2], "ratio", "sign 50 MB, P-256 : SHA-256 over it"});
  out.push_back({"verify_50mb", taken[1] / taken[2], "ratio", "verify 50 MB : SHA-256 over it"});
}

void measureMany(double seconds, std::vector<Figure>& out) {
  constexpr int kMany = 50;
  progress("kiểm tra 50 chữ ký / verify 50 signatures");
  const auto officials = bench::makeOfficials(crypto::KeyKind::P256, 3);
  const auto file = bench::pdfOfSize(kSmall, 5);
  const auto one = bench::signedTimes(file, officials.signers, 1);
  const auto many = bench::signedTimes(file, officials.signers, kMany);
  const auto taken =
      cpuInTurn(seconds, {verifying(many, officials.root), verifying(one, officials.root)});
  out.push_back(
      {"verify_50_signatures", taken[0] / taken[1], "ratio", "verify 50 signatures : 1 signature"});
}

void measureLog(double seconds, const std::filesystem::path& scratch, std::vector<Figure>& out) {
  constexpr int kBatch = 4096;
  progress("nhật ký / log");
  bench::DurableLog log(scratch);
  double spent = 0;
  int leaves = 0;
  while (spent < seconds) {
    log.queueLeaves(kBatch);
    const auto start = secondsOn(CLOCK_MONOTONIC);
    if (!log.sequence(kBatch)) broken("the log took no batch in");
    spent += secondsOn(CLOCK_MONOTONIC) - start;
    leaves += kBatch;
  }
  out.push_back({"log_append",
                 leaves / spent,
                 "per second",
                 "log: durable append, batches of 4,096, leaves"});
}

void measureRoundTrip(double seconds,
                      std::unique_ptr<storage::Database> database,
                      std::vector<Figure>& out) {
  const std::string_view kind =
      database->dialect() == storage::Dialect::Sqlite ? "SQLite" : "MariaDB";
  progress(fmt::format("gửi nhận, {0} / round trip, {0}", kind));
  bench::RoundTrip trip(std::move(database));
  const auto taken = inTurn(seconds, CLOCK_MONOTONIC, {[&] {
                              if (!trip.run()) broken("a delivery is missing");
                            }});
  out.push_back({"round_trip",
                 1 / taken[0],
                 "per second",
                 fmt::format("documents to 50 agencies, all read back, {}", kind)});
}

/// A folder that goes with everything in it.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make(const std::filesystem::path& where) {
    auto pattern = (where / "congvan-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return Error{Code::Unavailable, "output_unwritable", {{"file", where.string()}}};
    }
    return std::unique_ptr<Scratch>(new Scratch(pattern));
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

std::vector<std::string> tablesOf(storage::Database& database) {
  const auto connection = database.acquire(storage::Access::Read);
  connection->begin(storage::Access::Read);
  const auto rows = connection->query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
  connection->rollback();
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.text(0));
  return names;
}

/// The database of the settings. RuleRefused `bench_database_not_empty`: it may be somebody's.
Result<std::unique_ptr<storage::Database>> openEmpty(const Settings& settings) {
  const Error not_empty{Code::RuleRefused, "bench_database_not_empty"};
  if (!settings.mysql) return not_empty;
  auto database = openDatabase(settings);
  if (database && !tablesOf(**database).empty()) return not_empty;
  return database;
}

/// There were none before.
void dropTables(storage::Database& database) {
  for (const auto& table : tablesOf(database)) {
    database.acquire(storage::Access::Write)->execute("DROP TABLE `" + table + "`");
  }
}

void printFigures(const std::vector<Figure>& figures, double seconds, bool json) {
  if (!json) {
    for (const auto& one : figures) {
      fmt::print("{:<56} {:>12.2f} {}\n", one.title, one.value, one.unit);
    }
    return;
  }
  auto results = Json::array();
  for (const auto& one : figures) {
    results.push_back(
        {{"name", one.name}, {"value", one.value}, {"unit", one.unit}, {"title", one.title}});
  }
  fmt::print(
      "{}\n",
      toJsonText({{"version", CONGVAN_VERSION}, {"seconds", seconds}, {"results", results}}));
}

Result<double> readSeconds(const std::string& text) {
  double seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool read = failed == std::errc{} && end == text.data() + text.size();
  if (read && seconds >= 1 && seconds <= 600) return seconds;
  return Error{Code::Malformed, "usage_value_wrong", {{"option", "--seconds"}, {"value", text}}};
}

}  // namespace

Exit runBench(const Arguments& arguments) {
  const auto options = Options::parse(arguments, kBenchOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    fmt::print("Usage: congvan bench [OPTIONS]\n\n{}", helpText(kBenchOptions));
    return Exit::Good;
  }
  const auto seconds = readSeconds(options->valueOr("seconds", "3"));
  if (!seconds) return complain(seconds.error(), Exit::Usage);
  const auto format = options->valueOr("format", "text");
  if (format != "text" && format != "json") {
    return complain(
        {Code::Malformed, "usage_value_wrong", {{"option", "--format"}, {"value", format}}},
        Exit::Usage);
  }
  std::optional<Settings> settings;
  std::unique_ptr<storage::Database> configured;
  if (const auto file = options->value("config")) {
    auto read = readSettings(*file);
    if (!read) return complain(read.error());
    auto opened = openEmpty(*read);
    if (!opened) return complain(opened.error());
    settings = std::move(*read);
    configured = std::move(*opened);
  }
  const auto scratch =
      Scratch::make(options->valueOr("data", std::filesystem::temp_directory_path().string()));
  if (!scratch) return complain(scratch.error(), Exit::OutputUnwritable);

  std::vector<Figure> figures;
  measureSmall(*seconds, figures);
  measureLarge(*seconds, figures);
  measureMany(*seconds, figures);
  measureLog(*seconds, (*scratch)->path(), figures);
  measureRoundTrip(
      *seconds, storage::openSqlite({.file = (**scratch / "trip.db").string()}), figures);
  if (configured) {
    measureRoundTrip(*seconds, std::move(configured), figures);
    figures.back().name += "_configured";
    const auto again = openDatabase(*settings);
    if (!again) return complain(again.error());
    dropTables(**again);
  }
  printFigures(figures, *seconds, format == "json");
  return Exit::Good;
}

}  // namespace congvan::app
