// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/transactions.h"
#include "tests/contract/office_world.h"
#include "tests/support/faulty_database.h"
#include "trust/crypto/password.h"

#include <atomic>
#include <future>
#include <thread>

namespace congvan {
namespace {

using directory::Role;
using test::backendName;
using test::onBoth;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SignIn : public test::OfficeTest {
 protected:
  void SetUp() override {
    OfficeTest::SetUp();
    if (!world_) return;
    commit([&](work::Tx& tx) {
      const directory::Account account{.person = world().head.person,
                                       .login = "cuong",
                                       .password_hash = crypto::hashPassword(
                                           password_, {.operations = 1, .memory_bytes = 8192})};
      EXPECT_TRUE(world().directory_store.addAccount(tx, account));
    });
  }
  std::string signIn(const crypto::SecretBytes& password) {
    return why(
        world().authentication.signIn("Cuong", password, {.address = "10.0.0.1", .trace = "t"}));
  }
  const crypto::SecretBytes password_{std::string_view("một mật khẩu dài")};
  const crypto::SecretBytes wrong_{std::string_view("một mật khẩu sai")};
};
INSTANTIATE_TEST_SUITE_P(Both, SignIn, onBoth(), backendName);

TEST_P(SignIn, OpensASessionThatKnowsItsCaller) {
  auto& w = world();
  const auto in =
      must(w.authentication.signIn("CUONG", password_, {.address = "10.0.0.1", .trace = "t"}));
  EXPECT_EQ(in.caller.post, w.head.post);
  EXPECT_EQ(must(w.authentication.caller(in.token, "t")).name, "Lê Văn Cường");
  EXPECT_EQ(why(w.authentication.callerOfChange(in.token, in.csrf, "t")), "(done)");
  EXPECT_EQ(why(w.authentication.callerOfChange(in.token, "", "t")), "csrf_missing");
  EXPECT_EQ(why(w.authentication.callerOfChange(in.token, in.token, "t")), "csrf_missing");
  EXPECT_EQ(why(w.authentication.caller("forged", "t")), "session_missing");
}

TEST_P(SignIn, EndsASessionForGood) {
  auto& w = world();
  const auto in =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  must(w.authentication.signOut(in.token, "t"));
  EXPECT_EQ(why(w.authentication.caller(in.token, "t")), "session_missing");
  EXPECT_EQ(why(w.authentication.signOut(in.token, "t")), "(done)");
  EXPECT_EQ(w.eventsOf(w.head.person.value), "session.signed-in session.signed-out");
}

TEST_P(SignIn, EndsIdleAndOldSessions) {
  auto& w = world();
  const auto idle =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  w.clock.advance(std::chrono::minutes(29));
  EXPECT_EQ(why(w.authentication.caller(idle.token, "t")), "(done)");
  w.clock.advance(std::chrono::minutes(31));
  EXPECT_EQ(why(w.authentication.caller(idle.token, "t")), "session_expired");
  const auto old =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  for (int i = 0; i < 35; ++i) {
    w.clock.advance(std::chrono::minutes(20));
    EXPECT_EQ(why(w.authentication.caller(old.token, "t")), "(done)");
  }
  w.clock.advance(std::chrono::minutes(21));
  EXPECT_EQ(why(w.authentication.caller(old.token, "t")), "session_expired");
  EXPECT_EQ(must(w.authentication.sweep()), 2);
}

TEST_P(SignIn, EndsWithThePost) {
  auto& w = world();
  const auto in =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  commit([&](work::Tx& tx) {
    auto post = *w.directory_store.findPost(tx, w.head.post);
    post.holder = w.checker.person;
    EXPECT_TRUE(w.directory_store.replacePost(tx, post));
  });
  EXPECT_EQ(why(w.authentication.caller(in.token, "t")), "session_expired");
  EXPECT_EQ(signIn(password_), "post_missing_now");
}

TEST_P(SignIn, GoesOnInAnotherPostOfTheSamePersonWithTheRightsOfThatOneOnly) {
  auto& w = world();
  const auto clerk_post = must(w.people.addPost(w.administrator,
                                                {.agency = w.department,
                                                 .title = "Văn thư",
                                                 .holder = w.head.person,
                                                 .grants = {{Role::Clerk, w.department}}}));
  const auto in =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  const auto& first = in.caller;
  const auto posts = must(w.authentication.posts(first));
  ASSERT_EQ(posts.size(), 2U);
  const auto second = posts[0].id == first.post ? posts[1].id : posts[0].id;
  EXPECT_TRUE(first.post == clerk_post.id || second == clerk_post.id);

  EXPECT_EQ(must(w.authentication.actIn(in.token, second, "t")).post, second);

  const auto now = must(w.authentication.callerOfChange(in.token, in.csrf, "t"));
  EXPECT_EQ(now.post, second);
  EXPECT_NE(now.grants, first.grants);
  for (const auto& grant : first.grants) EXPECT_THAT(now.grants, Not(Contains(grant)));
  EXPECT_EQ(must(w.authentication.actIn(in.token, second, "t")).post, second);
  EXPECT_EQ(w.eventsOf(w.head.person.value), "session.signed-in session.post-chosen");
  EXPECT_THAT(w.detailsOf(w.head.person.value, audit::EventKind::PostChosen),
              HasSubstr(first.post.text()));
}

TEST_P(SignIn, GoesOnInNoPostThatIsNotTheirsToday) {
  auto& w = world();
  const auto added = must(w.people.addPost(
      w.administrator,
      {.agency = w.department, .title = "Văn thư", .holder = w.head.person, .grants = {}}));
  const auto in =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  const auto other = in.caller.post == added.id ? w.head.post : added.id;
  const auto ended = must(w.people.endPost(w.administrator, other, 1));

  EXPECT_EQ(why(w.authentication.actIn(in.token, ended.id, "t")), "post_not_yours");
  EXPECT_EQ(why(w.authentication.actIn(in.token, w.checker.post, "t")), "post_not_yours");
  EXPECT_EQ(why(w.authentication.actIn(in.token, directory::PostId{w.province.value}, "t")),
            "post_not_yours");
  EXPECT_EQ(why(w.authentication.actIn("forged", other, "t")), "session_missing");
  EXPECT_EQ(must(w.authentication.caller(in.token, "t")).post, in.caller.post);
  EXPECT_EQ(must(w.authentication.posts(in.caller)).size(), 1U);
}

TEST_P(SignIn, EndsWithTheChosenPostAndBeginsAgainInOneThatIsLeft) {
  auto& w = world();
  const auto added = must(w.people.addPost(
      w.administrator,
      {.agency = w.department, .title = "Văn thư", .holder = w.head.person, .grants = {}}));
  const auto in =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  must(w.authentication.actIn(in.token, added.id, "t"));

  must(w.people.endPost(w.administrator, added.id, added.version));

  EXPECT_EQ(why(w.authentication.caller(in.token, "t")), "session_expired");
  const auto again =
      must(w.authentication.signIn("cuong", password_, {.address = "10.0.0.1", .trace = "t"}));
  EXPECT_EQ(again.caller.post, w.head.post);
}

TEST_P(SignIn, DelaysAfterWrongPasswordsAndLongerEachTime) {
  auto& w = world();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(signIn(wrong_), "sign_in_failed");
  EXPECT_EQ(signIn(password_), "sign_in_delayed");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(signIn(wrong_), "sign_in_failed");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(signIn(password_), "sign_in_delayed");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(signIn(password_), "(done)");
  EXPECT_EQ(signIn(wrong_), "sign_in_failed");
  EXPECT_EQ(signIn(password_), "(done)");
  EXPECT_EQ(
      why(w.authentication.signIn("nobody", password_, {.address = "10.0.0.1", .trace = "t"})),
      "sign_in_failed");
}

TEST_P(SignIn, TellsNobodyWhichLoginsExist) {
  auto& w = world();
  for (const char* login : {"cuong", "nobody", "not a login"}) {
    const auto from = [&](const char* address) {
      return why(w.authentication.signIn(login, wrong_, {.address = address, .trace = "t"}));
    };
    for (int i = 0; i < 5; ++i) EXPECT_EQ(from("198.51.100.7"), "sign_in_failed") << login;
    EXPECT_EQ(from("198.51.100.7"), "sign_in_delayed") << login;
  }
}

TEST_P(SignIn, DelaysThePlaceThatGuessesAndNobodyElse) {
  auto& w = world();
  const auto from = [&](const char* address, const crypto::SecretBytes& password) {
    return why(w.authentication.signIn("cuong", password, {.address = address, .trace = "t"}));
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(from("2001:db8:1:2::9", wrong_), "sign_in_failed");
  EXPECT_EQ(from("2001:db8:1:2::10", wrong_), "sign_in_delayed") << "the same /64";
  EXPECT_EQ(from("2001:db8:1:3::9", password_), "(done)");
}

TEST_P(SignIn, DelaysNewPlacesOnlyWhenManyGuess) {
  auto& w = world();
  const auto from = [&](const std::string& address, const crypto::SecretBytes& password) {
    return why(w.authentication.signIn("cuong", password, {.address = address, .trace = "t"}));
  };
  EXPECT_EQ(from("10.0.0.1", password_), "(done)");
  for (int place = 0; place <= 50; ++place) {
    EXPECT_EQ(from("198.51.100." + std::to_string(place), wrong_), "sign_in_failed");
  }
  EXPECT_EQ(from("203.0.113.5", password_), "sign_in_delayed");
  EXPECT_EQ(from("10.0.0.1", password_), "(done)") << "used from there before";
  EXPECT_EQ(from("203.0.113.5", password_), "(done)") << "the right password ends the count";
}

TEST_P(SignIn, ForgetsPlacesThatGuessedLongAgo) {
  auto& w = world();
  EXPECT_EQ(signIn(wrong_), "sign_in_failed");
  const auto rows = [&] {
    return database()
        .acquire(storage::Access::Read)
        ->queryOne("SELECT COUNT(*) FROM sign_in_tries")
        ->integer(0);
  };
  must(w.authentication.sweep());
  EXPECT_EQ(rows(), 2);
  w.clock.advance(std::chrono::hours(1));
  must(w.authentication.sweep());
  EXPECT_EQ(rows(), 0);
}

TEST_P(SignIn, CountsTriesThatComeAtOnce) {
  std::atomic<int> tried = 0;
  std::vector<std::thread> thieves;
  for (int i = 0; i < 12; ++i) {
    thieves.emplace_back([&] {
      if (signIn(wrong_) == "sign_in_failed") ++tried;
    });
  }
  for (auto& one : thieves) one.join();
  EXPECT_EQ(tried, 5);
  EXPECT_EQ(signIn(password_), "sign_in_delayed");
}

class OwnPassword : public SignIn {
 protected:
  directory::SignedIn in(const crypto::SecretBytes& password) {
    return must(world().authentication.signIn("cuong", password, {kHere, "t"}));
  }
  std::string change(const directory::SignedIn& session,
                     std::string_view before,
                     std::string_view after) {
    return why(world().authentication.changePassword(
        session.caller,
        session.token,
        {crypto::SecretBytes(before), crypto::SecretBytes(after)},
        kHere));
  }
  static constexpr std::string_view kHere = "10.0.0.1";
  static constexpr std::string_view kOld = "một mật khẩu dài";
  static constexpr std::string_view kNew = "một mật khẩu khác";
  const crypto::SecretBytes new_{kNew};
};
INSTANTIATE_TEST_SUITE_P(Both, OwnPassword, onBoth(), backendName);

TEST_P(OwnPassword, IsChangedAndEndsTheOtherSessionsOfItsPersonOnly) {
  auto& w = world();
  const auto here = in(password_);
  const auto elsewhere = in(password_);
  commit([&](work::Tx& tx) {
    const directory::Account other{
        .person = w.checker.person,
        .login = "khac",
        .password_hash = crypto::hashPassword(password_, {.operations = 1, .memory_bytes = 8192})};
    EXPECT_TRUE(w.directory_store.addAccount(tx, other));
  });
  const auto others = must(w.authentication.signIn("khac", password_, {kHere, "t"}));

  EXPECT_EQ(change(here, kOld, kNew), "(done)");

  EXPECT_EQ(why(w.authentication.callerOfChange(here.token, here.csrf, "t")), "(done)");
  EXPECT_EQ(why(w.authentication.caller(elsewhere.token, "t")), "session_missing");
  EXPECT_EQ(why(w.authentication.caller(others.token, "t")), "(done)");
  EXPECT_EQ(signIn(password_), "sign_in_failed");
  EXPECT_EQ(signIn(new_), "(done)");
  EXPECT_EQ(w.eventsOf(w.head.person.value),
            "session.signed-in session.signed-in account.password-changed session.failed "
            "session.signed-in");
}

TEST_P(OwnPassword, HasTenCharactersAndIsNotTheOneThatStood) {
  const auto session = in(password_);
  EXPECT_EQ(change(session, kOld, "ấậẩẫắằẳẵợ"), "password_too_short") << "9 characters of 3 bytes";
  EXPECT_EQ(change(session, kOld, kOld), "password_unchanged");
  EXPECT_EQ(signIn(password_), "(done)");
  EXPECT_EQ(change(session, kOld, "ấậẩẫắằẳẵợở"), "(done)");
}

TEST_P(OwnPassword, IsGuessedHereNoFasterThanAtTheDoor) {
  auto& w = world();
  const auto session = in(password_);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(change(session, "một mật khẩu sai", kNew), "password_wrong");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(signIn(wrong_), "sign_in_failed");
  EXPECT_EQ(change(session, kOld, kNew), "sign_in_delayed");
  EXPECT_EQ(signIn(password_), "sign_in_delayed");
  w.clock.advance(std::chrono::seconds(16));
  EXPECT_EQ(change(session, kOld, kNew), "(done)");
  EXPECT_EQ(signIn(password_), "sign_in_failed");
  EXPECT_EQ(signIn(new_), "(done)");
}

TEST_P(OwnPassword, IsDueBeforeAnythingElseWhenSomebodyElseChoseIt) {
  auto& w = world();
  const auto person =
      must(w.people.addPerson(w.administrator, {.name = "Hà", .login = "ha"}, password_));
  must(w.people.addPost(
      w.administrator,
      {.agency = w.department, .title = "Văn thư", .holder = person.id, .grants = {}}));
  const auto first = must(w.authentication.signIn("ha", password_, {kHere, "t"}));
  EXPECT_TRUE(first.caller.password_due);
  EXPECT_EQ(why(w.authentication.caller(first.token, "t")), "password_due");
  EXPECT_EQ(why(w.authentication.callerOfChange(first.token, first.csrf, "t")), "password_due");
  constexpr auto kOwn = directory::Purpose::OwnSession;
  EXPECT_TRUE(must(w.authentication.caller(first.token, "t", kOwn)).password_due);
  EXPECT_EQ(why(w.authentication.callerOfChange(first.token, "", "t", kOwn)), "csrf_missing");

  EXPECT_EQ(change(first, kOld, kNew), "(done)");

  EXPECT_FALSE(must(w.authentication.caller(first.token, "t")).password_due);
  EXPECT_FALSE(must(w.authentication.signIn("ha", new_, {kHere, "t"})).caller.password_due);
}

TEST_P(OwnPassword, StaysTheFirstOneWhereThatIsSet) {
  auto& w = world();
  directory::Authentication of_demonstrations(w.transactions,
                                              w.directory_store,
                                              w.trail,
                                              w.once,
                                              w.server_secret,
                                              w.clock,
                                              w.random,
                                              {.first_password = directory::FirstPassword::Stays});
  const auto person =
      must(w.people.addPerson(w.administrator, {.name = "Hà", .login = "ha"}, password_));
  must(w.people.addPost(
      w.administrator,
      {.agency = w.department, .title = "Văn thư", .holder = person.id, .grants = {}}));
  const auto session = must(of_demonstrations.signIn("ha", password_, {kHere, "t"}));
  EXPECT_EQ(why(of_demonstrations.caller(session.token, "t")), "(done)");
}

/// Where a writer does not wait for every other.
class OwnPasswordMeanwhile : public OwnPassword {};
INSTANTIATE_TEST_SUITE_P(Server,
                         OwnPasswordMeanwhile,
                         testing::Values(test::Backend::MariaDb),
                         backendName);

/// The change comes before each statement of a sign-in in turn, or waits for its transaction.
TEST_P(OwnPasswordMeanwhile, OpensNothingThatAChangeDoesNotEnd) {
  auto& w = world();
  test::FaultyDatabase watched(database());
  storage::SqlTransactions over(watched, w.random);
  directory::Authentication door(
      over, w.directory_store, w.trail, w.once, w.server_secret, w.clock, w.random);
  std::string was(kOld);
  for (int call = 1;; ++call) {
    const auto old = crypto::SecretBytes(std::string_view(was));
    const auto session = in(old);
    const std::string next = "một mật khẩu khác " + std::to_string(call);
    std::future<std::string> changed;
    watched.meanwhile(call, [&] {
      changed = std::async(std::launch::async, [&] { return change(session, was, next); });
      changed.wait_for(std::chrono::milliseconds(400));
    });
    const auto late = door.signIn("cuong", old, {kHere, "t"});
    if (!watched.hasMet()) {
      EXPECT_GT(call, 10) << "a sign-in has more statements";
      break;
    }
    EXPECT_EQ(changed.get(), "(done)");
    EXPECT_EQ(late ? why(w.authentication.caller(late->token, "t")) : late.error().reason,
              late ? "session_missing" : "sign_in_failed")
        << "before call " << call;
    was = next;
  }
}

class Register : public test::OfficeTest {};
INSTANTIATE_TEST_SUITE_P(Both, Register, onBoth(), backendName);

TEST_P(Register, GrowsUnderItsAdministratorOnly) {
  auto& w = world();
  const directory::NewAgency wanted{.parent = w.province,
                                    .code = "H02.99",
                                    .name = "Sở Mới",
                                    .letters = "SM",
                                    .kind = directory::AgencyKind::Department};
  EXPECT_EQ(why(w.people.addAgency(w.clerk, wanted)), "role_missing");
  auto of_commune = w.commune_officer;
  of_commune.grants = {{Role::Administrator, w.commune}};
  EXPECT_EQ(why(w.people.addAgency(of_commune, wanted)), "role_missing");
  auto top = wanted;
  top.parent.reset();
  EXPECT_EQ(why(w.people.addAgency(of_commune, top)), "role_missing");
  const auto made = must(w.people.addAgency(w.administrator, wanted));
  EXPECT_EQ(w.detailsOf(made.id.value, audit::EventKind::AgencyAdded),
            R"({"kind":"department","parent":")" + w.province.text() +
                R"(","code":"H02.99","name":"Sở Mới","letters":"SM"})");
  EXPECT_EQ(why(w.people.addAgency(w.administrator, wanted)), "agency_code_taken");
}

TEST_P(Register, LetsNobodyGrantMoreThanTheyOversee) {
  auto& w = world();
  auto of_commune = w.commune_officer;
  of_commune.grants = {{Role::Administrator, w.commune}};
  directory::NewPost post{.agency = w.commune,
                          .title = "Phó Chủ tịch",
                          .signs_for = {},
                          .holder = {},
                          .grants = {{Role::Leader, w.province}}};
  EXPECT_EQ(why(w.people.addPost(of_commune, post)), "role_missing");
  post.grants = {{Role::Leader, w.commune}};
  const auto made = must(w.people.addPost(of_commune, post));
  EXPECT_THAT(w.detailsOf(made.id.value, audit::EventKind::PostAdded),
              ::testing::HasSubstr("leader:" + w.commune.text()));
  post.capacity = directory::Capacity::Kt;
  EXPECT_EQ(why(w.people.addPost(of_commune, post)), "capacity_needs_body");
}

TEST_P(Register, LetsNobodyTakeSomeonesPeopleIntoService) {
  auto& w = world();
  auto of_commune = w.commune_officer;
  of_commune.grants = {{Role::Administrator, w.commune}};
  directory::NewPost post{.agency = w.commune,
                          .title = "Cộng tác viên",
                          .signs_for = {},
                          .holder = w.chairman.person,
                          .grants = {}};
  EXPECT_EQ(why(w.people.addPost(of_commune, post)), "role_missing");
  EXPECT_EQ(why(w.people.addPost(w.administrator, post)), "(done)");
  post.holder = w.commune_clerk.person;
  EXPECT_EQ(why(w.people.addPost(of_commune, post)), "(done)");
}

TEST_P(Register, EndsAPostAndTheWayToTheSealWithIt) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  w.shareSeal(seal, w.pin);
  const auto open = [&](const directory::Caller& who) {
    return why(w.custody.open(who, seal.id.value, w.pin));
  };
  auto of_commune = w.administrator;
  of_commune.grants = {{Role::Administrator, w.commune}};
  EXPECT_EQ(why(w.people.endPost(of_commune, w.second_clerk.post, 1)), "role_missing");
  EXPECT_EQ(why(w.people.endPost(w.administrator, w.second_clerk.post, 7)), "version_stale");
  EXPECT_EQ(open(w.second_clerk), "(done)");

  must(w.people.endPost(w.administrator, w.second_clerk.post, 1));
  EXPECT_EQ(open(w.second_clerk), "key_not_yours");
  EXPECT_EQ(open(w.clerk), "(done)");
  EXPECT_THAT(w.eventsOf(seal.id.value), ::testing::EndsWith("key.access-removed"));
  EXPECT_EQ(w.eventsOf(w.second_clerk.post.value), "post.ended");
  EXPECT_EQ(why(w.people.endPost(w.administrator, w.second_clerk.post, 2)), "post_ended");
}

TEST_P(Register, KeepsTheDayOnWhichAPostIsEndedAsOneOfItsDays) {
  auto& w = world();
  const auto today = vietnamDate(w.clock.now());
  const auto before = w.clock.now();
  must(w.people.endPost(w.administrator, w.checker.post, 1));
  commit([&](work::Tx& tx) {
    const auto ended = must(w.directory_store.findPost(tx, w.checker.post));
    EXPECT_EQ(ended.valid_from, today);
    EXPECT_EQ(ended.valid_to, today);
    EXPECT_GT(ended.ended, before);
    EXPECT_FALSE(directory::inForce(ended, today))
        << "over since then, though this is its last day";
  });
  const auto document = w.drafted({w.commune});
  EXPECT_EQ(why(w.outgoing.submit(w.drafter, document.id, document.version, w.route())),
            "route_post_wrong");
}

TEST_P(Register, TakesLettersThatMayStandInANumberOnly) {
  auto& w = world();
  int next = 200;
  const auto add = [&](const std::string& letters) {
    return why(w.people.addAgency(w.administrator,
                                  {.parent = w.province,
                                   .code = "H01." + std::to_string(++next),
                                   .name = "Sở Mới",
                                   .letters = letters,
                                   .kind = directory::AgencyKind::Department}));
  };
  for (const auto* fine : {"S", "SGDĐT", "VP-2", "ABCDEFGHIJKLMNOPQRSĐ"}) {
    EXPECT_EQ(add(fine), "(done)") << fine;
  }
  for (const auto* wrong : {"",
                            "../x",
                            "SNV/1",
                            "S V",
                            "snv",
                            "-SNV",
                            "SNV-",
                            "S--V",
                            "SÀ",
                            "S\n",
                            "ABCDEFGHIJKLMNOPQRSTĐ"}) {
    EXPECT_EQ(add(wrong), "agency_letters_wrong") << wrong;
  }
  const directory::NewAgency unit{.parent = w.department, .name = "Phòng Mới"};
  EXPECT_EQ(why(w.people.addAgency(w.administrator, unit)), "(done)");
}

TEST_P(Register, KeepsTheWayToTheSealWhileAnotherPostClerks) {
  auto& w = world();
  const auto seal = w.certifySeal(w.province, w.clerk);
  const auto second = must(w.people.addPost(w.administrator,
                                            {.agency = w.office,
                                             .title = "Phó phòng Văn thư",
                                             .signs_for = {},
                                             .holder = w.clerk.person,
                                             .grants = {{Role::Clerk, w.province}}}));
  must(w.people.endPost(w.administrator, w.clerk.post, 1));
  EXPECT_EQ(why(w.custody.open(w.clerk, seal.id.value, w.pin)), "(done)");
  must(w.people.endPost(w.administrator, second.id, 1));
  EXPECT_EQ(why(w.custody.open(w.clerk, seal.id.value, w.pin)), "key_not_yours");
}

}  // namespace
}  // namespace congvan
