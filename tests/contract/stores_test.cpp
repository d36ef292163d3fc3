// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/audit_store.h"
#include "edge/storage/authority_store.h"
#include "edge/storage/directory_store.h"
#include "edge/storage/records_store.h"
#include "tests/support/databases.h"
#include "trust/tlog/tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace congvan::storage {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using test::backendName;
using test::onBoth;
using work::Tx;

class StoreContract : public test::DatabaseTest {
 protected:
  /// The reason of a refusal, or nothing.
  std::string reasonOf(const std::function<Result<>(Tx&)>& action) {
    const auto done = change(action);
    return done ? std::string() : done.error().reason;
  }
  template <typename T>
  std::string refusalOf(const std::function<Result<T>(Tx&)>& action) {
    const auto done = transactions().run<T>(action);
    return done ? std::string() : done.error().reason;
  }

  Uuid id() { return makeId<struct Any>().value; }
  Instant now() { return clock_.now(); }
};

std::chrono::year_month_day day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{of_month};
}

work::BlobHash blob(std::uint8_t fill) {
  work::BlobHash hash;
  hash.bytes.fill(fill);
  return hash;
}

class AuditContract : public StoreContract {
 protected:
  audit::KeptEvent newEvent(std::optional<Uuid> person, Uuid subject) {
    clock_.advance(1ms);
    audit::KeptEvent kept;
    kept.event = {.id = makeId<audit::EventTag>(),
                  .kind = audit::EventKind::DocumentSigned,
                  .time = now(),
                  .person = person,
                  .post = id(),
                  .agency = std::nullopt,
                  .subject_kind = "document",
                  .subject = subject,
                  .trace = "t-1",
                  .details = R"({"number":5,"loại":"Chỉ thị"})"};
    kept.salt = Bytes(16, 7);
    return kept;
  }
  std::vector<audit::KeptEvent> list(const audit::EventFilter& filter) {
    const auto events =
        run<std::vector<audit::KeptEvent>>([&](Tx& tx) { return events_.list(tx, filter); });
    EXPECT_TRUE(events);
    return events ? *events : std::vector<audit::KeptEvent>();
  }
  audit::LeafId addLeaf(audit::Log log, std::string_view entry) {
    clock_.advance(1ms);
    const auto leaf =
        run<audit::LeafId>([&](Tx& tx) { return leaves_.add(tx, log, asBytes(entry)); });
    EXPECT_TRUE(leaf);
    return leaf ? *leaf : audit::LeafId{};
  }
  std::vector<audit::QueuedLeaf> due(audit::Log log, int limit = 100) {
    const auto leaves =
        run<std::vector<audit::QueuedLeaf>>([&](Tx& tx) { return leaves_.due(tx, log, limit); });
    EXPECT_TRUE(leaves);
    return leaves ? *leaves : std::vector<audit::QueuedLeaf>();
  }

  SqlEventStore events_;
  SqlLeafQueue leaves_{clock_, random_};
  SqlLogState state_;
};
INSTANTIATE_TEST_SUITE_P(Both, AuditContract, onBoth(), backendName);

TEST_P(AuditContract, KeepsAnEventByteForByte) {
  const auto kept = newEvent(id(), id());
  const auto leaf = addLeaf(audit::Log::Records, "leaf");
  ASSERT_TRUE(change([&](Tx& tx) { return events_.add(tx, kept, leaf.value); }));

  auto events = list({});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(audit::canonicalBytes(events[0].event), audit::canonicalBytes(kept.event));
  EXPECT_EQ(events[0].salt, kept.salt);
  EXPECT_EQ(events[0].leaf_index, std::nullopt);

  ASSERT_TRUE(
      change([&](Tx& tx) { return leaves_.markSequenced(tx, audit::Log::Records, {leaf}, 41); }));
  EXPECT_EQ(list({})[0].leaf_index, 41U);
}

TEST_P(AuditContract, ListsByFilterOldestFirstInPages) {
  const auto person = id();
  const auto subject = id();
  std::vector<audit::EventId> mine;
  for (int i = 0; i < 6; ++i) {
    const auto event =
        newEvent(i % 2 == 0 ? std::optional(person) : std::nullopt, i < 3 ? subject : id());
    if (i % 2 == 0) mine.push_back(event.event.id);
    ASSERT_TRUE(change([&](Tx& tx) { return events_.add(tx, event, id()); }));
  }
  EXPECT_EQ(list({.subjects = {subject}}).size(), 3U);
  EXPECT_EQ(list({.person = person}).size(), 3U);
  EXPECT_EQ(list({.from = now()}).size(), 1U);
  EXPECT_EQ(list({.to = now()}).size(), 5U);
  const auto first = list({.person = person, .limit = 2});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].event.id, mine[0]);
  const auto second = list({.person = person, .after = first[1].event.id, .limit = 2});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].event.id, mine[2]);
}

TEST_P(AuditContract, QueuesLeavesInOrderAndGivesEachAPlaceOnce) {
  const auto a = addLeaf(audit::Log::Issuance, "a");
  const auto b = addLeaf(audit::Log::Issuance, "b");
  addLeaf(audit::Log::Records, "other");
  const auto waiting = due(audit::Log::Issuance);
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].id, a);
  EXPECT_EQ(toText(waiting[1].entry), "b");
  EXPECT_EQ(due(audit::Log::Issuance, 1).size(), 1U);

  const auto place = [&](audit::LeafId leaf) {
    return run<std::optional<std::uint64_t>>(
        [&](Tx& tx) { return leaves_.indexOf(tx, audit::Log::Issuance, leaf); });
  };
  EXPECT_EQ(*place(a), std::nullopt);
  ASSERT_TRUE(change([&](Tx& tx) {
    return leaves_.markSequenced(tx, audit::Log::Issuance, {a, b}, 7);
  }));
  EXPECT_EQ(*place(a), 7U);
  EXPECT_EQ(*place(b), 8U);
  EXPECT_TRUE(due(audit::Log::Issuance).empty());
  EXPECT_EQ(due(audit::Log::Records).size(), 1U);

  const auto again = [&](Tx& tx) {
    return leaves_.markSequenced(tx, audit::Log::Issuance, {b}, 9);
  };
  EXPECT_EQ(reasonOf(again), "leaf_already_sequenced");
  EXPECT_EQ(*place(b), 8U);
  EXPECT_EQ(place(audit::LeafId{id()}).error().reason, "leaf_not_queued");
}

TEST_P(AuditContract, RefusesALeafOverTheLimit) {
  const auto add = [&](std::size_t size) {
    return refusalOf<audit::LeafId>(
        [&](Tx& tx) { return leaves_.add(tx, audit::Log::Records, Bytes(size, 1)); });
  };
  EXPECT_EQ(add(tlog::kEntryBytesMost), "");
  EXPECT_EQ(add(tlog::kEntryBytesMost + 1), "leaf_too_large");
}

TEST_P(AuditContract, AdvancesALogOnlyFromWhereItStands) {
  const auto head = [&](std::uint64_t size) {
    tlog::TreeHead tree{size, {}};
    tree.root.fill(static_cast<std::uint8_t>(size));
    return audit::LogHead{tree, "checkpoint " + std::to_string(size) + "\n", now()};
  };
  const auto advance = [&](std::optional<tlog::TreeHead> from, const audit::LogHead& to) {
    return reasonOf([&](Tx& tx) { return state_.advance(tx, audit::Log::Records, from, to); });
  };
  const auto found = [&] {
    return *run<std::optional<audit::LogHead>>(
        [&](Tx& tx) { return state_.find(tx, audit::Log::Records); });
  };
  EXPECT_FALSE(found());
  EXPECT_EQ(advance(head(1).tree, head(2)), "log_moved");
  EXPECT_EQ(advance(std::nullopt, head(1)), "");
  EXPECT_EQ(advance(std::nullopt, head(1)), "log_moved");
  EXPECT_EQ(advance(head(1).tree, head(5)), "");
  EXPECT_EQ(advance(head(1).tree, head(6)), "log_moved");
  auto forked = head(5).tree;
  forked.root[0] ^= 1U;
  EXPECT_EQ(advance(forked, head(6)), "log_moved") << "same size, other tree";
  ASSERT_TRUE(found());
  EXPECT_EQ(found()->tree, head(5).tree);
  EXPECT_EQ(found()->checkpoint, head(5).checkpoint);
  EXPECT_EQ(found()->time, now());
}

class DirectoryContract : public StoreContract {
 protected:
  directory::Agency agency(const std::string& code, const std::string& name) {
    directory::Agency agency;
    agency.id = makeId<directory::AgencyTag>();
    agency.parent = directory::AgencyId{id()};
    agency.code = code;
    agency.name = name;
    agency.letters = "SNV";
    agency.kind = directory::AgencyKind::Department;
    agency.valid_from = day(2025, 7, 1);
    return agency;
  }
  directory::Post post(directory::AgencyId agency, std::optional<directory::PersonId> holder) {
    directory::Post post;
    post.id = makeId<directory::PostTag>();
    post.agency = agency;
    post.title = "Phó Giám đốc Sở";
    post.capacity = directory::Capacity::Kt;
    post.signs_for = "GIÁM ĐỐC";
    post.holder = holder;
    post.grants = {{directory::Role::UnitHead, agency},
                   {directory::Role::Drafter, directory::AgencyId{id()}}};
    post.valid_from = day(2025, 7, 1);
    return post;
  }
  SqlDirectoryStore store_;
};
INSTANTIATE_TEST_SUITE_P(Both, DirectoryContract, onBoth(), backendName);

TEST_P(DirectoryContract, KeepsAgencies) {
  auto added = agency("H05.01", "Sở Nội vụ");
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addAgency(tx, added); }));
  const auto find = [&] {
    return *run<directory::Agency>([&](Tx& tx) { return store_.findAgency(tx, added.id); });
  };
  auto kept = find();
  EXPECT_EQ(kept.parent, added.parent);
  EXPECT_EQ(kept.code, "H05.01");
  EXPECT_EQ(kept.name, "Sở Nội vụ");
  EXPECT_EQ(kept.letters, "SNV");
  EXPECT_EQ(kept.kind, added.kind);
  EXPECT_EQ(kept.valid_from, added.valid_from);
  EXPECT_EQ(kept.valid_to, std::nullopt);

  added.valid_to = day(2026, 12, 31);
  added.successor = directory::AgencyId{id()};
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceAgency(tx, added); }));
  kept = find();
  EXPECT_EQ(kept.version, added.version + 1);
  EXPECT_EQ(kept.valid_to, added.valid_to);
  EXPECT_EQ(kept.successor, added.successor);
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceAgency(tx, added); }), "version_stale");
}

TEST_P(DirectoryContract, GivesACodeToOneAgencyAtATime) {
  auto old = agency("H05.01", "Sở cũ");
  const auto next = agency("H05.01", "Sở mới");
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addAgency(tx, old); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addAgency(tx, next); }), "agency_code_taken");
  old.valid_to = day(2026, 6, 30);
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceAgency(tx, old); }));
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addAgency(tx, next); }));
  const auto found =
      run<directory::Agency>([&](Tx& tx) { return store_.findAgencyByCode(tx, "H05.01"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, next.id);
  old.version = 2;
  old.valid_to.reset();
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceAgency(tx, old); }), "agency_code_taken");
  for (const auto* name : {"Phòng A", "Phòng B"}) {
    ASSERT_TRUE(change([&](Tx& tx) { return store_.addAgency(tx, agency("", name)); }))
        << "units have none";
  }
  EXPECT_EQ(
      run<std::vector<directory::Agency>>([&](Tx& tx) { return store_.agencies(tx); })->size(), 4U);
}

TEST_P(DirectoryContract, KeepsPostsWithTheirGrants) {
  const directory::AgencyId of{id()};
  const directory::PersonId person{id()};
  auto first = post(of, person);
  clock_.advance(1ms);
  auto second = post(of, std::nullopt);
  second.grants.clear();
  clock_.advance(1ms);
  auto third = post(of, person);
  for (const auto* each : {&first, &second, &third}) {
    ASSERT_TRUE(change([&](Tx& tx) { return store_.addPost(tx, *each); }));
  }
  const auto posts =
      run<std::vector<directory::Post>>([&](Tx& tx) { return store_.postsOfAgency(tx, of); });
  ASSERT_TRUE(posts);
  ASSERT_EQ(posts->size(), 3U);
  EXPECT_EQ((*posts)[0].grants, first.grants);
  EXPECT_TRUE((*posts)[1].grants.empty());
  EXPECT_EQ((*posts)[2].grants, third.grants);
  EXPECT_EQ((*posts)[0].title, first.title);
  EXPECT_EQ((*posts)[0].capacity, first.capacity);
  EXPECT_EQ((*posts)[0].signs_for, first.signs_for);
  EXPECT_EQ(run<std::vector<directory::Post>>([&](Tx& tx) {
              return store_.postsOfPerson(tx, person);
            })->size(),
            2U);

  first.grants = {{directory::Role::Leader, of}};
  first.holder.reset();
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replacePost(tx, first); }));
  const auto kept = run<directory::Post>([&](Tx& tx) { return store_.findPost(tx, first.id); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->grants, first.grants);
  EXPECT_EQ(kept->holder, std::nullopt);
  EXPECT_EQ(kept->version, 2);
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replacePost(tx, first); }), "version_stale");
}

TEST_P(DirectoryContract, KeepsAccountsByLogin) {
  directory::Account account{directory::PersonId{id()}, "chutich", "$argon2id$x"};
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addAccount(tx, account); }));
  auto other = account;
  other.person = directory::PersonId{id()};
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addAccount(tx, other); }), "login_taken");
  account.disabled = true;
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceAccount(tx, account); }));
  const auto kept =
      run<directory::Account>([&](Tx& tx) { return store_.findAccount(tx, "chutich"); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->person, account.person);
  EXPECT_EQ(kept->password_hash, account.password_hash);
  EXPECT_TRUE(kept->disabled);
  EXPECT_FALSE(kept->password_due);
  const auto of = [&](directory::PersonId person) {
    return run<directory::Account>([&](Tx& tx) { return store_.findAccountOf(tx, person); });
  };
  EXPECT_EQ(of(account.person)->login, "chutich");
  EXPECT_EQ(of(other.person).error().reason, "account_missing");
  account = *kept;
  account.password_due = true;
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceAccount(tx, account); }));
  EXPECT_TRUE(of(account.person)->password_due);
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceAccount(tx, account); }), "version_stale");
  EXPECT_EQ(refusalOf<directory::Account>([&](Tx& tx) { return store_.findAccount(tx, "x"); }),
            "account_missing");
}

TEST_P(DirectoryContract, KeepsTriesAndCountsThoseThatComeAtOnce) {
  const Bytes who(32, 7);
  const auto find = [&] {
    return *run<directory::SignInTries>([&](Tx& tx) { return store_.findTries(tx, who); });
  };
  const auto keep = [&](const directory::SignInTries& tries) {
    return reasonOf([&](Tx& tx) { return store_.keepTries(tx, tries); });
  };
  auto tries = find();
  EXPECT_EQ(tries.version, 0);
  EXPECT_EQ(tries.failures, 0);
  tries.failures = 3;
  tries.blocked_until = now() + 1h;
  tries.trusted = true;
  tries.forget_at = now() + 2h;
  EXPECT_EQ(keep(tries), "");
  EXPECT_EQ(keep(tries), "version_stale") << "another was first";
  auto kept = find();
  EXPECT_EQ(kept.failures, 3);
  EXPECT_EQ(kept.blocked_until, tries.blocked_until);
  EXPECT_TRUE(kept.trusted);
  EXPECT_EQ(kept.forget_at, tries.forget_at);
  kept.failures = 4;
  EXPECT_EQ(keep(kept), "");
  EXPECT_EQ(keep(kept), "version_stale");
  EXPECT_EQ(find().failures, 4);
  const auto sweep = [&](Instant at) {
    return *run<std::int64_t>([&](Tx& tx) { return store_.sweepTries(tx, at); });
  };
  EXPECT_EQ(sweep(tries.forget_at), 0);
  EXPECT_EQ(sweep(tries.forget_at + 1h), 1);
  EXPECT_EQ(find().version, 0);
}

TEST_P(DirectoryContract, RemovesTheSessionsOfOnePersonOnly) {
  const directory::PersonId person{id()};
  const auto add = [&](std::uint8_t token, directory::PersonId of) {
    directory::Session session{
        Bytes(32, token), of, {id()}, Bytes(32, 2), now(), now(), token == 1};
    ASSERT_TRUE(change([&](Tx& tx) { return store_.addSession(tx, session); }));
  };
  const auto find = [&](std::uint8_t token) {
    return run<directory::Session>(
        [&](Tx& tx) { return store_.findSession(tx, Bytes(32, token)); });
  };
  add(1, person);
  add(2, person);
  add(3, directory::PersonId{id()});
  EXPECT_TRUE(find(1)->password_due);
  EXPECT_FALSE(find(2)->password_due);
  const auto keepOnly = [&](std::uint8_t token) {
    return change([&](Tx& tx) { return store_.keepOnlySession(tx, person, Bytes(32, token)); });
  };
  ASSERT_TRUE(keepOnly(1));
  EXPECT_FALSE(find(1)->password_due);
  EXPECT_FALSE(find(2));
  EXPECT_TRUE(find(3));
  const auto gone = keepOnly(2);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reason, "session_missing");
  EXPECT_TRUE(find(1));
}

TEST_P(DirectoryContract, KeepsSessionsUntilTheyAreSwept) {
  directory::Session session;
  session.token_hash = Bytes(32, 1);
  session.person = directory::PersonId{id()};
  session.post = directory::PostId{id()};
  session.csrf_hash = Bytes(32, 2);
  session.created = session.last_used = now();
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addSession(tx, session); }));
  clock_.advance(1h);
  session.post = directory::PostId{id()};
  ASSERT_TRUE(
      change([&](Tx& tx) { return store_.moveSession(tx, session.token_hash, session.post); }));
  EXPECT_FALSE(change([&](Tx& tx) { return store_.moveSession(tx, Bytes(32, 9), session.post); }));
  ASSERT_TRUE(change([&](Tx& tx) { return store_.touchSession(tx, session.token_hash, now()); }));
  const auto find = [&] {
    return run<directory::Session>(
        [&](Tx& tx) { return store_.findSession(tx, session.token_hash); });
  };
  ASSERT_TRUE(find());
  EXPECT_EQ(find()->last_used, now());
  EXPECT_EQ(find()->csrf_hash, session.csrf_hash);
  EXPECT_EQ(find()->post, session.post);
  const auto sweep = [&](Instant created, Instant used) {
    return *run<std::int64_t>([&](Tx& tx) { return store_.sweepSessions(tx, created, used); });
  };
  EXPECT_EQ(sweep(session.created, now()), 0);
  EXPECT_EQ(sweep(session.created, now() + 1ms), 1);
  EXPECT_EQ(find().error().reason, "session_missing");
}

class AuthorityContract : public StoreContract {
 protected:
  authority::CertificateRecord record(const std::string& serial) {
    clock_.advance(1ms);
    authority::CertificateRecord record;
    record.id = makeId<authority::CertificateTag>();
    record.kind = authority::CertificateKind::Person;
    record.holder.person = person_;
    record.profile = "person";
    record.issuer = issuer_;
    record.serial = serial;
    record.subject = "CN=Nguyễn Văn Đức,C=VN";
    record.not_before = now();
    record.not_after = now() + 1h;
    record.tbs_sha256 = Bytes(32, 9);
    record.approvals_salt = Bytes(16, 3);
    record.intent_leaf = id();
    record.created = now();
    return record;
  }
  Result<> add(const authority::CertificateRecord& record) {
    return change([&](Tx& tx) { return store_.add(tx, record); });
  }
  const Uuid person_ = makeUuid(clock_, random_);
  const authority::IssuerId issuer_{makeUuid(clock_, random_)};
  SqlCertificateStore store_;
};
INSTANTIATE_TEST_SUITE_P(Both, AuthorityContract, onBoth(), backendName);

TEST_P(AuthorityContract, KeepsACertificateThroughItsLife) {
  auto added = record("0a");
  ASSERT_TRUE(add(added));
  added.state = authority::CertificateState::Revoked;
  added.der = Bytes(1000, 0x30);
  added.subject = "CN=Đã đổi";
  added.issued_leaf = id();
  added.revoked =
      pki::Revoked{now(), pki::RevocationReason::KeyCompromise, std::optional<Instant>(now() - 1h)};
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replace(tx, added); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replace(tx, added); }), "version_stale");

  const auto kept = run<authority::CertificateRecord>(
      [&](Tx& tx) { return store_.findBySerial(tx, issuer_, "0a"); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, added.id);
  EXPECT_EQ(kept->state, added.state);
  EXPECT_EQ(kept->holder.person, person_);
  EXPECT_EQ(kept->holder.agency, std::nullopt);
  EXPECT_EQ(kept->subject, added.subject);
  EXPECT_EQ(kept->der, added.der);
  EXPECT_EQ(kept->tbs_sha256, added.tbs_sha256);
  EXPECT_EQ(kept->approvals_salt, added.approvals_salt);
  EXPECT_EQ(kept->intent_leaf, added.intent_leaf);
  EXPECT_EQ(kept->issued_leaf, added.issued_leaf);
  ASSERT_TRUE(kept->revoked);
  EXPECT_EQ(kept->revoked->time, added.revoked->time);
  EXPECT_EQ(kept->revoked->reason, added.revoked->reason);
  EXPECT_EQ(kept->revoked->invalidity_date, added.revoked->invalidity_date);
  EXPECT_EQ(kept->version, 2);
}

TEST_P(AuthorityContract, GivesASerialOnceAnIssuer) {
  ASSERT_TRUE(add(record("0a")));
  const auto again = add(record("0a"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "serial_taken");
  auto other = record("0a");
  other.issuer = authority::IssuerId{id()};
  EXPECT_TRUE(add(other));
}

TEST_P(AuthorityContract, ListsByHolderStateAndPage) {
  const auto first = record("01");
  auto second = record("02");
  second.state = authority::CertificateState::Revoked;
  second.revoked = pki::Revoked{now()};
  auto seal = record("03");
  seal.kind = authority::CertificateKind::OrganisationSeal;
  seal.holder = {std::nullopt, id()};
  for (const auto& each : {first, second, seal}) ASSERT_TRUE(add(each));

  using Records = std::vector<authority::CertificateRecord>;
  const auto of_person = run<Records>([&](Tx& tx) {
    return store_.ofHolder(tx, {person_, std::nullopt}, authority::CertificateKind::Person);
  });
  ASSERT_EQ(of_person->size(), 2U);
  EXPECT_EQ((*of_person)[0].id, second.id) << "newest first";
  EXPECT_EQ(run<Records>([&](Tx& tx) {
              return store_.ofHolder(tx, seal.holder, authority::CertificateKind::OrganisationSeal);
            })->size(),
            1U);
  const auto listed = [&](std::int64_t shard) {
    return run<std::vector<authority::ListedRevocation>>(
               [&](Tx& tx) { return store_.revokedIn(tx, issuer_, shard); })
        ->size();
  };
  EXPECT_EQ(listed(0), 1U);
  EXPECT_EQ(listed(1), 0U);
  EXPECT_EQ(*run<std::int64_t>([&](Tx& tx) { return store_.countInShard(tx, issuer_, 0); }), 3);
  EXPECT_EQ(run<Records>([&](Tx& tx) { return store_.intended(tx); })->size(), 2U);
  const auto page = run<Records>([&](Tx& tx) { return store_.list(tx, std::nullopt, 2); });
  ASSERT_EQ(page->size(), 2U);
  const auto rest = run<Records>([&](Tx& tx) { return store_.list(tx, page->back().id, 2); });
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_EQ(rest->front().id, first.id);
}

TEST_P(AuthorityContract, KeepsOrdersAndIssuers) {
  authority::Order order;
  order.id = makeId<authority::OrderTag>();
  order.request = makeId<authority::RequestTag>();
  order.holder.person = person_;
  order.activator = person_;
  order.ordered_by = id();
  order.created = now();
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addOrder(tx, order); }));
  const auto open = [&] {
    return run<std::vector<authority::Order>>(
               [&](Tx& tx) { return store_.openOrders(tx, person_); })
        ->size();
  };
  EXPECT_EQ(open(), 1U);
  order.state = authority::OrderState::Used;
  order.certificate = authority::CertificateId{id()};
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceOrder(tx, order); }));
  EXPECT_EQ(open(), 0U);
  EXPECT_EQ(
      run<authority::Order>([&](Tx& tx) { return store_.findOrder(tx, order.id); })->certificate,
      order.certificate);
  EXPECT_EQ(run<authority::Order>([&](Tx& tx) { return store_.findOrder(tx, order.id); })->request,
            order.request);

  authority::Issuer issuer;
  issuer.id = issuer_;
  issuer.name = "ca1";
  issuer.certificate = authority::CertificateId{id()};
  issuer.wrapped_key = Bytes(200, 5);
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addIssuer(tx, issuer); }));
  auto twin = issuer;
  twin.id = authority::IssuerId{id()};
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addIssuer(tx, twin); }), "issuer_name_taken");
  issuer.wrapped_key = Bytes(300, 6);
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceIssuer(tx, issuer); }));
  const auto all = run<std::vector<authority::Issuer>>([&](Tx& tx) { return store_.issuers(tx); });
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().wrapped_key, issuer.wrapped_key);
}

TEST_P(AuthorityContract, KeepsTheListsOfAnIssuer) {
  authority::CrlShard shard{
      .issuer = issuer_, .shard = 1, .address = "http://a/ca1.1.crl", .crl = {}};
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addShard(tx, shard); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addShard(tx, shard); }), "shard_taken");
  shard.number = 1'795'312'800'000;
  shard.crl = Bytes(490'000, 6);
  shard.next_update = now() + 24h;
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceShard(tx, shard); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceShard(tx, shard); }), "version_stale");
  const auto find = [&] {
    return *run<authority::CrlShard>([&](Tx& tx) { return store_.findShard(tx, issuer_, 1); });
  };
  EXPECT_EQ(find().crl, shard.crl);
  EXPECT_EQ(find().number, shard.number);
  EXPECT_EQ(find().address, shard.address);
  EXPECT_EQ(find().version, 2);
  const auto all =
      run<std::vector<authority::CrlShard>>([&](Tx& tx) { return store_.shardsOf(tx, issuer_); });
  ASSERT_EQ(all->size(), 1U);
  EXPECT_TRUE(all->front().crl.empty()) << "not read with the others";
  EXPECT_EQ(all->front().next_update, shard.next_update);

  const auto mark = [&](std::int64_t of) {
    return reasonOf([&](Tx& tx) { return store_.markStatusChanged(tx, issuer_, of, now()); });
  };
  EXPECT_EQ(mark(2), "shard_missing");
  ASSERT_TRUE(change([&](Tx& tx) { return store_.markStatusChanged(tx, issuer_, 1, now()); }));
  EXPECT_EQ(find().version, 3);
  EXPECT_LE(find().next_update, now());
}

TEST_P(AuthorityContract, KeepsKeysAndTheWaysToThem) {
  SqlKeyStore keys;
  const signing::KeptKey key{signing::KeyId{id()}, id(), person_, std::nullopt, Bytes(300, 1)};
  ASSERT_TRUE(change([&](Tx& tx) { return keys.addKey(tx, key); }));
  const auto kept =
      run<signing::KeptKey>([&](Tx& tx) { return keys.findKeyOfCertificate(tx, key.certificate); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, key.id);
  EXPECT_EQ(kept->wrapped, key.wrapped);
  EXPECT_EQ(kept->person, key.person);

  signing::KeyAccess access{key.id, person_, Bytes(64, 2)};
  ASSERT_TRUE(change([&](Tx& tx) { return keys.addAccess(tx, access); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return keys.addAccess(tx, access); }), "access_taken");
  access.failures = 4;
  access.blocked_until = now() + 1h;
  access.locked = true;
  ASSERT_TRUE(change([&](Tx& tx) { return keys.replaceAccess(tx, access); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return keys.replaceAccess(tx, access); }), "version_stale");
  const auto find = [&] {
    return run<signing::KeyAccess>([&](Tx& tx) { return keys.findAccess(tx, key.id, person_); });
  };
  ASSERT_TRUE(find());
  EXPECT_EQ(find()->failures, 4);
  EXPECT_EQ(find()->blocked_until, access.blocked_until);
  EXPECT_TRUE(find()->locked);
  ASSERT_TRUE(change([&](Tx& tx) { return keys.removeAccess(tx, key.id, person_); }));
  EXPECT_EQ(find().error().reason, "key_access_missing");
}

class RecordsContract : public StoreContract {
 protected:
  records::Document document() {
    clock_.advance(1ms);
    records::Document document;
    document.id = makeId<records::DocumentTag>();
    document.agency = agency_;
    document.drafted_in = records::AgencyId{id()};
    document.drafter = drafter_;
    document.drafter_post = records::PostId{id()};
    document.type = "CT";
    document.subject = "Về việc tăng cường quản lý văn bản điện tử";
    document.urgency = records::Urgency::Urgent;
    document.file = blob(1);
    document.file_size = 1'000'000;
    document.steps = {{records::StepKind::Initial, head_, "KyNhay1", std::nullopt, std::nullopt},
                      {records::StepKind::Sign, chairman_, "Ky", std::nullopt, std::nullopt}};
    document.slots = {{"Ky", 2, 300.25, 120.5, 180, 1.0 / 3.0}};
    document.recipients = {records::AgencyId{id()}, records::AgencyId{id()}};
    document.created = document.changed = now();
    return document;
  }
  Result<> add(const records::Document& document) {
    return change([&](Tx& tx) { return store_.addDocument(tx, document); });
  }
  std::vector<records::DocumentId> list(const records::DocumentFilter& filter,
                                        const records::Page<records::DocumentId>& page = {}) {
    const auto found = run<std::vector<records::Document>>(
        [&](Tx& tx) { return store_.documents(tx, filter, page); });
    EXPECT_TRUE(found);
    std::vector<records::DocumentId> ids;
    if (found) std::ranges::transform(*found, std::back_inserter(ids), &records::Document::id);
    return ids;
  }
  records::Incoming incoming() {
    clock_.advance(1ms);
    records::Incoming incoming;
    incoming.id = makeId<records::IncomingTag>();
    incoming.agency = agency_;
    incoming.delivery = exchange::DeliveryId{id()};
    incoming.sender = records::AgencyId{id()};
    incoming.sender_name = "UBND tỉnh";
    incoming.type = "CT";
    incoming.code = "05/CT-UBND";
    incoming.issue_date = day(2026, 11, 22);
    incoming.subject = "Về việc …";
    incoming.file = blob(2);
    incoming.file_size = 5;
    incoming.arrived = incoming.changed = now();
    return incoming;
  }

  const records::AgencyId agency_{makeUuid(clock_, random_)};
  const records::PersonId drafter_{makeUuid(clock_, random_)};
  const records::PostId head_{makeUuid(clock_, random_)};
  const records::PostId chairman_{makeUuid(clock_, random_)};
  SqlRecordStore store_;
};
INSTANTIATE_TEST_SUITE_P(Both, RecordsContract, onBoth(), backendName);

TEST_P(RecordsContract, KeepsADocumentThroughItsLife) {
  auto added = document();
  ASSERT_TRUE(add(added));
  added.state = records::DocumentState::Issuing;
  added.number = 5;
  added.notation = "CT-UBND";
  added.issue_date = day(2026, 11, 22);
  added.return_reason = "sai thể thức";
  added.steps[0].done_by = records::PersonId{id()};
  added.steps[0].done_at = now();
  added.file = blob(3);
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceDocument(tx, added); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceDocument(tx, added); }), "version_stale");

  const auto kept =
      run<records::Document>([&](Tx& tx) { return store_.findDocument(tx, added.id); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->agency, added.agency);
  EXPECT_EQ(kept->drafted_in, added.drafted_in);
  EXPECT_EQ(kept->drafter, added.drafter);
  EXPECT_EQ(kept->drafter_post, added.drafter_post);
  EXPECT_EQ(kept->type, added.type);
  EXPECT_EQ(kept->subject, added.subject);
  EXPECT_EQ(kept->urgency, added.urgency);
  EXPECT_EQ(kept->state, added.state);
  EXPECT_EQ(kept->return_reason, added.return_reason);
  EXPECT_EQ(kept->number, 5);
  EXPECT_EQ(kept->notation, added.notation);
  EXPECT_EQ(kept->issue_date, added.issue_date);
  EXPECT_EQ(kept->file, added.file);
  EXPECT_EQ(kept->file_size, added.file_size);
  EXPECT_EQ(kept->recipients, added.recipients);
  EXPECT_EQ(kept->created, added.created);
  EXPECT_EQ(kept->changed, added.changed);
  EXPECT_EQ(kept->version, 2);
  ASSERT_EQ(kept->steps.size(), 2U);
  EXPECT_EQ(kept->steps[0].done_by, added.steps[0].done_by);
  EXPECT_EQ(kept->steps[0].done_at, added.steps[0].done_at);
  EXPECT_EQ(kept->steps[1].kind, records::StepKind::Sign);
  EXPECT_EQ(kept->steps[1].post, chairman_);
  EXPECT_EQ(kept->steps[1].field, "Ky");
  ASSERT_EQ(kept->slots.size(), 1U);
  EXPECT_EQ(kept->slots[0].page, 2);
  EXPECT_EQ(kept->slots[0].left, 300.25);
  EXPECT_EQ(kept->slots[0].height, 1.0 / 3.0);
  EXPECT_EQ(refusalOf<records::Document>(
                [&](Tx& tx) { return store_.findDocument(tx, records::DocumentId{id()}); }),
            "document_missing");
}

TEST_P(RecordsContract, KeepsFiveThousandRecipients) {
  auto wide = document();
  for (int i = 0; i < 5000; ++i) wide.recipients.push_back(records::AgencyId{id()});
  ASSERT_TRUE(add(wide));
  EXPECT_EQ(
      run<records::Document>([&](Tx& tx) { return store_.findDocument(tx, wide.id); })->recipients,
      wide.recipients);
}

TEST_P(RecordsContract, ListsDocumentsByFilterAndPage) {
  auto first = document();
  auto second = document();
  second.steps[0].done_at = now();
  second.state = records::DocumentState::Initialled;
  auto third = document();
  third.agency = records::AgencyId{id()};
  third.drafter = records::PersonId{id()};
  for (const auto& each : {first, second, third}) ASSERT_TRUE(add(each));

  using Ids = std::vector<records::DocumentId>;
  EXPECT_EQ(list({}), (Ids{third.id, second.id, first.id}));
  EXPECT_EQ(list({.agencies = {agency_}}), (Ids{second.id, first.id}));
  EXPECT_EQ(list({.drafter = drafter_}), (Ids{second.id, first.id}));
  EXPECT_EQ(list({.waiting_for = head_}), (Ids{third.id, first.id}));
  EXPECT_EQ(list({.waiting_for = chairman_}), (Ids{second.id}));
  EXPECT_EQ(list({.states = {records::DocumentState::Initialled, records::DocumentState::Issued}}),
            (Ids{second.id}));
  EXPECT_EQ(list({}, {.limit = 2}), (Ids{third.id, second.id}));
  EXPECT_EQ(list({}, {.after = second.id, .limit = 2}), (Ids{first.id}));
}

TEST_P(RecordsContract, KeepsEveryVersionOfAFile) {
  const auto of = document();
  for (int i = 0; i < 3; ++i) {
    const records::DocumentFile file{.document = of.id,
                                     .ordinal = i,
                                     .purpose = records::FilePurpose::Signed,
                                     .blob = blob(static_cast<std::uint8_t>(i)),
                                     .size = 10 + i,
                                     .by = drafter_,
                                     .at = now()};
    ASSERT_TRUE(change([&](Tx& tx) { return store_.addFile(tx, file); }));
    EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addFile(tx, file); }), "file_taken");
  }
  const auto files =
      run<std::vector<records::DocumentFile>>([&](Tx& tx) { return store_.files(tx, of.id); });
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[2].blob, blob(2));
  EXPECT_EQ((*files)[2].size, 12);
  EXPECT_EQ((*files)[2].by, drafter_);
}

TEST_P(RecordsContract, NumbersWithoutGapOrDoubleThoughSomeRollBack) {
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::mutex mutex;
  std::vector<std::int64_t> given;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto number = transactions().run<std::int64_t>([&](Tx& tx) -> Result<std::int64_t> {
          auto next = store_.nextNumber(tx, agency_, "CT", 2026);
          if ((t + i) % 4 == 0) return Error{Code::RuleRefused, "seal_failed"};
          return next;
        });
        if (!number) continue;
        const std::scoped_lock lock(mutex);
        given.push_back(*number);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::ranges::sort(given);
  ASSERT_EQ(given.size(), 72U);
  for (std::size_t i = 0; i < given.size(); ++i) {
    ASSERT_EQ(given[i], static_cast<std::int64_t>(i) + 1);
  }
  const auto other_year =
      run<std::int64_t>([&](Tx& tx) { return store_.nextNumber(tx, agency_, "CT", 2027); });
  EXPECT_EQ(*other_year, 1);
}

TEST_P(RecordsContract, KeepsWhatArrived) {
  auto added = incoming();
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addIncoming(tx, added); }));
  auto twice = incoming();
  twice.delivery = added.delivery;
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.addIncoming(tx, twice); }), "incoming_taken");
  const auto unverified = [&] {
    return run<std::vector<records::Incoming>>(
               [&](Tx& tx) { return store_.unverified(tx, {}, 10); })
        ->size();
  };
  EXPECT_EQ(unverified(), 1U);

  added.verification = "TOTAL-PASSED";
  added.verification_report = blob(9);
  added.state = exchange::DeliveryState::Registered;
  added.arrival_number = 12;
  added.arrival_date = day(2026, 11, 23);
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceIncoming(tx, added); }));
  EXPECT_EQ(unverified(), 0U);
  const auto kept = run<records::Incoming>(
      [&](Tx& tx) { return store_.findIncomingOfDelivery(tx, added.delivery); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, added.id);
  EXPECT_EQ(kept->sender_name, added.sender_name);
  EXPECT_EQ(kept->code, added.code);
  EXPECT_EQ(kept->issue_date, added.issue_date);
  EXPECT_EQ(kept->verification, added.verification);
  EXPECT_EQ(kept->verification_report, added.verification_report);
  EXPECT_EQ(kept->state, added.state);
  EXPECT_EQ(kept->arrival_number, 12);
  EXPECT_EQ(kept->arrival_date, added.arrival_date);
  EXPECT_EQ(kept->version, 2);

  const auto count = [&](std::optional<exchange::DeliveryState> state) {
    return run<std::vector<records::Incoming>>([&](Tx& tx) {
             return store_.incoming(tx, {{agency_}, state}, {});
           })
        ->size();
  };
  EXPECT_EQ(count(std::nullopt), 1U);
  EXPECT_EQ(count(exchange::DeliveryState::Registered), 1U);
  EXPECT_EQ(count(exchange::DeliveryState::Arrived), 0U);
}

TEST_P(RecordsContract, KeepsAssignments) {
  records::Assignment added;
  added.id = makeId<records::AssignmentTag>();
  added.incoming = records::IncomingId{id()};
  added.by = drafter_;
  added.by_post = chairman_;
  added.lead = head_;
  added.opinion = std::string("Giao Sở Nội vụ chủ trì. ") + std::string(3000, 'x');
  added.deadline = day(2026, 12, 1);
  added.created = added.changed = now();
  ASSERT_TRUE(change([&](Tx& tx) { return store_.addAssignment(tx, added); }));
  added.state = records::AssignmentState::Done;
  added.result = "Đã xong";
  ASSERT_TRUE(change([&](Tx& tx) { return store_.replaceAssignment(tx, added); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return store_.replaceAssignment(tx, added); }), "version_stale");
  using All = std::vector<records::Assignment>;
  const auto of_post = run<All>([&](Tx& tx) { return store_.assignmentsOfPost(tx, head_, {}); });
  ASSERT_EQ(of_post->size(), 1U);
  EXPECT_EQ(of_post->front().opinion, added.opinion);
  EXPECT_EQ(of_post->front().by_post, chairman_);
  EXPECT_EQ(of_post->front().deadline, added.deadline);
  EXPECT_EQ(of_post->front().result, added.result);
  EXPECT_EQ(of_post->front().state, added.state);
  EXPECT_EQ(run<All>([&](Tx& tx) { return store_.assignments(tx, added.incoming); })->size(), 1U);
}

TEST_P(RecordsContract, DeliversADocumentToARecipientOnce) {
  SqlDeliveryStore deliveries;
  exchange::Delivery added;
  added.id = makeId<exchange::DeliveryTag>();
  added.document = id();
  added.sender = id();
  added.recipient = id();
  added.file = blob(4);
  added.sent = added.changed = now();
  ASSERT_TRUE(change([&](Tx& tx) { return deliveries.add(tx, added); }));
  auto twice = added;
  twice.id = makeId<exchange::DeliveryTag>();
  EXPECT_EQ(reasonOf([&](Tx& tx) { return deliveries.add(tx, twice); }), "delivery_taken");
  const auto last = [&] {
    return run<exchange::Delivery>(
        [&](Tx& tx) { return deliveries.lastTo(tx, added.document, added.recipient); });
  };
  EXPECT_EQ(last()->id, added.id);
  added.state = exchange::DeliveryState::Returned;
  added.note = "Sai thể thức";
  added.receipt = id();
  ASSERT_TRUE(change([&](Tx& tx) { return deliveries.replace(tx, added); }));
  EXPECT_EQ(reasonOf([&](Tx& tx) { return deliveries.replace(tx, added); }), "version_stale");
  const auto all = run<std::vector<exchange::Delivery>>(
      [&](Tx& tx) { return deliveries.ofDocument(tx, added.document); });
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().state, added.state);
  EXPECT_EQ(all->front().note, added.note);
  EXPECT_EQ(all->front().receipt, added.receipt);
  EXPECT_EQ(all->front().file, added.file);
  twice.attempt = 2;
  ASSERT_TRUE(change([&](Tx& tx) { return deliveries.add(tx, twice); }));
  EXPECT_EQ(last()->id, twice.id);
  EXPECT_EQ(last()->attempt, 2);
  EXPECT_EQ(all->front().version, 2);
}

}  // namespace
}  // namespace congvan::storage
