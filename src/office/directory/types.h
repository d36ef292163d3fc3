// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "office/work/idempotency.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Agencies as a tree with validity dates, people, posts, roles. Nothing is deleted: what ends gets
/// a `valid_to`, so that old documents keep the names of their day.
namespace congvan::directory {

using AgencyId = Id<struct AgencyTag>;
using PersonId = Id<struct PersonTag>;
using PostId = Id<struct PostTag>;
using Date = std::chrono::year_month_day;

enum class AgencyKind {
  ProvinceCommittee,  ///< Ủy ban nhân dân tỉnh
  Office,             ///< Văn phòng
  Department,         ///< sở, ban, ngành
  Commune,            ///< xã, phường, đặc khu
  Unit,               ///< phòng, ban inside an agency: no seal, no register
};

struct Agency {
  AgencyId id;
  std::optional<AgencyId> parent;
  std::string
      code;  ///< electronic identifier, QĐ 20/2020 Đ4; unique among the valid ones; empty for units
  std::string name;
  std::string letters;  ///< as in notations: `UBND`, `SNV`, `VP`
  AgencyKind kind = AgencyKind::Unit;
  Date valid_from{};
  std::optional<Date> valid_to;
  std::optional<AgencyId> successor;
  std::int64_t version = 1;

  /// Units have no seal, register or identifier of their own.
  bool isLegalPerson() const { return kind != AgencyKind::Unit; }
};

struct Person {
  PersonId id;
  std::string name;   ///< họ và tên
  std::string email;  ///< official address; may be empty
  std::int64_t version = 1;
};

/// How a post signs (NĐ 30/2020 Đ13).
enum class Capacity { None, Tm, Q, Kt, Tl, Tuq };

enum class Role {
  Drafter,      ///< chuyên viên
  UnitHead,     ///< answers for content, initials
  FormChecker,  ///< answers for form (thể thức), initials
  Leader,       ///< signs and assigns
  Clerk,        ///< văn thư: numbers, seals, dispatches, receives
  CertificateOfficer,
  Auditor,
  Administrator,
};

/// A role over one agency and everything below it.
struct Grant {
  Role role;
  AgencyId over;
  bool operator==(const Grant&) const = default;
};

struct Post {
  PostId id;
  AgencyId agency;    ///< agency or unit the post belongs to
  std::string title;  ///< `Chủ tịch`, `Giám đốc Sở`, `Văn thư`
  Capacity capacity = Capacity::None;
  std::string signs_for;  ///< line above the post where `capacity` needs one: `ỦY BAN NHÂN DÂN`
  std::optional<PersonId> holder;
  std::vector<Grant> grants;
  Date valid_from{};
  std::optional<Date> valid_to;    ///< the last day; what was done on it was done in this post
  std::optional<Instant> ended{};  ///< when it was ended during its last day: over since then
  std::int64_t version = 1;
};

/// Who is asking, in which post: decided once at sign-in and handed to every use case.
struct Caller {
  PersonId person;
  PostId post;
  AgencyId agency;  ///< of the post
  std::string name;
  std::string title;
  Capacity capacity = Capacity::None;
  std::string signs_for;
  std::vector<Grant> grants;
  /// The post's agency and everything above it, nearest first.
  std::vector<AgencyId> ancestry;
  bool password_due = false;  ///< let in to change the password only
  std::string trace;
  std::optional<work::IdempotencyKey> once;  ///< of the request, when it named one
};

std::string_view name(AgencyKind kind);
std::string_view name(Capacity capacity);
std::string_view name(Role role);
std::optional<AgencyKind> agencyKind(std::string_view name);
std::optional<Capacity> capacity(std::string_view name);
std::optional<Role> role(std::string_view name);

/// The mark as printed: `TM.`, `KT.`, …; empty for none.
std::string_view mark(Capacity capacity);

/// QĐ 20/2020 Đ4: 35 characters at most, `[A-Y][0-9]{2}` then groups of `[0-9A-Z]+` joined by dots.
bool isAgencyCode(std::string_view code);

/// 1 to 20 of A-Z, Đ, 0-9 and `-`, which stands between others only: they stand in numbers and in
/// the names of files.
bool isAgencyLetters(std::string_view letters);

}  // namespace congvan::directory
