// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/print/drawing_cache.h"
#include "office/signing/marks.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace congvan::app {

/// Marks drawn by edge/print. A seal's image is `NAME.png` in the folder of seals, NAME being the
/// agency's; where there is none, a plain one is drawn from the name.
class PrintMarks final : public signing::Marks {
 public:
  explicit PrintMarks(std::filesystem::path seals) : seals_(std::move(seals)) {}
  Result<pades::Appearance> person(const signing::PersonMark& mark) override;
  Result<pades::Appearance> initials(const signing::PersonMark& mark) override;
  Result<pades::Appearance> seal(const signing::SealMark& mark) override;
  Result<pades::Appearance> text(const signing::TextMark& mark) override;

 private:
  Result<Bytes> sealImage(const std::string& agency);

  std::filesystem::path seals_;
  print::DrawingCache drawings_;
  std::mutex mutex_;
  std::map<std::string, Bytes> images_;
};

}  // namespace congvan::app
