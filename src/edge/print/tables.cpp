// SPDX-License-Identifier: Apache-2.0
#include "edge/print/tables.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <xlsxwriter.h>

namespace congvan::print {
namespace {

/// A province's register of ten thousand rows is 8 MB: what passes this is no table of ours.
constexpr std::uint64_t kTableBytesMost = std::uint64_t{1} << 30U;
constexpr std::size_t kBlock = 64U << 10U;

class CsvWriter final : public work::TableWriter {
 public:
  explicit CsvWriter(std::unique_ptr<work::BlobWriter> file) : file_(std::move(file)) {}

  Result<> row(const std::vector<std::string>& cells) override {
    bool first = true;
    for (const auto& cell : cells) {
      if (!std::exchange(first, false)) pending_ += ',';
      pending_ += csvField(cell);
    }
    pending_ += "\r\n";
    return pending_.size() < kBlock ? Result<>(kDone) : flush();
  }

  Result<std::unique_ptr<work::OpenBlob>> finish() override {
    const auto written = flush();
    if (!written) return written.error();
    return file_->look();
  }

  /// Without it Excel takes UTF-8 for the code page of the machine.
  void mark() { pending_ += "\xEF\xBB\xBF"; }

 private:
  Result<> flush() {
    const auto written = file_->write(asBytes(pending_));
    pending_.clear();
    if (!written && written.error().code == Code::TooLarge) {
      return Error{Code::TooLarge, "table_too_large"};
    }
    return written;
  }

  std::unique_ptr<work::BlobWriter> file_;
  std::string pending_;
};

/// A file that is gone with this.
class ScratchFile {
 public:
  explicit ScratchFile(const std::filesystem::path& folder)
      : path_((folder / "table-XXXXXX").string()) {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
  }
  ~ScratchFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  bool made() const { return descriptor_ >= 0; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_ = -1;
};

Error storageFull() {
  return {Code::Unavailable, "storage_full"};
}

/// Whatever libxlsxwriter has open goes with it.
struct WorkbookCloser {
  void operator()(lxw_workbook* book) const noexcept {
    static_cast<void>(workbook_close(book));  // of a table that nobody wants any more
  }
};

class XlsxWriter final : public work::TableWriter {
 public:
  XlsxWriter(const std::filesystem::path& scratch, std::unique_ptr<work::BlobWriter> file)
      : folder_(scratch.string()), scratch_(scratch), file_(std::move(file)) {}

  Result<> begin(const work::TableHead& head) {
    if (!scratch_.made()) return storageFull();
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder_.data();
    book_.reset(workbook_new_opt(scratch_.path().c_str(), &options));
    if (!book_) return storageFull();
    sheet_ = workbook_add_worksheet(book_.get(), nullptr);
    if (sheet_ == nullptr) return storageFull();
    auto* const bold = workbook_add_format(book_.get());
    format_set_bold(bold);
    format_set_text_wrap(bold);
    format_set_border(bold, LXW_BORDER_THIN);
    cell_ = workbook_add_format(book_.get());
    format_set_text_wrap(cell_);
    format_set_border(cell_, LXW_BORDER_THIN);
    const auto last = static_cast<lxw_col_t>(head.columns.size() - 1);
    constexpr double kWidth = 18;
    worksheet_set_column(sheet_, 0, last, kWidth, nullptr);
    printAsRegister(head.title);
    return put(head.columns, bold);
  }

  Result<> row(const std::vector<std::string>& cells) override { return put(cells, cell_); }

  Result<std::unique_ptr<work::OpenBlob>> finish() override {
    if (workbook_close(book_.release()) != LXW_NO_ERROR) return storageFull();
    const auto copied = copy();
    if (!copied) return copied.error();
    return file_->look();
  }

 private:
  /// Title on top, the columns' names on each page, page numbers below.
  void printAsRegister(const std::string& title) {
    worksheet_set_landscape(sheet_);
    constexpr std::uint8_t kA3 = 8;
    worksheet_set_paper(sheet_, kA3);
    worksheet_fit_to_pages(sheet_, 1, 0);
    worksheet_repeat_rows(sheet_, 0, 0);
    worksheet_freeze_panes(sheet_, 1, 0);
    std::string text = "&C";
    for (const char c : title) text += c == '&' ? std::string("&&") : std::string(1, c);
    worksheet_set_header(sheet_, text.c_str());
    worksheet_set_footer(sheet_, "&C&P / &N");
  }

  Result<> put(const std::vector<std::string>& cells, lxw_format* format) {
    lxw_col_t column = 0;
    for (const auto& cell : cells) {
      // Always as a string: nothing is taken for a formula or a number.
      const auto put = worksheet_write_string(sheet_, next_, column++, cell.c_str(), format);
      if (put == LXW_NO_ERROR) continue;
      return Error{Code::TooLarge, "table_too_large", {}, lxw_strerror(put)};
    }
    ++next_;
    return kDone;
  }

  Result<> copy() {
    const int from = ::open(scratch_.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (from < 0) return storageFull();
    std::array<std::uint8_t, kBlock> block{};
    Result<> copied = kDone;
    for (;;) {
      const auto got = ::read(from, block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) copied = storageFull();
      if (got <= 0) break;
      copied = file_->write(BytesView(block.data(), static_cast<std::size_t>(got)));
      if (!copied) break;
    }
    ::close(from);
    return copied;
  }

  std::string folder_;
  ScratchFile scratch_;
  std::unique_ptr<work::BlobWriter> file_;
  std::unique_ptr<lxw_workbook, WorkbookCloser> book_;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* cell_ = nullptr;
  lxw_row_t next_ = 0;
};

}  // namespace

std::string csvField(std::string_view cell) {
  constexpr std::string_view kStartsFormula = "=+-@";
  constexpr std::string_view kSeparators = ",;\t\r\n";
  std::string field;
  if (!cell.empty() && kSeparators.find(cell.front()) != std::string_view::npos) field += '\'';
  // Also inside of a cell: which separator Excel takes is a matter of the country.
  bool begins = true;
  for (const char c : cell) {
    if (begins && kStartsFormula.find(c) != std::string_view::npos) field += '\'';
    const bool passed_over = c == ' ' || c == '"';
    begins = kSeparators.find(c) != std::string_view::npos || (begins && passed_over);
    field += c;
  }
  if (field.find_first_of(",;\"\r\n\t") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Result<std::unique_ptr<work::TableWriter>> TableFiles::begin(work::TableFormat format,
                                                             const work::TableHead& head) {
  auto file = blobs_.create(kTableBytesMost);
  if (!file) return file.error();
  if (format == work::TableFormat::Csv) {
    auto writer = std::make_unique<CsvWriter>(std::move(*file));
    writer->mark();
    const auto begun = writer->row(head.columns);
    if (!begun) return begun.error();
    return std::unique_ptr<work::TableWriter>(std::move(writer));
  }
  auto writer = std::make_unique<XlsxWriter>(scratch_, std::move(*file));
  const auto begun = writer->begin(head);
  if (!begun) return begun.error();
  return std::unique_ptr<work::TableWriter>(std::move(writer));
}

}  // namespace congvan::print
