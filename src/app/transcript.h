// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "trust/pki/certificate.h"

#include <string>
#include <vector>

namespace congvan::app {

/// The record of a key ceremony, for paper and ink: who was there, what was made and its hashes.
/// Vietnamese first, English second; nothing in it is secret.
class Transcript {
 public:
  /// `program` is what carried it out: its version and the hash of its file.
  Transcript(Instant begun, std::string program, std::vector<std::string> present);

  /// One numbered act.
  void act(std::string_view vi, std::string_view en);
  /// A line below the last act.
  void line(std::string_view name, std::string_view value);
  void certificate(std::string_view name, const pki::Certificate& certificate);

  const std::vector<std::string>& present() const { return present_; }
  bool isEmpty() const { return count_ == 0; }
  /// With a place for each signature.
  std::string text(Instant ended) const;
  /// Of one that came to no end: what was done until then.
  std::string unfinished() const;

 private:
  Instant begun_;
  std::string program_;
  std::vector<std::string> present_;
  std::string head() const;

  std::string acts_;
  int count_ = 0;
};

}  // namespace congvan::app
