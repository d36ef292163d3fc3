// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/types.h"
#include "office/work/transactions.h"

#include <optional>
#include <vector>

namespace congvan::directory {

/// Sign-in data of one person.
struct Account {
  PersonId person;
  std::string login;          ///< unique, folded to lower case
  std::string password_hash;  ///< Argon2id
  bool password_due = false;  ///< somebody else chose it: it is to be changed before anything else
  bool disabled = false;
  std::int64_t version = 1;
};

/// Wrong passwords in a row, of one login from one place or from anywhere. `who` is a keyed hash of
/// the two: it exists for logins that nobody has too, and tells neither.
struct SignInTries {
  Bytes who;
  std::int64_t failures = 0;
  std::optional<Instant> blocked_until;
  bool trusted = false;  ///< the login was used from this place before
  Instant forget_at{};
  std::int64_t version = 0;  ///< 0: nothing is kept yet
};

/// `token_hash` is the SHA-256 of the cookie's value; the value itself is kept nowhere.
struct Session {
  Bytes token_hash;
  PersonId person;
  PostId post;
  Bytes csrf_hash;
  Instant created{};
  Instant last_used{};
  bool password_due = false;  ///< it lets its person change their password, and nothing else
};

/// A port. `add…` refuse Conflict `…_taken` when a unique value stands already; `replace…` compare
/// `version` and refuse Stale `version_stale`; `find…` refuse NotFound `…_missing`.
class DirectoryStore {
 public:
  virtual ~DirectoryStore() = default;

  virtual Result<> addAgency(work::Tx& tx,
                             const Agency& agency) = 0;  ///< Conflict `agency_code_taken`
  virtual Result<> replaceAgency(work::Tx& tx, const Agency& agency) = 0;
  virtual Result<Agency> findAgency(work::Tx& tx, AgencyId id) = 0;  ///< NotFound `agency_missing`
  virtual Result<Agency> findAgencyByCode(work::Tx& tx, std::string_view code) = 0;
  /// All of them, by name; a province has fewer than 10,000.
  virtual Result<std::vector<Agency>> agencies(work::Tx& tx) = 0;

  virtual Result<> addPerson(work::Tx& tx, const Person& person) = 0;
  virtual Result<Person> findPerson(work::Tx& tx, PersonId id) = 0;  ///< NotFound `person_missing`

  virtual Result<> addPost(work::Tx& tx, const Post& post) = 0;  ///< with its grants
  virtual Result<> replacePost(work::Tx& tx, const Post& post) = 0;
  virtual Result<Post> findPost(work::Tx& tx, PostId id) = 0;  ///< NotFound `post_missing`
  virtual Result<std::vector<Post>> postsOfPerson(work::Tx& tx, PersonId person) = 0;
  virtual Result<std::vector<Post>> postsOfAgency(work::Tx& tx, AgencyId agency) = 0;

  virtual Result<> addAccount(work::Tx& tx,
                              const Account& account) = 0;  ///< Conflict `login_taken`
  virtual Result<> replaceAccount(work::Tx& tx, const Account& account) = 0;
  virtual Result<Account> findAccount(work::Tx& tx,
                                      std::string_view login) = 0;  ///< NotFound `account_missing`
  virtual Result<Account> findAccountOf(work::Tx& tx,
                                        PersonId person) = 0;  ///< NotFound `account_missing`

  /// What is kept about `who`, or nothing yet.
  virtual Result<SignInTries> findTries(work::Tx& tx, BytesView who) = 0;
  virtual Result<> keepTries(work::Tx& tx, const SignInTries& tries) = 0;
  virtual Result<std::int64_t> sweepTries(work::Tx& tx, Instant now) = 0;

  virtual Result<> addSession(work::Tx& tx, const Session& session) = 0;
  virtual Result<Session> findSession(work::Tx& tx,
                                      BytesView token_hash) = 0;  ///< NotFound `session_missing`
  virtual Result<> touchSession(work::Tx& tx, BytesView token_hash, Instant now) = 0;
  /// The session goes on in `post`. NotFound `session_missing`.
  virtual Result<> moveSession(work::Tx& tx, BytesView token_hash, PostId post) = 0;
  virtual Result<> removeSession(work::Tx& tx, BytesView token_hash) = 0;
  /// Of the person's sessions this one alone goes on, its password not due any more. NotFound
  /// `session_missing`.
  virtual Result<> keepOnlySession(work::Tx& tx, PersonId person, BytesView token_hash) = 0;
  virtual Result<std::int64_t> sweepSessions(work::Tx& tx,
                                             Instant created_before,
                                             Instant used_before) = 0;
};

}  // namespace congvan::directory
