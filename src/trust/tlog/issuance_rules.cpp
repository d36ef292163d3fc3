// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/issuance_rules.h"

#include <algorithm>

namespace congvan::tlog {

std::string_view IssuanceRules::take(std::uint64_t index, const Leaf& leaf) {
  if (const auto* intent = std::get_if<IntentLeaf>(&leaf)) return takeIntent(index, *intent);
  if (const auto* issued = std::get_if<IssuedLeaf>(&leaf)) return takeIssued(*issued);
  if (const auto* status = std::get_if<StatusLeaf>(&leaf)) return takeStatus(*status);
  return "leaf_not_for_log";
}

std::string_view IssuanceRules::takeIntent(std::uint64_t index, const IntentLeaf& leaf) {
  if (!by_serial_.try_emplace(leaf.serial, Certificate{index, leaf.time, Stage::Intended}).second) {
    return "serial_reused";
  }
  intents_.emplace(index, leaf.serial);
  return {};
}

std::string_view IssuanceRules::takeIssued(const IssuedLeaf& leaf) {
  const auto intent = intents_.find(leaf.intent_index);
  if (intent == intents_.end()) return "issued_without_intent";
  if (intent->second != leaf.serial) return "issued_serial_differs";
  auto& certificate = by_serial_.at(leaf.serial);
  if (certificate.stage == Stage::Issued) return "intent_used_twice";
  if (certificate.stage == Stage::Abandoned) return "issued_after_abandoned";
  certificate.stage = Stage::Issued;
  return {};
}

std::string_view IssuanceRules::takeStatus(const StatusLeaf& leaf) {
  const auto found = by_serial_.find(leaf.serial);
  if (found == by_serial_.end()) return "status_without_certificate";
  auto& certificate = found->second;
  if (leaf.status != CertificateStatus::Abandoned) {
    return certificate.stage == Stage::Issued ? std::string_view{} : "status_without_certificate";
  }
  if (certificate.stage == Stage::Issued) return "abandoned_after_issued";
  certificate.stage = Stage::Abandoned;
  return {};
}

std::vector<IssuanceRules::OpenIntent> IssuanceRules::openIntents() const {
  std::vector<OpenIntent> open;
  for (const auto& [index, serial] : intents_) {
    const auto& certificate = by_serial_.at(serial);
    if (certificate.stage == Stage::Intended) open.push_back({index, certificate.intended});
  }
  return open;
}

}  // namespace congvan::tlog
