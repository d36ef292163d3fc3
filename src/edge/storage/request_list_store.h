// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_list_store.h"

namespace congvan::storage {

/// The port `authority::RequestListStore` over SQL.
class SqlRequestListStore final : public authority::RequestListStore {
 public:
  Result<> add(work::Tx& tx,
               const authority::RequestList& list,
               const std::vector<authority::RequestListRow>& rows) override;
  Result<authority::RequestList> find(work::Tx& tx, authority::RequestListId id) override;
  Result<std::vector<authority::RequestListRow>> rows(work::Tx& tx,
                                                      authority::RequestListId id) override;
  Result<std::optional<authority::RequestListRow>> waiting(work::Tx& tx,
                                                           authority::RequestListId id) override;
  Result<> settle(work::Tx& tx,
                  authority::RequestListId id,
                  const authority::RequestListRow& row) override;
  Result<std::vector<directory::Person>> peopleWithEmail(work::Tx& tx,
                                                         std::string_view email) override;
};

}  // namespace congvan::storage
