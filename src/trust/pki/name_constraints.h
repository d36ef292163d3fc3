// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/certificate_facts.h"

#include <optional>
#include <string>
#include <vector>

namespace congvan::pki {

/// The name constraints met on the way from an anchor (RFC 5280 4.2.1.10, 6.1.1 (b), 6.1.4 (g)).
///
/// A name must lie inside the permitted subtrees of its kind of *every* certificate that has some,
/// and inside no excluded one. A wildcard stands for all names that it might match: it is permitted
/// only when all are, and excluded when any is. Holds references to the facts it was given.
class NameConstraints {
 public:
  void add(const CertificateFacts& authority);

  /// Why the names of `facts` are not allowed; nullopt when they are. A constraint that is not well
  /// formed, a name that is not, and a kind that cannot be compared refuse when they would matter.
  std::optional<std::string> refusal(const CertificateFacts& facts);

 private:
  std::vector<const Subtrees*> all_;
  std::size_t comparisons_ = 0;
};

/// Comparisons of a name with a constraint in one path; past it the path is refused.
inline constexpr std::size_t kNameComparisonsMax = 1U << 20U;

}  // namespace congvan::pki
