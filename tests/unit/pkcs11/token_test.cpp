// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/token.h"

#include "base/encoding.h"
#include "tests/support/soft_token.h"
#include "trust/crypto/digest.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <p11-kit/pkcs11.h>
#include <thread>

namespace congvan::pkcs11 {
namespace {

using crypto::DigestAlgorithm;
using crypto::KeyKind;
using crypto::Scheme;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename T>
std::string why(const Result<T>& result) {
  return result ? "(done)" : result.error().reason;
}

/// A token with its process.
struct Running {
  test::SoftToken soft;
  crypto::SystemRandom random;
  SignerProcess process;
  Token token{process, random};

  explicit Running(std::vector<std::string> more = {}) : process(with(soft.options(), more)) {}
  static SignerProcess::Options with(SignerProcess::Options options,
                                     const std::vector<std::string>& more) {
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    return options;
  }

  crypto::KeyToken::Made make(KeyKind kind) {
    auto made = token.make(kind, "a key");
    if (!made) throw std::runtime_error(made.error().reason + ": " + made.error().detail);
    return std::move(*made);
  }
  /// Until it is as expected, or a while is over.
  std::string healthBecomes(std::string_view expected) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    auto now = why(token.health());
    while (now != expected && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      now = why(token.health());
    }
    return now;
  }
};

const Bytes kMessage = toBytes("what is to be signed");

bool opensslVerifies(const crypto::Signer& key, BytesView value, const std::string& options) {
  const test::TempFolder folder;
  folder.write("key.der", key.publicKey().spki());
  folder.write("message", kMessage);
  folder.write("value", value);
  return test::run(folder,
                   "openssl pkey -pubin -inform DER -in key.der -out key.pem && openssl dgst "
                   "-verify key.pem -signature value " +
                       options + " message")
             .status == 0;
}

TEST(Token, SignsAsOpensslVerifies) {
  Running running;
  for (const auto kind : {KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072}) {
    const auto made = running.make(kind);
    const auto value = crypto::signMessage(*made.key, kMessage);
    ASSERT_TRUE(value) << value.error().detail;
    const auto* digest = kind == KeyKind::P384 ? "-sha384" : "-sha256";
    EXPECT_TRUE(opensslVerifies(*made.key, *value, digest));
    if (kind != KeyKind::Rsa3072) continue;
    for (const auto algorithm : {DigestAlgorithm::Sha256, DigestAlgorithm::Sha512}) {
      const auto size = crypto::digestSize(algorithm);
      const auto pss = running.token.open(made.way, {Scheme::RsaPss, algorithm, algorithm, size});
      ASSERT_TRUE(pss);
      const auto padded = crypto::signMessage(**pss, kMessage);
      ASSERT_TRUE(padded) << padded.error().detail;
      EXPECT_TRUE(opensslVerifies(
          **pss,
          *padded,
          (size == 32 ? std::string("-sha256") : std::string("-sha512")) +
              " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:" + std::to_string(size)));
    }
  }
}

TEST(Token, MakesKeysThatNeverLeaveIt) {
  Running running;
  const auto made = running.make(KeyKind::P256);
  const auto listed = running.soft.tool("--list-objects --type privkey");
  EXPECT_THAT(listed, HasSubstr("sensitive, always sensitive, never extractable, local"));
  EXPECT_THAT(listed,
              HasSubstr(toHex(crypto::digest(DigestAlgorithm::Sha256, made.way.secret.view()))));
  EXPECT_THAT(listed, HasSubstr("Usage:      sign\n"));
}

TEST(Token, SignsForNobodyWhoLacksTheWayToAKey) {
  Running running;
  const auto made = running.make(KeyKind::P256);
  // All that a list of the token tells.
  const auto id = crypto::digest(DigestAlgorithm::Sha256, made.way.secret.view());
  const auto guessed = running.token.open({crypto::SecretBytes(BytesView(id)), made.way.spki});
  ASSERT_TRUE(guessed);
  const auto refused = crypto::signMessage(**guessed, kMessage);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("token_key_missing"));
  EXPECT_EQ(why(running.token.health()), "(done)");
}

TEST(Token, RefusesDigestsAndSchemesThatDoNotFit) {
  Running running;
  const auto made = running.make(KeyKind::P256);
  EXPECT_EQ(why(made.key->signDigest(Bytes(20))), "digest_length");
  EXPECT_EQ(why(running.token.open(made.way, {Scheme::RsaPss})), "scheme_not_for_key");
  EXPECT_EQ(why(running.token.make(KeyKind::Rsa2048, "short")), "key_kind_unsupported");
}

TEST(Token, SignsForManyAtOnce) {
  Running running;
  const auto made = running.make(KeyKind::P256);
  std::atomic<int> good = 0;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 25; ++turn) {
        const auto digest = crypto::digest(DigestAlgorithm::Sha256, Bytes{1, 2});
        const auto value = made.key->signDigest(digest);
        good += value && crypto::checkDigestSignature(
                             made.key->publicKey(), made.key->algorithm(), digest, *value) ==
                             crypto::SignatureCheck::Good
                    ? 1
                    : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 200);
}

TEST(Token, OutlivesACrashOfTheModule) {
  Running running;
  const auto made = running.make(KeyKind::Rsa3072);
  for (int crash = 0; crash < 5; ++crash) {
    ::kill(running.process.process().value(), SIGSEGV);
    EXPECT_EQ(why(crypto::signMessage(*made.key, kMessage)), "(done)");
  }
}

TEST(Token, IsUnavailableWhileGoneAndGoesOnWhenItIsBack) {
  Running running;
  const auto made = running.make(KeyKind::P256);
  running.soft.remove();
  EXPECT_EQ(running.healthBecomes("token_unavailable"), "token_unavailable");
  const auto refused = crypto::signMessage(*made.key, kMessage);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  running.soft.putBack();
  EXPECT_EQ(running.healthBecomes("(done)"), "(done)");
  EXPECT_EQ(why(crypto::signMessage(*made.key, kMessage)), "(done)");
}

/// A module that does once what the file says: a token that was pulled out and put in again.
struct Losing {
  test::SoftToken soft;
  crypto::SystemRandom random;
  SignerProcess process{options(soft)};
  Token token{process, random};

  static SignerProcess::Options options(const test::SoftToken& soft) {
    auto options = soft.options();
    options.environment.push_back("CONGVAN_LOSE=" + (soft.folder() / "lose").string());
    options.arguments.insert(options.arguments.end(), {"--module", CONGVAN_LOSING_MODULE});
    return options;
  }
};

TEST(Token, OpensLostSessionsAgainAndFindsItsKeys) {
  Losing losing;
  const auto made = losing.token.make(KeyKind::P256, "a key");
  ASSERT_TRUE(made) << made.error().detail;
  const auto before = losing.process.process();
  for (const auto lost : {CKR_SESSION_HANDLE_INVALID,
                          CKR_DEVICE_REMOVED,
                          CKR_USER_NOT_LOGGED_IN,
                          CKR_KEY_HANDLE_INVALID}) {
    losing.soft.folder().write("lose", std::to_string(lost));
    const auto value = crypto::signMessage(*made->key, kMessage);
    ASSERT_TRUE(value) << value.error().reason << " " << value.error().detail;
    EXPECT_FALSE(std::filesystem::exists(losing.soft.folder() / "lose"));
  }
  EXPECT_EQ(losing.process.process(), before);
  EXPECT_EQ(losing.soft.triesCounted(), 0);
}

TEST(Token, SaysWhatTheTokenRefuses) {
  Losing losing;
  const auto made = losing.token.make(KeyKind::P256, "a key");
  ASSERT_TRUE(made);
  losing.soft.folder().write("lose", std::to_string(CKR_DATA_LEN_RANGE));
  const auto refused = crypto::signMessage(*made->key, kMessage);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "token_unavailable");
  EXPECT_EQ(refused.error().detail, "token_refused: C_Sign: 0x21");
}

TEST(Token, IsUnavailableWhereThereIsNone) {
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--label", "another"},
        std::vector<std::string>{"--serial", "0"},
        std::vector<std::string>{"--module", "/nowhere/module.so"},
        std::vector<std::string>{"--module", "/bin/true"}}) {
    Running running(wrong);
    const auto health = running.token.health();
    ASSERT_FALSE(health);
    EXPECT_EQ(health.error().code, Code::Unavailable);
    EXPECT_THAT(health.error().reason,
                ::testing::AnyOf("token_unavailable", "token_module_unusable"));
  }
}

TEST(Token, TriesAWrongPinOnce) {
  Running running;
  running.soft.writePin("wrong");
  for (int turn = 0; turn < 10; ++turn) {
    EXPECT_EQ(why(running.token.health()), "token_pin_wrong");
  }
  ::kill(running.process.process().value(), SIGKILL);
  EXPECT_EQ(running.healthBecomes("token_pin_wrong"), "token_pin_wrong");
  EXPECT_EQ(running.soft.triesCounted(), 1);
  running.soft.writePin("1234-right");
  EXPECT_EQ(running.healthBecomes("(done)"), "(done)");
  EXPECT_EQ(running.soft.triesCounted(), 0);
}

TEST(Token, StopsTryingPinsAtTheLimit) {
  Running running({"--tries-most", "2"});
  for (const auto* pin : {"wrong 1", "wrong 22"}) {
    running.soft.writePin(pin);
    EXPECT_EQ(why(running.token.health()), "token_pin_wrong");
  }
  running.soft.writePin("1234-right");
  EXPECT_EQ(why(running.token.health()), "token_pin_stopped");
  std::filesystem::remove(running.soft.folder() / "tries");
  EXPECT_EQ(why(running.token.health()), "(done)");
}

TEST(Token, KeepsThePinOutOfTheCommandLineAndTheEnvironment) {
  Running running;
  ASSERT_EQ(why(running.token.health()), "(done)");
  const auto folder =
      std::filesystem::path("/proc") / std::to_string(running.process.process().value());
  for (const auto* file : {"cmdline", "environ"}) {
    std::ifstream opened(folder / file);
    const std::string text(std::istreambuf_iterator<char>(opened), {});
    EXPECT_THAT(text, Not(HasSubstr("1234-right")));
  }
}

TEST(SignerProcess, HasNothingOfItsParentButTheSocketAndStandardError) {
  Running running;
  ASSERT_EQ(why(running.token.health()), "(done)");
  const auto files =
      std::filesystem::path("/proc") / std::to_string(running.process.process().value()) / "fd";
  // The process itself is shut to others: root alone may look.
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::vector<std::string> open;
  for (const auto& entry : std::filesystem::directory_iterator(files)) {
    open.push_back(std::filesystem::read_symlink(entry).string());
  }
  for (const auto& target : open) {
    const bool own = target.starts_with("socket:") || target == "/dev/null" ||
                     target.find("softhsm") != std::string::npos ||
                     target.starts_with(running.soft.folder().path().string());
    const bool error = target == std::filesystem::read_symlink("/proc/self/fd/2").string();
    EXPECT_TRUE(own || error) << target;
  }
}

TEST(SignerProcess, EndsWithItsParent) {
  pid_t process = 0;
  {
    Running running;
    ASSERT_EQ(why(running.token.health()), "(done)");
    process = running.process.process().value();
  }
  EXPECT_EQ(::kill(process, 0), -1);
}

TEST(SignerProcess, IsNotAskedAgainWhenItDoesNotAnswerInTime) {
  const test::SoftToken soft;
  auto options = soft.options();
  options.answer_time = std::chrono::milliseconds{300};
  SignerProcess process(options);
  crypto::SystemRandom random;
  Token token(process, random);
  const auto begun = std::chrono::steady_clock::now();
  while (why(token.health()) != "(done)") {
    ASSERT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
  }
  const auto stuck = process.process().value();
  ::kill(stuck, SIGSTOP);
  EXPECT_EQ(why(token.health()), "token_slow");
  const auto waited = std::chrono::steady_clock::now();
  while (why(token.health()) != "(done)") {
    ASSERT_LT(std::chrono::steady_clock::now() - waited, std::chrono::seconds{20});
  }
  EXPECT_NE(process.process(), stuck);
}

TEST(SignerProcess, RefusesWhatItsProgramSaysOutOfTurn) {
  SignerProcess process({.program = "/bin/sh",
                         .arguments = {"-c", "printf 'HTTP/1.1 200 OK' >&0; sleep 60"},
                         .answer_time = std::chrono::seconds{10},
                         .pause_first = std::chrono::milliseconds{1}});
  EXPECT_EQ(why(process.ask(AskHealth{})), "token_unavailable");
  SignerProcess missing({.program = "/nowhere/signer", .arguments = {}});
  EXPECT_EQ(why(missing.ask(AskHealth{})), "token_unavailable");
}

}  // namespace
}  // namespace congvan::pkcs11
