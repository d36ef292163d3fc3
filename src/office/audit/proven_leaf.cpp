// SPDX-License-Identifier: Apache-2.0
#include "office/audit/proven_leaf.h"

#include "office/audit/log_entry.h"
#include "office/audit/log_proof.h"
#include "trust/tlog/leaf.h"

namespace congvan::audit {
namespace {

Result<ProvenLeaf> proven(const LogFiles& log, Bytes leaf, std::optional<std::uint64_t> index) {
  ProvenLeaf made{std::move(leaf), index, {}};
  if (!index) return made;
  const auto logged = proveLeaf(log, *index);
  if (!logged) {
    if (logged.error().reason != "leaf_not_in_tree") return logged.error();
    return made;  // not published yet is no refusal
  }
  made.tampered = logged->leaf != tlog::leafHash(made.leaf);
  if (!made.tampered) made.proof = tlog::evidenceText(logged->evidence);
  return made;
}

}  // namespace

Result<Bytes> eventLeaf(const Event& event, BytesView salt) {
  if (salt.size() != tlog::kSaltBytes) return Error{Code::Malformed, "salt_malformed"};
  return tlog::encodeLeaf(tlog::EventLeaf{tlog::commit(salt, canonicalBytes(event))});
}

Result<ProvenLeaf> proveEvent(const LogFiles& records, const KeptEvent& kept) {
  auto leaf = eventLeaf(kept.event, kept.salt);
  if (!leaf || !kept.has_leaf) return ProvenLeaf{.index = kept.leaf_index, .tampered = true};
  return proven(records, std::move(*leaf), kept.leaf_index);
}

Result<ProvenLeaf> proveEntry(const LogFiles& log, std::uint64_t index) {
  auto entry = readEntry(log, index);
  if (!entry) return entry.error();
  return proven(log, std::move(*entry), index);
}

}  // namespace congvan::audit
