// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/policy_tree.h"

#include <algorithm>

namespace congvan::pki {
namespace {

void countDown(std::size_t& counter) {
  if (counter > 0) --counter;
}

void lowerTo(std::size_t& counter, const std::optional<std::uint64_t>& limit) {
  if (limit && *limit < counter) counter = static_cast<std::size_t>(*limit);
}

}  // namespace

PolicyTree::PolicyTree(const PolicyRequest& request, std::size_t length)
    : user_policies_(request.initial_set.begin(), request.initial_set.end()),
      explicit_policy_(request.explicit_policy ? 0 : length + 1),
      policy_mapping_(request.inhibit_mapping ? 0 : length + 1),
      inhibit_any_(request.inhibit_any ? 0 : length + 1) {
  const std::string any(kAnyPolicy);
  if (user_policies_.contains(any)) user_policies_.clear();
  levels_.push_back({{any, Node{{}, {any}}}});
}

PolicyTree::Level PolicyTree::nextLevel(const CertificateFacts& facts, bool any_allowed) const {
  const std::string any(kAnyPolicy);
  const auto& above = levels_.back();
  std::map<std::string, std::set<std::string>> expecting;  // policy to the nodes that expect it
  for (const auto& [policy, node] : above) {
    for (const auto& expected : node.expected) expecting[expected].insert(policy);
  }
  Level level;
  bool has_any = false;
  for (const auto& policy : *facts.policies) {
    if (policy == any) {
      has_any = true;
      continue;
    }
    const auto found = expecting.find(policy);
    if (found != expecting.end()) {
      level[policy] = Node{found->second, {policy}};
    } else if (above.contains(any)) {
      level[policy] = Node{{any}, {policy}};
    }
  }
  if (!has_any || !any_allowed) return level;
  for (const auto& [policy, parents] : expecting) {
    level.try_emplace(policy, Node{parents, {policy}});
  }
  return level;
}

bool PolicyTree::addPolicies(const CertificateFacts& facts, bool leaf) {
  if (!facts.policies) {
    levels_.clear();
  } else if (!levels_.empty()) {
    const bool any_allowed = inhibit_any_ > 0 || (!leaf && facts.self_issued);
    auto level = nextLevel(facts, any_allowed);
    if (level.empty()) {
      levels_.clear();
    } else {
      levels_.push_back(std::move(level));
    }
  }
  return explicit_policy_ > 0 || !levels_.empty();
}

void PolicyTree::applyMappings(const CertificateFacts& facts) {
  if (levels_.empty() || facts.policy_mappings.empty()) return;
  auto& level = levels_.back();
  std::map<std::string, std::set<std::string>> targets;
  for (const auto& mapping : facts.policy_mappings) {
    targets[mapping.issuer_domain].insert(mapping.subject_domain);
  }
  const std::string any(kAnyPolicy);
  for (const auto& [policy, mapped] : targets) {
    if (policy_mapping_ == 0) {
      level.erase(policy);
    } else if (const auto found = level.find(policy); found != level.end()) {
      found->second.expected = mapped;
    } else if (level.contains(any)) {
      level[policy] = Node{{any}, mapped};
    }
  }
  if (level.empty()) levels_.clear();
}

void PolicyTree::applyConstraints(const CertificateFacts& facts) {
  if (!facts.self_issued) {
    countDown(explicit_policy_);
    countDown(policy_mapping_);
    countDown(inhibit_any_);
  }
  lowerTo(explicit_policy_, facts.require_explicit_policy);
  lowerTo(policy_mapping_, facts.inhibit_policy_mapping);
  lowerTo(inhibit_any_, facts.inhibit_any_policy);
}

bool PolicyTree::addAuthority(const CertificateFacts& facts) {
  const bool good = addPolicies(facts, false);
  applyMappings(facts);
  applyConstraints(facts);
  return good;
}

bool PolicyTree::addLeaf(const CertificateFacts& facts) {
  const bool good = addPolicies(facts, true);
  countDown(explicit_policy_);
  if (facts.require_explicit_policy == 0U) explicit_policy_ = 0;
  return good;
}

bool PolicyTree::addAnchor(const CertificateFacts& facts) {
  // An anchor without the extension restricts nothing: it is trusted for what it says, not for what
  // it leaves out.
  const bool good = !facts.policies || addPolicies(facts, false);
  applyMappings(facts);
  lowerTo(explicit_policy_, facts.require_explicit_policy);
  lowerTo(policy_mapping_, facts.inhibit_policy_mapping);
  lowerTo(inhibit_any_, facts.inhibit_any_policy);
  return good;
}

bool PolicyTree::reachesUserPolicy(std::size_t level, const std::string& policy) const {
  // The policy as the anchor's side names it: the one that first stands under anyPolicy.
  std::set<std::string> here{policy};
  for (; level > 0 && !here.empty(); --level) {
    std::set<std::string> above;
    for (const auto& name : here) {
      const auto found = levels_[level].find(name);
      if (found == levels_[level].end()) continue;
      const bool under_any = found->second.parents.contains(std::string(kAnyPolicy));
      if (under_any && name == kAnyPolicy) {
        above.insert(name);
      } else if (under_any) {
        if (user_policies_.contains(name)) return true;
      } else {
        above.insert(found->second.parents.begin(), found->second.parents.end());
      }
    }
    here = std::move(above);
  }
  return here.contains(std::string(kAnyPolicy));
}

bool PolicyTree::satisfied() const {
  if (explicit_policy_ > 0) return true;
  if (levels_.empty()) return false;
  if (user_policies_.empty()) return true;
  return std::ranges::any_of(levels_.back(), [this](const auto& entry) {
    return reachesUserPolicy(levels_.size() - 1, entry.first);
  });
}

}  // namespace congvan::pki
