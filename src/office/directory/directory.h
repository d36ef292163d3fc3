// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/trail.h"
#include "office/directory/store.h"
#include "office/directory/types.h"
#include "office/work/gate.h"
#include "office/work/once.h"
#include "trust/crypto/password.h"

#include <string>
#include <vector>

/// The register of agencies, people and posts.
namespace congvan::directory {

struct NewAgency {
  std::optional<AgencyId> parent;
  std::string code;  ///< empty for units
  std::string name;
  std::string letters;
  AgencyKind kind = AgencyKind::Unit;
};

struct NewPerson {
  std::string name;
  std::string email;
  std::string login;
};

struct NewPost {
  AgencyId agency;
  std::string title;
  Capacity capacity = Capacity::None;
  std::string signs_for;
  std::optional<PersonId> holder;
  std::vector<Grant> grants;
};

/// A port: what ends with a right, in the same transaction (signing: the way to a seal's key).
class RightsEnded {
 public:
  virtual ~RightsEnded() = default;
  /// `person` holds `lost` in no post any more.
  virtual Result<> ended(work::Tx& tx, const Caller& by, PersonId person, const Grant& lost) = 0;
};

/// Reading is open to everybody signed in (a directory is there to be looked up); changing needs
/// the Administrator role over the parent. Safe from any thread.
class Directory {
 public:
  Directory(work::Transactions& transactions,
            DirectoryStore& store,
            audit::Trail& trail,
            RightsEnded& rights,
            work::Once once,
            const Clock& clock,
            Random& random)
      : transactions_(transactions),
        store_(store),
        trail_(trail),
        rights_(rights),
        once_(once),
        clock_(clock),
        ids_(clock, random) {}

  /// The first agency and its administrator, on an empty directory, with a password of the caller's
  /// choice, which is to be changed. Conflict `already_set_up`. For `congvan init` only: nobody can
  /// be signed in yet.
  Result<PersonId> setUp(const NewAgency& top,
                         const NewPerson& administrator,
                         const crypto::SecretBytes& password);

  /// RuleRefused `agency_code_wrong` (QĐ 20/2020 Đ4), `agency_letters_wrong`, `unit_with_code`,
  /// `unit_without_parent`;
  /// Conflict `agency_code_taken`; Forbidden; NotFound `agency_missing` (parent).
  Result<Agency> addAgency(const Caller& caller, const NewAgency& wanted);

  /// Needs Administrator over the caller's own agency. RuleRefused `login_wrong` (1 to 64 of a-z
  /// 0-9 . _ -), `password_too_short`; Conflict `login_taken`. The password is a first one: its
  /// person has to change it.
  Result<Person> addPerson(const Caller& caller,
                           const NewPerson& wanted,
                           const crypto::SecretBytes& password);

  /// Needs Administrator over the post's agency, those its grants name, and those the holder works
  /// for today. RuleRefused `capacity_needs_body`: TM., KT. and the like name whom they sign for.
  Result<Post> addPost(const Caller& caller, const NewPost& wanted);

  /// From this instant, on its last day, the post gives no right, its sessions are over, and what
  /// hangs on its rights is taken away. Needs Administrator over its agency. Stale `version_stale`;
  /// Conflict `post_ended`.
  Result<Post> endPost(const Caller& caller, PostId id, std::int64_t version);

  Result<std::vector<Agency>> agencies(const Caller& caller);
  Result<std::vector<Post>> posts(const Caller& caller, AgencyId agency);
  Result<Person> person(const Caller& caller, PersonId id);

 private:
  Result<Agency> makeAgency(work::Tx& tx, const NewAgency& wanted);
  Result<Person> makePerson(work::Tx& tx,
                            const NewPerson& wanted,
                            const std::string& password_hash);
  Result<> mayPlace(work::Tx& tx, const Caller& caller, PersonId person);
  Result<> endRights(work::Tx& tx, const Caller& caller, const Post& ended);
  Result<Post> makePost(work::Tx& tx, const NewPost& wanted);
  Result<std::string> hashOf(const crypto::SecretBytes& password);

  work::Transactions& transactions_;
  DirectoryStore& store_;
  audit::Trail& trail_;
  RightsEnded& rights_;
  work::Once once_;
  work::Gate gate_{{.places = 2}};  // hashing a password takes 64 MiB
  const Clock& clock_;
  Ids ids_;
};

/// RuleRefused `password_too_short`: under 10 characters. How long it may be is said where it is
/// read.
Result<> checkPassword(const crypto::SecretBytes& password);

/// 1 to 64 of a-z, 0-9 and `.` `_` `-`, after turning A-Z to a-z; nullopt otherwise.
std::optional<std::string> normalLogin(std::string_view login);

}  // namespace congvan::directory
