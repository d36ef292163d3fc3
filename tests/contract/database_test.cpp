// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/database.h"

#include "tests/support/databases.h"

#include <gtest/gtest.h>

#include <limits>

namespace congvan::storage {
namespace {

using test::backendName;
using test::onBoth;

/// A table with every kind of column, beside those of the service.
class DatabaseContract : public test::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const auto connection = database().acquire(Access::Write);
    const bool sqlite = database().dialect() == Dialect::Sqlite;
    connection->execute(sqlite ? "CREATE TABLE IF NOT EXISTS kinds (id BLOB PRIMARY KEY NOT NULL, "
                                 "number INTEGER, word TEXT, data BLOB) STRICT"
                               : "CREATE TABLE IF NOT EXISTS kinds (id BINARY(16) PRIMARY KEY, "
                                 "number BIGINT, word VARCHAR(200), data MEDIUMBLOB) ENGINE=InnoDB "
                                 "COLLATE utf8mb4_nopad_bin");
    connection->execute("DELETE FROM kinds");
  }

  Uuid id() { return makeId<struct Any>().value; }
};
INSTANTIATE_TEST_SUITE_P(Both, DatabaseContract, onBoth(), backendName);

TEST_P(DatabaseContract, KeepsEveryValueAsItWas) {
  const auto connection = database().acquire(Access::Write);
  const auto key = id();
  const std::string word = "Công văn số 05/CT-UBND 🏛 'quoted' \\ % _ \"";
  Bytes data(300'000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);

  for (const auto number : {std::numeric_limits<std::int64_t>::min(),
                            std::int64_t{-1},
                            std::int64_t{5'000'000'000},
                            std::numeric_limits<std::int64_t>::max()}) {
    connection->execute("DELETE FROM kinds");
    connection->execute("INSERT INTO kinds (id, number, word, data) VALUES (?, ?, ?, ?)",
                        {key, number, word, data});
    const auto row =
        connection->queryOne("SELECT id, number, word, data FROM kinds WHERE id = ?", {key});
    ASSERT_TRUE(row);
    EXPECT_EQ(row->uuid(0), key);
    EXPECT_EQ(row->integer(1), number);
    EXPECT_EQ(row->text(2), word);
    EXPECT_EQ(row->bytes(3), data);
  }
}

TEST_P(DatabaseContract, TellsNullFromEmpty) {
  const auto connection = database().acquire(Access::Write);
  connection->execute("INSERT INTO kinds (id, number, word, data) VALUES (?, ?, ?, ?)",
                      {id(), 0, "", Bytes{}});
  connection->execute("INSERT INTO kinds (id, number, word, data) VALUES (?, ?, ?, ?)",
                      {id(), std::nullopt, std::nullopt, std::optional<Bytes>()});

  const auto empty = connection->queryOne("SELECT number, word, data FROM kinds WHERE number = 0");
  const auto null =
      connection->queryOne("SELECT number, word, data FROM kinds WHERE number IS NULL");

  ASSERT_TRUE(empty && null);
  EXPECT_EQ(empty->text(1), "");
  EXPECT_EQ(empty->bytes(2), Bytes{});
  EXPECT_EQ(null->optionalInteger(0), std::nullopt);
  EXPECT_EQ(null->optionalText(1), std::nullopt);
  EXPECT_EQ(null->optionalBytes(2), std::nullopt);
  EXPECT_THROW(null->integer(0), DatabaseFault) << "a null must be expected to be read";
  EXPECT_THROW(empty->integer(1), DatabaseFault) << "a text is not an integer";
}

TEST_P(DatabaseContract, ComparesTextByteByByte) {
  const auto connection = database().acquire(Access::Write);
  for (const char* word : {"a", "A", "a ", "â", "Đ", "đ"}) {
    connection->execute("INSERT INTO kinds (id, word) VALUES (?, ?)", {id(), word});
  }
  for (const char* word : {"a", "A", "a ", "â", "Đ", "đ"}) {
    const auto row = connection->queryOne("SELECT COUNT(*) FROM kinds WHERE word = ?", {word});
    EXPECT_EQ(row->integer(0), 1) << '"' << word << '"';
  }
}

TEST_P(DatabaseContract, OrdersIdsByTheirBytes) {
  const auto connection = database().acquire(Access::Write);
  for (const auto first : {std::uint8_t{0x7F}, std::uint8_t{0xFF}, std::uint8_t{0x00}}) {
    Uuid key{};
    key.bytes.front() = first;
    connection->execute("INSERT INTO kinds (id) VALUES (?)", {key});
  }
  const auto rows = connection->query("SELECT id FROM kinds ORDER BY id");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].bytes(0).front(), 0x00);
  EXPECT_EQ(rows[1].bytes(0).front(), 0x7F);
  EXPECT_EQ(rows[2].bytes(0).front(), 0xFF);
}

TEST_P(DatabaseContract, CountsWhatMatchedThoughNothingChanged) {
  const auto connection = database().acquire(Access::Write);
  connection->execute("INSERT INTO kinds (id, number) VALUES (?, 1)", {id()});
  EXPECT_EQ(connection->execute("UPDATE kinds SET number = 1 WHERE number = 1"), 1);
  EXPECT_EQ(connection->execute("UPDATE kinds SET number = 2 WHERE number = 5"), 0);
  EXPECT_EQ(connection->execute("DELETE FROM kinds WHERE number = 1"), 1);
}

TEST_P(DatabaseContract, GoesOnAfterATakenKey) {
  const auto connection = database().acquire(Access::Write);
  const auto key = id();
  connection->begin(Access::Write);
  EXPECT_TRUE(connection->insertUnlessTaken("INSERT INTO kinds (id, number) VALUES (?, 1)", {key}));
  EXPECT_FALSE(
      connection->insertUnlessTaken("INSERT INTO kinds (id, number) VALUES (?, 2)", {key}));
  connection->execute("INSERT INTO kinds (id, number) VALUES (?, 3)", {id()});
  connection->commit();

  EXPECT_EQ(connection->queryOne("SELECT SUM(number) FROM kinds")->integer(0), 4);
  EXPECT_THROW(connection->execute("INSERT INTO kinds (id) VALUES (?)", {key}), DatabaseFault);
}

TEST_P(DatabaseContract, RefusesTextThatIsNotUtf8OrHoldsNul) {
  const auto connection = database().acquire(Access::Write);
  for (const std::string_view word : {std::string_view("\xC3"), std::string_view("a\0b", 3)}) {
    EXPECT_THROW(connection->execute("INSERT INTO kinds (id, word) VALUES (?, ?)", {id(), word}),
                 DatabaseFault);
  }
}

TEST_P(DatabaseContract, TakesParametersAsValuesNeverAsSql) {
  const auto connection = database().acquire(Access::Write);
  const std::string hostile = "'; DROP TABLE kinds; -- \\' OR 1=1";
  connection->execute("INSERT INTO kinds (id, word) VALUES (?, ?)", {id(), hostile});
  EXPECT_EQ(connection->queryOne("SELECT word FROM kinds WHERE word = ?", {hostile})->text(0),
            hostile);
  EXPECT_THROW(connection->execute("DELETE FROM kinds; DELETE FROM jobs"), DatabaseFault)
      << "one statement at a time";
}

TEST_P(DatabaseContract, RollsBackWhatWasNotCommitted) {
  {
    const auto connection = database().acquire(Access::Write);
    connection->begin(Access::Write);
    connection->execute("INSERT INTO kinds (id) VALUES (?)", {id()});
  }
  const auto connection = database().acquire(Access::Read);
  EXPECT_EQ(connection->queryOne("SELECT COUNT(*) FROM kinds")->integer(0), 0);
}

TEST_P(DatabaseContract, ReadersSeeOneMoment) {
  const auto reader = database().acquire(Access::Read);
  reader->begin(Access::Read);
  EXPECT_EQ(reader->queryOne("SELECT COUNT(*) FROM kinds")->integer(0), 0);
  {
    const auto writer = database().acquire(Access::Write);
    writer->execute("INSERT INTO kinds (id) VALUES (?)", {id()});
  }
  EXPECT_EQ(reader->queryOne("SELECT COUNT(*) FROM kinds")->integer(0), 0);
  reader->rollback();
  EXPECT_EQ(reader->queryOne("SELECT COUNT(*) FROM kinds")->integer(0), 1);
}

TEST_P(DatabaseContract, ReadersCannotWrite) {
  const auto reader = database().acquire(Access::Read);
  reader->begin(Access::Read);
  EXPECT_THROW(reader->execute("INSERT INTO kinds (id) VALUES (?)", {id()}), DatabaseFault);
}

TEST_P(DatabaseContract, FaultsOnBadSqlAndStaysUsable) {
  const auto connection = database().acquire(Access::Write);
  EXPECT_THROW(connection->query("SELEC 1"), DatabaseFault);
  EXPECT_THROW(connection->query("SELECT nothing FROM nowhere"), DatabaseFault);
  EXPECT_THROW(connection->query("SELECT ?", {}), DatabaseFault);
  EXPECT_EQ(connection->queryOne("SELECT COUNT(*) FROM kinds")->integer(0), 0);
}

TEST_P(DatabaseContract, ReusesAStatementWithOtherValues) {
  const auto connection = database().acquire(Access::Write);
  for (int i = 0; i < 600; ++i) {
    const auto row = connection->queryOne("SELECT ? + " + std::to_string(i % 300), {i});
    ASSERT_EQ(row->integer(0), i + i % 300);
  }
}

}  // namespace
}  // namespace congvan::storage
