// SPDX-License-Identifier: Apache-2.0
#include "office/authority/issuance_desk.h"

namespace congvan::authority {

Result<IssuanceProof> IssuanceDesk::proof(const directory::Caller& caller, CertificateId id) {
  auto record = authority_.find(caller, id);
  if (!record) return record.error();
  auto intent = proven(record->intent_leaf);
  if (!intent) return intent.error();
  auto issued = proven(record->issued_leaf);
  if (!issued) return issued.error();
  return IssuanceProof{std::move(*record), std::move(*intent), std::move(*issued)};
}

Result<audit::ProvenLeaf> IssuanceDesk::proven(const std::optional<Uuid>& queued) {
  using Place = std::optional<std::uint64_t>;
  if (!queued) return audit::ProvenLeaf{};
  const auto place = transactions_.read<Place>([&](work::Tx& tx) {
    return leaves_.indexOf(tx, audit::Log::Issuance, audit::LeafId{*queued});
  });
  if (!place) return place.error();
  if (!*place) return audit::ProvenLeaf{};
  auto entry = audit::proveEntry(log_, **place);
  if (!entry && entry.error().reason == "leaf_not_in_tree") return audit::ProvenLeaf{};
  return entry;
}

}  // namespace congvan::authority
