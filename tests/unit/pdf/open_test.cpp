// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/open.h"

#include "tests/support/pdf_files.h"

#include <gtest/gtest.h>

namespace congvan::pdf {
namespace {

/// A file whose page content inflates to `size` bytes from next to nothing.
Bytes swelling(std::size_t size) {
  const test::TempFolder folder;
  return test::byQpdf(folder,
                      {.content = std::string(size, ' ')},
                      std::string(test::kClassic) + " --compress-streams=y");
}

/// The reason why the content cannot be read `times` times; `(read)` when it can.
std::string readContent(const Bytes& file, const OpenLimits& limits, int times = 1) {
  const auto document = open(file, Reading::Strict, limits);
  if (!document) return document.error().reason;
  const auto read = guarded<std::size_t>([&]() -> Result<std::size_t> {
    std::size_t size = 0;
    for (int i = 0; i < times; ++i) {
      auto page = (*document)->getAllPages().at(0);
      auto content = page.getKey("/Contents");
      size = content.getStreamData(qpdf_dl_generalized)->getSize();
    }
    return size;
  });
  return read ? "(read)" : read.error().reason;
}

TEST(Inflation, OfOneStreamStopsAtItsLimit) {
  constexpr std::size_t kSize = 1U << 20U;
  const auto file = swelling(kSize);
  ASSERT_LT(file.size(), kSize / 100);

  EXPECT_EQ(readContent(file, {.stream_bytes = kSize}), "(read)");
  EXPECT_EQ(readContent(file, {.stream_bytes = kSize - 1}), "pdf_too_complex");
}

TEST(Inflation, OfAllStreamsTogetherStopsAtItsLimitBesideFourTimesTheFile) {
  constexpr std::size_t kSize = 1U << 20U;
  const auto file = swelling(kSize);
  const auto beside = 4 * file.size();

  EXPECT_EQ(readContent(file, {.inflated_bytes = 3 * kSize - beside}, 3), "(read)");
  EXPECT_EQ(readContent(file, {.inflated_bytes = 3 * kSize - beside - 1}, 3), "pdf_too_complex");
}

}  // namespace
}  // namespace congvan::pdf
