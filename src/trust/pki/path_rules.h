// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/path.h"

#include <optional>
#include <span>
#include <string>

/// The rules of RFC 5280 section 6 on one finished chain. Inside this room only; signatures are the
/// builder's, revocation is path_revocation's.
namespace congvan::pki {

struct Problem {
  PathResult result = PathResult::Constraint;
  std::size_t at = 0;  ///< index into the chain, 0 is the leaf
  std::string reason;
};

using Chain = std::span<const Certificate* const>;  ///< leaf first, anchor last

/// Rules that time does not change: form, algorithms, constraints, policies, names.
std::optional<Problem> checkRules(const PathRequest& request, Chain chain);
/// Validity of each certificate at `request.time`; the end nearest to the anchor first.
std::optional<Problem> checkTimes(const PathRequest& request, Chain chain);

/// What makes `authority` unfit to issue anything under this request, seen by itself: the builder
/// turns back at such a certificate on its first walk. An anchor is heeded as asked.
std::optional<Problem> checkAuthority(const PathRequest& request,
                                      const Certificate& authority,
                                      bool is_anchor);

/// `certificate 1 (CN=…): what`.
std::string describe(std::size_t at, const Certificate& certificate, std::string_view what);

}  // namespace congvan::pki
