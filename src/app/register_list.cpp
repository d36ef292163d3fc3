// SPDX-License-Identifier: Apache-2.0
#include "app/register_list.h"

#include "base/encoding.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace congvan::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kSerialBytesMost = 20;

Error badLine(std::size_t line) {
  return {Code::Malformed, "register_malformed", {{"line", std::to_string(line)}}};
}

/// Takes one record after another off a CSV.
class Records {
 public:
  explicit Records(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    const auto head = rest_.substr(0, rest_.find('\n'));
    for (const char one : {';', '\t'}) {
      if (head.find(one) != std::string_view::npos) separator_ = one;
    }
  }
  bool atEnd() const { return rest_.empty(); }
  std::size_t line() const { return line_; }

  /// nullopt: a quote that does not end, or something after it.
  std::optional<std::vector<std::string>> next() {
    line_ = next_line_;
    std::vector<std::string> fields;
    do {
      auto field = takeField();
      if (!field) return std::nullopt;
      fields.push_back(std::move(*field));
    } while (take(separator_));
    take('\r');
    if (!take('\n') && !rest_.empty()) return std::nullopt;
    ++next_line_;
    return fields;
  }

 private:
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> takeField() {
    if (take('"')) return takeQuoted();
    const char ends[] = {separator_, '\r', '\n', '"', '\0'};
    const auto field = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(field.size());
    return std::string(field);
  }

  std::optional<std::string> takeQuoted() {
    std::string field;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"' && !take('"')) return field;
      if (c == '\n') ++next_line_;
      field.push_back(c);
    }
    return std::nullopt;
  }

  std::string_view rest_;
  char separator_ = ',';
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
};

std::optional<std::size_t> columnNamed(const std::vector<std::string>& header,
                                       std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    auto lower = std::string(trim(header[i]));
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (lower == name) return i;
  }
  return std::nullopt;
}

std::optional<Bytes> hexField(std::string text) {
  std::erase_if(text, [](char c) { return c == ':' || c == ' '; });
  if (text.size() % 2 == 1) text.insert(text.begin(), '0');  // a number, as openssl may print it
  auto bytes = fromHex(text);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

std::optional<RegisterRow> rowOf(const std::string& serial, const std::string& sha256) {
  auto number = hexField(serial);
  const auto digest = hexField(sha256);
  if (!number || !digest) return std::nullopt;
  const auto first = std::ranges::find_if(*number, [](std::uint8_t byte) { return byte != 0; });
  number->erase(number->begin(), first);
  const auto hash = tlog::hashFromBytes(*digest);
  if (!hash || number->empty() || number->size() > kSerialBytesMost) return std::nullopt;
  return RegisterRow{std::move(*number), *hash, 0};
}

std::string whereOf(const RegisterRow& row) {
  return fmt::format("row {} ({})", row.line, toHex(row.serial));
}

}  // namespace

Result<std::vector<RegisterRow>> readRegister(std::string_view text) {
  Records records(text);
  const auto header = records.next();
  if (!header) return badLine(1);
  const auto serial = columnNamed(*header, "serial");
  const auto sha256 = columnNamed(*header, "sha256");
  if (!serial || !sha256) return Error{Code::Malformed, "register_columns_missing"};
  std::vector<RegisterRow> rows;
  while (!records.atEnd()) {
    const auto fields = records.next();
    if (fields && fields->size() == 1 && trim(fields->front()).empty()) continue;
    if (!fields || fields->size() <= std::max(*serial, *sha256)) return badLine(records.line());
    auto row = rowOf(fields->at(*serial), fields->at(*sha256));
    if (!row) return badLine(records.line());
    row->line = records.line();
    rows.push_back(std::move(*row));
  }
  return rows;
}

void RegisterCheck::take(std::uint64_t index, const tlog::IssuedLeaf& leaf) {
  issued_.try_emplace(leaf.serial, Issued{index, leaf.certificate});
}

std::vector<tlog::Finding> RegisterCheck::compare(const std::vector<RegisterRow>& rows) const {
  using tlog::Gravity;
  std::vector<tlog::Finding> findings;
  std::set<Bytes> in_register;
  std::uint64_t newest = 0;  // one past the last entry that the register has
  for (const auto& row : rows) {
    if (!in_register.insert(row.serial).second) {
      findings.push_back({Gravity::Broken, "serial_twice_in_register", whereOf(row)});
    }
    const auto found = issued_.find(row.serial);
    if (found == issued_.end()) {
      findings.push_back({Gravity::Broken, "certificate_not_logged", whereOf(row)});
      continue;
    }
    newest = std::max(newest, found->second.index + 1);
    if (found->second.certificate != row.sha256) {
      findings.push_back({Gravity::Broken, "certificate_differs", whereOf(row)});
    }
  }
  std::map<std::uint64_t, Bytes> missing;
  for (const auto& [serial, issued] : issued_) {
    if (!in_register.contains(serial)) missing.emplace(issued.index, serial);
  }
  for (const auto& [index, serial] : missing) {
    const bool younger = index >= newest;
    findings.push_back({younger ? Gravity::Open : Gravity::Broken,
                        younger ? "entry_after_register" : "entry_without_certificate",
                        fmt::format("entry {} ({})", index, toHex(serial))});
  }
  return findings;
}

}  // namespace congvan::app
