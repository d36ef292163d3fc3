// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/columns.h"

#include <algorithm>

namespace congvan::storage {

std::optional<std::string> dateColumn(const std::optional<std::chrono::year_month_day>& date) {
  if (!date) return std::nullopt;
  return formatDate(*date);
}

std::chrono::year_month_day dateFrom(const std::string& column) {
  const auto date = parseDate(column);
  if (!date) throw DatabaseFault("a column is not a date");
  return *date;
}

std::optional<std::chrono::year_month_day> optionalDate(const Row& row, std::size_t column) {
  if (row.isNull(column)) return std::nullopt;
  return dateFrom(row.text(column));
}

std::optional<Bytes> hashColumn(const std::optional<work::BlobHash>& hash) {
  if (!hash) return std::nullopt;
  return toBytes(hash->bytes);
}

work::BlobHash blobHash(const Row& row, std::size_t column) {
  return work::BlobHash{row.hash(column)};
}

std::optional<work::BlobHash> optionalBlobHash(const Row& row, std::size_t column) {
  if (row.isNull(column)) return std::nullopt;
  return blobHash(row, column);
}

std::optional<Uuid> optionalUuid(const Row& row, std::size_t column) {
  if (row.isNull(column)) return std::nullopt;
  return row.uuid(column);
}

Result<> swapped(std::int64_t matched) {
  if (matched == 0) return Error{Code::Stale, "version_stale"};
  return kDone;
}

Conditions& Conditions::add(std::string_view condition, std::initializer_list<Param> params) {
  return addWith(condition, std::vector<Param>(params));
}

Conditions& Conditions::addWith(std::string_view condition, const std::vector<Param>& params) {
  text_.append(text_.empty() ? " WHERE " : " AND ").append(condition);
  params_.insert(params_.end(), params.begin(), params.end());
  return *this;
}

Conditions& Conditions::addAnyOf(std::string_view column, const std::vector<Param>& values) {
  if (values.empty()) return *this;
  std::string marks = "?";
  for (std::size_t i = 1; i < values.size(); ++i) marks += ", ?";
  return addWith(std::string(column) + " IN (" + marks + ")", values);
}

std::vector<Param> Conditions::params(std::initializer_list<Param> after) const {
  auto all = params_;
  all.insert(all.end(), after);
  return all;
}

int pageLimit(int asked, int most) {
  return std::clamp(asked, 1, most);
}

}  // namespace congvan::storage
