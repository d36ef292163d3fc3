// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/migrations.h"

#include "tests/support/databases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <thread>

namespace congvan::storage {
namespace {

using test::backendName;
using test::onBoth;

constexpr Instant kNow{};

class MigrationsContract : public test::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fresh_ = test::freshDatabase(GetParam());
  }
  /// One of its own, without tables.
  Database& database() { return *fresh_; }

 private:
  std::unique_ptr<Database> fresh_;
};
INSTANTIATE_TEST_SUITE_P(Both, MigrationsContract, onBoth(), backendName);

/// On SQLite a step and its record are one transaction.
class MigrationsThatCommitThemselves : public MigrationsContract {};
INSTANTIATE_TEST_SUITE_P(Server,
                         MigrationsThatCommitThemselves,
                         ::testing::Values(test::Backend::MariaDb),
                         backendName);

constexpr Migration kFirst{"0001-first",
                           "-- people\nCREATE TABLE people (\n  id {id} NOT NULL,\n"
                           "  name {text:5} NOT NULL,\n  PRIMARY KEY (id));\n"
                           "CREATE INDEX people_name ON people (name);\n"};
constexpr Migration kSecond{"0002-second",
                            "ALTER TABLE people ADD COLUMN age {int};\n"
                            "UPDATE people SET age = 1;\n"};

TEST_P(MigrationsContract, BringTheWholeSchemaUp) {
  const auto before = inspectSchema(database(), embeddedMigrations());
  const auto done = migrate(database(), embeddedMigrations(), kNow);
  const auto again = migrate(database(), embeddedMigrations(), kNow);

  ASSERT_TRUE(before && done && again) << done.error().detail;
  EXPECT_EQ(before->applied, 0);
  EXPECT_GT(before->pending, 0);
  EXPECT_EQ(done->applied, before->pending);
  EXPECT_EQ(again->applied, done->applied);
  EXPECT_EQ(inspectSchema(database(), embeddedMigrations())->pending, 0);
}

TEST_P(MigrationsContract, ApplyOnlyWhatIsNew) {
  ASSERT_TRUE(migrate(database(), std::array{kFirst}, kNow));
  const auto state = inspectSchema(database(), std::array{kFirst, kSecond});
  ASSERT_TRUE(state);
  EXPECT_EQ(state->applied, 2);
  EXPECT_EQ(state->pending, 2);
  ASSERT_TRUE(migrate(database(), std::array{kFirst, kSecond}, kNow));
  EXPECT_EQ(database().acquire(Access::Read)->query("SELECT age FROM people").size(), 0U);
}

TEST_P(MigrationsThatCommitThemselves, RunAStepAgainWhoseRecordWasLost) {
  ASSERT_TRUE(migrate(database(), std::array{kFirst, kSecond}, kNow));
  database().acquire(Access::Write)->execute("DELETE FROM schema_steps WHERE step > 0");
  const auto again = migrate(database(), std::array{kFirst, kSecond}, kNow);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->applied, 4);
}

TEST_P(MigrationsContract, RefuseAStepThatReadsOtherwiseNow) {
  ASSERT_TRUE(migrate(database(), std::array{kFirst}, kNow));
  const auto spaced = "\n-- a remark\n" + std::string(kFirst.text);
  EXPECT_TRUE(migrate(database(), std::array{Migration{kFirst.name, spaced}}, kNow));
  auto changed = std::string(kFirst.text);
  changed.replace(changed.find("{text:5}"), 8, "{text:6}");
  const auto refused = migrate(database(), std::array{Migration{kFirst.name, changed}}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "schema_changed");
}

TEST_P(MigrationsContract, RefuseADatabaseOfANewerProgram) {
  ASSERT_TRUE(migrate(database(), std::array{kFirst, kSecond}, kNow));
  const auto refused = migrate(database(), std::array{kFirst}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Conflict);
  EXPECT_EQ(refused.error().reason, "schema_newer");
}

TEST_P(MigrationsContract, RefuseAMigrationPutBeforeOneThatWasApplied) {
  constexpr Migration kBetween{"0000-late", "CREATE TABLE late (\n  id {id} NOT NULL);\n"};
  ASSERT_TRUE(migrate(database(), std::array{kFirst}, kNow));
  const auto refused = migrate(database(), std::array{kBetween, kFirst}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "schema_changed");
}

TEST_P(MigrationsContract, ForgetFingerprintsThatWereKeptWithoutAKey) {
  const auto all = embeddedMigrations();
  const auto upgrade =
      std::ranges::find(all, std::string_view("0007-fingerprints"), &Migration::name);
  ASSERT_NE(upgrade, all.end());
  ASSERT_TRUE(
      migrate(database(), all.first(static_cast<std::size_t>(upgrade - all.begin())), kNow));
  database()
      .acquire(Access::Write)
      ->execute(
          "INSERT INTO idempotency (scope, request_key, fingerprint, answer, created) "
          "VALUES (?, ?, ?, ?, ?)",
          {"somebody", "key", Bytes(32, 1), "answer", kNow});
  ASSERT_TRUE(migrate(database(), all, kNow));
  EXPECT_EQ(
      database().acquire(Access::Read)->queryOne("SELECT COUNT(*) FROM idempotency")->integer(0),
      0);
}

TEST_P(MigrationsContract, ForgetTheKeysOfAbandonedCertificatesOnly) {
  const auto all = embeddedMigrations();
  const auto upgrade =
      std::ranges::find(all, std::string_view("0016-abandoned-keys"), &Migration::name);
  ASSERT_NE(upgrade, all.end());
  ASSERT_TRUE(
      migrate(database(), all.first(static_cast<std::size_t>(upgrade - all.begin())), kNow));
  auto writer = database().acquire(Access::Write);
  std::uint8_t number = 0;
  for (const auto* state : {"issued", "abandoned"}) {
    const Bytes certificate(16, ++number);
    writer->execute(
        "INSERT INTO certificates (id, kind, state, profile, issuer, serial, subject, not_before, "
        "not_after, tbs_sha256, approvals_salt, der, created, version) "
        "VALUES (?, 'person', ?, 'person', ?, ?, '', ?, ?, ?, ?, ?, ?, 1)",
        {certificate, state, certificate, state, kNow, kNow, Bytes(32), Bytes(32), Bytes(1), kNow});
    const Bytes key(16, ++number);
    writer->execute("INSERT INTO kept_keys (id, certificate, wrapped, version) VALUES (?, ?, ?, 1)",
                    {key, certificate, Bytes(1)});
    writer->execute(
        "INSERT INTO key_access (kept_key, person, wrapped, failures, locked, version) "
        "VALUES (?, ?, ?, 0, 0, 1)",
        {key, key, Bytes(1)});
  }
  writer.reset();
  ASSERT_TRUE(migrate(database(), all, kNow));
  const auto reader = database().acquire(Access::Read);
  for (const auto* kept : {"SELECT id FROM kept_keys", "SELECT kept_key FROM key_access"}) {
    const auto rows = reader->query(kept);
    ASSERT_EQ(rows.size(), 1U) << kept;
    EXPECT_EQ(rows[0].bytes(0), Bytes(16, 2)) << "of the certificate that was issued";
  }
}

TEST_P(MigrationsContract, MakeTheOneListOfAnIssuerItsFirstShard) {
  const auto all = embeddedMigrations();
  const auto upgrade =
      std::ranges::find(all, std::string_view("0020-crl-shards"), &Migration::name);
  ASSERT_NE(upgrade, all.end());
  ASSERT_TRUE(
      migrate(database(), all.first(static_cast<std::size_t>(upgrade - all.begin())), kNow));
  auto writer = database().acquire(Access::Write);
  const Bytes issuer(16, 1);
  writer->execute(
      "INSERT INTO issuers (id, name, certificate, wrapped_key, crl_number, crl, crl_next_update, "
      "version) VALUES (?, 'ca1', ?, ?, 7, ?, ?, 9)",
      {issuer, Bytes(16, 2), Bytes(1), Bytes(5, 3), kNow});
  writer->execute(
      "INSERT INTO certificates (id, kind, state, profile, issuer, serial, subject, not_before, "
      "not_after, tbs_sha256, approvals_salt, der, created, version) "
      "VALUES (?, 'person', 'issued', 'person', ?, '01', '', ?, ?, ?, ?, ?, ?, 1)",
      {Bytes(16, 4), issuer, kNow, kNow, Bytes(32), Bytes(32), Bytes(1), kNow});
  writer.reset();
  ASSERT_TRUE(migrate(database(), all, kNow));
  const auto reader = database().acquire(Access::Read);
  const auto shards = reader->query("SELECT issuer, shard, number, crl FROM crl_shards");
  ASSERT_EQ(shards.size(), 1U);
  EXPECT_EQ(shards[0].bytes(0), issuer);
  EXPECT_EQ(shards[0].integer(1), 0);
  EXPECT_EQ(shards[0].integer(2), 7);
  EXPECT_EQ(shards[0].bytes(3), Bytes(5, 3));
  EXPECT_EQ(reader->queryOne("SELECT crl_shard FROM certificates")->integer(0), 0);
}

TEST_P(MigrationsContract, KeepDeliveriesThatWereSentWhenEachWentOnce) {
  const auto all = embeddedMigrations();
  const auto upgrade =
      std::ranges::find(all, std::string_view("0011-sent-again"), &Migration::name);
  ASSERT_NE(upgrade, all.end());
  ASSERT_TRUE(
      migrate(database(), all.first(static_cast<std::size_t>(upgrade - all.begin())), kNow));
  const Uuid id{{1}};
  const Uuid document{{2}};
  const Uuid recipient{{3}};
  database()
      .acquire(Access::Write)
      ->execute(
          "INSERT INTO deliveries (id, document, sender, recipient, file, state, note, receipt, "
          "sent, changed, version) VALUES (?, ?, ?, ?, ?, 'returned', 'Gửi nhầm', NULL, ?, ?, 2)",
          {id, document, recipient, recipient, Bytes(32, 1), kNow, kNow});
  ASSERT_TRUE(migrate(database(), all, kNow));
  const auto kept = database()
                        .acquire(Access::Read)
                        ->query("SELECT document, attempt, note, version FROM deliveries");
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept.at(0).uuid(0), document);
  EXPECT_EQ(kept.at(0).integer(1), 1);
  EXPECT_EQ(kept.at(0).text(2), "Gửi nhầm");
  EXPECT_EQ(kept.at(0).integer(3), 2);
}

TEST_P(MigrationsContract, MayBeStartedByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto done = migrate(database(), embeddedMigrations(), kNow);
      EXPECT_TRUE(done) << done.error().reason;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(inspectSchema(database(), embeddedMigrations())->pending, 0);
}

TEST_P(MigrationsContract, KeepTheirLengths) {
  ASSERT_TRUE(migrate(database(), std::array{kFirst}, kNow));
  const auto connection = database().acquire(Access::Write);
  const Uuid id{{1}};
  const Uuid other{{2}};
  const std::string_view five = "Đồng5";
  connection->execute("INSERT INTO people (id, name) VALUES (?, ?)", {id, five});
  EXPECT_THROW(connection->execute("INSERT INTO people (id, name) VALUES (?, 'Đồng56')", {other}),
               DatabaseFault);
}

TEST(Migration, RefusesWhatCouldNotBeRunTwice) {
  for (const auto* text : {"DROP DATABASE x;",
                           "CREATE TABLE IF NOT EXISTS t (\n a {int});\nGRANT 1;",
                           "ALTER TABLE t RENAME TO u;",
                           "CREATE TABLE t (\n a {money});",
                           "CREATE TABLE t (\n a {text});",
                           "CREATE TABLE t (\n a {int:5});"}) {
    for (const auto dialect : {Dialect::Sqlite, Dialect::MariaDb}) {
      const auto read = readMigration({"0001-x", text}, dialect);
      ASSERT_FALSE(read) << text;
      EXPECT_EQ(read.error().reason, "migration_malformed");
    }
  }
}

}  // namespace
}  // namespace congvan::storage
