// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/fetch/clock_source.h"
#include "office/authority/trusted_time.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace congvan::fetch {

/// What more than half of `asked` sources can agree on: from the first to the last point that so
/// many of the intervals share. nullopt: there is none. Fewer than half that lie, all together, can
/// only make it wider, and not beyond what honest ones allow.
std::optional<ClockError> agreed(std::vector<ClockError> heard, std::size_t asked);

struct ClockRules {
  Duration off_most = std::chrono::milliseconds{500};
  Duration age_most = std::chrono::minutes{15};
};

/// Follows the time that several sources agree on, and says whether this machine's clock is near
/// enough. Between two looks the clock is held against the steady one, so that a step of it counts
/// at once, in either direction. Safe from any thread.
class ClockWatch final : public authority::TrustedTime {
 public:
  using SteadyNow = std::function<Duration()>;

  /// `sources`: at least one.
  ClockWatch(std::vector<std::unique_ptr<ClockSource>> sources,
             ClockRules rules,
             const Clock& clock,
             SteadyNow steady = &ClockWatch::steadyNow);

  /// Asks every source that may be asked. Unavailable `clock_unconfirmed`: too few agree; what was
  /// known before stands until it is too old. For one thread at a time.
  Result<> look(const std::stop_token& stop = {});

  /// Unavailable `clock_unconfirmed` (no look went well yet), `clock_check_old` with `seconds`,
  /// `clock_wrong` with `milliseconds`, how far it may be off.
  Result<> vouch(Instant now) const override;

  struct Heard {
    std::string name;
    std::optional<ClockError> error;  ///< nullopt: not asked yet, or `trouble`
    std::optional<Error> trouble;
  };
  /// What each source said when last asked.
  std::vector<Heard> heard() const;
  /// How far true time is ahead of what the clock says now; nullopt: nobody knows yet.
  std::optional<ClockError> error(Instant now) const;

  static Duration steadyNow();

 private:
  struct Asked {
    std::unique_ptr<ClockSource> source;
    Heard last;
    std::optional<Duration> again_at;  // after a kiss
  };
  struct Moment {
    Instant clock;
    Duration steady;
  };
  struct Agreement {
    ClockError error;
    Moment when;
    /// As it became by steps of the clock since, and by the quartz.
    ClockError at(const Moment& moment) const;
  };
  Moment moment() const;
  std::optional<ClockError> errorNow(Instant now) const;  // locked

  const ClockRules rules_;
  const Clock& clock_;
  const SteadyNow steady_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::optional<Agreement> agreement_;
};

}  // namespace congvan::fetch
