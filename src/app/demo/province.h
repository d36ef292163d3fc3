// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

/// The demonstration province: invented agencies and persons, no real ones.
namespace congvan::app::demo {

struct AgencyRow {
  std::string_view key;     ///< how other rows name it
  std::string_view parent;  ///< key
  std::string_view code;    ///< empty for units
  std::string_view name;
  std::string_view letters;
  std::string_view kind;
};

struct GrantRow {
  std::string_view role;
  std::string_view over;  ///< key
};

struct PersonRow {
  std::string_view login;
  std::string_view name;
  std::string_view agency;  ///< key
  std::string_view title;
  std::string_view capacity;
  std::string_view signs_for;
  std::vector<GrantRow> grants;
  bool signs = false;        ///< gets a personal certificate
  std::string_view seal_of;  ///< key of the agency whose seal this person keeps; empty: none
};

inline constexpr std::string_view kProvinceName = "Tỉnh An Bình";
inline constexpr std::string_view kTop = "ubnd";

const std::vector<AgencyRow>& agencies();
const std::vector<PersonRow>& people();

}  // namespace congvan::app::demo
