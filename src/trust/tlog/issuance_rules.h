// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/check.h"
#include "trust/tlog/leaf.h"

#include <map>
#include <vector>

namespace congvan::tlog {

/// Follows the entries of an issuance log in order and says what contradicts what.
class IssuanceRules {
 public:
  /// The reason of a contradiction, or empty.
  std::string_view take(std::uint64_t index, const Leaf& leaf);
  struct OpenIntent {
    std::uint64_t index = 0;
    Instant time{};
  };
  /// Intents that came to nothing so far, in order.
  std::vector<OpenIntent> openIntents() const;

 private:
  enum class Stage { Intended, Issued, Abandoned };
  struct Certificate {
    std::uint64_t intent_index = 0;
    Instant intended{};
    Stage stage = Stage::Intended;
  };

  std::string_view takeIntent(std::uint64_t index, const IntentLeaf& leaf);
  std::string_view takeIssued(const IssuedLeaf& leaf);
  std::string_view takeStatus(const StatusLeaf& leaf);

  std::map<Bytes, Certificate> by_serial_;
  std::map<std::uint64_t, Bytes> intents_;  // index to serial
};

}  // namespace congvan::tlog
