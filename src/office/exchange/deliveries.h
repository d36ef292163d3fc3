// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/trail.h"
#include "office/exchange/store.h"

namespace congvan::exchange {

/// Moves deliveries between agencies of this instance, in the caller's transaction. It knows
/// nothing of rights: the use cases in records/ have asked before they call.
class Deliveries {
 public:
  Deliveries(DeliveryStore& store, audit::Trail& trail, const Clock& clock, Random& random)
      : store_(store), trail_(trail), clock_(clock), ids_(clock, random) {}

  struct Parcel {
    Uuid document{};
    Uuid sender{};
    Uuid recipient{};
    work::BlobHash file;
    int attempt = 1;
  };

  /// Delivers at once: the arrival's audit event is the receipt. Conflict `delivery_taken`: it is
  /// there already.
  Result<Delivery> deliver(work::Tx& tx,
                           const Parcel& parcel,
                           const audit::Actor& by,
                           std::string_view trace);

  /// What the recipient did, for the sender to see. Conflict `delivery_state_wrong`.
  Result<Delivery> advance(work::Tx& tx, DeliveryId id, DeliveryState state, std::string_view note);

  /// A completed file takes the place of what was sent, for a recipient who has not handled it yet.
  Result<> renew(work::Tx& tx, Delivery delivery, const work::BlobHash& file);

  /// The last copy sent to a recipient. NotFound `delivery_missing`.
  Result<Delivery> lastTo(work::Tx& tx, const Uuid& document, const Uuid& recipient) {
    return store_.lastTo(tx, document, recipient);
  }

  Result<std::vector<Delivery>> ofDocument(work::Tx& tx, const Uuid& document) {
    return store_.ofDocument(tx, document);
  }

 private:
  DeliveryStore& store_;
  audit::Trail& trail_;
  const Clock& clock_;
  Ids ids_;
};

}  // namespace congvan::exchange
