// SPDX-License-Identifier: Apache-2.0
#include "app/log_event.h"

#include "base/encoding.h"
#include "office/audit/proven_leaf.h"
#include "trust/tlog/proof.h"

#include <nlohmann/json.hpp>

namespace congvan::app {
namespace {

/// A member that must be text; empty and `bad` otherwise.
std::string textOf(const Json& item, const char* name, bool& bad) {
  const auto found = item.find(name);
  if (found != item.end() && found->is_string()) return found->get<std::string>();
  bad = true;
  return {};
}

std::optional<Uuid> idOf(const Json& item, const char* name, bool& bad) {
  const auto found = item.find(name);
  if (found != item.end() && found->is_null()) return std::nullopt;
  const auto id = Uuid::parse(textOf(item, name, bad));
  if (id) return *id;
  bad = true;
  return std::nullopt;
}

/// The leaf that commits to what the item says; nullopt: it says no event.
std::optional<Bytes> leafOf(const Json& item) {
  bool bad = false;
  const auto id = idOf(item, "id", bad);
  const auto kind = audit::eventKind(textOf(item, "kind", bad));
  const auto time = parseTime(textOf(item, "time", bad));
  const auto subject = idOf(item, "subject", bad);
  const auto salt = fromHex(textOf(item, "salt", bad));
  audit::Event event;
  event.person = idOf(item, "person", bad);
  event.post = idOf(item, "post", bad);
  event.agency = idOf(item, "agency", bad);
  event.subject_kind = textOf(item, "subjectKind", bad);
  event.trace = textOf(item, "trace", bad);
  event.details = textOf(item, "details", bad);
  if (bad || !id || !kind || !time || !subject || !salt) return std::nullopt;
  event.id.value = *id;
  event.kind = *kind;
  event.time = *time;
  event.subject = *subject;
  auto leaf = audit::eventLeaf(event, *salt);
  if (!leaf) return std::nullopt;
  return std::move(*leaf);
}

/// Members that repeat what others say: where present they must say the same.
bool repeats(const Json& item, const Bytes& leaf, const tlog::InclusionEvidence& evidence) {
  return item.value("leaf", Json(toBase64(leaf))) == toBase64(leaf) &&
         item.value("leafIndex", Json(evidence.index)) == evidence.index;
}

std::string_view judge(const Json& item, const tlog::NoteVerifier& key) {
  const auto leaf = leafOf(item);
  if (!leaf) return "event_unreadable";
  if (item.value("tampered", Json(false)) != false) return "event_tampered";
  const auto proof = item.find("proof");
  if (proof == item.end() || proof->is_null()) return "event_without_proof";
  const auto evidence =
      tlog::parseEvidence(proof->is_string() ? proof->get<std::string>() : std::string());
  if (!evidence) return "tlog_proof_malformed";
  if (!repeats(item, *leaf, *evidence)) return "event_changed";
  const auto verdict = tlog::checkEvidence(*evidence, tlog::leafHash(*leaf), key);
  if (!verdict) return "tlog_proof_malformed";
  switch (*verdict) {
    case tlog::EvidenceVerdict::Good:
      return "";
    case tlog::EvidenceVerdict::NotSigned:
      return "checkpoint_not_signed";
    case tlog::EvidenceVerdict::WrongOrigin:
      return "checkpoint_origin";
    case tlog::EvidenceVerdict::WrongProof:
      break;
  }
  return "proof_wrong";
}

}  // namespace

TrailReport checkTrail(const Json& trail, const tlog::NoteVerifier& key) {
  const bool listed = trail.is_object() && trail.contains("items");
  const auto& items = listed ? trail["items"] : trail;
  TrailReport report;
  const auto take = [&](const Json& item) {
    const auto where = item.is_object() && item.contains("id") && item["id"].is_string()
                           ? "event " + item["id"].get<std::string>()
                           : "item " + std::to_string(report.events);
    ++report.events;
    const auto reason = item.is_object() ? judge(item, key) : "event_unreadable";
    if (reason.empty()) return;
    const bool open = reason == "event_without_proof";
    report.findings.push_back(
        {open ? tlog::Gravity::Open : tlog::Gravity::Broken, std::string(reason), where});
  };
  if (items.is_array()) {
    for (const auto& item : items) take(item);
  } else {
    take(items);
  }
  return report;
}

}  // namespace congvan::app
