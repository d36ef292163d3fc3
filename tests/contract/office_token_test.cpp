// SPDX-License-Identifier: Apache-2.0
#include "office/authority/ocsp_desk.h"
#include "tests/contract/office_world.h"
#include "tests/support/soft_token.h"

#include <csignal>

namespace congvan {
namespace {

using authority::CertificateRecord;
using authority::CertificateState;
using crypto::KeyPlace;
using test::backendName;
using test::onBoth;
using ::testing::HasSubstr;

/// The office with the authority's keys in SoftHSM2.
class InToken : public test::OfficeTest {
 protected:
  static constexpr authority::KeyPlaces kAllInToken{
      KeyPlace::Token, KeyPlace::Token, KeyPlace::Token, KeyPlace::Token};

  std::unique_ptr<test::World> newWorld() override {
    return std::make_unique<test::World>(transactions(), token_, kAllInToken);
  }
  /// Pulled out, so that everybody sees it.
  void pullOut() {
    soft_.remove();
    ASSERT_TRUE(comesTo([&] { return !token_.health(); }));
  }
  void putBack() {
    soft_.putBack();
    ASSERT_TRUE(comesTo([&] { return bool(token_.health()); }));
  }
  static bool comesTo(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::size_t keysInToken() const {
    const auto listed = soft_.tool("--list-objects --type privkey");
    std::size_t count = 0;
    for (auto at = listed.find("ID:"); at != std::string::npos; at = listed.find("ID:", at + 1)) {
      ++count;
    }
    return count;
  }
  /// The certificates and lists of the authority and of `record`, as files for openssl.
  void writeAll(const test::TempFolder& folder, const CertificateRecord& record) {
    auto& ca = *world().ca;
    for (const auto* name : {"goc", "ca1"}) {
      folder.write(std::string(name) + ".pem",
                   must(pki::Certificate::parse(must(ca.issuerCertificate(name)))).pem());
      folder.write(std::string(name) + ".crl", BytesView(must(ca.crl(name))));
    }
    folder.write("leaf.pem", must(pki::Certificate::parse(record.der)).pem());
    test::mustRun(folder,
                  "for c in goc ca1; do openssl crl -inform DER -in $c.crl -out $c.crl.pem; done; "
                  "cat goc.pem goc.crl.pem ca1.crl.pem > trusted.pem");
  }
  std::string now() { return std::to_string(toMicros(world().clock.now()) / 1'000'000); }
  authority::Order sealOrder() {
    auto& w = world();
    auto content = w.sealRequest(w.province, w.clerk);
    content.key = authority::KeySource::Token;
    return w.orderFor(content);
  }
  CertificateRecord certifySealInToken() {
    auto& w = world();
    return must(signing::activate(w.clerk, *w.ca, w.custody, sealOrder(), w.pin));
  }
  Bytes statusRequest(const CertificateRecord& record) {
    const test::TempFolder folder;
    writeAll(folder, record);
    test::mustRun(folder, "openssl ocsp -issuer ca1.pem -cert leaf.pem -nonce -reqout asked.der");
    return folder.bytes("asked.der");
  }

  test::SoftToken soft_;
  crypto::SystemRandom token_random_;
  pkcs11::SignerProcess process_{soft_.options()};
  pkcs11::Token token_{process_, token_random_};
};
INSTANTIATE_TEST_SUITE_P(Both, InToken, onBoth(), backendName);

TEST_P(InToken, IssuesAndRevokesAsOpensslVerifies) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const test::TempFolder folder;
  writeAll(folder, record);
  const auto verify = "openssl verify -attime " + now() +
                      " -crl_check_all -CAfile trusted.pem -untrusted ca1.pem leaf.pem";
  EXPECT_EQ(test::mustRun(folder, verify), "leaf.pem: OK\n");

  must(w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  w.clock.advance(std::chrono::seconds{2});
  writeAll(folder, record);
  EXPECT_THAT(test::run(folder, verify).output, HasSubstr("certificate revoked"));
  EXPECT_THAT(soft_.tool("--list-objects --type privkey"), HasSubstr("congvan ca1"));
}

TEST_P(InToken, AnswersStatusAndTimestampsAsOpensslVerifies) {
  auto& w = world();
  const auto record = w.certify(w.head);
  authority::OcspDesk desk(w.transactions, w.certificates, *w.ca, w.clock);
  const test::TempFolder folder;
  writeAll(folder, record);
  test::mustRun(folder,
                "openssl ocsp -issuer ca1.pem -cert leaf.pem -nonce -reqout asked.der && "
                "echo stamped > data && openssl ts -query -data data -cert -out asked.tsq");
  folder.write("answer.der", BytesView(desk.answer(folder.bytes("asked.der")).der));
  EXPECT_THAT(
      test::mustRun(folder,
                    "openssl ocsp -issuer ca1.pem -cert leaf.pem -no_nonce -respin answer.der "
                    "-CAfile goc.pem -verify_other ca1.pem -attime " +
                        now()),
      ::testing::AllOf(HasSubstr("Response verify OK"), HasSubstr("good\n")));
  folder.write("answer.tsr", BytesView(must(w.ca->timestampAnswer(folder.bytes("asked.tsq")))));
  EXPECT_THAT(test::mustRun(folder,
                            "openssl ts -verify -queryfile asked.tsq -in answer.tsr -CAfile "
                            "goc.pem -untrusted ca1.pem -attime " +
                                now()),
              HasSubstr("Verification: OK"));
}

TEST_P(InToken, RefusesWhileTheTokenIsGoneAndGoesOnWhenItIsBack) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto order = w.orderFor(w.personRequest(w.checker));
  const auto asked = statusRequest(record);
  authority::OcspDesk desk(w.transactions, w.certificates, *w.ca, w.clock);
  const test::TempFolder folder;
  const auto list = must(w.ca->crl("ca1"));

  pullOut();
  const auto refused = signing::activate(w.checker, *w.ca, w.custody, order, w.pin);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  // Not begun, so that no serial is spent and abandoned.
  const auto begun = w.transactions.read<std::vector<CertificateRecord>>([&](work::Tx& tx) {
    return w.certificates.ofHolder(
        tx, {.person = w.checker.person.value}, authority::CertificateKind::Person);
  });
  EXPECT_TRUE(must(begun).empty());
  EXPECT_EQ(desk.answer(asked).der, pki::makeOcspError(pki::OcspError::TryLater));
  folder.write("data", std::string_view("stamped"));
  test::mustRun(folder, "openssl ts -query -data data -cert -out asked.tsq");
  folder.write("answer.tsr", BytesView(must(w.ca->timestampAnswer(folder.bytes("asked.tsq")))));
  EXPECT_THAT(test::mustRun(folder, "openssl ts -reply -in answer.tsr -text"),
              HasSubstr("system failure"));
  // The list is in force for hours still; a new one for a revocation waits for the key.
  w.clock.advance(std::chrono::hours{13});
  EXPECT_EQ(must(w.ca->crl("ca1")), list);
  EXPECT_FALSE(
      w.ca->revoke(w.officer, record.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  EXPECT_FALSE(w.ca->crl("ca1"));

  putBack();
  EXPECT_NE(must(w.ca->crl("ca1")), list);
  EXPECT_NE(desk.answer(asked).der, pki::makeOcspError(pki::OcspError::TryLater));
  const auto issued = must(signing::activate(w.checker, *w.ca, w.custody, order, w.pin));
  EXPECT_EQ(issued.state, CertificateState::Issued);
}

TEST_P(InToken, StartsWhileTheTokenIsGone) {
  auto& w = world();
  pullOut();
  const auto restarted = w.newAuthority(w.server_secret);
  EXPECT_EQ(why(restarted->start()), "(done)");
  putBack();
  EXPECT_EQ(why(restarted->crl("ca1")), "(done)");
}

TEST_P(InToken, DoesNotStartWithItsKeysElsewhereThanTheSettingsSay) {
  auto& w = world();
  w.key_places.tsa = KeyPlace::Software;
  EXPECT_EQ(why(w.newAuthority(w.server_secret)->start()), "authority_key_elsewhere");
  w.key_places = {};
  EXPECT_EQ(why(w.newAuthority(w.server_secret)->start()), "authority_key_elsewhere");
}

TEST_P(InToken, MovesTheKeysOfRespondersWithTheSettings) {
  auto& w = world();
  const auto record = w.certify(w.head);
  const auto before = keysInToken();
  w.key_places.ocsp = KeyPlace::Software;
  const auto outside = w.newAuthority(w.server_secret);
  must(outside->start());
  EXPECT_EQ(keysInToken(), before);
  w.key_places.ocsp = KeyPlace::Token;
  const auto inside = w.newAuthority(w.server_secret);
  must(inside->start());
  EXPECT_EQ(keysInToken(), before + 2);
  authority::OcspDesk desk(w.transactions, w.certificates, *inside, w.clock);
  EXPECT_NE(desk.answer(statusRequest(record)).der, pki::makeOcspError(pki::OcspError::TryLater));
}

TEST_P(InToken, SealsWithAKeyThatIsMadeThereAtTheActivation) {
  auto& w = world();
  const auto document = w.signedOff({w.commune});
  const auto before = keysInToken();
  const auto order = sealOrder();
  EXPECT_EQ(keysInToken(), before);
  const auto seal = must(signing::activate(w.clerk, *w.ca, w.custody, order, w.pin));
  EXPECT_EQ(keysInToken(), before + 1);
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.wrong_pin)),
            "pin_wrong");
  EXPECT_EQ(why(w.outgoing.issue(w.clerk, document.id, document.version, w.pin)), "(done)");
}

TEST_P(InToken, TakesTheUseOfASealAwayWithTheClerksRight) {
  auto& w = world();
  const auto seal = certifySealInToken();
  const auto opened = [&](const directory::Caller& caller, const crypto::SecretBytes& pin) {
    return why(w.custody.open(caller, seal.id.value, pin));
  };
  const crypto::SecretBytes own_pin{std::string_view("246802")};
  EXPECT_EQ(opened(w.second_clerk, own_pin), "key_not_yours");
  w.shareSeal(seal, own_pin);
  EXPECT_EQ(opened(w.second_clerk, own_pin), "(done)");
  EXPECT_EQ(opened(w.clerk, w.pin), "(done)");
  must(w.custody.withdraw(w.second_clerk, seal.id.value, w.clerk.person.value));
  EXPECT_EQ(opened(w.clerk, w.pin), "key_not_yours");
  EXPECT_EQ(opened(w.second_clerk, own_pin), "(done)");
}

TEST_P(InToken, LeavesNoKeyOfAnActivationThatIsRefusedOrSaidAgain) {
  auto& w = world();
  const auto order = sealOrder();
  const auto before = keysInToken();
  EXPECT_EQ(why(signing::activate(w.second_clerk, *w.ca, w.custody, order, w.pin)),
            "order_not_yours");
  EXPECT_EQ(why(signing::activate(
                w.clerk, *w.ca, w.custody, order, crypto::SecretBytes(std::string_view("1")))),
            "pin_too_short");
  EXPECT_EQ(keysInToken(), before);
  const auto caller = test::withKey(w.clerk, "once");
  const auto first = must(signing::activate(caller, *w.ca, w.custody, order, w.pin));
  const auto again = must(signing::activate(caller, *w.ca, w.custody, order, w.pin));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(why(signing::activate(w.clerk, *w.ca, w.custody, order, w.pin)), "order_used");
  EXPECT_EQ(keysInToken(), before + 1);
}

TEST_P(InToken, IsForSealsAndNotForPeople) {
  auto& w = world();
  auto content = w.personRequest(w.head);
  content.key = authority::KeySource::Token;
  EXPECT_EQ(why(w.requests.enter(w.clerkOf(content.agency), content)), "key_source_wrong");
}

class WithoutToken : public test::OfficeTest {};
INSTANTIATE_TEST_SUITE_P(Both, WithoutToken, onBoth(), backendName);

TEST_P(WithoutToken, NoSealIsAskedForInOne) {
  auto& w = world();
  auto content = w.sealRequest(w.province, w.clerk);
  content.key = authority::KeySource::Token;
  EXPECT_EQ(why(w.requests.enter(w.clerk, content)), "token_not_set");
}

}  // namespace
}  // namespace congvan
