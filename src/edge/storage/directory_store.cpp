// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/directory_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/transactions.h"

namespace congvan::storage {
namespace {

using directory::Account;
using directory::Agency;
using directory::AgencyId;
using directory::Person;
using directory::PersonId;
using directory::Post;
using directory::PostId;
using directory::Session;

constexpr std::string_view kSelectAgency =
    "SELECT id, parent, code, name, letters, kind, valid_from, valid_to, successor, version "
    "FROM agencies";

Agency agencyFrom(const Row& row) {
  Agency agency;
  agency.id = row.id<AgencyId>(0);
  agency.parent = row.optionalId<AgencyId>(1);
  agency.code = row.text(2);
  agency.name = row.text(3);
  agency.letters = row.text(4);
  agency.kind = known(directory::agencyKind(row.text(5)));
  agency.valid_from = dateFrom(row.text(6));
  agency.valid_to = optionalDate(row, 7);
  agency.successor = row.optionalId<AgencyId>(8);
  agency.version = row.integer(9);
  return agency;
}

/// The code while nobody else may have it.
std::optional<std::string> currentCode(const Agency& agency) {
  if (agency.code.empty() || agency.valid_to) return std::nullopt;
  return agency.code;
}

constexpr std::string_view kSelectPost =
    "SELECT id, agency, title, capacity, signs_for, holder, valid_from, valid_to, ended, version "
    "FROM posts";

Post postFrom(const Row& row) {
  Post post;
  post.id = row.id<PostId>(0);
  post.agency = row.id<AgencyId>(1);
  post.title = row.text(2);
  post.capacity = known(directory::capacity(row.text(3)));
  post.signs_for = row.text(4);
  post.holder = row.optionalId<PersonId>(5);
  post.valid_from = dateFrom(row.text(6));
  post.valid_to = optionalDate(row, 7);
  post.ended = row.optionalTime(8);
  post.version = row.integer(9);
  return post;
}

void addGrants(Connection& connection, const Post& post) {
  std::int64_t ordinal = 0;
  for (const auto& grant : post.grants) {
    connection.execute(
        "INSERT INTO post_grants (post, ordinal, role, over_agency) VALUES (?, ?, ?, ?)",
        {post.id, ordinal++, name(grant.role), grant.over});
  }
}

Result<Account> accountWhere(Connection& connection, const std::string& condition, Param value) {
  const auto row = connection.queryOne(
      "SELECT person, login, password_hash, password_due, disabled, version FROM accounts WHERE " +
          condition,
      {value});
  if (!row) return missing("account_missing");
  Account account;
  account.person = row->id<PersonId>(0);
  account.login = row->text(1);
  account.password_hash = row->text(2);
  account.password_due = row->boolean(3);
  account.disabled = row->boolean(4);
  account.version = row->integer(5);
  return account;
}

/// Posts and their grants, both in the order of the posts' ids. `condition` is on `p`.
std::vector<Post> postsWhere(Connection& connection, const std::string& condition, Param value) {
  auto posts =
      all(connection.query(std::string(kSelectPost) + " p WHERE " + condition + " ORDER BY p.id",
                           {value}),
          postFrom);
  auto post = posts.begin();
  for (const auto& row : connection.query(
           "SELECT g.post, g.role, g.over_agency FROM post_grants g JOIN posts p ON p.id = g.post "
           "WHERE " +
               condition + " ORDER BY g.post, g.ordinal",
           {value})) {
    const auto id = row.id<PostId>(0);
    while (post != posts.end() && post->id != id) ++post;
    if (post == posts.end()) throw DatabaseFault("a grant without its post");
    post->grants.push_back({known(directory::role(row.text(1))), row.id<AgencyId>(2)});
  }
  return posts;
}

}  // namespace

Result<> SqlDirectoryStore::addAgency(work::Tx& tx, const Agency& agency) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO agencies (id, parent, code, current_code, name, letters, kind, valid_from, "
      "valid_to, successor, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {agency.id,
       agency.parent,
       agency.code,
       currentCode(agency),
       agency.name,
       agency.letters,
       name(agency.kind),
       formatDate(agency.valid_from),
       dateColumn(agency.valid_to),
       agency.successor,
       agency.version});
  if (!stored) return taken("agency_code_taken");
  return kDone;
}

Result<> SqlDirectoryStore::replaceAgency(work::Tx& tx, const Agency& agency) {
  auto& connection = connectionOf(tx);
  if (const auto code = currentCode(agency)) {
    const auto other = connection.queryOne(
        "SELECT id FROM agencies WHERE current_code = ? AND id <> ?", {*code, agency.id});
    if (other) return taken("agency_code_taken");
  }
  return swapped(connection.execute(
      "UPDATE agencies SET parent = ?, code = ?, current_code = ?, name = ?, letters = ?, "
      "kind = ?, valid_from = ?, valid_to = ?, successor = ?, version = version + 1 "
      "WHERE id = ? AND version = ?",
      {agency.parent,
       agency.code,
       currentCode(agency),
       agency.name,
       agency.letters,
       name(agency.kind),
       formatDate(agency.valid_from),
       dateColumn(agency.valid_to),
       agency.successor,
       agency.id,
       agency.version}));
}

Result<Agency> SqlDirectoryStore::findAgency(work::Tx& tx, AgencyId id) {
  return found(connectionOf(tx).queryOne(std::string(kSelectAgency) + " WHERE id = ?", {id}),
               "agency_missing",
               agencyFrom);
}

Result<Agency> SqlDirectoryStore::findAgencyByCode(work::Tx& tx, std::string_view code) {
  return found(
      connectionOf(tx).queryOne(std::string(kSelectAgency) + " WHERE current_code = ?", {code}),
      "agency_missing",
      agencyFrom);
}

Result<std::vector<Agency>> SqlDirectoryStore::agencies(work::Tx& tx) {
  return all(connectionOf(tx).query(std::string(kSelectAgency) + " ORDER BY name, id"), agencyFrom);
}

Result<> SqlDirectoryStore::addPerson(work::Tx& tx, const Person& person) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO people (id, name, email, version) VALUES (?, ?, ?, ?)",
      {person.id, person.name, person.email, person.version});
  if (!stored) return taken("person_taken");
  return kDone;
}

Result<Person> SqlDirectoryStore::findPerson(work::Tx& tx, PersonId id) {
  const auto row =
      connectionOf(tx).queryOne("SELECT id, name, email, version FROM people WHERE id = ?", {id});
  if (!row) return missing("person_missing");
  return Person{row->id<PersonId>(0), row->text(1), row->text(2), row->integer(3)};
}

Result<> SqlDirectoryStore::addPost(work::Tx& tx, const Post& post) {
  auto& connection = connectionOf(tx);
  const bool stored = connection.insertUnlessTaken(
      "INSERT INTO posts (id, agency, title, capacity, signs_for, holder, valid_from, valid_to, "
      "ended, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {post.id,
       post.agency,
       post.title,
       name(post.capacity),
       post.signs_for,
       post.holder,
       formatDate(post.valid_from),
       dateColumn(post.valid_to),
       post.ended,
       post.version});
  if (!stored) return taken("post_taken");
  addGrants(connection, post);
  return kDone;
}

Result<> SqlDirectoryStore::replacePost(work::Tx& tx, const Post& post) {
  auto& connection = connectionOf(tx);
  const auto replaced = swapped(connection.execute(
      "UPDATE posts SET agency = ?, title = ?, capacity = ?, signs_for = ?, holder = ?, "
      "valid_from = ?, valid_to = ?, ended = ?, version = version + 1 WHERE id = ? AND version = ?",
      {post.agency,
       post.title,
       name(post.capacity),
       post.signs_for,
       post.holder,
       formatDate(post.valid_from),
       dateColumn(post.valid_to),
       post.ended,
       post.id,
       post.version}));
  if (!replaced) return replaced;
  connection.execute("DELETE FROM post_grants WHERE post = ?", {post.id});
  addGrants(connection, post);
  return kDone;
}

Result<Post> SqlDirectoryStore::findPost(work::Tx& tx, PostId id) {
  auto posts = postsWhere(connectionOf(tx), "p.id = ?", id);
  if (posts.empty()) return missing("post_missing");
  return std::move(posts.front());
}

Result<std::vector<Post>> SqlDirectoryStore::postsOfPerson(work::Tx& tx, PersonId person) {
  return postsWhere(connectionOf(tx), "p.holder = ?", person);
}

Result<std::vector<Post>> SqlDirectoryStore::postsOfAgency(work::Tx& tx, AgencyId agency) {
  return postsWhere(connectionOf(tx), "p.agency = ?", agency);
}

Result<> SqlDirectoryStore::addAccount(work::Tx& tx, const Account& account) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      // The column `failures` is no longer used: sign_in_tries counts.
      "INSERT INTO accounts (person, login, password_hash, password_due, failures, disabled, "
      "version) "
      "VALUES (?, ?, ?, ?, 0, ?, ?)",
      {account.person,
       account.login,
       account.password_hash,
       account.password_due,
       account.disabled,
       account.version});
  if (!stored) return taken("login_taken");
  return kDone;
}

Result<> SqlDirectoryStore::replaceAccount(work::Tx& tx, const Account& account) {
  return swapped(connectionOf(tx).execute(
      "UPDATE accounts SET password_hash = ?, password_due = ?, disabled = ?, "
      "version = version + 1 WHERE person = ? AND version = ?",
      {account.password_hash,
       account.password_due,
       account.disabled,
       account.person,
       account.version}));
}

Result<Account> SqlDirectoryStore::findAccount(work::Tx& tx, std::string_view login) {
  return accountWhere(connectionOf(tx), "login = ?", login);
}

Result<Account> SqlDirectoryStore::findAccountOf(work::Tx& tx, PersonId person) {
  return accountWhere(connectionOf(tx), "person = ?", person);
}

Result<directory::SignInTries> SqlDirectoryStore::findTries(work::Tx& tx, BytesView who) {
  directory::SignInTries tries{.who = toBytes(who)};
  const auto row = connectionOf(tx).queryOne(
      "SELECT failures, blocked_until, trusted, forget_at, version FROM sign_in_tries "
      "WHERE who = ?",
      {who});
  if (!row) return tries;
  tries.failures = row->integer(0);
  tries.blocked_until = row->optionalTime(1);
  tries.trusted = row->boolean(2);
  tries.forget_at = row->time(3);
  tries.version = row->integer(4);
  return tries;
}

Result<> SqlDirectoryStore::keepTries(work::Tx& tx, const directory::SignInTries& tries) {
  if (tries.version == 0) {
    const bool stored = connectionOf(tx).insertUnlessTaken(
        "INSERT INTO sign_in_tries (who, failures, blocked_until, trusted, forget_at, version) "
        "VALUES (?, ?, ?, ?, ?, 1)",
        {tries.who, tries.failures, tries.blocked_until, tries.trusted, tries.forget_at});
    return swapped(stored ? 1 : 0);
  }
  return swapped(connectionOf(tx).execute(
      "UPDATE sign_in_tries SET failures = ?, blocked_until = ?, trusted = ?, forget_at = ?, "
      "version = version + 1 WHERE who = ? AND version = ?",
      {tries.failures,
       tries.blocked_until,
       tries.trusted,
       tries.forget_at,
       tries.who,
       tries.version}));
}

Result<std::int64_t> SqlDirectoryStore::sweepTries(work::Tx& tx, Instant now) {
  return connectionOf(tx).execute("DELETE FROM sign_in_tries WHERE forget_at < ?", {now});
}

Result<> SqlDirectoryStore::addSession(work::Tx& tx, const Session& session) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO sessions (token_hash, person, post, csrf_hash, created, last_used, "
      "password_due) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {session.token_hash,
       session.person,
       session.post,
       session.csrf_hash,
       session.created,
       session.last_used,
       session.password_due});
  if (!stored) return taken("session_taken");
  return kDone;
}

Result<Session> SqlDirectoryStore::findSession(work::Tx& tx, BytesView token_hash) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT token_hash, person, post, csrf_hash, created, last_used, password_due FROM sessions "
      "WHERE token_hash = ?",
      {token_hash});
  if (!row) return missing("session_missing");
  Session session;
  session.token_hash = row->bytes(0);
  session.person = row->id<PersonId>(1);
  session.post = row->id<PostId>(2);
  session.csrf_hash = row->bytes(3);
  session.created = row->time(4);
  session.last_used = row->time(5);
  session.password_due = row->boolean(6);
  return session;
}

Result<> SqlDirectoryStore::touchSession(work::Tx& tx, BytesView token_hash, Instant now) {
  const auto touched = connectionOf(tx).execute(
      "UPDATE sessions SET last_used = ? WHERE token_hash = ?", {now, token_hash});
  if (touched == 0) return missing("session_missing");
  return kDone;
}

Result<> SqlDirectoryStore::moveSession(work::Tx& tx, BytesView token_hash, PostId post) {
  const auto moved = connectionOf(tx).execute("UPDATE sessions SET post = ? WHERE token_hash = ?",
                                              {post, token_hash});
  if (moved == 0) return missing("session_missing");
  return kDone;
}

Result<> SqlDirectoryStore::removeSession(work::Tx& tx, BytesView token_hash) {
  connectionOf(tx).execute("DELETE FROM sessions WHERE token_hash = ?", {token_hash});
  return kDone;
}

Result<> SqlDirectoryStore::keepOnlySession(work::Tx& tx, PersonId person, BytesView token_hash) {
  auto& connection = connectionOf(tx);
  connection.execute("DELETE FROM sessions WHERE person = ? AND token_hash <> ?",
                     {person, token_hash});
  const auto kept = connection.execute("UPDATE sessions SET password_due = ? WHERE token_hash = ?",
                                       {false, token_hash});
  if (kept == 0) return missing("session_missing");
  return kDone;
}

Result<std::int64_t> SqlDirectoryStore::sweepSessions(work::Tx& tx,
                                                      Instant created_before,
                                                      Instant used_before) {
  return connectionOf(tx).execute("DELETE FROM sessions WHERE created < ? OR last_used < ?",
                                  {created_before, used_before});
}

}  // namespace congvan::storage
