// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/certificate_facts.h"
#include "trust/pki/path.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace congvan::pki {

inline constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

/// The certificate policies of one path (RFC 5280 6.1), fed from the anchor's side down to the
/// leaf.
///
/// The tree is kept as a graph with one node a policy and level (RFC 9618), so it grows with the
/// certificates and not with the product of their policies. Qualifiers are not kept: nothing here
/// shows them to anyone.
class PolicyTree {
 public:
  /// `length`: certificates that will be fed, the leaf included.
  PolicyTree(const PolicyRequest& request, std::size_t length);

  /// 6.1.3 (d) to (f) for the next certificate and, unless it is the leaf, 6.1.4 (a), (b), (h) to
  /// (j). False: no valid policy where one is required; the path is then refused.
  bool addAuthority(const CertificateFacts& facts);
  bool addLeaf(const CertificateFacts& facts);
  /// What an anchor itself says of policies, when its certificate is to be heeded.
  bool addAnchor(const CertificateFacts& facts);
  /// 6.1.5 (g), after the leaf.
  bool satisfied() const;

 private:
  struct Node {
    std::set<std::string> parents;   ///< valid policies of the level above
    std::set<std::string> expected;  ///< expected_policy_set
  };
  using Level = std::map<std::string, Node>;

  bool addPolicies(const CertificateFacts& facts, bool leaf);
  Level nextLevel(const CertificateFacts& facts, bool any_allowed) const;
  void applyMappings(const CertificateFacts& facts);
  void applyConstraints(const CertificateFacts& facts);
  bool reachesUserPolicy(std::size_t level, const std::string& policy) const;

  std::set<std::string> user_policies_;  ///< empty: any
  std::vector<Level> levels_;            ///< empty: the tree is NULL
  std::size_t explicit_policy_;
  std::size_t policy_mapping_;
  std::size_t inhibit_any_;
};

}  // namespace congvan::pki
