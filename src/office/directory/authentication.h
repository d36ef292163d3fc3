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
  /// Wrong passwords before a delay starts; it doubles from `delay_first` up to `delay_longest`.
  int failures_free = 4;
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

/// Signing in and knowing who asks. Safe from any thread.
class Authentication {
 public:
  Authentication(work::Transactions& transactions,
                 DirectoryStore& store,
                 audit::Trail& trail,
                 const Clock& clock,
                 Random& random,
                 SessionLimits limits = {});

  /// The attempt is counted *before* the password is tried, so that tries in parallel are counted
  /// too. Unauthenticated `sign_in_failed`: no such login, wrong password or disabled; takes the
  /// same time in each case. TooMany `sign_in_delayed` with `until`: wait. Unavailable
  /// `service_busy`: too many sign in just now; nothing was counted. Forbidden `post_missing_now`:
  /// no post held today.
  Result<SignedIn> signIn(std::string_view login,
                          const crypto::SecretBytes& password,
                          std::string_view trace);

  /// The caller behind a cookie. Unauthenticated `session_missing`, `session_expired`.
  Result<Caller> caller(std::string_view token, std::string_view trace);

  /// The same for a request that changes something. Forbidden `csrf_missing`: the header does not
  /// fit.
  Result<Caller> callerOfChange(std::string_view token,
                                std::string_view csrf,
                                std::string_view trace);

  /// Ends the session; done also when there is none.
  Result<> signOut(std::string_view token, std::string_view trace);

  /// Removes sessions that are over; returns how many.
  Result<std::int64_t> sweep();

 private:
  Result<Session> liveSession(std::string_view token);
  Result<Caller> callerOf(const Session& session, std::string_view trace);
  Result<SignedIn> open(const Account& seen, std::string_view trace);
  Result<Account> countAttempt(std::string_view login);
  Error noteFailure(const Account& tried, std::string_view trace);

  work::Transactions& transactions_;
  DirectoryStore& store_;
  audit::Trail& trail_;
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
