// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/database.h"
#include "office/work/blobs.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// How values of the office stand in columns, and the refusals that every store shares.
namespace congvan::storage {

/// `2026-11-22`
std::optional<std::string> dateColumn(const std::optional<std::chrono::year_month_day>& date);
std::chrono::year_month_day dateFrom(const std::string& column);
std::optional<std::chrono::year_month_day> optionalDate(const Row& row, std::size_t column);

std::optional<Bytes> hashColumn(const std::optional<work::BlobHash>& hash);
work::BlobHash blobHash(const Row& row, std::size_t column);
std::optional<work::BlobHash> optionalBlobHash(const Row& row, std::size_t column);

std::optional<Uuid> optionalUuid(const Row& row, std::size_t column);

/// The value of a name that this program wrote itself; throws when it does not know it.
template <typename T>
T known(std::optional<T> value) {
  if (!value) throw DatabaseFault("a column holds a name that is not known");
  return *value;
}

inline Error missing(std::string_view reason) {
  return Error{Code::NotFound, std::string(reason)};
}
inline Error taken(std::string_view reason) {
  return Error{Code::Conflict, std::string(reason)};
}

/// The row of a key, or why there is none.
template <typename Reader, typename T = std::invoke_result_t<Reader, const Row&>>
Result<T> found(const std::optional<Row>& row, std::string_view reason, const Reader& reader) {
  if (!row) return missing(reason);
  return reader(*row);
}

/// All rows of a list.
template <typename Reader, typename T = std::invoke_result_t<Reader, const Row&>>
std::vector<T> all(const std::vector<Row>& rows, const Reader& reader) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(reader(row));
  return values;
}

/// After an UPDATE … WHERE id = ? AND version = ?
Result<> swapped(std::int64_t matched);

/// The WHERE of a list whose conditions depend on what was asked. Holds views, as `Param` does.
class Conditions {
 public:
  Conditions& add(std::string_view condition, std::initializer_list<Param> params = {});
  Conditions& addWith(std::string_view condition, const std::vector<Param>& params);
  /// `column IN (?, ?)`; nothing when there are no values.
  Conditions& addAnyOf(std::string_view column, const std::vector<std::string>& values) {
    return addAnyOf(column, std::vector<Param>(values.begin(), values.end()));
  }
  Conditions& addAnyOf(std::string_view column, const std::vector<Param>& values);
  template <typename Of>
  Conditions& addAnyOf(std::string_view column, const std::vector<Id<Of>>& ids) {
    return addAnyOf(column, std::vector<Param>(ids.begin(), ids.end()));
  }
  /// Starts with ` WHERE`, or is empty.
  const std::string& text() const { return text_; }
  /// With those that follow the WHERE.
  std::vector<Param> params(std::initializer_list<Param> after) const;

 private:
  std::string text_;
  std::vector<Param> params_;
};

/// Those of a page: as asked, but within bounds.
int pageLimit(int asked, int most);

}  // namespace congvan::storage
