// SPDX-License-Identifier: Apache-2.0
#include "office/directory/types.h"

#include "base/names.h"

#include <algorithm>

namespace congvan::directory {
namespace {

constexpr auto kAgencyKinds = std::to_array<Named<AgencyKind>>({
    {AgencyKind::ProvinceCommittee, "province-committee"},
    {AgencyKind::Office, "office"},
    {AgencyKind::Department, "department"},
    {AgencyKind::Commune, "commune"},
    {AgencyKind::Unit, "unit"},
});

constexpr auto kCapacities = std::to_array<Named<Capacity>>({
    {Capacity::None, "none"},
    {Capacity::Tm, "tm"},
    {Capacity::Q, "q"},
    {Capacity::Kt, "kt"},
    {Capacity::Tl, "tl"},
    {Capacity::Tuq, "tuq"},
});

constexpr auto kMarks = std::to_array<Named<Capacity>>({
    {Capacity::None, ""},
    {Capacity::Tm, "TM."},
    {Capacity::Q, "Q."},
    {Capacity::Kt, "KT."},
    {Capacity::Tl, "TL."},
    {Capacity::Tuq, "TUQ."},
});

constexpr auto kRoles = std::to_array<Named<Role>>({
    {Role::Drafter, "drafter"},
    {Role::UnitHead, "unit-head"},
    {Role::FormChecker, "form-checker"},
    {Role::Leader, "leader"},
    {Role::Clerk, "clerk"},
    {Role::CertificateOfficer, "certificate-officer"},
    {Role::Auditor, "auditor"},
    {Role::Administrator, "administrator"},
});

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isCodeCharacter(char c) {
  return isDigit(c) || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string_view name(AgencyKind kind) {
  return nameIn(kAgencyKinds, kind);
}
std::string_view name(Capacity value) {
  return nameIn(kCapacities, value);
}
std::string_view name(Role value) {
  return nameIn(kRoles, value);
}
std::optional<AgencyKind> agencyKind(std::string_view text) {
  return valueIn(kAgencyKinds, text);
}
std::optional<Capacity> capacity(std::string_view text) {
  return valueIn(kCapacities, text);
}
std::optional<Role> role(std::string_view text) {
  return valueIn(kRoles, text);
}
std::string_view mark(Capacity value) {
  return nameIn(kMarks, value);
}

bool isAgencyCode(std::string_view code) {
  constexpr std::size_t kLongest = 35;
  if (code.size() < 3 || code.size() > kLongest) return false;
  if (code[0] < 'A' || code[0] > 'Y' || !isDigit(code[1]) || !isDigit(code[2])) return false;
  for (std::size_t i = 3; i < code.size(); ++i) {
    const bool dot = code[i] == '.';
    if (i == 3 && !dot) return false;
    if (dot && (i + 1 == code.size() || code[i + 1] == '.')) return false;
    if (!dot && !isCodeCharacter(code[i])) return false;
  }
  return true;
}

bool isAgencyLetters(std::string_view letters) {
  constexpr std::size_t kLongest = 20;
  constexpr std::string_view kDWithStroke = "Đ";
  std::size_t count = 0;
  bool joined = false;  // the last one was a hyphen
  while (!letters.empty()) {
    const bool stroke = letters.starts_with(kDWithStroke);
    const bool hyphen = letters.front() == '-';
    if (!stroke && !hyphen && !isCodeCharacter(letters.front())) return false;
    if (hyphen && (count == 0 || joined)) return false;
    letters.remove_prefix(stroke ? kDWithStroke.size() : 1);
    joined = hyphen;
    count += 1;
  }
  return count >= 1 && count <= kLongest && !joined;
}

}  // namespace congvan::directory
