// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

/// Whether the machine's clock can be believed by others.
namespace congvan::authority {

/// A port: somebody who compares the clock with others'. Safe from any thread.
class TrustedTime {
 public:
  virtual ~TrustedTime() = default;
  /// May `now`, which the clock says at this moment, stand in a time-stamp? Unavailable
  /// `clock_unconfirmed`, `clock_check_old`, `clock_wrong`: it may not.
  virtual Result<> vouch(Instant now) const = 0;
};

}  // namespace congvan::authority
