// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"
#include "trust/formats/timestamp/token.h"
#include "trust/pki/build.h"
#include "trust/pki/make_crl.h"

namespace congvan::authority {

// --- what everybody asks for
// ----------------------------------------------------------------------------------

Result<std::vector<CertificateRecord>> Authority::usable(const Holder& holder,
                                                         CertificateKind kind) {
  const auto all = transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) { return store_.ofHolder(tx, holder, kind); });
  if (!all) return all.error();
  const auto now = clock_.now();
  Error why{Code::NotFound, "certificate_missing"};
  std::vector<CertificateRecord> good;
  for (const auto& record : *all) {
    const bool issued = record.state == CertificateState::Issued;
    const bool in_force = issued && record.not_before <= now && now <= record.not_after;
    if (in_force) good.push_back(record);
    if (issued) why = {Code::RuleRefused, "certificate_expired"};
    if (why.code != Code::NotFound) continue;  // the newest one says why
    if (record.state == CertificateState::Suspended) {
      why = {Code::RuleRefused, "certificate_suspended"};
    }
    if (record.state == CertificateState::Revoked) {
      why = {Code::RuleRefused, "certificate_revoked"};
    }
  }
  if (good.empty()) return why;
  return good;
}

Result<CertificateRecord> Authority::active(const Holder& holder, CertificateKind kind) {
  const auto all = usable(holder, kind);
  if (!all) return all.error();
  return all->front();
}

Result<std::vector<pki::Certificate>> Authority::chainOf(const CertificateRecord& record) {
  std::vector<pki::Certificate> chain;
  auto issuer = record.issuer;
  const std::lock_guard lock(loaded_->mutex);
  while (issuer) {
    const auto found = std::ranges::find_if(
        loaded_->keys, [&](const auto& entry) { return entry.second->issuer.id == *issuer; });
    if (found == loaded_->keys.end()) return Error{Code::NotFound, "issuer_missing"};
    const auto& one = *found->second;
    if (!one.record.issuer) {  // the root: whoever trusts it has it
      std::ranges::copy_if(
          loaded_->crosses, std::back_inserter(chain), [&](const pki::Certificate& cross) {
            return std::ranges::equal(cross.spkiDer(), one.certificate.spkiDer());
          });
      break;
    }
    chain.push_back(one.certificate);
    issuer = one.record.issuer;
  }
  return chain;
}

Result<TrustMaterial> Authority::material() {
  TrustMaterial material;
  material.intermediates = crossCertificates();
  for (const auto& one : issuers()) {
    const bool root = one->record.kind == CertificateKind::Root;
    (root ? material.anchors : material.intermediates).push_back(one->certificate);
    const auto shards = transactions_.read<std::vector<CrlShard>>(
        [&](work::Tx& tx) { return store_.shardsOf(tx, one->issuer.id); });
    if (!shards) return shards.error();
    for (const auto& shard : *shards) {
      auto list = lasts(shard) ? readCrl(*one, shard) : freshCrl(*one, shard.shard);
      if (!list) return list.error();
      material.crls.push_back(std::move(*list));
    }
  }
  return material;
}

Result<Bytes> Authority::issuerCertificate(std::string_view issuer_name) {
  const auto key = keyNamed(issuer_name);
  if (!key) return Error{Code::NotFound, "issuer_missing"};
  return toBytes((*key)->certificate.der());
}

/// Neither it nor one above it was revoked, as far as this instance has loaded, and it is its time.
bool Authority::isInForce(const Key& key, Instant at) {
  if (at < key.record.not_before || at > key.record.not_after) return false;
  if (key.record.state != CertificateState::Issued) return false;
  if (!key.record.issuer) return true;
  const auto issuer = keyOf(*key.record.issuer);
  return issuer && isInForce(**issuer, at);
}

Result<Bytes> Authority::timestampAnswer(BytesView request) {
  const auto tsa = keyNamed(kTsa);
  if (!tsa) return tsa.error();
  auto chain = chainOf((*tsa)->record);
  if (!chain) return chain.error();
  const auto now = clock_.now();
  const bool vouched =
      (options_.tsa.time == nullptr || options_.tsa.time->vouch(now)) && isInForce(**tsa, now);
  return timestamp::answer(request,
                           (*tsa)->certificate,
                           *(*tsa)->signer,
                           {.policies = options_.tsa.policies,
                            .chain = std::move(*chain),
                            .accuracy_millis = options_.tsa.accuracy_millis},
                           pki::makeSerial(random_),
                           vouched ? std::optional(now) : std::nullopt);
}

Result<Bytes> BuiltInTimestamps::stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) {
  const auto request = timestamp::makeRequest(algorithm, imprint, random_);
  const auto answer = authority_.timestampAnswer(request.der);
  if (!answer) return answer.error();
  return timestamp::readResponse(*answer, request, algorithm, imprint);
}

}  // namespace congvan::authority
