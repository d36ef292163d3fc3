// SPDX-License-Identifier: Apache-2.0
#include "app/register_list.h"

#include "base/csv.h"
#include "base/encoding.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace congvan::app {
namespace {

constexpr std::size_t kSerialBytesMost = 20;
/// Other columns are somebody else's.
constexpr CsvLimits kAnyTable{.cell_bytes = 1U << 20U, .columns = 4096};

Error badLine(std::size_t line) {
  return {Code::Malformed, "register_malformed", {{"line", std::to_string(line)}}};
}

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
  CsvReader records(text, kAnyTable);
  const auto header = records.next();
  if (!header) return badLine(1);
  const auto serial = *header ? columnNamed(**header, "serial") : std::nullopt;
  const auto sha256 = *header ? columnNamed(**header, "sha256") : std::nullopt;
  if (!serial || !sha256) return Error{Code::Malformed, "register_columns_missing"};
  std::vector<RegisterRow> rows;
  for (;;) {
    const auto record = records.next();
    if (!record) return badLine(records.line());
    if (!*record) break;
    const auto& fields = **record;
    if (fields.size() == 1 && trim(fields.front()).empty()) continue;
    if (fields.size() <= std::max(*serial, *sha256)) return badLine(records.line());
    auto row = rowOf(fields.at(*serial), fields.at(*sha256));
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
