// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "edge/print/mark.h"
#include "trust/formats/pades/prepare_fields.h"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace congvan::print {

/// Drawings that were made before, ready for signing, found again by everything that went into
/// them. A drawing costs 6 ms, a signature with one at hand less than 1. The least recently used
/// leave first. Safe from any thread.
class DrawingCache {
 public:
  using Drawing = std::shared_ptr<const pades::Appearance>;

  explicit DrawingCache(std::size_t bytes_max = 16U << 20U) : bytes_max_(bytes_max) {}

  /// As the functions of mark.h; refusals are not kept.
  Result<Drawing> mark(const MarkText& text, Size size);
  Result<Drawing> image(BytesView png, Size size);
  Result<Drawing> fieldValue(const std::string& value, Size size, const FieldLook& look = {});

 private:
  Result<Drawing> find(std::string key, const std::function<Result<Bytes>()>& draw);
  void keep(const std::string& key, const Drawing& drawing);

  struct Entry {
    std::string key;
    Drawing drawing;
  };
  std::size_t bytes_max_;
  std::mutex guard_;
  std::size_t bytes_ = 0;
  std::list<Entry> recent_;  ///< most recent first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace congvan::print
