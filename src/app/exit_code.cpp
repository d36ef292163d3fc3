// SPDX-License-Identifier: Apache-2.0
#include "app/exit_code.h"

#include "app/messages.h"

#include <cstdio>

namespace congvan::app {
namespace {

Exit exitFor(Code code) {
  switch (code) {
    case Code::Malformed:
    case Code::TooLarge:
      return Exit::MalformedInput;
    case Code::Unauthenticated:
    case Code::Forbidden:
    case Code::RuleRefused:
    case Code::Conflict:
    case Code::Stale:
      return Exit::NotAllowed;
    case Code::NotFound:
      return Exit::InputUnreadable;
    case Code::TooMany:
    case Code::Unavailable:
      return Exit::ServiceUnavailable;
  }
  return Exit::Internal;
}

}  // namespace

Exit complain(const Error& error) {
  return complain(error, exitFor(error.code));
}

Exit complain(const Error& error, Exit code) {
  const auto line = message(error);
  std::fprintf(stderr, "congvan: %s\n", line.c_str());
  return code;
}

}  // namespace congvan::app
