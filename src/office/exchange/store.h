// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/exchange/types.h"
#include "office/work/transactions.h"

#include <vector>

namespace congvan::exchange {

/// A port; the same refusals as DirectoryStore.
class DeliveryStore {
 public:
  virtual ~DeliveryStore() = default;
  virtual Result<> add(work::Tx& tx, const Delivery& delivery) = 0;  ///< Conflict `delivery_taken`
  virtual Result<> replace(work::Tx& tx, const Delivery& delivery) = 0;  ///< Stale `version_stale`
  virtual Result<Delivery> find(work::Tx& tx, DeliveryId id) = 0;  ///< NotFound `delivery_missing`
  /// The one with the highest attempt. NotFound `delivery_missing`.
  virtual Result<Delivery> lastTo(work::Tx& tx, const Uuid& document, const Uuid& recipient) = 0;
  /// In order of id; a document has at most 5,000 recipients.
  virtual Result<std::vector<Delivery>> ofDocument(work::Tx& tx, const Uuid& document) = 0;
};

}  // namespace congvan::exchange
