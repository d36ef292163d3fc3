// SPDX-License-Identifier: Apache-2.0
#include "app/bench/round_trip.h"

#include "edge/storage/migrations.h"

#include <stdexcept>

namespace congvan::bench {

RoundTrip::RoundTrip(std::unique_ptr<storage::Database> database)
    : database_(std::move(database)), transactions_(*database_, random_) {
  const auto migrated = storage::migrate(*database_, storage::embeddedMigrations(), clock_.now());
  if (!migrated) throw std::runtime_error(migrated.error().detail);
  for (int i = 0; i < kRecipients; ++i) {
    recipients_.push_back(records::AgencyId{makeUuid(clock_, random_)});
  }
}

bool RoundTrip::run() {
  const auto document = makeUuid(clock_, random_);
  const auto sent =
      transactions_.run<std::monostate>([&](work::Tx& tx) { return deliverAll(tx, document); });
  if (!sent) return false;
  for (std::size_t i = 0; i < recipients_.size(); ++i) {
    if (!isOnTop(recipients_[i], delivered_[i])) return false;
  }
  const auto states = transactions_.read<std::vector<exchange::Delivery>>(
      [&](work::Tx& tx) { return deliveries_.ofDocument(tx, document); });
  return states && states->size() == kRecipients;
}

Result<> RoundTrip::deliverAll(work::Tx& tx, const Uuid& document) {
  delivered_.clear();  // the transaction may run more than once
  for (const auto agency : recipients_) {
    const auto delivery = deliveries_.deliver(
        tx,
        {.document = document, .sender = sender_, .recipient = agency.value, .file = file_},
        {},
        "bench");
    if (!delivery) return delivery.error();
    const auto now = clock_.now();
    const auto added = store_.addIncoming(tx,
                                          {.id = ids_.make<records::IncomingTag>(),
                                           .agency = agency,
                                           .delivery = delivery->id,
                                           .sender = records::AgencyId{sender_},
                                           .sender_name = "Ủy ban nhân dân tỉnh An Bình",
                                           .type = "CT",
                                           .code = "05/CT-UBND",
                                           .issue_date = vietnamDate(now),
                                           .subject = "Về việc tăng cường kỷ luật hành chính",
                                           .file = file_,
                                           .file_size = 64'798,
                                           .arrived = now,
                                           .changed = now});
    if (!added) return added;
    delivered_.push_back(delivery->id);
  }
  return kDone;
}

bool RoundTrip::isOnTop(records::AgencyId agency, exchange::DeliveryId delivery) {
  const auto list = transactions_.read<std::vector<records::Incoming>>([&](work::Tx& tx) {
    return store_.incoming(
        tx, {.agencies = {agency}, .state = exchange::DeliveryState::Arrived}, {.limit = 50});
  });
  return list && !list->empty() && list->front().delivery == delivery;
}

}  // namespace congvan::bench
