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

/// A list is parsed once, not at every judgement.
Result<pki::Crl> Authority::parsedCrl(std::string_view issuer_name) {
  const auto der = crl(issuer_name);
  if (!der) return der.error();
  const std::lock_guard lock(loaded_->mutex);
  const auto known = loaded_->crls.find(issuer_name);
  if (known != loaded_->crls.end() && std::ranges::equal(known->second.der(), *der)) {
    return known->second;
  }
  auto parsed = pki::Crl::parse(*der);
  if (parsed) loaded_->crls.insert_or_assign(std::string(issuer_name), *parsed);
  return parsed;
}

Result<TrustMaterial> Authority::material() {
  TrustMaterial material;
  material.intermediates = crossCertificates();
  for (const auto& one : issuers()) {
    const bool root = one->record.kind == CertificateKind::Root;
    (root ? material.anchors : material.intermediates).push_back(one->certificate);
    auto list = parsedCrl(one->issuer.name);
    if (!list) return list.error();
    material.crls.push_back(std::move(*list));
  }
  return material;
}

Result<Bytes> Authority::issuerCertificate(std::string_view issuer_name) {
  const auto key = keyNamed(issuer_name);
  if (!key) return Error{Code::NotFound, "issuer_missing"};
  return toBytes((*key)->certificate.der());
}

Result<Bytes> Authority::crl(std::string_view issuer_name) {
  const auto key = keyNamed(issuer_name);
  if (!key || !(*key)->certificate.isCa()) return Error{Code::NotFound, "issuer_missing"};
  return freshCrl(**key);
}

Result<Bytes> Authority::freshCrl(const Key& key) {
  constexpr int kTries = 20;
  for (int left = kTries; left > 0; --left) {
    const auto issuer = transactions_.read<Issuer>(
        [&](work::Tx& tx) { return store_.findIssuer(tx, key.issuer.id); });
    if (!issuer) return issuer.error();
    const bool is_fresh =
        !issuer->crl.empty() && issuer->crl_next_update - clock_.now() > options_.crl_period / 2;
    if (is_fresh) return issuer->crl;
    // Whose key is kept in shares has no newer list before the next ceremony.
    if (issuer->wrapped_key.empty() && !issuer->crl.empty()) return issuer->crl;
    auto published = publishCrl(key, *issuer, options_.crl_period);
    const bool in_force = !issuer->crl.empty() && issuer->crl_next_update > clock_.now();
    if (!published && published.error().code == Code::Unavailable && in_force) return issuer->crl;
    // Stale: another published, or something was revoked meanwhile. Numbers never go back, so the
    // next try begins from what stands now.
    if (published || published.error().code != Code::Stale) return published;
  }
  return Error{Code::Unavailable, "storage_unavailable", {}, "the issuer's row never stands still"};
}

/// `seen` was read before the list of what is revoked, and every revocation moves its version: a
/// list that misses one is refused here as Stale.
Result<Bytes> Authority::publishCrl(const Key& key, const Issuer& seen, Duration period) {
  if (!key.signer) return Error{Code::Conflict, "authority_key_away", {{"issuer", seen.name}}};
  const auto revoked = transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) { return store_.revokedBy(tx, seen.id); });
  if (!revoked) return revoked.error();
  const auto now = wholeSecond(clock_.now());
  const pki::CrlRequest request{.number = static_cast<std::uint64_t>(seen.crl_number) + 1,
                                .this_update = now,
                                .next_update = now + period};
  std::vector<pki::RevokedEntry> entries;
  for (const auto& record : *revoked) {
    if (!record.revoked) continue;
    entries.push_back({serialContent(record),
                       record.revoked->time,
                       record.revoked->reason,
                       record.revoked->invalidity_date});
  }
  auto der = pki::makeCrl(key.certificate, *key.signer, entries, request);
  if (!der) return der.error();
  auto next = seen;
  next.crl = *der;
  next.crl_number += 1;
  next.crl_next_update = request.next_update;
  const auto kept = transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto replaced = store_.replaceIssuer(tx, next);
    if (!replaced) return replaced;
    return trail_.record(tx,
                         {.kind = audit::EventKind::CrlPublished,
                          .subject_kind = "issuer",
                          .subject = next.id.value,
                          .details = R"({"number":)" + std::to_string(next.crl_number) + "}"});
  });
  if (!kept) return kept.error();
  return der;
}

Result<> Authority::markCrlDue(work::Tx& tx, const CertificateRecord& record) {
  if (!record.issuer) return kDone;  // a root: whoever distrusts it drops the anchor
  return store_.markCrlDue(tx, *record.issuer, clock_.now());
}

Result<Bytes> Authority::timestampAnswer(BytesView request) {
  const auto tsa = keyNamed(kTsa);
  if (!tsa) return tsa.error();
  auto chain = chainOf((*tsa)->record);
  if (!chain) return chain.error();
  const auto now = clock_.now();
  const bool vouched = options_.tsa.time == nullptr || options_.tsa.time->vouch(now);
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
