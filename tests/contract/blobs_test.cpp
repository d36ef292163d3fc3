// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/files.h"
#include "edge/storage/folder_blobs.h"
#include "tests/support/databases.h"
#include "tests/support/fault_files.h"
#include "tests/support/shell.h"
#include "trust/crypto/digest.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>

namespace congvan::storage {
namespace {

using testing::FaultFiles;
using testing::Unsynced;

const Bytes kHello = toBytes(std::string_view("Xin chào"));

/// A folder of the real file system.
class Blobs : public ::testing::Test {
 protected:
  std::filesystem::path pathOf(const work::BlobHash& hash) const {
    const auto hex = hash.hex();
    return folder_.path() / hex.substr(0, 2) / hex.substr(2, 2) / hex;
  }
  std::size_t filesThere() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }

  test::TempFolder folder_;
  std::unique_ptr<Files> files_ = openFiles(folder_.path());
  SystemClock clock_;
  test::SeededRandom random_;
  FolderBlobs blobs_{*files_, clock_, random_};
};

TEST_F(Blobs, AreFoundByTheHashThatOtherToolsCompute) {
  const auto hash = blobs_.put(kHello);
  ASSERT_TRUE(hash);
  folder_.write("same", kHello);
  EXPECT_EQ(test::mustRun(folder_, "sha256sum same").substr(0, 64), hash->hex());
  const auto open = blobs_.open(*hash);
  ASSERT_TRUE(open);
  EXPECT_EQ(toBytes((*open)->bytes()), kHello);
  EXPECT_TRUE(std::filesystem::exists(pathOf(*hash)));
}

TEST_F(Blobs, CanBeLookedAtWithoutBeingKept) {
  {
    const auto writer = blobs_.create(100);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(kHello));
    const auto seen = (*writer)->look();
    ASSERT_TRUE(seen);
    EXPECT_EQ(toBytes((*seen)->bytes()), kHello);
  }
  EXPECT_EQ(filesThere(), 0U);
}

TEST_F(Blobs, MayBeEmpty) {
  const auto hash = blobs_.put({});
  ASSERT_TRUE(hash);
  const auto open = blobs_.open(*hash);
  ASSERT_TRUE(open);
  EXPECT_TRUE((*open)->bytes().empty());
}

TEST_F(Blobs, AreOneWhenWrittenTwice) {
  const auto first = blobs_.put(kHello);
  const auto second = blobs_.put(kHello);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(filesThere(), 1U);
}

TEST_F(Blobs, AreMissingUntilWritten) {
  const auto missing = blobs_.open({});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  EXPECT_EQ(missing.error().reason, "blob_missing");
}

TEST_F(Blobs, EndAtTheirLimit) {
  auto writer = blobs_.create(10);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(Bytes(10, 'a')));
  EXPECT_EQ((*writer)->size(), 10U);
  const auto over = (*writer)->write(Bytes(1, 'a'));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::TooLarge);
  EXPECT_EQ(over.error().reason, "file_too_large");
  EXPECT_FALSE((*writer)->finish()) << "the writer is spent";
  EXPECT_EQ(filesThere(), 0U);
  EXPECT_TRUE(blobs_.put(Bytes(10, 'a')));
}

TEST_F(Blobs, LeaveNothingWhenDropped) {
  {
    const auto writer = blobs_.create(100);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(kHello));
    EXPECT_EQ(filesThere(), 1U);
  }
  EXPECT_EQ(filesThere(), 0U);
}

TEST_F(Blobs, MayBeWrittenByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto text = "file " + std::to_string(t % 2 == 0 ? i : 10 * t + i);
        const auto hash = blobs_.put(asBytes(text));
        ASSERT_TRUE(hash);
        const auto open = blobs_.open(*hash);
        ASSERT_TRUE(open);
        EXPECT_EQ(asText((*open)->bytes()), text);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto all = blobs_.list();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), filesThere());
}

TEST_F(Blobs, TellDamage) {
  const auto hash = blobs_.put(kHello);
  ASSERT_TRUE(hash);
  FolderBlobs strict(*files_, clock_, random_, {.check = BlobCheck::Digest});
  EXPECT_TRUE(strict.open(*hash));
  EXPECT_TRUE(*blobs_.isIntact(*hash));

  for (const auto* damage : {"Xin chao!", "Xin", ""}) {
    std::ofstream(pathOf(*hash), std::ios::binary | std::ios::trunc) << damage;
    EXPECT_FALSE(*blobs_.isIntact(*hash)) << damage;
    EXPECT_THROW(static_cast<void>(strict.open(*hash)), std::runtime_error) << damage;
  }
}

/// The sweep reads the clock, the files carry the machine's time.
struct LaterClock final : Clock {
  Duration by{};
  Instant now() const override { return SystemClock().now() + by; }
};

TEST_F(Blobs, AreSweptWhenNobodyNamesThemForADay) {
  LaterClock clock;
  FolderBlobs blobs(*files_, clock, random_);
  const auto named = blobs.put(asBytes("named"));
  const auto unnamed = blobs.put(asBytes("unnamed"));
  ASSERT_TRUE(named && unnamed);
  std::ofstream(folder_.path() / "tmp" / "left-behind") << "x";
  const auto is_named = [&](const work::BlobHash& hash) -> Result<bool> { return hash == *named; };

  clock.by = std::chrono::hours(23);
  EXPECT_EQ(*blobs.sweep(is_named), 0);
  clock.by = std::chrono::hours(25);
  EXPECT_EQ(*blobs.sweep(is_named), 2);
  EXPECT_TRUE(blobs.open(*named));
  EXPECT_FALSE(blobs.open(*unnamed));
}

TEST_F(Blobs, WrittenAgainAreNotSwept) {
  const auto hash = blobs_.put(kHello);
  ASSERT_TRUE(hash);
  std::filesystem::last_write_time(
      pathOf(*hash), std::filesystem::file_time_type::clock::now() - std::chrono::hours(48));
  const auto again_meanwhile = [&](const work::BlobHash&) -> Result<bool> {
    EXPECT_TRUE(blobs_.put(kHello)) << "after the sweep looked, before it removes";
    return false;
  };
  EXPECT_EQ(*blobs_.sweep(again_meanwhile), 0);
  EXPECT_TRUE(blobs_.open(*hash));
}

TEST_F(Blobs, StayWhenTheQuestionWhetherTheyAreNamedFails) {
  LaterClock clock;
  FolderBlobs blobs(*files_, clock, random_);
  const auto hash = blobs.put(kHello);
  clock.by = std::chrono::hours(25);
  const auto swept = blobs.sweep([](const work::BlobHash&) -> Result<bool> {
    return Error{Code::Unavailable, "storage_unavailable"};
  });
  EXPECT_FALSE(swept);
  EXPECT_TRUE(blobs.open(*hash));
}

/// Every operation of a put, met by every fault, with every remainder of what was not synced.
TEST(BlobsUnderFaults, AreWholeOrAbsentAndKeptOncePromised) {
  const auto expected = crypto::digest(crypto::DigestAlgorithm::Sha256, kHello);
  const auto hash = *work::BlobHash::fromBytes(expected);
  SystemClock clock;
  test::SeededRandom random;
  std::uint64_t operations = 0;
  {
    FaultFiles files;
    FolderBlobs blobs(files, clock, random);
    ASSERT_TRUE(blobs.put(kHello));
    operations = files.operations();
  }
  ASSERT_GE(operations, 5U);

  for (const auto fault : {FaultFiles::Fault::CutBefore,
                           FaultFiles::Fault::CutAfter,
                           FaultFiles::Fault::FailsNotStored,
                           FaultFiles::Fault::FailsButStored,
                           FaultFiles::Fault::Full,
                           FaultFiles::Fault::None}) {
    for (const auto rest : {Unsynced::Dropped, Unsynced::Kept, Unsynced::Torn}) {
      for (std::uint64_t operation = 0; operation < operations; ++operation) {
        SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at " +
                     std::to_string(operation));
        FaultFiles files;
        FolderBlobs blobs(files, clock, random);
        files.arm(operation, fault);
        bool promised = false;
        try {
          promised = static_cast<bool>(blobs.put(kHello));
        } catch (const testing::PowerCut&) {
        } catch (const std::system_error&) {
        }
        files.restart(rest, operation);

        FolderBlobs after(files, clock, random);
        const auto open = after.open(hash);
        if (open) {
          EXPECT_EQ(toBytes((*open)->bytes()), kHello) << "half a file under a whole name";
        }
        EXPECT_TRUE(!promised || open) << "promised and lost";
        ASSERT_TRUE(after.put(kHello)) << "and it works again";
        files.restart(Unsynced::Dropped);
        EXPECT_TRUE(*after.isIntact(hash));
      }
    }
  }
}

}  // namespace
}  // namespace congvan::storage
