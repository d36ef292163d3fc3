// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace congvan::http {

/// One JSON line an event on standard error, from the catalogue in docs/operate.md. Never
/// document content, PINs, tokens or bodies. Safe from any thread.
class Log {
 public:
  struct Served {
    std::string_view trace;
    std::string_view method;
    std::string_view path;  ///< without the query, which may hold what people searched for
    std::string_view client;
    int status = 0;
    std::int64_t micros = 0;
  };
  void started(std::string_view listener, std::string_view address);
  void stopped(std::string_view listener);
  void served(const Served& served);
  void refused(std::string_view trace, const Error& error);
  void fault(std::string_view trace, std::string_view what);
  void jobRefused(std::string_view job, const Error& error);
  void jobFault(std::string_view job, std::string_view what);
};

}  // namespace congvan::http
