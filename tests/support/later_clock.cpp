// SPDX-License-Identifier: Apache-2.0

/// Preloaded into the service by end-to-end tests: its wall clock is ahead of the machine's by as
/// many seconds as the file CONGVAN_LATER_CLOCK holds (eight bytes, this machine's order), which a
/// test moves while the service runs. So delays, expiry and locks are shown without waiting for
/// them. The steady clock, which measures time-outs, is left alone.

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

const std::atomic<std::int64_t>* mapped() {
  const char* name = std::getenv("CONGVAN_LATER_CLOCK");
  const int file = name == nullptr ? -1 : ::open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) std::abort();
  void* memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<const std::atomic<std::int64_t>*>(memory);
}

std::int64_t ahead() {
  static const auto* seconds = mapped();
  return seconds->load(std::memory_order_relaxed);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto failed = ::syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += ahead();
  }
  return static_cast<int>(failed);
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec exact{};
  const int failed = clock_gettime(CLOCK_REALTIME, &exact);
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return failed;
}

time_t time(time_t* out) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (out != nullptr) *out = exact.tv_sec;
  return exact.tv_sec;
}

}  // extern "C"
