// SPDX-License-Identifier: Apache-2.0
#include "edge/print/tables.h"

#include "edge/storage/folder_blobs.h"
#include "tests/support/shell.h"
#include "trust/crypto/random.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sys/resource.h>

namespace congvan {
namespace {

class Tables : public testing::Test {
 protected:
  test::TempFolder folder;
  const std::filesystem::path scratch = folder / "blobs/tmp";
  const bool made_scratch = std::filesystem::create_directories(scratch);
  SystemClock clock;
  crypto::SystemRandom random;
  std::unique_ptr<storage::Files> files = storage::openFiles(folder.path() / "blobs");
  storage::FolderBlobs blobs{*files, clock, random};
  print::TableFiles tables{blobs, scratch};

  Bytes made(work::TableFormat format, const std::vector<std::vector<std::string>>& rows) {
    auto writer = tables.begin(format, {"Sổ chứng thư & khác", {"Họ tên", "Số"}});
    for (const auto& row : rows) EXPECT_TRUE((*writer)->row(row));
    const auto file = (*writer)->finish();
    return toBytes((*file)->bytes());
  }
  std::string python(const std::string& script) {
    return test::mustRun(folder, "python3 -c '" + script + "'");
  }
};

TEST_F(Tables, QuoteWhatWouldBreakALineOrRunAsAFormula) {
  using print::csvField;
  EXPECT_EQ(csvField("Nguyễn Văn A"), "Nguyễn Văn A");
  EXPECT_EQ(csvField("a,\"b\"\r\nc"), "\"a,\"\"b\"\"\r\nc\"");
  for (const std::string evil : {"=1+1", "+84", "-1", "@SUM(A1)"}) {
    EXPECT_EQ(csvField(evil), "'" + evil);
  }
  EXPECT_EQ(csvField("\t=1"), "\"'\t'=1\"");
  // Which of them separates is a matter of the country that Excel is set to.
  EXPECT_EQ(csvField("x;=HYPERLINK(1)"), "\"x;'=HYPERLINK(1)\"");
  EXPECT_EQ(csvField("x, \"@SUM(1)"), "\"x, \"\"'@SUM(1)\"");
  EXPECT_EQ(csvField("x\n+1"), "\"x\n'+1\"");
  EXPECT_EQ(csvField("a-b; c"), "\"a-b; c\"");
  EXPECT_EQ(csvField("=HYPERLINK(\"x\";1)"), "\"'=HYPERLINK(\"\"x\"\";1)\"");
}

TEST_F(Tables, AreReadBackByAnotherProgramAsCsv) {
  folder.write("t.csv", made(work::TableFormat::Csv, {{"Đỗ Thị Bình", "00ab"}, {"x\ny", "=1"}}));
  EXPECT_EQ(python("import csv; print(open(\"t.csv\",\"rb\").read()[:3].hex(), "
                   "list(csv.reader(open(\"t.csv\", encoding=\"utf-8-sig\", newline=\"\"))))"),
            "efbbbf [['Họ tên', 'Số'], ['Đỗ Thị Bình', '00ab'], ['x\\ny', \"'=1\"]]\n");
}

TEST_F(Tables, PrintAsARegisterAndHoldNoFormulas) {
  folder.write("t.xlsx", made(work::TableFormat::Xlsx, {{"Đỗ Thị Bình", "=1+1"}, {"", "0042"}}));
  const auto sheet = python(
      "import zipfile; z = zipfile.ZipFile(\"t.xlsx\"); assert z.testzip() is None; "
      "print(z.read(\"xl/worksheets/sheet1.xml\").decode(), z.read(\"xl/workbook.xml\").decode())");
  for (const auto* const part : {"<t>Đỗ Thị Bình</t>",
                                 "<t>=1+1</t>",
                                 "<t>0042</t>",
                                 "<oddHeader>&amp;CSổ chứng thư &amp;&amp; khác</oddHeader>",
                                 "<oddFooter>&amp;C&amp;P / &amp;N</oddFooter>",
                                 "Print_Titles"}) {
    EXPECT_NE(sheet.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
}

TEST_F(Tables, LeaveNothingBehind) {
  for (const auto format : {work::TableFormat::Csv, work::TableFormat::Xlsx}) {
    made(format, {{"a", "b"}});
    auto dropped = tables.begin(format, {"x", {"y"}});
    EXPECT_TRUE((*dropped)->row({"z"}));
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch));
}

#ifndef CONGVAN_SANITIZED
TEST_F(Tables, TakeNoMoreMemoryForMoreRows) {
  const auto peak_kib = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
  };
  for (const auto format : {work::TableFormat::Csv, work::TableFormat::Xlsx}) {
    auto writer = tables.begin(format, {"x", std::vector<std::string>(20, "cột")});
    const std::vector<std::string> cells(20, "một ô dài vừa phải trong sổ");
    long before = 0;
    for (int row = 0; row < 40'000; ++row) {
      if (row == 4'000) before = peak_kib();
      ASSERT_TRUE((*writer)->row(cells));
    }
    EXPECT_LT(peak_kib() - before, 4096) << "36,000 more rows of 800 bytes";
  }
}
#endif

}  // namespace
}  // namespace congvan
