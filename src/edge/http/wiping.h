// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Memory that libraries free without wiping it.
namespace congvan::http {

/// While one lives, what this thread gives back to the heap is overwritten first. For the reading
/// of bodies with a PIN or a password: the JSON parser keeps copies of every token, in buffers of
/// its own that it offers nobody. Does nothing in builds with a sanitizer, which have their own
/// heap.
class WipingWhatIsFreed {
 public:
  WipingWhatIsFreed();
  ~WipingWhatIsFreed();
  WipingWhatIsFreed(const WipingWhatIsFreed&) = delete;
  WipingWhatIsFreed& operator=(const WipingWhatIsFreed&) = delete;

 private:
  bool before_;
};

}  // namespace congvan::http
