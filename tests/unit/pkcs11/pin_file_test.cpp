// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/pin_file.h"

#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace congvan::pkcs11 {
namespace {

std::string reasonOf(const Result<>& result) {
  return result ? "(done)" : result.error().reason;
}

Pin pinIn(const std::string& file) {
  return {crypto::SecretBytes(std::string_view("1234")), file};
}

struct PinFolder {
  test::TempFolder folder;
  Result<Pin> read(std::string_view text, int mode = 0600) const {
    folder.write("pin", text);
    std::filesystem::permissions(folder / "pin", static_cast<std::filesystem::perms>(mode));
    return readPin(folder / "pin");
  }
};

TEST(PinFile, IsReadWithoutTheLineFeedAtItsEnd) {
  const PinFolder kept;
  EXPECT_EQ(asText(kept.read("12 34\n")->value.view()), "12 34");
  EXPECT_EQ(asText(kept.read("1234")->value.view()), "1234");
  EXPECT_TRUE(kept.read(std::string(255, '1') + "\n"));
  EXPECT_EQ(kept.read(std::string(256, '1')).error().reason, "token_pin_unreadable");
  EXPECT_EQ(kept.read("\n").error().reason, "token_pin_unreadable");
  EXPECT_EQ(readPin(kept.folder / "none").error().reason, "token_pin_unreadable");
  EXPECT_EQ(readPin(kept.folder.path()).error().reason, "token_pin_unreadable");
}

TEST(PinFile, IsForItsOwnerAlone) {
  const PinFolder kept;
  EXPECT_EQ(kept.read("1234", 0640).error().reason, "token_pin_readable_by_others");
  EXPECT_EQ(kept.read("1234", 0604).error().reason, "token_pin_readable_by_others");
  EXPECT_TRUE(kept.read("1234", 0400));
}

TEST(PinTries, StopAfterSoManyWithoutARightOneAlsoWhenEachProcessDied) {
  const test::TempFolder folder;
  for (int process = 0; process < 3; ++process) {
    EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("a"))), "(done)");
  }
  EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("a"))), "token_pin_stopped");
  EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("b"))), "token_pin_stopped");
  std::filesystem::remove(folder / "tries");  // an operator has looked
  EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("a"))), "(done)");
}

TEST(PinTries, BeginAfreshAfterARightOne) {
  const test::TempFolder folder;
  PinTries tries(folder / "tries", 2);
  for (int turn = 0; turn < 5; ++turn) {
    EXPECT_EQ(reasonOf(tries.count(pinIn("a"))), "(done)");
    tries.right();
  }
}

TEST(PinTries, NeverTryAFileAgainThatWasRefused) {
  const test::TempFolder folder;
  PinTries tries(folder / "tries", 3);
  ASSERT_TRUE(tries.count(pinIn("a")));
  ASSERT_TRUE(tries.wrong(pinIn("a")));
  EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("a"))), "token_pin_wrong");
  EXPECT_EQ(reasonOf(tries.count(pinIn("b"))), "(done)");
  ASSERT_TRUE(tries.wrong(pinIn("b")));
  EXPECT_EQ(reasonOf(tries.count(pinIn("c"))), "(done)");
  EXPECT_EQ(reasonOf(tries.count(pinIn("d"))), "token_pin_stopped");
}

TEST(PinTries, CountNothingThatCannotBeReadOrWritten) {
  const test::TempFolder folder;
  for (const auto* text : {"", "tries", "tries x\n", "tries -1\n", "tries 1", "tries 1\nmore\n"}) {
    folder.write("tries", text);
    EXPECT_EQ(reasonOf(PinTries(folder / "tries", 3).count(pinIn("a"))), "token_pin_stopped")
        << text;
  }
  EXPECT_EQ(reasonOf(PinTries(folder / "none/tries", 3).count(pinIn("a"))), "token_pin_uncounted");
}

}  // namespace
}  // namespace congvan::pkcs11
