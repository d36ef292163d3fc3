// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/store.h"
#include "office/signing/store.h"

namespace congvan::storage {

/// The port `authority::CertificateStore` over SQL. `list` gives at most 200. `replace`
/// leaves kind, issuer, shard, serial and an issuer's name as they were added.
class SqlCertificateStore final : public authority::CertificateStore {
 public:
  Result<> add(work::Tx& tx, const authority::CertificateRecord& record) override;
  Result<> replace(work::Tx& tx, const authority::CertificateRecord& record) override;
  Result<authority::CertificateRecord> find(work::Tx& tx, authority::CertificateId id) override;
  Result<authority::CertificateRecord> findBySerial(work::Tx& tx,
                                                    authority::IssuerId issuer,
                                                    std::string_view serial) override;
  Result<std::vector<authority::CertificateRecord>> list(
      work::Tx& tx, std::optional<authority::CertificateId> after, int limit) override;
  Result<std::vector<authority::CertificateRecord>> ofHolder(
      work::Tx& tx, const authority::Holder& holder, authority::CertificateKind kind) override;
  Result<std::vector<authority::ListedRevocation>> revokedIn(work::Tx& tx,
                                                             authority::IssuerId issuer,
                                                             std::int64_t shard) override;
  Result<std::vector<authority::CertificateRecord>> intended(work::Tx& tx) override;
  Result<> forgetKey(work::Tx& tx, authority::CertificateId id) override;

  Result<std::optional<authority::CertificateId>> ofKey(work::Tx& tx,
                                                        BytesView spki_sha256) override;
  Result<> claimKey(work::Tx& tx, BytesView spki_sha256, authority::CertificateId id) override;

  Result<std::vector<authority::CertificateRecord>> withoutKey(work::Tx& tx,
                                                               authority::CertificateId after,
                                                               int limit) override;
  Result<> claimSeal(work::Tx& tx, const Uuid& agency, authority::CertificateId id) override;

  Result<> addOrder(work::Tx& tx, const authority::Order& order) override;
  Result<> replaceOrder(work::Tx& tx, const authority::Order& order) override;
  Result<authority::Order> findOrder(work::Tx& tx, authority::OrderId id) override;
  Result<std::vector<authority::Order>> openOrders(work::Tx& tx, const Uuid& activator) override;

  Result<> addIssuer(work::Tx& tx, const authority::Issuer& issuer) override;
  Result<> replaceIssuer(work::Tx& tx, const authority::Issuer& issuer) override;
  Result<authority::Issuer> findIssuer(work::Tx& tx, authority::IssuerId id) override;
  Result<std::vector<authority::Issuer>> issuers(work::Tx& tx) override;
  Result<std::map<authority::IssuerId, std::int64_t>> issuerVersions(work::Tx& tx) override;

  Result<> addShard(work::Tx& tx, const authority::CrlShard& shard) override;
  Result<> replaceShard(work::Tx& tx, const authority::CrlShard& shard) override;
  Result<authority::CrlShard> findShard(work::Tx& tx,
                                        authority::IssuerId issuer,
                                        std::int64_t shard) override;
  Result<std::vector<authority::CrlShard>> shardsOf(work::Tx& tx,
                                                    authority::IssuerId issuer) override;
  Result<std::int64_t> countInShard(work::Tx& tx,
                                    authority::IssuerId issuer,
                                    std::int64_t shard) override;
  Result<> markStatusChanged(work::Tx& tx,
                             authority::IssuerId issuer,
                             std::int64_t shard,
                             Instant now) override;
};

/// The port `signing::KeyStore` over SQL: wrapped bytes only, as they are handed over.
class SqlKeyStore final : public signing::KeyStore {
 public:
  Result<> addKey(work::Tx& tx, const signing::KeptKey& key) override;
  Result<> addAccess(work::Tx& tx, const signing::KeyAccess& access) override;
  Result<> replaceAccess(work::Tx& tx, const signing::KeyAccess& access) override;
  Result<> removeAccess(work::Tx& tx, signing::KeyId key, const Uuid& person) override;
  Result<signing::KeptKey> findKey(work::Tx& tx, signing::KeyId id) override;
  Result<std::vector<signing::KeptKey>> keysOfAgency(work::Tx& tx, const Uuid& agency) override;
  Result<signing::KeptKey> findKeyOfCertificate(work::Tx& tx, const Uuid& certificate) override;
  Result<std::vector<signing::KeyAccess>> accesses(work::Tx& tx, signing::KeyId key) override;
  Result<signing::KeyAccess> findAccess(work::Tx& tx,
                                        signing::KeyId key,
                                        const Uuid& person) override;
};

}  // namespace congvan::storage
