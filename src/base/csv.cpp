// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include "base/text.h"

#include <array>

namespace congvan {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::string_view text, const CsvLimits& limits)
    : rest_(text), limits_(limits) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  const auto head = rest_.substr(0, rest_.find('\n'));
  for (const char one : {';', '\t'}) {
    if (head.find(one) != std::string_view::npos) separator_ = one;
  }
}

Error CsvReader::wrong(std::string_view reason) const {
  const bool large = reason == "csv_cell_too_long" || reason == "csv_columns_too_many";
  return {large ? Code::TooLarge : Code::Malformed,
          std::string(reason),
          {{"line", std::to_string(line_)}}};
}

Result<std::optional<std::vector<std::string>>> CsvReader::next() {
  if (rest_.empty()) return std::optional<std::vector<std::string>>();
  line_ = next_line_;
  std::vector<std::string> cells;
  do {
    auto cell = takeCell();
    if (!cell) return cell.error();
    if (cell->size() > limits_.cell_bytes) return wrong("csv_cell_too_long");
    if (cell->find('\0') != std::string::npos) return wrong("csv_nul");
    if (!toNfc(*cell)) return wrong("csv_not_utf8");
    if (cells.size() == limits_.columns) return wrong("csv_columns_too_many");
    cells.push_back(std::move(*cell));
  } while (take(separator_));
  take('\r');
  if (!take('\n') && !rest_.empty()) return wrong("csv_quote_wrong");
  ++next_line_;
  return std::optional(std::move(cells));
}

bool CsvReader::take(char wanted) {
  if (rest_.empty() || rest_.front() != wanted) return false;
  rest_.remove_prefix(1);
  return true;
}

Result<std::string> CsvReader::takeCell() {
  if (take('"')) return takeQuoted();
  const std::array<char, 4> ends{separator_, '\r', '\n', '"'};
  const auto cell =
      rest_.substr(0, rest_.find_first_of(std::string_view(ends.data(), ends.size())));
  rest_.remove_prefix(cell.size());
  return std::string(cell);
}

Result<std::string> CsvReader::takeQuoted() {
  std::string cell;
  while (!rest_.empty() && cell.size() <= limits_.cell_bytes) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"' && !take('"')) return cell;
    if (c == '\n') ++next_line_;
    cell.push_back(c);
  }
  return wrong(rest_.empty() ? "csv_quote_wrong" : "csv_cell_too_long");
}

}  // namespace congvan
