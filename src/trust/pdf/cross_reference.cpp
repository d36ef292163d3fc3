// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/cross_reference.h"

#include "trust/pdf/open.h"
#include "trust/pdf/scan.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace congvan::pdf {
namespace {

constexpr std::size_t kEntryLength = 20;
constexpr std::size_t kHiddenBytesMost = 64U << 20U;
constexpr int kFieldWidthMost = 8;

/// Object numbers from `first` on.
struct NumberRange {
  std::size_t first = 0;
  std::size_t count = 0;
};
using NumberRanges = std::vector<NumberRange>;

/// Of a number listed twice some readers take the first place and some the last.
bool overlap(NumberRanges ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& one, const auto& other) {
    return one.first < other.first;
  });
  std::size_t free_from = 0;
  for (const auto& range : ranges) {
    if (range.count == 0) continue;
    if (range.first < free_from) return true;
    free_from = range.first + range.count;
  }
  return false;
}

struct TableEntry {
  std::size_t offset = 0;
  bool used = false;
};

/// One entry of a table in its exact form, since many readers count bytes. nullopt: it is none.
std::optional<TableEntry> readEntry(std::string_view entry) {
  if (entry.size() != kEntryLength || entry[10] != ' ' || entry[16] != ' ') return std::nullopt;
  const auto offset = wholeNumber(entry.substr(0, 10));
  const auto generation = wholeNumber(entry.substr(11, 5));
  const auto end = entry.substr(18);
  const bool ends = end == " \n" || end == " \r" || end == "\r\n";
  if (!offset || !generation || !ends || (entry[17] != 'n' && entry[17] != 'f')) {
    return std::nullopt;
  }
  return TableEntry{*offset, entry[17] == 'n'};
}

struct Table {
  std::size_t end = 0;  ///< where its trailer dictionary has to stand
  NumberRanges listed;
  std::vector<TableEntry> entries;  ///< of all ranges, one after the other
};

std::optional<Table> tableAt(BytesView file, Scanner scanner) {
  Table table;
  while (true) {
    const auto token = scanner.next();
    if (scanner.text(token) == "trailer") {
      table.end = token.end;
      return table;
    }
    const auto first = wholeNumber(scanner.text(token));
    const auto count = wholeNumber(scanner.text(scanner.next()));
    if (!first || !count || *count > file.size() / kEntryLength) return std::nullopt;
    table.listed.push_back({*first, *count});
    auto at = scanner.at();
    while (at < file.size() && isBlank(file[at])) ++at;
    for (std::size_t i = 0; i < *count; ++i, at += kEntryLength) {
      const auto entry = readEntry(asText(file).substr(std::min(at, file.size()), kEntryLength));
      if (!entry) return std::nullopt;
      table.entries.push_back(*entry);
    }
    if (*count > 0) scanner = Scanner(file, at);
  }
}

/// The dictionary of a section, of which nothing may be left to interpretation.
class SectionEntries {
 public:
  SectionEntries(BytesView file, const std::vector<Entry>& entries) : file_(file) {
    for (const auto& entry : entries) {
      clear_ = values_.emplace(entry.key, entry).second && clear_;  // else: a key twice
    }
  }

  bool clear() const { return clear_; }

  std::optional<std::size_t> number(const std::string& key) {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    const auto value = wholeNumber(asText(bytesOf(found->second)));
    clear_ = clear_ && value.has_value();
    return value;
  }

  /// An array of whole numbers; empty: there is none.
  std::vector<std::size_t> numbers(const std::string& key) {
    const auto found = values_.find(key);
    if (found == values_.end()) return {};
    std::vector<std::size_t> numbers;
    Scanner scanner(bytesOf(found->second), 0);
    clear_ = scanner.next().kind == TokenKind::ArrayOpen && clear_;
    auto token = scanner.next();
    for (; token.kind == TokenKind::Number; token = scanner.next()) {
      const auto number = wholeNumber(scanner.text(token));
      clear_ = clear_ && number && *number <= INT32_MAX;
      numbers.push_back(number.value_or(0));
    }
    clear_ = clear_ && token.kind == TokenKind::ArrayClose;
    return numbers;
  }

  /// What a cross-reference stream lists (7.5.8.2).
  NumberRanges listed() {
    auto index = numbers("/Index");
    if (!values_.contains("/Index")) index = {0, number("/Size").value_or(0)};
    clear_ = clear_ && index.size() % 2 == 0;
    NumberRanges ranges;
    for (std::size_t i = 0; i + 1 < index.size(); i += 2)
      ranges.push_back({index[i], index[i + 1]});
    return ranges;
  }

 private:
  BytesView bytesOf(const Entry& entry) const {
    return file_.subspan(entry.begin, entry.end - entry.begin);
  }

  BytesView file_;
  std::map<std::string, Entry> values_;
  bool clear_ = true;
};

/// The rows of the cross-reference stream whose dictionary stands at `dictionary`. Throws what QPDF
/// throws.
Bytes rowsAt(BytesView file, std::size_t dictionary, std::size_t length) {
  const auto written = dictionaryAt(file, dictionary);
  Scanner scanner(file, written->empty() ? dictionary : written->back().end);
  auto word = scanner.next();
  const auto close = word.end;
  word = scanner.next();
  auto at = word.end;
  if (scanner.text(word) != "stream") return {};
  if (at < file.size() && file[at] == '\r') ++at;
  if (at < file.size() && file[at] == '\n') ++at;
  if (at > file.size() || length > file.size() - at) return {};
  auto document = QPDF::create();
  document->emptyPDF();
  auto stream =
      QPDFObjectHandle::newStream(document.get(), std::string(asText(file.subspan(at, length))));
  const auto text = asText(file.subspan(dictionary, close - dictionary));
  stream.replaceDict(QPDFObjectHandle::parse(document.get(), std::string(text)));
  const auto data = stream.getStreamData(qpdf_dl_generalized);
  return toBytes(BytesView(data->getBuffer(), data->getSize()));
}

std::size_t fieldOf(BytesView row, std::size_t from, std::size_t width, std::size_t otherwise) {
  if (width == 0) return otherwise;
  std::size_t value = 0;
  for (std::size_t i = from; i < from + width; ++i) value = (value << 8U) | row[i];
  return value;
}

/// What a hybrid file's table and its /XRefStm (7.5.8.4) both call used has to stand at one place:
/// readers do not agree on which of the two comes first.
bool agrees(BytesView file, const Table& table, std::size_t hidden) {
  Scanner scanner(file, hidden);
  for (int i = 0; i < 2; ++i) scanner.next();
  const auto word = scanner.next();
  const auto written = dictionaryAt(file, word.end);
  if (scanner.text(word) != "obj" || !written) return false;
  SectionEntries entries(file, *written);
  const auto listed = entries.listed();
  const auto widths = entries.numbers("/W");
  const auto length = entries.number("/Length");
  const bool formed = entries.clear() && length && widths.size() == 3 && !overlap(listed) &&
                      std::all_of(widths.begin(), widths.end(), [](auto width) {
                        return width <= kFieldWidthMost;
                      });
  if (!formed) return false;

  std::map<std::size_t, std::size_t> places;
  auto entry = table.entries.begin();
  for (const auto& range : table.listed) {
    for (std::size_t i = 0; i < range.count; ++i, ++entry) {
      if (entry->used) places.emplace(range.first + i, entry->offset);
    }
  }
  const auto rows = rowsAt(file, word.end, *length);
  const auto row_length = widths[0] + widths[1] + widths[2];
  std::size_t at = 0;
  for (const auto& range : listed) {
    for (auto number = range.first; number < range.first + range.count; ++number) {
      if (row_length == 0 || rows.size() - at < row_length) return false;
      const auto row = BytesView(rows).subspan(at, row_length);
      at += row_length;
      const auto type = fieldOf(row, 0, widths[0], 1);
      const auto place = places.find(number);
      const bool both = type != 0 && place != places.end();
      if (both && (type != 1 || fieldOf(row, widths[0], widths[1], 0) != place->second)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::optional<CrossReferenceSection> sectionAt(BytesView file, std::size_t at) {
  if (at >= file.size()) return std::nullopt;
  Scanner scanner(file, at);
  const auto first = scanner.next();
  const bool is_table = scanner.text(first) == "xref";
  std::optional<Table> table;
  if (is_table) {
    table = tableAt(file, scanner);
  } else if (first.kind == TokenKind::Number) {
    scanner.next();
    const auto word = scanner.next();
    if (scanner.text(word) == "obj") table = Table{word.end, {}, {}};
  }
  if (!table) return std::nullopt;
  const auto written = dictionaryAt(file, table->end);
  if (!written) return std::nullopt;
  SectionEntries entries(file, *written);
  CrossReferenceSection section{at, written->empty() ? table->end : written->back().end, {}};
  section.prev = entries.number("/Prev");
  if (!is_table) table->listed = entries.listed();
  const auto hidden = is_table ? entries.number("/XRefStm") : std::nullopt;
  if (!entries.clear() || overlap(table->listed)) return std::nullopt;
  if (!hidden) return section;
  limitInflation({kHiddenBytesMost, kHiddenBytesMost});
  const auto agreed =
      guarded<bool>([&]() -> Result<bool> { return agrees(file, *table, *hidden); });
  if (!agreed || !*agreed) return std::nullopt;
  return section;
}

}  // namespace congvan::pdf
