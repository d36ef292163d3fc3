// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "office/audit/trail.h"
#include "office/directory/store.h"
#include "office/work/gate.h"
#include "office/work/once.h"
#include "trust/crypto/password.h"

#include <string>

namespace congvan::directory {

/// Whether a password that somebody else chose has to be changed before anything else.
enum class FirstPassword {
  MustBeChanged,
  Stays,  ///< for demonstrations and trials, whose passwords everybody knows
};

struct SessionLimits {
  FirstPassword first_password = FirstPassword::MustBeChanged;
  Duration idle = std::chrono::minutes{30};
  Duration absolute = std::chrono::hours{12};
  /// Wrong passwords from one place before a delay starts there; it doubles from `delay_first` up
  /// to `delay_longest`.
  int failures_free = 4;
  /// The same from all places together. It delays only places from which the login was never used,
  /// or anybody could keep anybody else out.
  int failures_free_anywhere = 50;
  Duration place_trusted = std::chrono::hours{24 * 30};
  Duration delay_first = std::chrono::seconds{15};
  Duration delay_longest = std::chrono::minutes{15};
  /// Trying a password takes 64 MiB, and anybody may ask for it.
  work::Gate::Limits at_once = {};
};

/// What a browser gets after signing in. Both values are secrets of the session and stand nowhere
/// else.
struct SignedIn {
  std::string token;  ///< for the cookie
  std::string csrf;   ///< for the header of every changing request
  Caller caller;
};

struct PasswordChange {
  crypto::SecretBytes before;
  crypto::SecretBytes after;
};

/// What somebody comes for. While their password is due, they are let in to change it only.
enum class Purpose {
  Work,
  OwnSession,  ///< to see who they are, to change their password, to leave
};

/// Where a try to sign in comes from.
struct Origin {
  std::string_view address;  ///< of the client; of a proxy that all share, then it is one place
  std::string_view trace;
};

/// Signing in and knowing who asks. Safe from any thread.
class Authentication {
 public:
  Authentication(work::Transactions& transactions,
                 DirectoryStore& store,
                 audit::Trail& trail,
                 work::Once once,
                 const crypto::SecretBytes& server_secret,
                 const Clock& clock,
                 Random& random,
                 SessionLimits limits = {});

  /// The attempt is counted *before* the password is tried, so that tries in parallel are counted
  /// too. Unauthenticated `sign_in_failed`: no such login, wrong password or disabled; takes the
  /// same time in each case, and counts in each. TooMany `sign_in_delayed` with `until`, `seconds`:
  /// wait. Unavailable `service_busy`: too many sign in just now; nothing was counted. Forbidden
  /// `post_missing_now`: no post held today.
  Result<SignedIn> signIn(std::string_view login,
                          const crypto::SecretBytes& password,
                          const Origin& from);

  /// The caller behind a cookie. Unauthenticated `session_missing`, `session_expired`. Forbidden
  /// `password_due`: who comes for work has to change their first password before.
  Result<Caller> caller(std::string_view token,
                        std::string_view trace,
                        Purpose purpose = Purpose::Work);

  /// The same for a request that changes something. Forbidden `csrf_missing`: the header does not
  /// fit.
  Result<Caller> callerOfChange(std::string_view token,
                                std::string_view csrf,
                                std::string_view trace,
                                Purpose purpose = Purpose::Work);

  /// The caller's own password becomes another one. Their other sessions end, and that of `token`
  /// goes on. The try is counted with those to sign in, before the password is tried.
  ///
  /// Unauthenticated `password_wrong`: `before` is not the password. RuleRefused
  /// `password_too_short`, `password_unchanged`. TooMany and Unavailable as in `signIn`.
  Result<Caller> changePassword(const Caller& caller,
                                std::string_view token,
                                const PasswordChange& wanted,
                                std::string_view address);

  /// The posts in which the caller may act today, in order of id.
  Result<std::vector<Post>> posts(const Caller& caller);

  /// The session of `token` goes on in another post of its person: from now on its rights are those
  /// of that post and of no other. Forbidden `post_not_yours`: not held today. In the post it is in
  /// already nothing changes.
  Result<Caller> actIn(std::string_view token, PostId post, std::string_view trace);

  /// Ends the session; done also when there is none.
  Result<> signOut(std::string_view token, std::string_view trace);

  /// Removes sessions that are over and tries that need no more counting; returns how many
  /// sessions.
  Result<std::int64_t> sweep();

 private:
  Result<Session> liveSession(std::string_view token);
  Result<Caller> callerOf(const Session& session, std::string_view trace);
  struct Attempt {
    std::optional<Account> account;
    SignInTries here;      ///< of the login from this place
    SignInTries anywhere;  ///< of the login
  };
  Result<SignedIn> open(const Attempt& tried, std::string_view trace);
  Result<Attempt> countAttempt(std::string_view login, std::string_view address);
  Result<SignInTries> triesOf(work::Tx& tx, std::string_view what);
  Result<> settleSuccess(work::Tx& tx, const Attempt& tried);
  Error noteFailure(const Attempt& tried, std::string_view trace, const Error& refusal);
  Result<Account> accountAsTried(work::Tx& tx, const Account& tried);
  Result<> replacePassword(work::Tx& tx,
                           const Attempt& tried,
                           std::string_view token,
                           const std::string& hash);

  work::Transactions& transactions_;
  DirectoryStore& store_;
  audit::Trail& trail_;
  work::Once once_;
  const crypto::SecretBytes& server_secret_;
  const Clock& clock_;
  Random& random_;
  SessionLimits limits_;
  work::Gate gate_;
  std::string
      hash_of_nobody_;  ///< checked against when there is no account, so that time tells nothing
};

/// The caller a person is in a given post, with grants and ancestry.
Result<Caller> makeCaller(work::Tx& tx, DirectoryStore& store, PersonId person, const Post& post);

}  // namespace congvan::directory
