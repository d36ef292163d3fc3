// SPDX-License-Identifier: Apache-2.0
#include "office/directory/authentication.h"

#include "base/encoding.h"
#include "office/audit/details.h"
#include "office/directory/actor.h"
#include "office/directory/directory.h"
#include "office/directory/permissions.h"
#include "office/work/again.h"
#include "office/work/wait.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/keyed_hash.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

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

Error passwordDue() {
  return Error{Code::Forbidden, "password_due"};
}

Error sessionMissing() {
  return Error{Code::Unauthenticated, "session_missing"};
}

/// How long after the last wrong password nothing is remembered of a place or a login.
constexpr std::chrono::hours kFailuresKept{1};

Duration delayAfter(std::int64_t failures, int free, const SessionLimits& limits) {
  const auto over = failures - free;
  if (over <= 0) return Duration{0};
  constexpr std::int64_t kDoublingsMost = 16;
  return std::min(
      limits.delay_longest,
      Duration{limits.delay_first.count() * (1LL << std::min(over - 1, kDoublingsMost))});
}

void countFailure(SignInTries& tries, int free, Instant now, const SessionLimits& limits) {
  tries.failures += 1;
  const auto delay = delayAfter(tries.failures, free, limits);
  if (delay > Duration{0}) tries.blocked_until = now + delay;
  tries.forget_at = std::max(tries.forget_at, now + kFailuresKept);
}

bool isBlocked(const SignInTries& tries, Instant now) {
  return tries.blocked_until && now < *tries.blocked_until;
}

Error delayed(const SignInTries& tries, Instant now) {
  return Error{Code::TooMany, "sign_in_delayed", work::waitUntil(*tries.blocked_until, now)};
}

/// An IPv6 customer has a /64 to choose addresses from, so that is one place. `::ffff:a.b.c.d` is
/// IPv4 written in another way.
std::string placeOf(std::string_view address) {
  constexpr std::size_t kNetworkBytes = 8;
  constexpr std::size_t kMappedPrefix = 12;
  const std::string text(address);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  const auto view = BytesView(bytes);
  std::array<char, INET_ADDRSTRLEN> dotted{};
  const bool mapped = IN6_IS_ADDR_V4MAPPED(reinterpret_cast<const in6_addr*>(bytes.data()));
  if (mapped) return inet_ntop(AF_INET, bytes.data() + kMappedPrefix, dotted.data(), dotted.size());
  return toHex(view.first(kNetworkBytes));
}

}  // namespace

Authentication::Authentication(work::Transactions& transactions,
                               DirectoryStore& store,
                               audit::Trail& trail,
                               work::Once once,
                               const crypto::SecretBytes& server_secret,
                               const Clock& clock,
                               Random& random,
                               SessionLimits limits)
    : transactions_(transactions),
      store_(store),
      trail_(trail),
      once_(once),
      server_secret_(server_secret),
      clock_(clock),
      random_(random),
      limits_(limits),
      gate_(limits.at_once),
      hash_of_nobody_(crypto::hashPassword(crypto::SecretBytes(freshToken(random)))) {}

Result<SignedIn> Authentication::signIn(std::string_view login,
                                        const crypto::SecretBytes& password,
                                        const Origin& from) {
  const auto place = gate_.enter();
  if (!place) return place.error();
  const auto tried = countAttempt(normalLogin(login).value_or(""), from.address);
  if (!tried) return tried.error();
  const auto& account = tried->account;
  const bool usable = account && !account->disabled;
  const bool right =
      crypto::passwordMatches(usable ? account->password_hash : hash_of_nobody_, password);
  if (!usable) return signInFailed();
  if (!right) return noteFailure(*tried, from.trace, signInFailed());
  return open(*tried, from.trace);
}

Result<SignInTries> Authentication::triesOf(work::Tx& tx, std::string_view what) {
  auto tries = store_.findTries(
      tx, crypto::keyedHash(server_secret_, "congvan sign-in tries", asBytes(what)));
  if (!tries || clock_.now() < tries->forget_at) return tries;
  return SignInTries{.who = tries->who, .version = tries->version};
}

Result<Authentication::Attempt> Authentication::countAttempt(std::string_view login,
                                                             std::string_view address) {
  const auto here = std::string(login) + "\n" + placeOf(address);
  return work::runUntilCurrent<Attempt>(transactions_, [&](work::Tx& tx) -> Result<Attempt> {
    Attempt attempt;
    auto account = store_.findAccount(tx, login);
    if (account) attempt.account = std::move(*account);
    if (!account && account.error().code != Code::NotFound) return account.error();
    const std::array counters = {std::pair(&attempt.here, std::string_view(here)),
                                 std::pair(&attempt.anywhere, login)};
    for (const auto& [tries, what] : counters) {
      auto found = triesOf(tx, what);
      if (!found) return found.error();
      *tries = std::move(*found);
    }
    const auto now = clock_.now();
    if (isBlocked(attempt.here, now)) return delayed(attempt.here, now);
    if (!attempt.here.trusted && isBlocked(attempt.anywhere, now)) {
      return delayed(attempt.anywhere, now);
    }
    countFailure(attempt.here, limits_.failures_free, now, limits_);
    countFailure(attempt.anywhere, limits_.failures_free_anywhere, now, limits_);
    for (auto* tries : {&attempt.here, &attempt.anywhere}) {
      const auto kept = store_.keepTries(tx, *tries);
      if (!kept) return kept.error();
    }
    return attempt;
  });
}

/// The count is taken back as it stands now: others may have been counted meanwhile.
Result<> Authentication::settleSuccess(work::Tx& tx, const Attempt& tried) {
  for (const auto* seen : {&tried.here, &tried.anywhere}) {
    auto now = store_.findTries(tx, seen->who);
    if (!now) return now.error();
    now->failures = 0;
    now->blocked_until.reset();
    now->trusted = seen == &tried.here;
    now->forget_at = clock_.now() + limits_.place_trusted;
    const auto kept = store_.keepTries(tx, *now);
    if (!kept) return kept;
  }
  return kDone;
}

Error Authentication::noteFailure(const Attempt& tried,
                                  std::string_view trace,
                                  const Error& refusal) {
  const auto noted = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx,
                         {.kind = tried.here.blocked_until ? audit::EventKind::AccountLocked
                                                           : audit::EventKind::SignInFailed,
                          .subject_kind = "account",
                          .subject = tried.account->person.value,
                          .trace = std::string(trace)});
  });
  return noted ? refusal : noted.error();
}

/// Others may have changed the password since it was tried; then what was tried opens nothing.
Result<Account> Authentication::accountAsTried(work::Tx& tx, const Account& tried) {
  auto account = store_.findAccountOf(tx, tried.person);
  if (!account) return account;
  if (account->disabled || account->password_hash != tried.password_hash) return signInFailed();
  return account;
}

Result<SignedIn> Authentication::open(const Attempt& tried, std::string_view trace) {
  const auto& seen = *tried.account;
  const auto token = freshToken(random_);
  const auto csrf = freshToken(random_);
  const auto now = clock_.now();
  auto caller = work::runUntilCurrent<Caller>(transactions_, [&](work::Tx& tx) -> Result<Caller> {
    const auto posts = store_.postsOfPerson(tx, seen.person);
    if (!posts) return posts.error();
    const auto today = vietnamDate(now);
    const auto post =
        std::ranges::find_if(*posts, [&](const Post& p) { return inForce(p, today); });
    if (post == posts->end()) return Error{Code::Forbidden, "post_missing_now"};

    // First of all the tries: from here on a change of password waits, or is seen by the next line.
    const auto settled = settleSuccess(tx, tried);
    if (!settled) return settled.error();
    const auto account = accountAsTried(tx, seen);
    if (!account) return account.error();
    const bool due =
        account->password_due && limits_.first_password == FirstPassword::MustBeChanged;
    const auto added = store_.addSession(
        tx, Session{hashOf(token), seen.person, post->id, hashOf(csrf), now, now, due});
    if (!added) return added.error();
    auto made = makeCaller(tx, store_, seen.person, *post);
    if (!made) return made;
    made->trace = std::string(trace);
    made->password_due = due;
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
  if (!caller) return caller;
  caller->trace = std::string(trace);
  caller->password_due = session.password_due;
  return caller;
}

Result<Caller> Authentication::caller(std::string_view token,
                                      std::string_view trace,
                                      Purpose purpose) {
  const auto session = liveSession(token);
  if (!session) return session.error();
  if (session->password_due && purpose == Purpose::Work) return passwordDue();
  return callerOf(*session, trace);
}

Result<Caller> Authentication::callerOfChange(std::string_view token,
                                              std::string_view csrf,
                                              std::string_view trace,
                                              Purpose purpose) {
  const auto session = liveSession(token);
  if (!session) return session.error();
  if (!crypto::equalConstantTime(session->csrf_hash, hashOf(csrf))) {
    return Error{Code::Forbidden, "csrf_missing"};
  }
  if (session->password_due && purpose == Purpose::Work) return passwordDue();
  return callerOf(*session, trace);
}

/// A sign-in that tried the old password meanwhile settles its tries before it looks at the
/// account: it waits for this and is refused, or its session is there and ends.
Result<> Authentication::replacePassword(work::Tx& tx,
                                         const Attempt& tried,
                                         std::string_view token,
                                         const std::string& hash) {
  auto account = accountAsTried(tx, *tried.account);
  if (!account) return account.error();
  account->password_hash = hash;
  account->password_due = false;
  const auto replaced = store_.replaceAccount(tx, *account);
  if (!replaced) return replaced;
  const auto settled = settleSuccess(tx, tried);
  if (!settled) return settled;
  return store_.keepOnlySession(tx, account->person, hashOf(token));
}

Result<Caller> Authentication::changePassword(const Caller& caller,
                                              std::string_view token,
                                              const PasswordChange& wanted,
                                              std::string_view address) {
  const auto strong = checkPassword(wanted.after);
  if (!strong) return strong.error();
  if (crypto::equalConstantTime(wanted.before.view(), wanted.after.view())) {
    return Error{Code::RuleRefused, "password_unchanged"};
  }
  const auto place = gate_.enter();
  if (!place) return place.error();
  auto changed = caller;
  changed.password_due = false;
  struct Known {
    std::optional<std::string> before;
    std::string login;
  };
  const auto known = transactions_.read<Known>([&](work::Tx& tx) -> Result<Known> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    const auto account = store_.findAccountOf(tx, caller.person);
    if (!account) return account.error();
    return Known{*before, account->login};
  });
  if (!known) return known.error();
  if (known->before) return changed;
  const auto tried = countAttempt(known->login, address);
  if (!tried) return tried.error();
  const Error wrong{Code::Unauthenticated, "password_wrong"};
  if (!tried->account) return wrong;
  if (!crypto::passwordMatches(tried->account->password_hash, wanted.before)) {
    return noteFailure(*tried, caller.trace, wrong);
  }
  const auto hash = crypto::hashPassword(wanted.after);
  const auto done =
      work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
        const auto replaced = replacePassword(tx, *tried, token, hash);
        if (!replaced) return replaced;
        const auto recorded = trail_.record(tx,
                                            {.kind = audit::EventKind::PasswordChanged,
                                             .by = actor(caller),
                                             .subject_kind = "account",
                                             .subject = caller.person.value,
                                             .trace = caller.trace});
        if (!recorded) return recorded;
        return once_.after(tx, caller.once, caller.person.text());
      });
  if (done) return changed;
  if (done.error().reason == "session_missing") return sessionMissing();
  return done.error().reason == "sign_in_failed" ? wrong : done.error();
}

Result<std::vector<Post>> Authentication::posts(const Caller& caller) {
  auto posts = transactions_.read<std::vector<Post>>(
      [&](work::Tx& tx) { return store_.postsOfPerson(tx, caller.person); });
  if (!posts) return posts;
  const auto today = vietnamDate(clock_.now());
  std::erase_if(*posts, [&](const Post& post) { return !inForce(post, today); });
  return posts;
}

Result<Caller> Authentication::actIn(std::string_view token,
                                     PostId wanted,
                                     std::string_view trace) {
  const auto hash = hashOf(token);
  return transactions_.run<Caller>([&](work::Tx& tx) -> Result<Caller> {
    const auto session = store_.findSession(tx, hash);
    if (!session) return session.error();
    const auto post = store_.findPost(tx, wanted);
    if (!post && post.error().code != Code::NotFound) return post.error();
    const bool theirs =
        post && post->holder == session->person && inForce(*post, vietnamDate(clock_.now()));
    if (!theirs) return Error{Code::Forbidden, "post_not_yours"};
    auto made = makeCaller(tx, store_, session->person, *post);
    if (!made) return made;
    made->trace = std::string(trace);
    if (session->post == wanted) return made;
    const auto moved = store_.moveSession(tx, hash, wanted);
    if (!moved) return moved.error();
    const auto recorded =
        trail_.record(tx,
                      {.kind = audit::EventKind::PostChosen,
                       .by = actor(*made),
                       .subject_kind = "account",
                       .subject = session->person.value,
                       .trace = std::string(trace),
                       .details = audit::Details().say("before", session->post).text()});
    if (!recorded) return recorded.error();
    return made;
  });
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
  return transactions_.run<std::int64_t>([&](work::Tx& tx) -> Result<std::int64_t> {
    const auto tries = store_.sweepTries(tx, now);
    if (!tries) return tries;
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
