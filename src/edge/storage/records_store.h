// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/exchange/store.h"
#include "office/records/store.h"

namespace congvan::storage {

/// The port `records::RecordStore` over SQL. Pages hold at most 200 rows. `replace…`
/// leaves the time of creation and what a row belongs to (a document, a delivery) as added.
class SqlRecordStore final : public records::RecordStore {
 public:
  Result<> addDocument(work::Tx& tx, const records::Document& document) override;
  Result<> replaceDocument(work::Tx& tx, const records::Document& document) override;
  Result<records::Document> findDocument(work::Tx& tx, records::DocumentId id) override;
  Result<std::vector<records::Document>> documents(
      work::Tx& tx,
      const records::DocumentFilter& filter,
      const records::Page<records::DocumentId>& page) override;

  Result<> addFile(work::Tx& tx, const records::DocumentFile& file) override;
  Result<std::vector<records::DocumentFile>> files(work::Tx& tx,
                                                   records::DocumentId document) override;

  Result<std::int64_t> nextNumber(work::Tx& tx,
                                  records::AgencyId agency,
                                  std::string_view book,
                                  int year) override;

  Result<> addIncoming(work::Tx& tx, const records::Incoming& incoming) override;
  Result<> replaceIncoming(work::Tx& tx, const records::Incoming& incoming) override;
  Result<records::Incoming> findIncoming(work::Tx& tx, records::IncomingId id) override;
  Result<records::Incoming> findIncomingOfDelivery(work::Tx& tx,
                                                   exchange::DeliveryId delivery) override;
  Result<std::vector<records::SentCopy>> copies(work::Tx& tx,
                                                records::DocumentId document) override;
  Result<std::vector<records::Incoming>> incoming(
      work::Tx& tx,
      const records::IncomingFilter& filter,
      const records::Page<records::IncomingId>& page) override;
  Result<std::vector<records::Incoming>> unverified(work::Tx& tx,
                                                    std::optional<records::IncomingId> after,
                                                    int limit) override;

  Result<> addVerdict(work::Tx& tx, const records::Verdict& verdict) override;
  Result<std::vector<records::Verdict>> verdicts(work::Tx& tx,
                                                 records::IncomingId incoming) override;
  Result<> addAssignment(work::Tx& tx, const records::Assignment& assignment) override;
  Result<> replaceAssignment(work::Tx& tx, const records::Assignment& assignment) override;
  Result<records::Assignment> findAssignment(work::Tx& tx, records::AssignmentId id) override;
  Result<std::vector<records::Assignment>> assignments(work::Tx& tx,
                                                       records::IncomingId incoming) override;
  Result<std::vector<records::Assignment>> assignmentsOfPost(
      work::Tx& tx,
      records::PostId lead,
      const records::Page<records::AssignmentId>& page) override;
};

/// The port `exchange::DeliveryStore` over SQL.
class SqlDeliveryStore final : public exchange::DeliveryStore {
 public:
  Result<> add(work::Tx& tx, const exchange::Delivery& delivery) override;
  Result<> replace(work::Tx& tx, const exchange::Delivery& delivery) override;
  Result<exchange::Delivery> find(work::Tx& tx, exchange::DeliveryId id) override;
  Result<exchange::Delivery> lastTo(work::Tx& tx,
                                    const Uuid& document,
                                    const Uuid& recipient) override;
  Result<std::vector<exchange::Delivery>> ofDocument(work::Tx& tx, const Uuid& document) override;
};

}  // namespace congvan::storage
