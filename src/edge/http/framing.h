// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/message.h"

#include <cstdint>
#include <string_view>

/// Is this message framed in one way only? Poco 1.11 is lenient here (docs: reference in
/// README.md), and two readers that disagree about where a request ends make request smuggling.
namespace congvan::http {

struct StartLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};

/// The length of the body, 0 when there is none.
///
/// Malformed `request_method`, `request_version`, `request_target`, `request_header` (a name that
/// is no token, or a control character), `request_host` (missing, twice or no host),
/// `request_length` (twice, not digits, or together with Transfer-Encoding); RuleRefused
/// `length_required`: a transfer coding, chunked included, is not taken.
Result<std::uint64_t> bodyLength(const StartLine& line, const Headers& headers);

/// Splits a target into decoded path and query. Malformed `request_target`: not the origin form,
/// bad escapes, a name twice, NUL or other controls in the path, dot segments, empty segments but
/// the last, slashes that are escaped, backslashes, text that is not UTF-8.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
/// What follows `opaque_prefix` in a path is one value and not resolved by anybody: slashes may
/// stand in it, escaped or not, as often as they like.
Result<Target> parseTarget(std::string_view target, std::string_view opaque_prefix = {});

}  // namespace congvan::http
