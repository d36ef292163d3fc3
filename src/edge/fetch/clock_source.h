// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/fetch/sntp.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace congvan::fetch {

/// Somebody who knows the time.
class ClockSource {
 public:
  virtual ~ClockSource() = default;
  /// How far this machine's clock is off. Refusals as `readSntpReply`, and Unavailable
  /// `clock_source_silent`.
  virtual Result<ClockError> ask() = 0;
  virtual std::string name() const = 0;
};

/// Host and port of `time.example.vn`, `192.0.2.1:10123`, `[2001:db8::1]:123`.
struct NtpAddress {
  std::string host;
  std::uint16_t port = 123;
  /// Malformed `ntp_address_malformed`.
  static Result<NtpAddress> parse(std::string_view text);
};

/// A server of the network time protocol. Its addresses stand in the settings, so any is allowed.
class SntpServer final : public ClockSource {
 public:
  SntpServer(NtpAddress address, const Clock& clock, Random& random);
  Result<ClockError> ask() override;
  std::string name() const override;

 private:
  const NtpAddress address_;
  const Clock& clock_;
  Random& random_;
};

/// What the kernel was told by the machine's own time service (adjtimex): whether it keeps the
/// clock, and how sure it is. It repeats what another program claims, so it is one voice and no
/// more.
class KernelClock final : public ClockSource {
 public:
  Result<ClockError> ask() override;
  std::string name() const override { return "kernel"; }
};

}  // namespace congvan::fetch
