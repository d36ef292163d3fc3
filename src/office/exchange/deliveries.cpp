// SPDX-License-Identifier: Apache-2.0
#include "office/exchange/deliveries.h"

#include "office/audit/details.h"

namespace congvan::exchange {

namespace {

std::string factsOf(const Delivery& delivery) {
  audit::Details facts;
  facts.say("document", delivery.document)
      .say("recipient", delivery.recipient)
      .say("sha256", delivery.file.hex());
  if (delivery.attempt > 1) facts.say("attempt", static_cast<std::int64_t>(delivery.attempt));
  return facts.text();
}

}  // namespace

Result<Delivery> Deliveries::deliver(work::Tx& tx,
                                     const Parcel& parcel,
                                     const audit::Actor& by,
                                     std::string_view trace) {
  const auto now = clock_.now();
  Delivery delivery{.id = ids_.make<DeliveryTag>(),
                    .document = parcel.document,
                    .sender = parcel.sender,
                    .recipient = parcel.recipient,
                    .attempt = parcel.attempt,
                    .file = parcel.file,
                    .sent = now,
                    .changed = now};
  const auto receipt = trail_.recordNamed(tx,
                                          {.kind = audit::EventKind::DeliveryArrived,
                                           .by = by,
                                           .subject_kind = "delivery",
                                           .subject = delivery.id.value,
                                           .trace = std::string(trace),
                                           .details = factsOf(delivery)});
  if (!receipt) return receipt.error();
  delivery.receipt = receipt->value;
  const auto added = store_.add(tx, delivery);
  if (!added) return added.error();
  return delivery;
}

Result<Delivery> Deliveries::advance(work::Tx& tx,
                                     DeliveryId id,
                                     DeliveryState state,
                                     std::string_view note) {
  auto delivery = store_.find(tx, id);
  if (!delivery) return delivery;
  if (!mayFollow(delivery->state, state)) {
    return stateWrong(delivery->state);
  }
  delivery->state = state;
  delivery->note = note;
  delivery->changed = clock_.now();
  const auto kept = store_.replace(tx, *delivery);
  if (!kept) return kept.error();
  delivery->version += 1;
  return delivery;
}

Result<> Deliveries::renew(work::Tx& tx, Delivery delivery, const work::BlobHash& file) {
  delivery.file = file;
  delivery.changed = clock_.now();
  const auto kept = store_.replace(tx, delivery);
  if (!kept) return kept;
  return trail_.record(tx,
                       {.kind = audit::EventKind::DeliveryRenewed,
                        .subject_kind = "delivery",
                        .subject = delivery.id.value,
                        .details = factsOf(delivery)});
}

}  // namespace congvan::exchange
