// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include <gtest/gtest.h>

namespace congvan {
namespace {

using Records = std::vector<std::vector<std::string>>;

Records recordsOf(std::string_view text) {
  CsvReader reader(text);
  Records all;
  for (;;) {
    auto record = reader.next();
    if (!record) return {{record.error().reason, record.error().params.at(0).value}};
    if (!*record) return all;
    all.push_back(std::move(**record));
  }
}

TEST(Csv, IsReadAsSpreadsheetProgramsWriteIt) {
  const Records two{{"a", "b"}, {"Đỗ", "2"}};
  EXPECT_EQ(recordsOf("a,b\nĐỗ,2\n"), two);
  EXPECT_EQ(recordsOf("\xEF\xBB\xBF"
                      "a;b\r\nĐỗ;2\r\n"),
            two);
  EXPECT_EQ(recordsOf("a\tb\nĐỗ\t2"), two) << "the last line may lack its end";
  EXPECT_EQ(recordsOf("\"a\",\"b\"\n\"Đỗ\",\"2\""), two);
  EXPECT_EQ(recordsOf("a;b\n\"x;\"\"y\"\"\n2\";,\n"), (Records{{"a", "b"}, {"x;\"y\"\n2", ","}}));
  EXPECT_EQ(recordsOf(""), Records{});
  EXPECT_EQ(recordsOf("a,,\n"), (Records{{"a", "", ""}}));
}

TEST(Csv, SaysInWhichLineItIsNone) {
  using One = Records;
  EXPECT_EQ(recordsOf("a\n\"b\n\nc"), (One{{"csv_quote_wrong", "2"}}));
  EXPECT_EQ(recordsOf("a\nb\"c\n"), (One{{"csv_quote_wrong", "2"}}));
  EXPECT_EQ(recordsOf("a\n\"b\"c\n"), (One{{"csv_quote_wrong", "2"}}));
  EXPECT_EQ(recordsOf(std::string_view("a\nb\0c\n", 6)), (One{{"csv_nul", "2"}}));
  EXPECT_EQ(recordsOf("a\n\"x\ny\"\n\xC4\n"), (One{{"csv_not_utf8", "4"}}));
  EXPECT_EQ(recordsOf("Nguy\x1B\xEA\n"), (One{{"csv_not_utf8", "1"}})) << "windows-1258";
  EXPECT_EQ(recordsOf(std::string_view("\xFF\xFE"
                                       "a\0\n\0",
                                       6)),
            (One{{"csv_nul", "1"}}))
      << "UTF-16";
}

TEST(Csv, IsBounded) {
  const std::string longest(8U << 10U, 'x');
  EXPECT_EQ(recordsOf(longest + "\n"), (Records{{longest}}));
  EXPECT_EQ(recordsOf("\"" + longest + "\"\n"), (Records{{longest}}));
  EXPECT_EQ(recordsOf("a\n" + longest + "x\n"), (Records{{"csv_cell_too_long", "2"}}));
  EXPECT_EQ(recordsOf("\"" + std::string(64U << 10U, 'x')), (Records{{"csv_cell_too_long", "1"}}));
  EXPECT_EQ(recordsOf(std::string(63, ',') + "\n").at(0).size(), 64U);
  EXPECT_EQ(recordsOf(std::string(64, ',') + "\n"), (Records{{"csv_columns_too_many", "1"}}));
}

}  // namespace
}  // namespace congvan
