// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "edge/pkcs11/frame.h"
#include "trust/crypto/secret.h"

#include <filesystem>
#include <string>

/// The token's PIN in a file, and how often it was tried. A token locks for good after a few wrong
/// ones, so each try is counted on the disk before it is made.
namespace congvan::pkcs11 {

struct Pin {
  crypto::SecretBytes value;
  std::string file;  ///< another text after the file was changed
};

/// Without a line feed at its end. Unavailable `token_pin_unreadable`: not there, not a plain file,
/// empty or longer than 255 octets; `token_pin_readable_by_others`: its mode is wider than 0600.
Result<Pin> readPin(const std::filesystem::path& file);

class PinTries {
 public:
  PinTries(std::filesystem::path file, int most) : file_(std::move(file)), most_(most) {}

  /// While it lives, no other process that counts in this file counts, tries or puts back.
  /// Unavailable `token_pin_uncounted`.
  Result<Descriptor> turn() const;

  /// Counts a try with this PIN; durable when it returns. Unavailable `token_pin_wrong`: this very
  /// file was refused before; `token_pin_stopped`: so many tries were not followed by a right one,
  /// or the count cannot be read; `token_pin_uncounted`: it cannot be written.
  Result<> count(const Pin& pin);
  /// The token took it. A count that cannot be put back stays, which errs on the safe side.
  void right();
  /// The token refused it. Unavailable `token_pin_uncounted`.
  Result<> wrong(const Pin& pin);

 private:
  struct State {
    int tries = 0;
    std::string refused;  // the file of the last wrong PIN
  };
  Result<State> read() const;
  Result<> write(const State& state) const;

  std::filesystem::path file_;
  int most_;
};

}  // namespace congvan::pkcs11
