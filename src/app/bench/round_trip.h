// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/audit_store.h"
#include "edge/storage/records_store.h"
#include "edge/storage/transactions.h"
#include "office/exchange/deliveries.h"
#include "trust/crypto/random.h"

namespace congvan::bench {

/// A document's round trip: one durable transaction delivers it to fifty agencies, with an event
/// and a leaf of the records log each; then every agency reads its list of incoming documents and
/// the sender reads the state of all deliveries. Stores and rooms as in the service; no HTTP, no
/// signatures.
class RoundTrip {
 public:
  static constexpr int kRecipients = 50;

  /// Brings an empty database up to date; throws when that is refused.
  explicit RoundTrip(std::unique_ptr<storage::Database> database);

  /// False: a delivery is missing, or the database refused.
  bool run();

 private:
  Result<> deliverAll(work::Tx& tx, const Uuid& document);
  bool isOnTop(records::AgencyId agency, exchange::DeliveryId delivery);

  SystemClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<storage::Database> database_;
  storage::SqlTransactions transactions_;
  storage::SqlEventStore events_;
  storage::SqlLeafQueue leaves_{clock_, random_};
  storage::SqlDeliveryStore delivery_store_;
  storage::SqlRecordStore store_;
  audit::Trail trail_{events_, leaves_, clock_, random_};
  exchange::Deliveries deliveries_{delivery_store_, trail_, clock_, random_};
  Ids ids_{clock_, random_};
  Uuid sender_ = makeUuid(clock_, random_);
  work::BlobHash file_{};
  std::vector<records::AgencyId> recipients_;
  std::vector<exchange::DeliveryId> delivered_;
};

}  // namespace congvan::bench
