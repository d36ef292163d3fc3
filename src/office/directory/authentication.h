// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "office/audit/trail.h"
#include "office/directory/store.h"
#include "office/work/gate.h"
#include "trust/crypto/password.h"

#include <string>

namespace congvan::directory {

struct SessionLimits {
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

  /// The caller behind a cookie. Unauthenticated `session_missing`, `session_expired`.
  Result<Caller> caller(std::string_view token, std::string_view trace);

  /// The same for a request that changes something. Forbidden `csrf_missing`: the header does not
  /// fit.
  Result<Caller> callerOfChange(std::string_view token,
                                std::string_view csrf,
                                std::string_view trace);

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
  Error noteFailure(const Attempt& tried, std::string_view trace);

  work::Transactions& transactions_;
  DirectoryStore& store_;
  audit::Trail& trail_;
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
