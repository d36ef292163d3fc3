// SPDX-License-Identifier: Apache-2.0
#include "tests/http/wire.h"
#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace congvan::http::test {
namespace {

using congvan::test::TempFolder;

void makeCertificate(const TempFolder& folder, const std::string& name = "localhost") {
  congvan::test::mustRun(
      folder,
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
      "key.pem -out certificate.pem -days 2 -subj /CN=" +
          name + " 2>&1");
}

ListenerOptions overTls(const TempFolder& folder) {
  return {.name = "tls",
          .tls = TlsFiles{(folder / "certificate.pem").string(), (folder / "key.pem").string()}};
}

/// What `openssl s_client` hears that asks for /hello.
std::string askOpenssl(const TempFolder& folder, const Served& served, const std::string& options) {
  return congvan::test::run(
             folder,
             "printf 'GET /hello HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | "
             "timeout 20 openssl s_client -ign_eof -connect 127.0.0.1:" +
                 std::to_string(served.server.port()) + " " + options)
      .output;
}

TEST(Tls, IsSpokenFromVersion12On) {
  const TempFolder folder;
  makeCertificate(folder);
  const Served served(overTls(folder));

  for (const auto* version : {"-tls1_2", "-tls1_3"}) {
    const auto heard = askOpenssl(folder, served, version);
    EXPECT_NE(heard.find("hello"), std::string::npos) << version << heard;
    EXPECT_NE(heard.find("Strict-Transport-Security"), std::string::npos) << version;
  }
}

TEST(Tls, IsRefusedBelowVersion12) {
  const TempFolder folder;
  makeCertificate(folder);
  const Served served(overTls(folder));

  for (const auto* version : {"-tls1", "-tls1_1"}) {
    const auto heard =
        askOpenssl(folder, served, std::string(version) + " -cipher 'DEFAULT:@SECLEVEL=0'");
    EXPECT_EQ(heard.find("hello"), std::string::npos) << version;
    EXPECT_NE(heard.find("alert protocol version"), std::string::npos) << version << heard;
  }
}

TEST(Tls, TakesNoCipherWithoutForwardSecrecy) {
  const TempFolder folder;
  makeCertificate(folder);
  const Served served(overTls(folder));

  const auto heard =
      askOpenssl(folder, served, "-tls1_2 -cipher 'AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA'");

  EXPECT_EQ(heard.find("hello"), std::string::npos) << heard;
}

TEST(Tls, PeersThatDoNotSpeakItHinderNobody) {
  const TempFolder folder;
  makeCertificate(folder);
  const Served served(overTls(folder));
  std::vector<Wire> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(served.wire());
  auto plain = served.wire();
  plain.say(get("/hello"));

  EXPECT_EQ(plain.rest().find("hello\n"), std::string::npos);
  EXPECT_NE(askOpenssl(folder, served, "").find("hello"), std::string::npos);
}

TEST(Tls, ShowsNewFilesOnceTheyAreReadAndKeepsTheOldOnesWhenTheyAreNoPair) {
  const TempFolder folder;
  makeCertificate(folder, "cu");
  Served served(overTls(folder));
  const auto shown = [&] { return askOpenssl(folder, served, ""); };
  makeCertificate(folder, "moi");
  EXPECT_NE(shown().find("subject=CN = cu"), std::string::npos);

  ASSERT_TRUE(served.server.reloadTls());
  EXPECT_NE(shown().find("subject=CN = moi"), std::string::npos);

  congvan::test::mustRun(folder, "mv certificate.pem kept.pem");
  makeCertificate(folder, "khac");
  congvan::test::mustRun(folder, "mv kept.pem certificate.pem");
  const auto reloaded = served.server.reloadTls();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().reason, "tls_files_unusable");
  const auto heard = shown();
  EXPECT_NE(heard.find("subject=CN = moi"), std::string::npos);
  EXPECT_NE(heard.find("hello"), std::string::npos) << "the refusal reaches no handshake";
}

TEST(Tls, NeedsUsableFiles) {
  const TempFolder folder;
  folder.write("certificate.pem", "nonsense");
  folder.write("key.pem", "nonsense");
  const SystemClock clock;
  crypto::SystemRandom random;
  Desk desk;
  Server server(overTls(folder), desk.dispatcher, desk.log, clock, random);

  const auto started = server.start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, "tls_files_unusable");
}

}  // namespace
}  // namespace congvan::http::test
