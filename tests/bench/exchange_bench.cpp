// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/audit_store.h"
#include "edge/storage/migrations.h"
#include "edge/storage/mysql_driver.h"
#include "edge/storage/records_store.h"
#include "edge/storage/sqlite_driver.h"
#include "edge/storage/transactions.h"
#include "office/exchange/deliveries.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/shell.h"
#include "trust/crypto/random.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

/// A document's round trip: one durable transaction delivers it to fifty agencies, with an event
/// and a leaf of the records log each; then every agency reads its list of incoming documents and
/// the sender reads the state of all deliveries. Stores and rooms as in the service; no HTTP, no
/// signatures.
namespace congvan::bench {
namespace {

constexpr int kRecipients = 50;

class Post {
 public:
  explicit Post(std::unique_ptr<storage::Database> database)
      : database_(std::move(database)), transactions_(*database_, random_) {
    const auto migrated = storage::migrate(*database_, storage::embeddedMigrations(), clock_.now());
    if (!migrated) throw std::runtime_error(migrated.error().detail);
    for (int i = 0; i < kRecipients; ++i) {
      recipients_.push_back(records::AgencyId{makeUuid(clock_, random_)});
    }
  }

  bool roundTrip() {
    const auto document = makeUuid(clock_, random_);
    const auto sent =
        transactions_.run<std::monostate>([&](work::Tx& tx) { return deliverAll(tx, document); });
    if (!sent) return false;
    for (std::size_t i = 0; i < recipients_.size(); ++i) {
      if (!isOnTop(recipients_[i], delivered_[i])) return false;
    }
    const auto states = transactions_.read<std::vector<exchange::Delivery>>(
        [&](work::Tx& tx) { return deliveries_.ofDocument(tx, document); });
    return states && states->size() == kRecipients;
  }

 private:
  Result<> deliverAll(work::Tx& tx, const Uuid& document) {
    delivered_.clear();  // the transaction may run more than once
    for (const auto agency : recipients_) {
      const auto delivery = deliveries_.deliver(
          tx,
          {.document = document, .sender = sender_, .recipient = agency.value, .file = file_},
          {},
          "bench");
      if (!delivery) return delivery.error();
      const auto now = clock_.now();
      const auto added = store_.addIncoming(tx,
                                            {.id = ids_.make<records::IncomingTag>(),
                                             .agency = agency,
                                             .delivery = delivery->id,
                                             .sender = records::AgencyId{sender_},
                                             .sender_name = "Ủy ban nhân dân tỉnh An Bình",
                                             .type = "CT",
                                             .code = "05/CT-UBND",
                                             .issue_date = vietnamDate(now),
                                             .subject = "Về việc tăng cường kỷ luật hành chính",
                                             .file = file_,
                                             .file_size = 64'798,
                                             .arrived = now,
                                             .changed = now});
      if (!added) return added;
      delivered_.push_back(delivery->id);
    }
    return kDone;
  }

  bool isOnTop(records::AgencyId agency, exchange::DeliveryId delivery) {
    const auto list = transactions_.read<std::vector<records::Incoming>>([&](work::Tx& tx) {
      return store_.incoming(
          tx, {.agencies = {agency}, .state = exchange::DeliveryState::Arrived}, {.limit = 50});
    });
    return list && !list->empty() && list->front().delivery == delivery;
  }

  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<storage::Database> database_;
  storage::SqlTransactions transactions_;
  storage::SqlEventStore events_;
  storage::SqlLeafQueue leaves_{clock_, random_};
  storage::SqlDeliveryStore delivery_store_;
  storage::SqlRecordStore store_;
  audit::Trail trail_{events_, leaves_, clock_, random_};
  exchange::Deliveries deliveries_{delivery_store_, trail_, clock_, random_};
  Ids ids_{clock_, random_};
  Uuid sender_ = makeUuid(clock_, random_);
  work::BlobHash file_{};
  std::vector<records::AgencyId> recipients_;
  std::vector<exchange::DeliveryId> delivered_;
};

void roundTrips(benchmark::State& state, Post& post) {
  for (auto _ : state) {
    if (!post.roundTrip()) {
      state.SkipWithError("a delivery is missing");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecipients);
}

void onSqlite(benchmark::State& state) {
  static const test::TempFolder kFolder;
  static Post post(storage::openSqlite({.file = kFolder / "bench.db"}));
  roundTrips(state, post);
}
BENCHMARK(onSqlite)->Name("deliver/SQLite")->Unit(benchmark::kMillisecond)->UseRealTime();

void onMariaDb(benchmark::State& state) {
  auto& server = test::MariaDbServer::shared();
  if (!server.isRunning()) {
    state.SkipWithError("no MariaDB server on this machine");
    return;
  }
  static Post post([&] {
    storage::MySqlOptions options;
    options.servers = {server.address()};
    options.user = "root";
    options.schema = server.makeSchema();
    auto opened = storage::openMySql(options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }());
  roundTrips(state, post);
}
BENCHMARK(onMariaDb)->Name("deliver/MariaDB")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace congvan::bench

int main(int count, char** values) {
  // On the disk: in memory a flush costs nothing.
  ::setenv("CONGVAN_TEST_DATABASES", std::filesystem::temp_directory_path().c_str(), 1);
  benchmark::Initialize(&count, values);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
