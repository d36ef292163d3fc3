// SPDX-License-Identifier: Apache-2.0
#include "office/directory/authentication.h"

#include "base/encoding.h"
#include "office/directory/actor.h"
#include "office/directory/directory.h"
#include "office/directory/permissions.h"
#include "office/work/again.h"
#include "trust/crypto/digest.h"

#include <algorithm>

namespace congvan::directory {
namespace {

constexpr std::size_t kTokenBytes = 32;

std::string freshToken(Random& random) {
  Bytes token(kTokenBytes);
  random.fill(token);
  return toBase64Url(token);
}

Bytes hashOf(std::string_view token) {
  return crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(token));
}

Error signInFailed() {
  return Error{Code::Unauthenticated, "sign_in_failed"};
}

Error sessionMissing() {
  return Error{Code::Unauthenticated, "session_missing"};
}

Duration delayAfter(std::int64_t failures, const SessionLimits& limits) {
  const auto over = failures - limits.failures_free;
  if (over <= 0) return Duration{0};
  constexpr std::int64_t kDoublingsMost = 16;
  return std::min(
      limits.delay_longest,
      Duration{limits.delay_first.count() * (1LL << std::min(over - 1, kDoublingsMost))});
}

}  // namespace

Authentication::Authentication(work::Transactions& transactions,
                               DirectoryStore& store,
                               audit::Trail& trail,
                               const Clock& clock,
                               Random& random,
                               SessionLimits limits)
    : transactions_(transactions),
      store_(store),
      trail_(trail),
      clock_(clock),
      random_(random),
      limits_(limits),
      gate_(limits.at_once),
      hash_of_nobody_(crypto::hashPassword(crypto::SecretBytes(freshToken(random)))) {}

Result<SignedIn> Authentication::signIn(std::string_view login,
                                        const crypto::SecretBytes& password,
                                        std::string_view trace) {
  const auto place = gate_.enter();
  if (!place) return place.error();
  const auto normal = normalLogin(login).value_or("");
  const auto account = transactions_.read<std::optional<Account>>(
      [&](work::Tx& tx) -> Result<std::optional<Account>> {
        auto found = store_.findAccount(tx, normal);
        if (found) return std::optional(*found);
        if (found.error().code == Code::NotFound) return std::optional<Account>{};
        return found.error();
      });
  if (!account) return account.error();

  if (!*account || (*account)->disabled) {
    static_cast<void>(crypto::passwordMatches(hash_of_nobody_, password));
    return signInFailed();
  }
  const auto tried = countAttempt(normal);
  if (!tried) return tried.error();
  if (!crypto::passwordMatches(tried->password_hash, password)) return noteFailure(*tried, trace);
  return open(*tried, trace);
}

Result<Account> Authentication::countAttempt(std::string_view login) {
  return work::runUntilCurrent<Account>(transactions_, [&](work::Tx& tx) -> Result<Account> {
    auto account = store_.findAccount(tx, login);
    if (!account) return account;
    const auto now = clock_.now();
    if (account->locked_until && now < *account->locked_until) {
      return Error{
          Code::TooMany, "sign_in_delayed", {{"until", formatVietnam(*account->locked_until)}}};
    }
    account->failures += 1;
    const auto delay = delayAfter(account->failures, limits_);
    if (delay > Duration{0}) account->locked_until = now + delay;
    const auto kept = store_.replaceAccount(tx, *account);
    if (!kept) return kept.error();
    return account;
  });
}

Error Authentication::noteFailure(const Account& tried, std::string_view trace) {
  const bool delayed = delayAfter(tried.failures, limits_) > Duration{0};
  const auto noted = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(
        tx,
        {.kind = delayed ? audit::EventKind::AccountLocked : audit::EventKind::SignInFailed,
         .subject_kind = "account",
         .subject = tried.person.value,
         .trace = std::string(trace)});
  });
  return noted ? signInFailed() : noted.error();
}

Result<SignedIn> Authentication::open(const Account& seen, std::string_view trace) {
  const auto token = freshToken(random_);
  const auto csrf = freshToken(random_);
  const auto now = clock_.now();
  auto caller = work::runUntilCurrent<Caller>(transactions_, [&](work::Tx& tx) -> Result<Caller> {
    auto account = store_.findAccount(tx, seen.login);
    if (!account) return account.error();
    const auto posts = store_.postsOfPerson(tx, seen.person);
    if (!posts) return posts.error();
    const auto today = vietnamDate(now);
    const auto post =
        std::ranges::find_if(*posts, [&](const Post& p) { return inForce(p, today); });
    if (post == posts->end()) return Error{Code::Forbidden, "post_missing_now"};

    account->failures = 0;
    account->locked_until.reset();
    const auto kept = store_.replaceAccount(tx, *account);
    if (!kept) return kept.error();
    const auto added = store_.addSession(
        tx, Session{hashOf(token), seen.person, post->id, hashOf(csrf), now, now});
    if (!added) return added.error();
    auto made = makeCaller(tx, store_, seen.person, *post);
    if (!made) return made;
    made->trace = std::string(trace);
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::SignedIn,
                                         .by = actor(*made),
                                         .subject_kind = "account",
                                         .subject = seen.person.value,
                                         .trace = std::string(trace)});
    if (!recorded) return recorded.error();
    return made;
  });
  if (!caller) return caller.error();
  return SignedIn{token, csrf, std::move(*caller)};
}

Result<Session> Authentication::liveSession(std::string_view token) {
  const auto hash = hashOf(token);
  auto session =
      transactions_.read<Session>([&](work::Tx& tx) { return store_.findSession(tx, hash); });
  if (!session) {
    return session.error().code == Code::NotFound ? sessionMissing() : session.error();
  }
  const auto now = clock_.now();
  if (now - session->created > limits_.absolute || now - session->last_used > limits_.idle) {
    return Error{Code::Unauthenticated, "session_expired"};
  }
  // Kept to the minute: a write for every request would cost a durable commit each.
  if (now - session->last_used > std::chrono::minutes{1}) {
    const auto touched = transactions_.run<std::monostate>(
        [&](work::Tx& tx) { return store_.touchSession(tx, hash, now); });
    if (!touched) return touched.error();
  }
  return session;
}

Result<Caller> Authentication::callerOf(const Session& session, std::string_view trace) {
  auto caller = transactions_.read<Caller>([&](work::Tx& tx) -> Result<Caller> {
    const auto post = store_.findPost(tx, session.post);
    if (!post) return post.error();
    // A post handed over or ended meanwhile ends the sessions held in it.
    if (post->holder != session.person || !inForce(*post, vietnamDate(clock_.now()))) {
      return Error{Code::Unauthenticated, "session_expired"};
    }
    return makeCaller(tx, store_, session.person, *post);
  });
  if (caller) caller->trace = std::string(trace);
  return caller;
}

Result<Caller> Authentication::caller(std::string_view token, std::string_view trace) {
  const auto session = liveSession(token);
  if (!session) return session.error();
  return callerOf(*session, trace);
}

Result<Caller> Authentication::callerOfChange(std::string_view token,
                                              std::string_view csrf,
                                              std::string_view trace) {
  const auto session = liveSession(token);
  if (!session) return session.error();
  if (!crypto::equalConstantTime(session->csrf_hash, hashOf(csrf))) {
    return Error{Code::Forbidden, "csrf_missing"};
  }
  return callerOf(*session, trace);
}

Result<> Authentication::signOut(std::string_view token, std::string_view trace) {
  const auto hash = hashOf(token);
  return transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto session = store_.findSession(tx, hash);
    if (!session) {
      if (session.error().code == Code::NotFound) return kDone;
      return session.error();
    }
    const auto removed = store_.removeSession(tx, hash);
    if (!removed) return removed;
    return trail_.record(tx,
                         {.kind = audit::EventKind::SignedOut,
                          .by = {session->person.value, session->post.value, std::nullopt},
                          .subject_kind = "account",
                          .subject = session->person.value,
                          .trace = std::string(trace)});
  });
}

Result<std::int64_t> Authentication::sweep() {
  const auto now = clock_.now();
  return transactions_.run<std::int64_t>([&](work::Tx& tx) {
    return store_.sweepSessions(tx, now - limits_.absolute, now - limits_.idle);
  });
}

Result<Caller> makeCaller(work::Tx& tx, DirectoryStore& store, PersonId person, const Post& post) {
  const auto who = store.findPerson(tx, person);
  if (!who) return who.error();
  const auto lineage = lineageOf(tx, store, post.agency);
  if (!lineage) return lineage.error();
  Caller caller{.person = person,
                .post = post.id,
                .agency = post.agency,
                .name = who->name,
                .title = post.title,
                .capacity = post.capacity,
                .signs_for = post.signs_for,
                .grants = post.grants,
                .ancestry = {},
                .trace = {}};
  for (const auto& link : lineage->links) caller.ancestry.push_back(link.agency);
  return caller;
}

}  // namespace congvan::directory
