// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_store.h"

namespace congvan::storage {

/// The port `authority::RequestStore` over SQL. `list` gives at most 200. `replace` leaves type,
/// kind, holder and who entered it as they were added.
class SqlRequestStore final : public authority::RequestStore {
 public:
  Result<> add(work::Tx& tx, const authority::RequestRecord& request) override;
  Result<> replace(work::Tx& tx, const authority::RequestRecord& request) override;
  Result<authority::RequestRecord> find(work::Tx& tx, authority::RequestId id) override;
  Result<std::optional<authority::RequestRecord>> ofCertificate(
      work::Tx& tx, authority::CertificateId id) override;
  Result<std::vector<authority::RequestRecord>> following(work::Tx& tx,
                                                          authority::CertificateId id) override;
  Result<std::vector<authority::RequestRecord>> list(
      work::Tx& tx,
      const authority::RequestReach& reach,
      const authority::RequestFilter& filter) override;
  Result<> keepNumbers(work::Tx& tx, const Uuid& person, BytesView sealed) override;
  Result<Bytes> numbers(work::Tx& tx, const Uuid& person) override;
};

}  // namespace congvan::storage
