// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/set_up.h"

#include "edge/storage/migrations.h"
#include "tests/support/databases.h"
#include "tests/support/faulty_database.h"

#include <gtest/gtest.h>

#include <future>

namespace congvan::storage {
namespace {

using test::backendName;
using test::onBoth;

constexpr std::string_view kFolder = "01a202e9-0000-7000-8000-000000000001";
constexpr std::string_view kOtherFolder = "01a202e9-0000-7000-8000-000000000002";

/// On a database of its own, as its tables are what this is about.
class SetUpContract : public test::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fresh_ = test::freshDatabase(GetParam());
    fresh_transactions_ = std::make_unique<SqlTransactions>(*fresh_, random_);
  }
  void sql(std::string_view statement, std::initializer_list<Param> params = {}) {
    fresh_->acquire(Access::Write)->execute(statement, params);
  }
  std::int64_t count(std::string_view table) {
    const auto rows =
        fresh_->acquire(Access::Read)->queryOne("SELECT COUNT(*) FROM " + std::string(table));
    return rows->integer(0);
  }
  void migrateAll() { ASSERT_TRUE(migrate(*fresh_, embeddedMigrations(), clock_.now())); }
  void addPerson() {
    sql("INSERT INTO people (id, name, email, version) VALUES (?, 'A', '', 1)", {makeId<int>()});
  }
  void addAgency() {
    sql("INSERT INTO agencies (id, code, current_code, name, letters, kind, valid_from, version) "
        "VALUES (?, 'H64', 'H64', 'UBND', 'UBND', 'x', '2026-01-01', 1)",
        {makeId<int>()});
  }
  /// As `init` does: looks before it migrates, and once more in the transaction that claims.
  std::string claim(std::string_view folder) {
    const auto may = mayBeSetUp(*fresh_, folder);
    if (!may) return may.error().reason;
    migrateAll();
    return claimAlone(folder);
  }
  std::string claimAlone(std::string_view folder) {
    const auto claimed = fresh_transactions_->run<std::monostate>(
        [&](work::Tx& tx) { return claimForSetUp(tx, fresh_->dialect(), folder, clock_.now()); });
    return claimed ? "(done)" : claimed.error().reason;
  }
  void end() { ASSERT_TRUE(fresh_transactions_->run<std::monostate>(&endSetUp)); }

  std::unique_ptr<Database> fresh_;
  std::unique_ptr<SqlTransactions> fresh_transactions_;
};
INSTANTIATE_TEST_SUITE_P(Both, SetUpContract, onBoth(), backendName);

TEST_P(SetUpContract, TakesAnEmptyDatabaseAndWhatItLeftItself) {
  EXPECT_EQ(claim(kFolder), "(done)");
  addAgency();
  addPerson();
  EXPECT_EQ(claim(kFolder), "(done)");
  EXPECT_EQ(count("agencies") + count("people"), 0);
}

TEST_P(SetUpContract, GoesOnWhereAMigrationWasCutShort) {
  ASSERT_TRUE(migrate(*fresh_, embeddedMigrations().first(2), clock_.now()));
  EXPECT_EQ(claim(kFolder), "(done)");
}

TEST_P(SetUpContract, LeavesAFinishedProvinceToNobodyAlsoNotToItsOwnFolder) {
  ASSERT_EQ(claim(kFolder), "(done)");
  addAgency();
  addPerson();
  end();
  for (const auto folder : {kFolder, kOtherFolder}) {
    EXPECT_EQ(claim(folder), "already_set_up");
    EXPECT_EQ(claimAlone(folder), "already_set_up");
  }
  EXPECT_EQ(count("agencies") + count("people"), 2);
}

TEST_P(SetUpContract, LeavesTheUnfinishedWorkOfAnotherFolderAlone) {
  ASSERT_EQ(claim(kFolder), "(done)");
  addPerson();
  EXPECT_EQ(claim(kOtherFolder), "set_up_elsewhere");
  EXPECT_EQ(claimAlone(kOtherFolder), "set_up_elsewhere");
  addAgency();
  EXPECT_EQ(claim(kOtherFolder), "already_set_up");
  EXPECT_EQ(count("agencies") + count("people"), 2);
}

TEST_P(SetUpContract, MakesNoTableBesideThoseOfAnotherProgram) {
  for (const auto* name : {"customers", "people"}) {  // also where its name is one of ours
    sql("CREATE TABLE " + std::string(name) + " (id INTEGER NOT NULL)");
    sql("INSERT INTO " + std::string(name) + " (id) VALUES (1)");
    const auto refused = mayBeSetUp(*fresh_, kFolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "database_not_ours");
    EXPECT_EQ(refused.error().params.at(0).value, name);
    EXPECT_EQ(claim(kFolder), "database_not_ours");
    EXPECT_EQ(count(name), 1);
    EXPECT_THROW(count("schema_steps"), DatabaseFault);
    sql("DROP TABLE " + std::string(name));
  }
}

TEST_P(SetUpContract, EmptiesNothingOnceAnotherProgramHasATableThere) {
  ASSERT_EQ(claim(kFolder), "(done)");
  addPerson();
  sql("CREATE TABLE customers (id INTEGER NOT NULL)");
  sql("INSERT INTO customers (id) VALUES (1)");
  EXPECT_EQ(claim(kFolder), "database_not_ours");
  EXPECT_EQ(claimAlone(kFolder), "database_not_ours");
  EXPECT_EQ(count("customers"), 1);
  EXPECT_EQ(count("people"), 1);
}

/// The other folder's whole set-up comes before each statement of a claim in turn, or waits for it.
TEST_P(SetUpContract, ClaimsNoOfficeThatBecameOneMeanwhile) {
  migrateAll();
  test::FaultyDatabase watched(*fresh_);
  SqlTransactions over(watched, random_);
  const auto setUpOther = [&] {
    const auto claimed = claimAlone(kOtherFolder);
    if (claimed != "(done)") return claimed;
    addAgency();
    end();
    return claimed;
  };
  for (int call = 1;; ++call) {
    std::future<std::string> other;
    watched.meanwhile(call, [&] {
      other = std::async(std::launch::async, setUpOther);
      other.wait_for(std::chrono::milliseconds(300));
    });
    const auto late = over.run<std::monostate>(
        [&](work::Tx& tx) { return claimForSetUp(tx, fresh_->dialect(), kFolder, clock_.now()); });
    if (!watched.hasMet()) {
      EXPECT_GT(call, 5) << "a claim has more statements";
      break;
    }
    const bool other_won = other.get() == "(done)";
    EXPECT_NE(other_won, static_cast<bool>(late)) << "before call " << call;
    if (other_won) {
      EXPECT_EQ(claim(kFolder), "already_set_up") << "before call " << call;
      EXPECT_EQ(count("agencies"), 1);
    }
    end();
    sql("DELETE FROM agencies");
  }
}

}  // namespace
}  // namespace congvan::storage
