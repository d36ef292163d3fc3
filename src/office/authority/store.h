// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/types.h"
#include "office/work/transactions.h"

#include <map>
#include <optional>
#include <vector>

namespace congvan::authority {

/// A port; the same refusals as DirectoryStore.
class CertificateStore {
 public:
  virtual ~CertificateStore() = default;

  virtual Result<> add(work::Tx& tx,
                       const CertificateRecord& record) = 0;  ///< Conflict `serial_taken`
  virtual Result<> replace(work::Tx& tx,
                           const CertificateRecord& record) = 0;  ///< Stale `version_stale`
  virtual Result<CertificateRecord> find(work::Tx& tx,
                                         CertificateId id) = 0;  ///< NotFound `certificate_missing`
  virtual Result<CertificateRecord> findBySerial(work::Tx& tx,
                                                 IssuerId issuer,
                                                 std::string_view serial) = 0;
  /// Newest first; `after` is the last id of the page before.
  virtual Result<std::vector<CertificateRecord>> list(work::Tx& tx,
                                                      std::optional<CertificateId> after,
                                                      int limit) = 0;
  /// Of one holder and kind, in any state, newest first.
  virtual Result<std::vector<CertificateRecord>> ofHolder(work::Tx& tx,
                                                          const Holder& holder,
                                                          CertificateKind kind) = 0;
  /// What a list has to say: of revoked and suspended ones, and of abandoned ones that carry a
  /// revocation.
  virtual Result<std::vector<ListedRevocation>> revokedIn(work::Tx& tx,
                                                          IssuerId issuer,
                                                          std::int64_t shard) = 0;
  virtual Result<std::vector<CertificateRecord>> intended(work::Tx& tx) = 0;
  /// The key that is kept for a certificate, if any, and every way to it.
  virtual Result<> forgetKey(work::Tx& tx, CertificateId id) = 0;

  /// The certificate that has the key of this SHA-256, once it was issued.
  virtual Result<std::optional<CertificateId>> ofKey(work::Tx& tx, BytesView spki_sha256) = 0;
  virtual Result<> claimKey(work::Tx& tx,
                            BytesView spki_sha256,
                            CertificateId id) = 0;  ///< Conflict `key_taken`
  /// Certificates with bytes of which no key is known, after `after`, in order of id.
  virtual Result<std::vector<CertificateRecord>> withoutKey(work::Tx& tx,
                                                            CertificateId after,
                                                            int limit) = 0;
  /// The next seal of an agency is this one. Conflict `seal_active`: another is at the same moment.
  virtual Result<> claimSeal(work::Tx& tx, const Uuid& agency, CertificateId id) = 0;

  virtual Result<> addOrder(work::Tx& tx, const Order& order) = 0;
  virtual Result<> replaceOrder(work::Tx& tx, const Order& order) = 0;  ///< Stale `version_stale`
  virtual Result<Order> findOrder(work::Tx& tx, OrderId id) = 0;  ///< NotFound `order_missing`
  /// Open ones that this person is to activate, oldest first.
  virtual Result<std::vector<Order>> openOrders(work::Tx& tx, const Uuid& activator) = 0;

  virtual Result<> addIssuer(work::Tx& tx,
                             const Issuer& issuer) = 0;  ///< Conflict `issuer_name_taken`
  virtual Result<> replaceIssuer(work::Tx& tx, const Issuer& issuer) = 0;
  virtual Result<Issuer> findIssuer(work::Tx& tx, IssuerId id) = 0;  ///< NotFound `issuer_missing`
  virtual Result<std::vector<Issuer>> issuers(work::Tx& tx) = 0;
  /// The version of each issuer's row, and nothing of its weight. Every change of status moves it.
  virtual Result<std::map<IssuerId, std::int64_t>> issuerVersions(work::Tx& tx) = 0;

  virtual Result<> addShard(work::Tx& tx, const CrlShard& shard) = 0;  ///< Conflict `shard_taken`
  virtual Result<> replaceShard(work::Tx& tx,
                                const CrlShard& shard) = 0;  ///< Stale `version_stale`
  virtual Result<CrlShard> findShard(work::Tx& tx,
                                     IssuerId issuer,
                                     std::int64_t shard) = 0;  ///< NotFound `shard_missing`
  /// In order of their numbers, without the lists themselves.
  virtual Result<std::vector<CrlShard>> shardsOf(work::Tx& tx, IssuerId issuer) = 0;
  /// How many certificates name it.
  virtual Result<std::int64_t> countInShard(work::Tx& tx, IssuerId issuer, std::int64_t shard) = 0;
  /// From `now` on this list is out of date, and so is every answer about the issuer's
  /// certificates. Moves both rows' versions, whatever they are, so that two at once both come
  /// through. NotFound `shard_missing`.
  virtual Result<> markStatusChanged(work::Tx& tx,
                                     IssuerId issuer,
                                     std::int64_t shard,
                                     Instant now) = 0;
};

}  // namespace congvan::authority
