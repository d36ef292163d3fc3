// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

/// What `congvan` exits with: a contract (DESIGN 4.1), so values never change.
namespace congvan::app {

enum class Exit {
  Good = 0,
  Bad = 1,
  Undecided = 2,
  NothingSigned = 3,
  Usage = 64,
  MalformedInput = 65,
  InputUnreadable = 66,
  ServiceUnavailable = 69,
  Internal = 70,
  OutputUnwritable = 73,
  NotAllowed = 77,
};

/// One line on standard error, Vietnamese first, English second, and the exit code that fits the
/// error.
Exit complain(const Error& error);
/// The same with a code of the caller's choice.
Exit complain(const Error& error, Exit code);

}  // namespace congvan::app
