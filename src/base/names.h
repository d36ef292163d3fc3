// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

/// Enumerators and the stable words by which they are stored and sent: one table, both directions.
namespace congvan {

template <typename Enum>
struct Named {
  Enum value;
  std::string_view name;
};

/// The word for `value`; a value missing from the table is a bug and gives an empty word.
template <typename Enum, std::size_t Count>
constexpr std::string_view nameIn(const std::array<Named<Enum>, Count>& table, Enum value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  return {};
}

template <typename Enum, std::size_t Count>
constexpr std::optional<Enum> valueIn(const std::array<Named<Enum>, Count>& table,
                                      std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

}  // namespace congvan
