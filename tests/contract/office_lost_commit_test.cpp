// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"
#include "trust/crypto/password.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// The fault pair for everything that writes: at each COMMIT of each use case the answer is lost,
/// once before it was carried out and once after. The caller hears `commit_unknown`, sends the same
/// request again, and in the end it has happened exactly once.
namespace congvan {
namespace {

using test::backendName;
using test::Fault;
using test::onBoth;
using test::withKey;
using test::World;

/// One request, sent as often as wanted; answers the reason of a refusal, or `(done)`.
using Request = std::function<std::string()>;

struct UseCase {
  std::string name;
  /// Makes what the request needs, so that each one has its own.
  std::function<Request(World&, const std::string& key)> prepare;
  /// What the second sending may hear besides `(done)`: an act without a retry key that finds its
  /// effect in place.
  std::string found_done = "(done)";
  /// What happens exactly once where the second sending begins anew: a code or a session that never
  /// arrived is another one, an intent that came to nothing is closed. Unset: everything.
  std::optional<std::vector<std::string>> just_once = {};
};

template <typename T>
std::string whyOf(const Result<T>& result) {
  return result ? "(done)" : result.error().reason;
}
template <typename T>
T valueOf(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().detail);
  return std::move(*result);
}

records::Incoming arrivalOf(World& w, records::DocumentId document) {
  for (const auto& delivery : valueOf(w.outgoing.deliveries(w.clerk, document))) {
    return valueOf(w.transactions.read<records::Incoming>(
        [&](work::Tx& tx) { return w.record_store.findIncomingOfDelivery(tx, delivery.id); }));
  }
  throw std::runtime_error("nothing was delivered");
}

records::Incoming verifiedArrival(World& w) {
  const auto document = w.dispatched({w.commune});
  valueOf(w.reception.verifyArrivals());
  return arrivalOf(w, document.id);
}

records::Incoming registeredArrival(World& w) {
  const auto incoming = verifiedArrival(w);
  return valueOf(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version));
}

records::Assignment assigned(World& w) {
  const auto incoming = registeredArrival(w);
  return valueOf(w.reception.assign(w.commune_leader,
                                    incoming.id,
                                    incoming.version,
                                    {.lead = w.commune_officer.post, .opinion = "Giao"}));
}

/// An agency has one seal at a time, and each request has a new one.
authority::CertificateRecord newSeal(World& w) {
  constexpr auto kSeal = authority::CertificateKind::OrganisationSeal;
  if (const auto former = w.ca->active({.agency = w.province.value}, kSeal)) {
    valueOf(w.ca->revoke(w.officer, former->id, pki::RevocationReason::Superseded, std::nullopt));
  }
  return w.certifySeal(w.province, w.clerk);
}

const std::vector<UseCase>& directoryUseCases() {
  static const std::vector<UseCase> kAll = {
      {"addAgency",
       [](World& w, const std::string& key) -> Request {
         return [&w, by = withKey(w.administrator, key), key] {
           return whyOf(w.people.addAgency(by, {.parent = w.department, .name = "Phòng " + key}));
         };
       }},
      {"addPerson",
       [](World& w, const std::string& key) -> Request {
         return [&w, by = withKey(w.administrator, key), key] {
           return whyOf(w.people.addPerson(by,
                                           {.name = "Người mới", .login = "p" + key},
                                           crypto::SecretBytes(std::string_view("0123456789"))));
         };
       }},
      {"addPost",
       [](World& w, const std::string& key) -> Request {
         return [&w, by = withKey(w.administrator, key)] {
           return whyOf(w.people.addPost(by,
                                         {.agency = w.unit,
                                          .title = "Chuyên viên",
                                          .grants = {{directory::Role::Drafter, w.department}}}));
         };
       }},
      {"endPost",
       [](World& w, const std::string& key) -> Request {
         const auto post = valueOf(w.people.addPost(
             w.administrator, {.agency = w.unit, .title = "Chuyên viên", .holder = w.head.person}));
         return [&w, by = withKey(w.administrator, key), post] {
           return whyOf(w.people.endPost(by, post.id, post.version));
         };
       }},
      {.name = "signIn",
       .prepare = [](World& w, const std::string& key) -> Request {
         const auto person = w.addPerson("Người " + key, "Văn thư", w.office, {}).person;
         valueOf(w.transactions.run<std::monostate>([&](work::Tx& tx) {
           return w.directory_store.addAccount(
               tx,
               {.person = person,
                .login = "s" + key,
                .password_hash =
                    crypto::hashPassword(w.pin, {.operations = 1, .memory_bytes = 8192})});
         }));
         return [&w, login = "s" + key] {
           return whyOf(
               w.authentication.signIn(login, w.pin, {.address = "10.0.0.1", .trace = "t"}));
         };
       },
       .just_once = std::vector<std::string>{}},
      {"changePassword",
       [](World& w, const std::string& key) -> Request {
         const auto person = w.addPerson("Người " + key, "Văn thư", w.office, {}).person;
         valueOf(w.transactions.run<std::monostate>([&](work::Tx& tx) {
           return w.directory_store.addAccount(
               tx,
               {.person = person,
                .login = "c" + key,
                .password_hash =
                    crypto::hashPassword(w.pin, {.operations = 1, .memory_bytes = 8192})});
         }));
         auto in = valueOf(w.authentication.signIn("c" + key, w.pin, {"10.0.0.1", "t"}));
         return [&w, by = withKey(in.caller, key), token = in.token] {
           return whyOf(w.authentication.changePassword(
               by,
               token,
               {crypto::SecretBytes(w.pin.view()),
                crypto::SecretBytes(std::string_view("một mật khẩu khác"))},
               "10.0.0.1"));
         };
       }},
  };
  return kAll;
}

const std::vector<UseCase>& certificateUseCases() {
  static const std::vector<UseCase> kAll = {
      {"request",
       [](World& w, const std::string& key) -> Request {
         return [&w, by = withKey(w.department_clerk, key), content = w.personRequest(w.head)] {
           return whyOf(w.requests.enter(by, content));
         };
       }},
      {"approve",
       [](World& w, const std::string& key) -> Request {
         const auto entered =
             valueOf(w.requests.enter(w.department_clerk, w.personRequest(w.head)));
         const auto seen = valueOf(w.requests.accept(w.officer, entered.id, entered.version));
         return [&w, by = withKey(w.second_officer, key), seen] {
           return whyOf(
               w.requests.approve(by, seen.id, seen.version, authority::contentHash(seen)));
         };
       }},
      {"activate",
       [](World& w, const std::string& key) -> Request {
         const auto order = w.orderFor(w.personRequest(w.head));
         return [&w, by = withKey(w.head, key), id = order.id] {
           const auto now = w.ca->orderOf(by, id);
           if (!now) return whyOf(now);
           return whyOf(signing::activate(by, *w.ca, w.custody, *now, w.pin));
         };
       },
       "(done)",
       {{"certificates issued", "idempotency"}}},
      {"revoke",
       [](World& w, const std::string& key) -> Request {
         const auto record = w.certify(w.drafter);
         return [&w, by = withKey(w.officer, key), id = record.id] {
           return whyOf(w.ca->revoke(by, id, pki::RevocationReason::Superseded, std::nullopt));
         };
       }},
      {"offer a seal",
       [](World& w, const std::string&) -> Request {
         const auto seal = newSeal(w);
         return [&w, id = seal.id.value] {
           return whyOf(w.custody.offer(w.clerk, id, w.pin, w.second_clerk.person.value));
         };
       },
       "(done)",
       {{"key_access"}}},
      {"take a seal up",
       [](World& w, const std::string&) -> Request {
         const auto seal = newSeal(w);
         const auto offer =
             valueOf(w.custody.offer(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value));
         return [&w,
                 id = seal.id.value,
                 code = std::make_shared<crypto::SecretBytes>(std::string_view(offer.code))] {
           return whyOf(w.custody.takeUp(w.second_clerk, id, *code, w.pin));
         };
       },
       "access_taken"},
      {"withdraw a seal",
       [](World& w, const std::string&) -> Request {
         const auto seal = newSeal(w);
         valueOf(w.custody.offer(w.clerk, seal.id.value, w.pin, w.second_clerk.person.value));
         return [&w, id = seal.id.value] {
           return whyOf(w.custody.withdraw(w.clerk, id, w.second_clerk.person.value));
         };
       },
       "key_access_missing"},
      {"open a key",
       [](World& w, const std::string&) -> Request {
         const auto record = w.certify(w.drafter);
         return [&w, id = record.id.value] { return whyOf(w.custody.open(w.drafter, id, w.pin)); };
       }},
  };
  return kAll;
}

const std::vector<UseCase>& outgoingUseCases() {
  static const std::vector<UseCase> kAll = {
      {"draft",
       [](World& w, const std::string& key) -> Request {
         return [&w, by = withKey(w.drafter, key)] {
           return whyOf(w.outgoing.draft(by, w.newDocument({w.commune})));
         };
       }},
      {"attachFile",
       [](World& w, const std::string& key) -> Request {
         const auto draft = valueOf(w.outgoing.draft(w.drafter, w.newDocument({w.commune})));
         const auto& pdf = test::directivePdf();
         const signing::StoredFile file{w.putFile(pdf), static_cast<std::int64_t>(pdf.size())};
         return [&w, by = withKey(w.drafter, key), draft, file] {
           return whyOf(w.outgoing.attachFile(by, draft.id, draft.version, file));
         };
       }},
      {"submit",
       [](World& w, const std::string& key) -> Request {
         const auto draft = w.drafted({w.commune});
         return [&w, by = withKey(w.drafter, key), draft] {
           return whyOf(w.outgoing.submit(by, draft.id, draft.version, w.route()));
         };
       }},
      {"sign",
       [](World& w, const std::string& key) -> Request {
         const auto document = w.submitted({w.commune});
         return [&w, by = withKey(w.head, key), document] {
           return whyOf(w.outgoing.sign(by, document.id, document.version, w.pin));
         };
       }},
      {"giveBack",
       [](World& w, const std::string& key) -> Request {
         const auto document = w.submitted({w.commune});
         return [&w, by = withKey(w.head, key), document] {
           return whyOf(w.outgoing.giveBack(by, document.id, document.version, "Sai thể thức"));
         };
       }},
      {"issue",
       [](World& w, const std::string& key) -> Request {
         const auto document = w.signedOff({w.commune});
         return [&w, by = withKey(w.clerk, key), document] {
           return whyOf(w.outgoing.issue(by, document.id, document.version, w.pin));
         };
       }},
      {"dispatch",
       [](World& w, const std::string& key) -> Request {
         const auto document = w.issued({w.commune});
         return [&w, by = withKey(w.clerk, key), document] {
           return whyOf(w.outgoing.dispatch(by, document.id, document.version));
         };
       }},
      {"dispatchAgain",
       [](World& w, const std::string& key) -> Request {
         const auto document = w.dispatched({w.commune});
         const auto arrival = arrivalOf(w, document.id);
         valueOf(w.reception.giveBack(w.commune_clerk, arrival.id, arrival.version, "Gửi nhầm"));
         return [&w, by = withKey(w.clerk, key), document] {
           return whyOf(w.outgoing.dispatchAgain(by, document.id, document.version, w.commune));
         };
       }},
      {"cancelNumber",
       [](World& w, const std::string& key) -> Request {
         const auto before = w.signedOff({w.commune});
         w.events.refuse_at = audit::EventKind::DocumentIssued;
         EXPECT_FALSE(w.outgoing.issue(w.clerk, before.id, before.version, w.pin));
         w.events.refuse_at.reset();
         return [&w, by = withKey(w.clerk, key), document = w.documentNow(before.id)] {
           return whyOf(
               w.outgoing.cancelNumber(by, document.id, document.version, "Không đóng dấu được"));
         };
       }},
  };
  return kAll;
}

const std::vector<UseCase>& receptionUseCases() {
  static const std::vector<UseCase> kAll = {
      {"verifyArrivals",
       [](World& w, const std::string&) -> Request {
         w.dispatched({w.commune});
         return [&w] { return whyOf(w.reception.verifyArrivals()); };
       }},
      {"judgeAgain",
       [](World& w, const std::string& key) -> Request {
         // As if it had been undecided on arrival.
         auto incoming = verifiedArrival(w);
         incoming.verification = "INDETERMINATE";
         valueOf(w.transactions.run<std::monostate>(
             [&](work::Tx& tx) { return w.record_store.replaceIncoming(tx, incoming); }));
         return [&w, by = withKey(w.commune_clerk, key), incoming] {
           return whyOf(w.reception.judgeAgain(by, incoming.id, incoming.version + 1));
         };
       }},
      {"registerArrival",
       [](World& w, const std::string& key) -> Request {
         const auto incoming = verifiedArrival(w);
         return [&w, by = withKey(w.commune_clerk, key), incoming] {
           return whyOf(w.reception.registerArrival(by, incoming.id, incoming.version));
         };
       }},
      {"return an arrival",
       [](World& w, const std::string& key) -> Request {
         const auto incoming = verifiedArrival(w);
         return [&w, by = withKey(w.commune_clerk, key), incoming] {
           return whyOf(w.reception.giveBack(by, incoming.id, incoming.version, "Gửi nhầm"));
         };
       }},
      {"assign",
       [](World& w, const std::string& key) -> Request {
         const auto incoming = registeredArrival(w);
         return [&w, by = withKey(w.commune_leader, key), incoming] {
           return whyOf(w.reception.assign(by,
                                           incoming.id,
                                           incoming.version,
                                           {.lead = w.commune_officer.post, .opinion = "Giao"}));
         };
       }},
      {"start",
       [](World& w, const std::string& key) -> Request {
         const auto assignment = assigned(w);
         return [&w, by = withKey(w.commune_officer, key), assignment] {
           return whyOf(w.reception.start(by, assignment.id, assignment.version));
         };
       }},
      {"finish",
       [](World& w, const std::string& key) -> Request {
         const auto before = assigned(w);
         const auto assignment =
             valueOf(w.reception.start(w.commune_officer, before.id, before.version));
         return [&w, by = withKey(w.commune_officer, key), assignment] {
           return whyOf(w.reception.finish(by, assignment.id, assignment.version, "Xong"));
         };
       }},
  };
  return kAll;
}

class LostCommit : public test::OfficeTest {
 protected:
  /// What counts as effect: rows of a table, numbers given, states reached.
  using Footprint = std::map<std::string, std::int64_t>;

  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    faulty_ = std::make_unique<test::FaultyDatabase>(database());
    lossy_ = std::make_unique<storage::SqlTransactions>(*faulty_, random_);
    world_ = std::make_unique<World>(*lossy_);
    for (const auto* person : {&world().head, &world().checker, &world().chairman}) {
      world().certify(*person);
    }
    world().certifySeal(world().province, world().clerk);
  }

  Footprint footprint() {
    Footprint all;
    const auto connection = database().acquire(storage::Access::Read);
    for (const std::string table : {"agencies",
                                    "people",
                                    "posts",
                                    "post_grants",
                                    "sessions",
                                    "accounts",
                                    "certificates",
                                    "certificate_orders",
                                    "certificate_requests",
                                    "certified_keys",
                                    "kept_keys",
                                    "key_access",
                                    "documents",
                                    "document_files",
                                    "deliveries",
                                    "incoming",
                                    "incoming_verdicts",
                                    "assignments",
                                    "audit_events",
                                    "log_leaves",
                                    "idempotency"}) {
      all[table] = connection->queryOne("SELECT COUNT(*) FROM " + table)->integer(0);
    }
    // That a seal was tried in vain is written down, with its leaf, and is no effect of the act.
    const auto in_vain = connection
                             ->queryOne("SELECT COUNT(*) FROM audit_events WHERE kind = ?",
                                        {audit::name(audit::EventKind::SealFailed)})
                             ->integer(0);
    all["audit_events"] -= in_vain;
    all["log_leaves"] -= in_vain;
    for (const auto& row : connection->query("SELECT last_number FROM number_books")) {
      all["numbers given"] += row.integer(0);
    }
    for (const std::string table :
         {"certificates", "certificate_requests", "documents", "incoming", "assignments"}) {
      for (const auto& row :
           connection->query("SELECT state, COUNT(*) FROM " + table + " GROUP BY state")) {
        all[table + " " + row.text(0)] = row.integer(1);
      }
    }
    return all;
  }

  /// What `action` added.
  Footprint added(const std::function<void()>& action) {
    const auto before = footprint();
    action();
    auto after = footprint();
    for (const auto& [what, count] : before) after[what] -= count;
    std::erase_if(after, [](const auto& entry) { return entry.second == 0; });
    return after;
  }

  Request fresh(const UseCase& use_case) {
    // Past the delay that tries of a PIN cost, were they counted.
    world().clock.advance(std::chrono::minutes(1));
    return use_case.prepare(world(), "k" + std::to_string(++keys_));
  }

  void check(const UseCase& use_case) {
    SCOPED_TRACE(use_case.name);
    const auto undisturbed = fresh(use_case);
    const auto once = added([&] { EXPECT_EQ(undisturbed(), "(done)"); });
    EXPECT_FALSE(once.empty() && use_case.name != "open a key") << "it writes nothing";
    for (const auto when : {Fault::When::Before, Fault::When::After}) {
      SCOPED_TRACE(when == Fault::When::Before ? "failed and not stored" : "failed but stored");
      int commit = 1;
      for (; commit < 10 && !loses(use_case, commit, when, once); ++commit) {
      }
      EXPECT_GT(commit, 1) << "no commit of it was lost";
    }
  }

  /// True: it has no such commit.
  bool loses(const UseCase& use_case, int commit, Fault::When when, const Footprint& once) {
    SCOPED_TRACE("commit " + std::to_string(commit));
    const auto request = fresh(use_case);
    bool lost = false;
    const auto effect = added([&] {
      faulty_->loseCommit(commit, when);
      const auto answer = request();
      lost = faulty_->hasStruck();
      faulty_->loseCommit(0, when);
      if (!lost) return;
      EXPECT_EQ(answer, "commit_unknown");
      const auto again = request();
      if (again != "(done)") {
        EXPECT_EQ(again, use_case.found_done);
        EXPECT_EQ(when, Fault::When::After);
      }
    });
    if (!lost || !use_case.just_once) {
      EXPECT_EQ(effect, once);
      return !lost;
    }
    for (const auto& what : *use_case.just_once) {
      EXPECT_EQ(effect.contains(what) ? effect.at(what) : 0, once.at(what)) << what;
    }
    return false;
  }

  void checkAll(const std::vector<UseCase>& use_cases) {
    for (const auto& use_case : use_cases) check(use_case);
  }

  void TearDown() override {
    OfficeTest::TearDown();
    lossy_.reset();
    faulty_.reset();
  }

 private:
  std::unique_ptr<test::FaultyDatabase> faulty_;
  std::unique_ptr<storage::SqlTransactions> lossy_;
  int keys_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Both, LostCommit, onBoth(), backendName);

TEST_P(LostCommit, OfTheDirectoryIsSettledByTheRetry) {
  checkAll(directoryUseCases());
}

TEST_P(LostCommit, OfCertificatesAndKeysIsSettledByTheRetry) {
  checkAll(certificateUseCases());
}

TEST_P(LostCommit, OfOutgoingDocumentsIsSettledByTheRetry) {
  checkAll(outgoingUseCases());
}

TEST_P(LostCommit, OfArrivalsIsSettledByTheRetry) {
  checkAll(receptionUseCases());
}

}  // namespace
}  // namespace congvan
