// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"

/// Who answers for each issuer about the status of its certificates: a delegated certificate of its
/// own, so that the issuer's key stays out of what everybody can ask for.
namespace congvan::authority {
namespace {

/// A root whose key is kept in shares has its CRL only: nobody comes together each month.
bool hasKeyForGood(const auto& issuer) {
  return !issuer.issuer.wrapped_key.empty();
}

std::string statusSignerName(std::string_view issuer) {
  return std::string(kStatusPrefix) + std::string(issuer);
}

}  // namespace

std::vector<std::shared_ptr<const Authority::Key>> Authority::issuers() {
  std::vector<std::shared_ptr<const Key>> found;
  const std::lock_guard lock(loaded_->mutex);
  for (const auto& [name, key] : loaded_->keys) {
    if (key->certificate.isCa()) found.push_back(key);
  }
  return found;
}

void Authority::loadStatusSigners() {
  auto signers = std::make_shared<std::vector<StatusSigner>>();
  for (const auto& issuer : issuers()) {
    if (!hasKeyForGood(*issuer)) continue;
    StatusSigner one{.issuer = issuer->issuer.id,
                     .issuing_since = issuer->certificate.notBefore(),
                     .asked_as = pki::OcspIssuer(issuer->certificate),
                     .signer = {}};
    if (const auto key = keyNamed(statusSignerName(issuer->issuer.name))) {
      auto signer = pki::OcspSigner::make((*key)->certificate, (*key)->signer);
      if (signer) one.signer = std::move(*signer);
    }
    signers->push_back(std::move(one));
  }
  const std::lock_guard lock(loaded_->mutex);
  loaded_->status_signers = std::move(signers);
}

StatusSigners Authority::statusSigners() const {
  const std::lock_guard lock(loaded_->mutex);
  return loaded_->status_signers;
}

/// Until a third of its life is left, and where its key is to be.
bool Authority::statusSignerLasts(const Key& issuer) {
  const auto key = keyNamed(statusSignerName(issuer.issuer.name));
  if (!key || (*key)->record.state != CertificateState::Issued) return false;
  if ((*key)->place != placeFor(CertificateKind::Ocsp)) return false;
  const auto& record = (*key)->record;
  return record.not_after - clock_.now() > (record.not_after - record.not_before) / 3;
}

Result<> Authority::renewStatusSigners() {
  const auto read = load();  // another instance may have done it
  if (!read) return read;
  Result<> all = kDone;
  for (const auto& issuer : issuers()) {
    if (!hasKeyForGood(*issuer) || statusSignerLasts(*issuer)) continue;
    const auto renewed = renewStatusSigner(issuer);
    if (!renewed) all = renewed;  // of one issuer; the others are to have theirs
  }
  return all;
}

Result<crypto::FreshKey> Authority::unusedKey(const std::string& name) {
  {
    const std::lock_guard lock(loaded_->mutex);
    if (auto left = loaded_->unused.extract(name)) return std::move(left.mapped());
  }
  return makeOwnKey(CertificateKind::Ocsp, name, placeFor(CertificateKind::Ocsp));
}

/// A new key each time, so that one that leaked is worth nothing after its certificate. The row is
/// written when the certificate is there: until then the one before answers, also after a crash.
Result<> Authority::renewStatusSigner(const std::shared_ptr<const Key>& issuer) {
  const auto name = statusSignerName(issuer->issuer.name);
  auto key = unusedKey(name);
  if (!key) return key.error();
  Making making{.kind = CertificateKind::Ocsp,
                .subject = {{"C", "VN"},
                            {"O", options_.province},
                            {"CN", "Trả lời trạng thái chứng thư " + issuer->issuer.name}},
                .spki = key->key->publicKey().spki()};
  making.issuer = issuer;
  making.signer = issuer->signer.get();
  making.issuer_name = issuer->issuer.name;
  const auto made = make(making);
  if (!made) {
    const std::lock_guard lock(loaded_->mutex);
    loaded_->unused.insert_or_assign(name, std::move(*key));
    return made.error();
  }

  const auto before = keyNamed(name);
  Issuer row = before ? (*before)->issuer : Issuer{.id = ids_.make<IssuerTag>(), .name = name};
  row.certificate = made->id;
  row.wrapped_key = sealOwnKey(row.id, key->kept);
  const auto kept = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return before ? store_.replaceIssuer(tx, row) : store_.addIssuer(tx, row);
  });
  // Another instance came first: its key is as good, and nobody has the one made here.
  const bool late =
      !kept && (kept.error().code == Code::Stale || kept.error().code == Code::Conflict);
  if (!kept && !late) return kept;
  return load();
}

}  // namespace congvan::authority
