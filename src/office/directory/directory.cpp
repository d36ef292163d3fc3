// SPDX-License-Identifier: Apache-2.0
#include "office/directory/directory.h"

#include "base/text.h"
#include "office/audit/details.h"
#include "office/directory/actor.h"
#include "office/directory/permissions.h"

#include <algorithm>

namespace congvan::directory {
namespace {

constexpr std::size_t kPasswordShortest = 10;

Error refused(std::string_view reason) {
  return Error{Code::RuleRefused, std::string(reason)};
}

std::string detailsOf(const Post& post) {
  std::string grants;
  for (const auto& grant : post.grants) {
    grants += (grants.empty() ? "" : " ") + std::string(name(grant.role)) + ":" + grant.over.text();
  }
  return audit::Details()
      .say("agency", post.agency)
      .say("title", post.title)
      .say("capacity", name(post.capacity))
      .say("signs_for", post.signs_for)
      .say("holder", post.holder)
      .say("grants", grants)
      .text();
}

bool needsBody(Capacity capacity) {
  return capacity == Capacity::Tm || capacity == Capacity::Kt || capacity == Capacity::Tl ||
         capacity == Capacity::Tuq;
}

}  // namespace

Result<> checkPassword(const crypto::SecretBytes& password) {
  if (countCharacters(asText(password.view())) >= kPasswordShortest) return kDone;
  return Error{
      Code::RuleRefused, "password_too_short", {{"least", std::to_string(kPasswordShortest)}}};
}

std::optional<std::string> normalLogin(std::string_view login) {
  constexpr std::size_t kLongest = 64;
  if (login.empty() || login.size() > kLongest) return std::nullopt;
  std::string normal;
  for (char c : login) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!fine) return std::nullopt;
    normal.push_back(c);
  }
  return normal;
}

Result<Agency> Directory::makeAgency(work::Tx& tx, const NewAgency& wanted) {
  const bool unit = wanted.kind == AgencyKind::Unit;
  if (unit && !wanted.code.empty()) return refused("unit_with_code");
  if (unit && !wanted.parent) return refused("unit_without_parent");
  if (!unit && !isAgencyCode(wanted.code)) return refused("agency_code_wrong");
  const bool nameless = unit && wanted.letters.empty();
  if (!nameless && !isAgencyLetters(wanted.letters)) return refused("agency_letters_wrong");
  Agency agency{.id = ids_.make<AgencyTag>(),
                .parent = wanted.parent,
                .code = wanted.code,
                .name = wanted.name,
                .letters = wanted.letters,
                .kind = wanted.kind,
                .valid_from = vietnamDate(clock_.now()),
                .valid_to = {},
                .successor = {}};
  const auto added = store_.addAgency(tx, agency);
  if (!added) return added.error();
  return agency;
}

Result<Person> Directory::makePerson(work::Tx& tx,
                                     const NewPerson& wanted,
                                     const std::string& password_hash) {
  const auto login = normalLogin(wanted.login);
  if (!login) return refused("login_wrong");
  Person person{.id = ids_.make<PersonTag>(), .name = wanted.name, .email = wanted.email};
  const auto added = store_.addPerson(tx, person);
  if (!added) return added.error();
  const auto account = store_.addAccount(tx,
                                         Account{.person = person.id,
                                                 .login = *login,
                                                 .password_hash = password_hash,
                                                 .password_due = true});
  if (!account) return account.error();
  return person;
}

Result<Post> Directory::makePost(work::Tx& tx, const NewPost& wanted) {
  if (needsBody(wanted.capacity) && wanted.signs_for.empty()) return refused("capacity_needs_body");
  const auto agency = store_.findAgency(tx, wanted.agency);
  if (!agency) return agency.error();
  Post post{.id = ids_.make<PostTag>(),
            .agency = wanted.agency,
            .title = wanted.title,
            .capacity = wanted.capacity,
            .signs_for = wanted.signs_for,
            .holder = wanted.holder,
            .grants = wanted.grants,
            .valid_from = vietnamDate(clock_.now()),
            .valid_to = {}};
  const auto added = store_.addPost(tx, post);
  if (!added) return added.error();
  return post;
}

Result<PersonId> Directory::setUp(const NewAgency& top,
                                  const NewPerson& administrator,
                                  const crypto::SecretBytes& password) {
  const auto strong = checkPassword(password);
  if (!strong) return strong.error();
  const auto hash = crypto::hashPassword(password);
  return transactions_.run<PersonId>([&](work::Tx& tx) -> Result<PersonId> {
    const auto there = store_.agencies(tx);
    if (!there) return there.error();
    if (!there->empty()) return Error{Code::Conflict, "already_set_up"};
    const auto agency = makeAgency(tx, top);
    if (!agency) return agency.error();
    const auto person = makePerson(tx, administrator, hash);
    if (!person) return person.error();
    const auto post = makePost(
        tx,
        {.agency = agency->id,
         .title = "Quản trị hệ thống",
         .holder = person->id,
         .grants = {{Role::Administrator, agency->id}, {Role::CertificateOfficer, agency->id}}});
    if (!post) return post.error();
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::ProvinceSetUp,
                                         .subject_kind = "agency",
                                         .subject = agency->id.value});
    if (!recorded) return recorded.error();
    return person->id;
  });
}

Result<Agency> Directory::addAgency(const Caller& caller, const NewAgency& wanted) {
  return transactions_.run<Agency>([&](work::Tx& tx) -> Result<Agency> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return store_.findAgency(tx, AgencyId{*Uuid::parse(**before)});
    auto lineage = lineageOf(tx, store_, wanted.parent.value_or(caller.agency));
    if (!lineage) return lineage.error();
    // Beside the top agency only those may put another who administer the top one.
    if (!wanted.parent) lineage->links.erase(lineage->links.begin(), lineage->links.end() - 1);
    const auto allowed = require(caller, Role::Administrator, *lineage);
    if (!allowed) return allowed.error();
    auto agency = makeAgency(tx, wanted);
    if (!agency) return agency;
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::AgencyAdded,
                                         .by = actor(caller),
                                         .subject_kind = "agency",
                                         .subject = agency->id.value,
                                         .trace = caller.trace,
                                         .details = audit::Details()
                                                        .say("kind", name(agency->kind))
                                                        .say("parent", agency->parent)
                                                        .say("code", agency->code)
                                                        .say("name", agency->name)
                                                        .say("letters", agency->letters)
                                                        .text()});
    if (!recorded) return recorded.error();
    const auto kept = once_.after(tx, caller.once, agency->id.text());
    if (!kept) return kept.error();
    return agency;
  });
}

Result<std::string> Directory::hashOf(const crypto::SecretBytes& password) {
  const auto place = gate_.enter();
  if (!place) return place.error();
  return crypto::hashPassword(password);
}

Result<Person> Directory::addPerson(const Caller& caller,
                                    const NewPerson& wanted,
                                    const crypto::SecretBytes& password) {
  const auto strong = checkPassword(password);
  if (!strong) return strong.error();
  const auto hash = hashOf(password);
  if (!hash) return hash.error();
  return transactions_.run<Person>([&](work::Tx& tx) -> Result<Person> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return store_.findPerson(tx, PersonId{*Uuid::parse(**before)});
    const auto lineage = lineageOf(tx, store_, caller.agency);
    if (!lineage) return lineage.error();
    const auto allowed = require(caller, Role::Administrator, *lineage);
    if (!allowed) return allowed.error();
    auto person = makePerson(tx, wanted, *hash);
    if (!person) return person;
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::PersonAdded,
                                         .by = actor(caller),
                                         .subject_kind = "person",
                                         .subject = person->id.value,
                                         .trace = caller.trace,
                                         .details = audit::Details()
                                                        .say("name", person->name)
                                                        .say("login", *normalLogin(wanted.login))
                                                        .text()});
    if (!recorded) return recorded.error();
    const auto kept = once_.after(tx, caller.once, person->id.text());
    if (!kept) return kept.error();
    return person;
  });
}

/// Nobody is taken into service over the heads of those they work for already.
Result<> Directory::mayPlace(work::Tx& tx, const Caller& caller, PersonId person) {
  const auto holder = store_.findPerson(tx, person);
  if (!holder) return holder.error();
  const auto posts = store_.postsOfPerson(tx, person);
  if (!posts) return posts.error();
  const auto today = vietnamDate(clock_.now());
  for (const auto& post : *posts) {
    if (!inForce(post, today)) continue;
    const auto lineage = lineageOf(tx, store_, post.agency);
    if (!lineage) return lineage.error();
    const auto allowed = require(caller, Role::Administrator, *lineage);
    if (!allowed) return allowed;
  }
  return kDone;
}

Result<Post> Directory::addPost(const Caller& caller, const NewPost& wanted) {
  return transactions_.run<Post>([&](work::Tx& tx) -> Result<Post> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return store_.findPost(tx, PostId{*Uuid::parse(**before)});
    // Every granted right must be one that the caller oversees: nobody hands out more than they
    // have.
    std::vector<AgencyId> touched{wanted.agency};
    for (const auto& grant : wanted.grants) touched.push_back(grant.over);
    for (const auto agency : touched) {
      const auto lineage = lineageOf(tx, store_, agency);
      if (!lineage) return lineage.error();
      const auto allowed = require(caller, Role::Administrator, *lineage);
      if (!allowed) return allowed.error();
    }
    if (wanted.holder) {
      const auto mine = mayPlace(tx, caller, *wanted.holder);
      if (!mine) return mine.error();
    }
    auto post = makePost(tx, wanted);
    if (!post) return post;
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::PostAdded,
                                         .by = actor(caller),
                                         .subject_kind = "post",
                                         .subject = post->id.value,
                                         .trace = caller.trace,
                                         .details = detailsOf(*post)});
    if (!recorded) return recorded.error();
    const auto kept = once_.after(tx, caller.once, post->id.text());
    if (!kept) return kept.error();
    return post;
  });
}

Result<> Directory::endRights(work::Tx& tx, const Caller& caller, const Post& ended) {
  if (!ended.holder) return kDone;
  const auto posts = store_.postsOfPerson(tx, *ended.holder);
  if (!posts) return posts.error();
  const auto today = vietnamDate(clock_.now());
  for (const auto& grant : ended.grants) {
    const bool kept = std::ranges::any_of(*posts, [&](const Post& post) {
      return inForce(post, today) && std::ranges::find(post.grants, grant) != post.grants.end();
    });
    if (kept) continue;
    const auto done = rights_.ended(tx, caller, *ended.holder, grant);
    if (!done) return done;
  }
  return kDone;
}

Result<Post> Directory::endPost(const Caller& caller, PostId id, std::int64_t version) {
  return transactions_.run<Post>([&](work::Tx& tx) -> Result<Post> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    auto post = store_.findPost(tx, id);
    if (!post) return post;
    const auto lineage = lineageOf(tx, store_, post->agency);
    if (!lineage) return lineage.error();
    const auto allowed = require(caller, Role::Administrator, *lineage);
    if (!allowed) return allowed.error();
    if (*before) return post;
    if (post->version != version) return Error{Code::Stale, "version_stale"};
    const auto now = clock_.now();
    const auto today = vietnamDate(now);
    if (!inForce(*post, today)) return Error{Code::Conflict, "post_ended"};
    post->valid_to = today;
    post->ended = now;
    const auto kept = store_.replacePost(tx, *post);
    if (!kept) return kept.error();
    post->version += 1;
    const auto ended = endRights(tx, caller, *post);
    if (!ended) return ended.error();
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::PostEnded,
                                         .by = actor(caller),
                                         .subject_kind = "post",
                                         .subject = post->id.value,
                                         .trace = caller.trace,
                                         .details = detailsOf(*post)});
    if (!recorded) return recorded.error();
    const auto noted = once_.after(tx, caller.once, id.text());
    if (!noted) return noted.error();
    return post;
  });
}

Result<std::vector<Agency>> Directory::agencies(const Caller&) {
  return transactions_.read<std::vector<Agency>>([&](work::Tx& tx) { return store_.agencies(tx); });
}

Result<std::vector<Post>> Directory::posts(const Caller&, AgencyId agency) {
  return transactions_.read<std::vector<Post>>(
      [&](work::Tx& tx) { return store_.postsOfAgency(tx, agency); });
}

Result<Person> Directory::person(const Caller&, PersonId id) {
  return transactions_.read<Person>([&](work::Tx& tx) { return store_.findPerson(tx, id); });
}

}  // namespace congvan::directory
