// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/database.h"

#include "base/text.h"
#include "edge/storage/pool.h"

#include <algorithm>

namespace congvan::storage {
namespace {

template <typename T>
const T& valueAs(const Value& value, const char* wanted) {
  if (const auto* held = std::get_if<T>(&value)) return *held;
  throw DatabaseFault(std::string("a column is not ") + wanted);
}

}  // namespace

void checkText(std::string_view text) {
  if (!isUtf8(text)) throw DatabaseFault("a text is not UTF-8");
  if (text.find('\0') != std::string_view::npos) throw DatabaseFault("a text holds NUL");
}

const Value& Row::at(std::size_t column) const {
  if (column >= values_.size()) throw DatabaseFault("no such column in the result");
  return values_[column];
}

bool Row::isNull(std::size_t column) const {
  return std::holds_alternative<std::monostate>(at(column));
}

std::int64_t Row::integer(std::size_t column) const {
  return valueAs<std::int64_t>(at(column), "an integer");
}

const std::string& Row::text(std::size_t column) const {
  return valueAs<std::string>(at(column), "text");
}

const Bytes& Row::bytes(std::size_t column) const {
  return valueAs<Bytes>(at(column), "bytes");
}

Uuid Row::uuid(std::size_t column) const {
  const auto id = Uuid::fromBytes(bytes(column));
  if (!id) throw DatabaseFault("a column is not an id");
  return *id;
}

std::array<std::uint8_t, 32> Row::hash(std::size_t column) const {
  const auto& held = bytes(column);
  std::array<std::uint8_t, 32> hash{};
  if (held.size() != hash.size()) throw DatabaseFault("a column is not a hash");
  std::ranges::copy(held, hash.begin());
  return hash;
}

std::optional<std::int64_t> Row::optionalInteger(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return integer(column);
}

std::optional<Instant> Row::optionalTime(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return time(column);
}

std::optional<std::string> Row::optionalText(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return text(column);
}

std::optional<Bytes> Row::optionalBytes(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return bytes(column);
}

std::optional<Row> Connection::queryOne(std::string_view sql, std::initializer_list<Param> params) {
  auto rows = query(sql, params);
  if (rows.size() > 1) throw DatabaseFault("more than one row: " + std::string(sql));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace congvan::storage
